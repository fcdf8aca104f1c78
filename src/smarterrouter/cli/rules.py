"""The operator's rules on the screen: what is odd about them, and how their policy tests end."""

from rich.console import Console
from rich.markup import escape

from smarterrouter.gateway.reloading import Reloading
from smarterrouter.routing.expectations import Outcome

_MARKS = {
    Outcome.PASSED: "[green]✓[/green]",
    Outcome.FAILED: "[red]✗[/red]",
    Outcome.OPEN: "[yellow]![/yellow]",
}


def show_rules(reloading: Reloading, console: Console) -> bool:
    """Print remarks and every policy test that did not pass; False when one failed."""
    policy = reloading.policies.current
    for remark in reloading.remarks():
        console.print(f"{_MARKS[Outcome.OPEN]} {escape(remark)}")
    trials = reloading.tried(policy)
    for trial in trials:
        if trial.outcome is not Outcome.PASSED:
            console.print(f"{_MARKS[trial.outcome]} routing {escape(str(trial))}")
    failed = any(trial.outcome is Outcome.FAILED for trial in trials)
    passed = sum(trial.outcome is Outcome.PASSED for trial in trials)
    if policy.rules or trials:
        mark = _MARKS[Outcome.FAILED if failed else Outcome.PASSED]
        console.print(f"{mark} {len(policy.rules)} routing rules, {passed} of {len(trials)} policy tests pass")
    return not failed
