"""`models`: what can be reached, what is known of it, how sure that is, and from where."""

from collections.abc import Mapping

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarterrouter.bootstrap import House
from smarterrouter.catalog import abilities
from smarterrouter.catalog.abilities import Basis, Belief
from smarterrouter.cli.fitting import fitted
from smarterrouter.cli.looking import remember, with_house
from smarterrouter.cli.shares import LEGEND, SHORT, share
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge
from smarterrouter.domain.models import Model

_FROM = {
    Basis.PROFILE: "own profile",
    Basis.PUBLISHED: "published scores",
    Basis.SIZE: "its size",
    Basis.NOTHING: "nothing is known",
}


@click.command()
@click.option("--skills", is_flag=True, help="Show each skill.")
def models(skills: bool) -> None:
    """List the models that can be reached, with what is known of them."""

    async def show(house: House) -> None:
        await remember(house)
        _show(house, skills=skills)

    with_house(show)


def _show(house: House, *, skills: bool) -> None:
    console = Console(highlight=False)
    services = house.services
    snapshot = services.catalog.current
    if not snapshot.models:
        console.print("No model can be reached. `smarterrouter check` says which backends were asked.")
        return
    about, reference = services.known.about(snapshot.models), services.known.reference()
    found = [(name, model, about.get(model.key, Knowledge())) for name, model in snapshot.listed]
    table = _skills_table() if skills else _table(len(snapshot.models))
    for name, model, known in found:
        overall = known.profile.overall if known.profile else abilities.prior(model.size, known.published, reference)
        beliefs = abilities.beliefs(model.size, known, reference)
        if skills and model.can.chat:
            table.add_row(escape(name), *_each(overall, beliefs), basis_of(beliefs))
        elif not skills:
            table.add_row(escape(name), model.backend, *_facts(model), *_known(model, overall, beliefs))
    console.print(_fitted_skills(table, console) if skills else _fitted(table, console))
    console.print(f"{LEGEND}. {'' if skills else '`--skills` shows each skill.'}")


def _table(count: int) -> Table:
    table = Table(title=f"{count} models", title_justify="left")
    right = {"Size", "Context", "Solves"}
    for heading in ("Model", "Backend", "Size", "Quant.", "Context", "Can", "State", "Solves", "Best at", "Known from"):
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def _fitted(table: Table, console: Console) -> Table:
    least = ("Quant.", "Best at", "Backend", "Context", "Known from", "Size", "Can", "State")
    return fitted(table, console, least, words={"Can", "State", "Known from"})


def _fitted_skills(table: Table, console: Console) -> Table:
    return fitted(table, console, ["Known from", *reversed(Category)], words={"Known from"}, short=SHORT)


def _skills_table() -> Table:
    table = Table(title="Skills", title_justify="left")
    table.add_column("Model", overflow="fold")
    for heading in ("all", *Category):
        table.add_column(heading, justify="right")
    table.add_column("Known from", overflow="fold")
    return table


def _each(overall: Ability, beliefs: Mapping[Category, Belief]) -> list[str]:
    return [share(overall), *(share(beliefs[category].ability) for category in Category)]


def _known(model: Model, overall: Ability, beliefs: Mapping[Category, Belief]) -> tuple[str, str, str]:
    """The general ability, the best skill where skills differ by evidence, and where that comes from."""
    if not model.can.chat:
        return "", "", ""
    proven = [category for category in Category if beliefs[category].basis in {Basis.PROFILE, Basis.PUBLISHED}]
    best = max(proven, key=lambda category: beliefs[category].ability.mean, default="")
    return share(overall), best, basis_of(beliefs)


def basis_of(beliefs: Mapping[Category, Belief]) -> str:
    """Where the beliefs come from, the strongest first."""
    bases = {belief.basis for belief in beliefs.values()}
    return next(words for basis, words in _FROM.items() if basis in bases)


def _facts(model: Model) -> tuple[str, ...]:
    size = _size(model.size.parameters_b)
    context = "?" if model.can.context_tokens is None else f"{model.can.context_tokens:,}"
    can = [word for word in ("chat", "embeddings", "vision", "tools", "thinking") if getattr(model.can, word)]
    state = [model.label] if model.label else []
    state += [word for word in ("loaded", "missing", "unreachable") if getattr(model, word)]
    return size, escape(model.size.quantisation or "?"), context, ", ".join(can), ", ".join(state)


def _size(billions: float | None) -> str:
    """As people write it: 70 B, 0.5 B, 3 M."""
    if billions is None:
        return "?"
    return f"{billions:.3g} B" if billions >= 0.1 else f"{billions * 1000:.2g} M"
