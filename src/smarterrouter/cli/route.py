"""`route "prompt"`: explains a decision without generating anything."""

import sys

import click
import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarterrouter.bootstrap import House
from smarterrouter.cli.looking import with_house
from smarterrouter.domain.decisions import Decision
from smarterrouter.errors import GatewayError
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.explain import confidence, report


@click.command()
@click.argument("prompt")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def route(prompt: str, as_json: bool) -> None:
    """Explain which model would answer PROMPT (`-` reads it from standard input). Nothing is generated."""
    text = sys.stdin.read() if prompt == "-" else prompt

    async def explain(house: House) -> None:
        intent = read_text(text, house.services.settings.routing.quality_preference)
        try:
            decision = house.services.choosing.decide(intent)
        except GatewayError as error:
            Console(stderr=True).print(f"[red]{escape(error.message)}[/red]")
            sys.exit(1)
        if as_json:
            click.echo(msgspec.json.encode(report(decision, house.services.weights)))
        else:
            _print(decision)

    with_house(explain)


def _print(decision: Decision) -> None:
    console = Console(highlight=False)
    intent = decision.intent
    console.print(f"[bold]{escape(decision.candidates[0].model.key)}[/bold]  (confidence {confidence(decision):.2f})")
    console.print(escape(decision.reason))
    evidence = f": {', '.join(intent.evidence)}" if intent.evidence else ""
    console.print(f"{intent.category}, {intent.difficulty} ({intent.complexity:.2f}){evidence}")
    names = sorted({name for candidate in decision.candidates for name in candidate.signals})
    table = Table()
    table.add_column("Candidate", overflow="fold")
    for name in ("total", *names):
        table.add_column(name, justify="right")
    for candidate in decision.candidates:
        values = (f"{candidate.signals.get(name, 0.0):+.2f}" for name in names)
        table.add_row(escape(candidate.model.key), f"{candidate.total:+.2f}", *values)
    console.print(table)
    for key, reason in decision.excluded.items():
        console.print(f"[dim]{escape(f'{key}: {reason}')}[/dim]")
