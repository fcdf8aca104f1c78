"""`route "prompt"`: explains a decision without generating anything; `route --id ID` one of the log."""

import asyncio
import sys

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from smarterrouter.bootstrap import House
from smarterrouter.bootstrap.deciding import decider_of
from smarterrouter.cli.decision import Report, show, show_request
from smarterrouter.cli.looking import remember, with_house
from smarterrouter.cli.past import opened
from smarterrouter.errors import GatewayError
from smarterrouter.gateway.explaining import explain_recorded


@click.command()
@click.argument("prompt", required=False)
@click.option("--id", "identity", metavar="ID", help="Explain a request of the log by its x-request-id.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def route(prompt: str | None, identity: str | None, as_json: bool) -> None:
    """Explain which model would answer PROMPT (`-` reads it from standard input). Nothing is generated."""
    if (prompt is None) == (identity is None):
        raise click.UsageError("Give a prompt, or --id with the id of a request.")
    try:
        found = _recorded(identity) if identity is not None else _now(sys.stdin.read() if prompt == "-" else prompt)
    except GatewayError as error:
        Console(stderr=True).print(f"[red]{escape(error.message)}[/red]")
        sys.exit(1)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    console = Console(highlight=False)
    if "request" in found:
        show_request(found["request"], console)
    show(found, console)


def _now(text: str | None) -> Report:
    async def explain(house: House) -> Report:
        services = house.services
        await remember(house)
        await services.rating.run()
        if house.sensing is not None:
            await house.sensing.prepared()
        return await services.explaining.prompt(text or "")

    return with_house(explain)


def _recorded(identity: str) -> Report:
    async def explain() -> Report:
        async with opened() as database:
            return await explain_recorded(database, identity, decider_of)

    return asyncio.run(explain())
