"""`profile`: profile models from the shell, with progress that people can watch."""

import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from smarterrouter.bootstrap import House
from smarterrouter.cli.fitting import fitted
from smarterrouter.cli.looking import with_house
from smarterrouter.cli.shares import LEGEND, SHORT, share
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Profile
from smarterrouter.domain.models import Model
from smarterrouter.errors import GatewayError
from smarterrouter.jobs.profile_models import reason_against
from smarterrouter.profiling import events


@click.command()
@click.argument("names", nargs=-1, metavar="[MODEL]…")
@click.option("--force", is_flag=True, help="Profile again, also what is known already.")
def profile(names: tuple[str, ...], force: bool) -> None:
    """Profile the named models, or every model that needs it."""

    async def work(house: House) -> bool:
        return await _profile(house, names, force=force)

    if not with_house(work):
        sys.exit(1)


async def _profile(house: House, names: tuple[str, ...], *, force: bool) -> bool:
    console = Console(highlight=False)
    try:
        return await _measured(house, names, console, force=force)
    except GatewayError as error:
        console.print(f"[red]{escape(error.message)}[/red]")
        return False


async def _measured(house: House, names: tuple[str, ...], console: Console, *, force: bool) -> bool:
    await house.services.database.open()
    await house.services.profiling.load()
    wanted = _wanted(house, names, force=force, console=console)
    if not wanted:
        return not names
    bars = _Bars(console)
    with bars.progress:
        await house.services.profiling.profile(wanted, anew=force, listener=bars.hear)
    known = house.services.known.profiles
    found = [known[model.key] for model in wanted if model.key in known]
    if found:
        least = ["tokens/s", "answers", *reversed(Category)]
        console.print(fitted(table(found), console, least, short=SHORT))
    for state in house.services.profiling.states:
        if state.state != "done" or state.model not in known:
            console.print(f"[red]{escape(state.model)}: {state.state}.[/red] {escape(state.detail or state.reason)}")
    return len(found) == len(wanted)


def _wanted(house: House, names: tuple[str, ...], *, force: bool, console: Console) -> list[Model]:
    """Empty when there is nothing to do, or when a name means nothing; the reason is on screen then."""
    if not names:
        wanted = house.services.profiling.wanted(force=force)
        if not wanted:
            console.print("Every model that can be profiled is known already. --force profiles again.")
        return wanted
    found: list[Model] = []
    for name in names:
        resolution = house.services.catalog.current.find(name)
        if resolution is None or not resolution.models:
            console.print(f"[red]There is no model[/red] {escape(name)}. `smarterrouter models` lists them.")
            return []
        model = resolution.models[0]
        if reason := reason_against(model):
            console.print(f"[red]{escape(model.key)} cannot be profiled.[/red] {reason}")
            return []
        found.append(model)
    return found


class _Bars:
    """One bar for each model."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[phase]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._bars: dict[str, TaskID] = {}

    def hear(self, event: events.Event) -> None:
        """Move the bar of the model that the event is about."""
        if isinstance(event, events.Progress):
            bar = self._bars.get(event.model)
            if bar is None:
                bar = self._bars[event.model] = self.progress.add_task(escape(event.model), total=event.most, phase="")
            what = event.category if event.phase == "asking" else ""
            self.progress.update(bar, completed=event.answers, phase=f"{event.phase} {what}")
        elif isinstance(event, events.Done) and event.model in self._bars:
            bar = self._bars[event.model]
            answers = self.progress.tasks[bar].completed
            self.progress.update(bar, total=max(answers, 1), completed=max(answers, 1), phase=event.reason)


def table(profiles: list[Profile]) -> Table:
    """What was found, one row for each model."""
    shown = Table(title="What was found", title_justify="left", caption=LEGEND, caption_justify="left")
    shown.add_column("Model", overflow="fold")
    categories = sorted({category for profile in profiles for category in profile.skills})
    for heading in ("all", *map(str, categories), "tokens/s", "answers"):
        shown.add_column(heading, justify="right")
    for profile in profiles:
        skills = [share(profile.skills[one]) if one in profile.skills else "" for one in categories]
        speed = "?" if profile.tokens_per_second is None else f"{profile.tokens_per_second:.0f}"
        shown.add_row(escape(profile.model), share(profile.overall), *skills, speed, str(profile.answers))
    return shown
