"""What a replay found, on the screen."""

from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarterrouter.routing.replay import Example, Sums, Tally


def show_identical(tally: Tally, console: Console) -> None:
    """How many came out as they were, and the first ones that did not."""
    colour = "green" if tally.identical == tally.replayed else "red"
    console.print(f"[{colour}]{tally.identical} of {tally.replayed} decisions are identical.[/{colour}]")
    for identity, what in tally.differing:
        console.print(escape(f"  {identity}: {what} differs"))


def show_changes(tally: Tally, console: Console) -> None:
    """What the new policy changes: in sums, for each model, and some requests."""
    whole = tally.old.requests + tally.refused
    console.print(f"The new policy sends {tally.changed} of {whole} requests elsewhere.")
    if tally.refused:
        console.print(f"[red]Nobody could serve {tally.refused} of them under it.[/red]")
    if tally.old.requests:
        console.print(_sums(tally.old, tally.new))
        console.print(_shares(tally.old, tally.new))
    if tally.examples:
        console.print("Some of them (`smarterrouter route --id ID` explains how one was decided):")
    for example in tally.examples:
        console.print(escape(_example(example)))


def _sums(old: Sums, new: Sums) -> Table:
    table = Table()
    table.add_column("expected")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    before, after = max(old.requests, 1), max(new.requests, 1)
    good, better = old.quality / before, new.quality / after
    table.add_row("good answers", f"{good:.1%}", f"{better:.1%}", f"{better - good:+.1%}")
    table.add_row("cost in all, $", f"{old.dollars:.4f}", f"{new.dollars:.4f}", _relative(old.dollars, new.dollars))
    slow, slower = old.seconds / before, new.seconds / after
    table.add_row("waiting each, s", f"{slow:.2f}", f"{slower:.2f}", _relative(slow, slower))
    return table


def _relative(before: float, after: float) -> str:
    return f"{after / before - 1:+.1%}" if before else ""


def _shares(old: Sums, new: Sums) -> Table:
    table = Table()
    table.add_column("model", overflow="fold")
    for name in ("before", "after", "change"):
        table.add_column(name, justify="right")
    for key in sorted(old.chosen | new.chosen, key=lambda key: (-new.chosen[key], -old.chosen[key], key)):
        before, after = old.chosen[key] / max(old.requests, 1), new.chosen[key] / max(new.requests, 1)
        table.add_row(escape(key), f"{before:.1%}", f"{after:.1%}", f"{after - before:+.1%}")
    return table


def _example(example: Example) -> str:
    at = datetime.fromtimestamp(example.at, UTC).strftime("%Y-%m-%d %H:%M")
    change = f"good {example.quality:+.1%}, ${example.dollars:+.5f}, {example.seconds:+.1f} s"
    work = f"{example.category}, {example.difficulty}"
    return f"  {example.id} ({at}Z, {work}): {example.before} → {example.after}: {change}"
