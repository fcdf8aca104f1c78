"""`replay`: decides recorded requests again, bit by bit as they were, and by a new policy where one is given."""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from smarterrouter.bootstrap.deciding import decider_of, router_of, stored_policy
from smarterrouter.cli.loading import leave, settings_or_exit
from smarterrouter.cli.past import opened
from smarterrouter.cli.replayed import show_changes, show_identical
from smarterrouter.errors import StoreUnavailable
from smarterrouter.gateway.archive import Archive, Missing
from smarterrouter.routing.policy import Policy, unknown_strategies
from smarterrouter.routing.premises import StoredPolicy
from smarterrouter.routing.replay import Replay, Tally
from smarterrouter.settings.loading import overlaid
from smarterrouter.settings.problems import SettingsError
from smarterrouter.store.database import Database
from smarterrouter.store.premises import count_decided, read_decided

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MOST = 10_000


class Since(click.ParamType[datetime]):
    """A date, a time, or how long ago: `2026-11-20`, `2026-11-20T12:00`, `90m`, `24h`, `7d`."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time with its zone; one without a zone is this machine's."""
        text = str(value).strip()
        try:
            if text[-1:] in _UNITS:
                return datetime.now(UTC) - timedelta(**{_UNITS[text[-1]]: float(text[:-1])})
            return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is neither a date nor a time such as 24h or 7d.", param, ctx)


@click.command()
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file like smarterrouter.yaml: show what its rules and settings would change.",
)
@click.option("--since", type=Since(), help="Only requests since then: a date, or 90m, 24h, 7d.")
@click.option("--limit", type=click.IntRange(min=1), default=_MOST, show_default=True, help="The newest ones, so many.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def replay(policy: Path | None, since: datetime | None, limit: int, as_json: bool) -> None:
    """Decide recorded requests again. Ends with status 1 when one does not come out as it was.

    Reads the log of requests; no model is asked and no gateway need run. Requests that named their model are no
    decisions. With --policy it also shows what that policy would have decided.
    """
    new = _wanted(policy) if policy is not None else None
    console = Console(stderr=True, highlight=False)
    try:
        tally = asyncio.run(_replayed(new, since, limit, console))
    except StoreUnavailable as error:
        raise click.ClickException(error.message) from error
    if as_json:
        click.echo(msgspec.json.encode(tally.report(compared=new is not None)))
    else:
        _print(tally, compared=new is not None)
    if tally.identical < tally.replayed:
        sys.exit(1)


def _wanted(path: Path) -> StoredPolicy:
    settings = settings_or_exit().settings
    try:
        wanted = overlaid(settings, path)
    except SettingsError as error:
        leave(error.problems)
    new = stored_policy(wanted, Policy.of(wanted.file.routing))
    if wrong := unknown_strategies(wanted.file.routing, router_of(new).strategies.names):
        leave(wrong)
    return new


async def _replayed(new: StoredPolicy | None, since: datetime | None, limit: int, console: Console) -> Tally:
    replaying = Replay(decider_of, new)
    async with opened() as database:
        with _progress(console) as progress:
            bar = progress.add_task("deciding again", total=await count_decided(database, since, limit))
            await _run(replaying, database, since, limit, lambda: progress.advance(bar))
    return replaying.tally


async def _run(
    replaying: Replay, database: Database, since: datetime | None, limit: int, done: Callable[[], None]
) -> None:
    archive = Archive(database)
    async for rows in read_decided(database, since, limit):
        for row in rows:
            try:
                found = await archive.recall(row)
            except Missing as error:
                replaying.tally.missing[str(error)] += 1
            else:
                replaying.run(*found)
            done()


def _progress(console: Console) -> Progress:
    """Shown on a terminal only; gone when the work is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _print(tally: Tally, *, compared: bool) -> None:
    console = Console(highlight=False)
    if not tally.replayed and not tally.missing:
        console.print("No decisions are recorded here. Requests that name their model are none.")
        return
    show_identical(tally, console)
    if compared and tally.old.requests + tally.refused:
        show_changes(tally, console)
    for reason, count in tally.missing.items():
        console.print(escape(f"{count} more cannot be decided again: {reason}."))
