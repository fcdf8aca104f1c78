"""A decision on the screen: what was read, who was chosen, every term of every candidate, and who was left out."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_NUMBERS = ("total", "good", "$", "seconds")
_CANDIDATES_AT_MOST = 20
"""Lines of candidates for people; `--json` has all."""
_EXCLUDED_AT_MOST = 20
Report = dict[str, Any]


def show(report: Report, console: Console) -> None:
    """Print a report of `routing/explain.py`."""
    console.print(f"[bold]{escape(report['selected_model'])}[/bold]  (confidence {report['confidence']:.2f})")
    console.print(escape(report["reason"]))
    for line in (*_read(report), *_about(report)):
        console.print(escape(line))
    console.print(_table(report["candidates"][:_CANDIDATES_AT_MOST]))
    _more(len(report["candidates"]), _CANDIDATES_AT_MOST, "candidates", console)
    for key, reason in list(report["excluded"].items())[:_EXCLUDED_AT_MOST]:
        console.print(f"[dim]{escape(f'{key}: {reason}')}[/dim]")
    _more(len(report["excluded"]), _EXCLUDED_AT_MOST, "left out", console)


def show_request(request: Report, console: Console) -> None:
    """Print what the log knows of a recorded request, and whether it comes out the same again."""
    answered = request["answered_by"] or f"nobody (status {request['status']})"
    failed = f"; before it failed {', '.join(request['failed_before'])}" if request["failed_before"] else ""
    console.print(escape(f"request {request['id']} of {request['at'][:19]}Z: answered by {answered}{failed}"))
    if not request["identical"]:
        console.print(f"[red]Decided again it is not the same: the {request['differs']} differs.[/red]")


def _read(report: Report) -> list[str]:
    evidence = f": {', '.join(report['evidence'])}" if report["evidence"] else ""
    lines = [f"{report['category']}, {report['difficulty']} ({report['complexity']:.2f}){evidence}"]
    if reading := report["reading"]:
        likely = [f"{name} {share:.0%}" for name, share in reading["categories"].items() if share >= 0.1]
        difficulty, familiarity = reading["difficulty"], reading["familiarity"]
        lines.append(f"read as {', '.join(likely)}; difficulty {difficulty:+.2f}, familiarity {familiarity:.0%}")
    return lines


def _about(report: Report) -> list[str]:
    """What else had a say, where something had."""
    said = {
        "rules": ", ".join(report["rules"]),
        "held": report["held"],
        "given up": ", ".join(report["relaxed"]),
        "strategy": "" if report["strategy"] == "scored" else report["strategy"],
    }
    return [f"{name}: {value}" for name, value in said.items() if value]


def _table(candidates: list[Report]) -> Table:
    """Terms stand in one folded column, the strongest first: there may be any number, and none is lost for room."""
    table = Table(padding=(0, 0, 0, 1), show_edge=False)
    table.add_column("Candidate", overflow="fold", ratio=2)
    for name in _NUMBERS:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("terms of the total", overflow="fold", ratio=3)
    for candidate in candidates:
        table.add_row(
            escape(candidate["model"]),
            f"{candidate['total']:+.3f}",
            f"{candidate['quality']:.0%}",
            f"{candidate['dollars']:.5f}",
            f"{candidate['seconds']:.1f}",
            escape(_terms(candidate["signals"])),
        )
    return table


def _terms(signals: dict[str, float]) -> str:
    strongest = sorted(signals.items(), key=lambda term: -abs(term[1]))
    return ", ".join(f"{name} {value:+.3f}" for name, value in strongest)


def _more(count: int, most: int, what: str, console: Console) -> None:
    if count > most:
        console.print(f"[dim]and {count - most} more {what}[/dim]")
