"""`check`: settings, backends and the database, each with a mark and a way out."""

import sys

import click
from rich.console import Console
from rich.markup import escape

from smarterrouter.bootstrap import House
from smarterrouter.cli.looking import with_house
from smarterrouter.cli.rules import show_rules
from smarterrouter.errors import StoreUnavailable

_GOOD, _BAD, _NOTE = "[green]✓[/green]", "[red]✗[/red]", "[yellow]![/yellow]"


@click.command()
def check() -> None:
    """Check settings, backends, routing rules and the database. Ends with status 1 when something does not work."""
    if not with_house(_checked):
        sys.exit(1)


async def _checked(house: House) -> bool:
    console = Console(highlight=False)
    console.print(f"{_GOOD} settings can be used")
    for warning in house.warnings:
        console.print(f"{_NOTE} {escape(warning)}")
    backends = _backends(house, console)
    rules = show_rules(house.services.reloading, console)
    return await _database(house, console) and backends and rules


def _backends(house: House, console: Console) -> bool:
    statuses = house.services.refresh.observed()
    for status in statuses:
        address = escape(house.backends.current[status.name].address)
        if status.ok:
            console.print(f"{_GOOD} {status.name} at {address}: {status.models} models")
        else:
            console.print(f"{_BAD} {status.name} at {address}: {escape(status.error)}")
    reachable = sum(not model.unreachable for model in house.services.catalog.current.models)
    if not reachable:
        console.print(f"{_BAD} no model can be reached. Start Ollama or another server, or name one in .env")
    elif all(model.test for model in house.services.catalog.current.models):
        console.print(f"{_NOTE} only the built-in test models are there: connect a real model server")
    return bool(reachable) and all(status.ok for status in statuses)


async def _database(house: House, console: Console) -> bool:
    try:
        await house.services.database.open()
        await house.services.database.ping()
    except StoreUnavailable as error:
        console.print(f"{_BAD} {escape(error.message)}")
        return False
    console.print(f"{_GOOD} database {escape(str(house.services.database))}")
    return True
