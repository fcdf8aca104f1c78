"""`models`: what can be reached, and what is known of it."""

import click
from rich.console import Console
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
    for heading in ("Model", "Backend", "Size", "Quantisation", "Context", "Can", "State"):
        table.add_column(heading, justify="right" if heading in {"Size", "Context"} else "left", overflow="fold")
    for name, model in snapshot.listed:
        table.add_row(name, model.backend, *_facts(model))
    console.print(table)


def _facts(model: Model) -> tuple[str, ...]:
    size = "?" if model.size.parameters_b is None else f"{model.size.parameters_b:g} B"
    context = "?" if model.can.context_tokens is None else f"{model.can.context_tokens:,}"
    can = [word for word in ("chat", "embeddings", "vision", "tools", "thinking") if getattr(model.can, word)]
    state = [model.label] if model.label else []
    state += [word for word in ("loaded", "missing", "unreachable") if getattr(model, word)]
    return size, model.size.quantisation or "?", context, ", ".join(can), ", ".join(state)
