"""`models`: what can be reached, and what is known of it."""

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarterrouter.bootstrap import House
from smarterrouter.cli.looking import with_house
from smarterrouter.domain.models import Model


@click.command()
def models() -> None:
    """List the models that can be reached, with what is known of them."""
    with_house(_show)


async def _show(house: House) -> None:
    console = Console()
    snapshot = house.services.catalog.current
    if not snapshot.models:
        console.print("No model can be reached. `smarterrouter check` says which backends were asked.")
        return
    table = Table(title=f"{len(snapshot.models)} models", title_justify="left")
    for heading in ("Model", "Backend", "Size", "Quant.", "Context", "Can", "State"):
        table.add_column(heading, justify="right" if heading in {"Size", "Context"} else "left", overflow="fold")
    for name, model in snapshot.listed:
        table.add_row(escape(name), model.backend, *_facts(model))
    console.print(table)


def _facts(model: Model) -> tuple[str, ...]:
    size = _size(model.size.parameters_b)
    context = "?" if model.can.context_tokens is None else f"{model.can.context_tokens:,}"
    can = [word for word in ("chat", "embeddings", "vision", "tools", "thinking") if getattr(model.can, word)]
    state = [model.label] if model.label else []
    state += [word for word in ("loaded", "missing", "unreachable") if getattr(model, word)]
    return size, model.size.quantisation or "?", context, ", ".join(can), ", ".join(state)


def _size(billions: float | None) -> str:
    """As people write it: 70 B, 0.5 B, 3 M."""
    if billions is None:
        return "?"
    return f"{billions:.3g} B" if billions >= 0.1 else f"{billions * 1000:.2g} M"
