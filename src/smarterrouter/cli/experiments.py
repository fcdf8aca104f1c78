"""`experiments`: which arm of a split gives more good answers, by what users said."""

import asyncio

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarterrouter.cli.loading import settings_or_exit
from smarterrouter.cli.past import opened
from smarterrouter.domain.experiments import ArmCounts
from smarterrouter.errors import StoreUnavailable
from smarterrouter.routing.experiments import ArmReport, Experiment
from smarterrouter.routing.experiments import experiments as reported
from smarterrouter.settings.strategies import splits
from smarterrouter.store.experiments import DAYS, MOST_DAYS, MOST_OF_ONE, arm_counts

_NONE = (
    "No split is configured, and none served a request in {days} days. A split runs strategies side by side; "
    'docs/guides/routing.md says under "Experiments" how to begin one.'
)
_LEGEND = (
    "Good: share of the rated answers. Difference: from the first arm, in points, with a confidence of 95 % however "
    f"often you look. Of one voter {MOST_OF_ONE} answers count for each arm."
)
_VOTES = "Answers are rated by `POST /v1/feedback`: see docs/guides/feedback.md."


@click.command()
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=DAYS, show_default=True, help="Requests of so many last days."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def experiments(days: int, as_json: bool) -> None:
    """Compare the arms of each split by the answers that users rated.

    Reads the log of requests; no gateway need run. You may look as often as you like, and stop when a difference shows.
    """
    configured = splits(settings_or_exit().settings.file.routing.strategies)
    found = reported(_counted(days), configured)
    if as_json:
        click.echo(msgspec.json.encode({"days": days, "experiments": found}))
    else:
        _show(found, days, Console(highlight=False))


def _counted(days: int) -> tuple[ArmCounts, ...]:
    try:
        return asyncio.run(_read(days))
    except StoreUnavailable as error:
        raise click.ClickException(error.message) from error


async def _read(days: int) -> tuple[ArmCounts, ...]:
    async with opened() as database:
        return await arm_counts(database, days)


def _show(found: tuple[Experiment, ...], days: int, console: Console) -> None:
    if not found:
        console.print(_NONE.format(days=days))
        return
    for one in found:
        console.print(_table(one))
        for arm in one.arms:
            if arm.comparison is not None:
                console.print(escape(arm.comparison.words))
    console.print(_LEGEND)
    if not any(arm.rated for one in found for arm in one.arms):
        console.print(_VOTES)


def _table(one: Experiment) -> Table:
    table = Table(title=escape(one.split), title_justify="left")
    table.add_column("arm", overflow="fold")
    for name in ("requests", "rated", "voters", "good", "difference"):
        table.add_column(name, justify="right")
    for arm in one.arms:
        share = "" if arm.share is None else f"{arm.share:.1%}"
        table.add_row(escape(arm.arm), str(arm.requests), str(arm.rated), str(arm.voters), share, _difference(arm))
    return table


def _difference(arm: ArmReport) -> str:
    """Both ends of the interval, in good answers of a hundred."""
    found = arm.comparison
    if found is None or (found.low, found.high) == (-1.0, 1.0):
        return ""
    return f"{found.low * 100:+.0f} to {found.high * 100:+.0f}"
