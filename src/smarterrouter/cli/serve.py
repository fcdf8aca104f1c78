"""`serve`: the gateway as a server."""

import sys
from contextlib import suppress

import click
import uvicorn

from smarterrouter import __version__
from smarterrouter.api.connection import limited
from smarterrouter.app import create_app
from smarterrouter.bootstrap import House
from smarterrouter.cli.building import house_or_exit, tell_key
from smarterrouter.cli.hangup import on_hangup
from smarterrouter.cli.loading import settings_or_exit
from smarterrouter.observability import logs
from smarterrouter.observability.memory import settle

_GRACE_SECONDS = 10
"""How long open streams get to end when the gateway is stopped."""


@click.command()
@click.option("--host", help="Address to listen on (ROUTER_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (ROUTER_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Start the gateway."""
    loaded = settings_or_exit()
    settings = loaded.settings
    logs.configure(settings.observability.log_level, settings.observability.log_format)
    house = house_or_exit(loaded)
    host, port = host or settings.server.host, settings.server.port if port is None else port
    config = uvicorn.Config(
        create_app(house),
        host=host,
        port=port,
        loop="auto",
        http=limited(settings.server.request_body_timeout_seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=2048,
    )
    announce(house, host, port)
    server = uvicorn.Server(config)
    settle()
    on_hangup(house.services.reloading.hung_up)
    with suppress(KeyboardInterrupt):  # everything is stopped by then; it only says how it was asked
        server.run()
    if not server.started:
        sys.exit(3)


def announce(house: House, host: str, port: int) -> None:
    """Print where to go, and the admin key if this start has made one: it cannot be read again."""
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    click.secho(f"SmarterRouter {__version__}", bold=True, err=True)
    for name, path, note in (
        ("API", "/v1", "   any OpenAI client, model `auto`"),
        ("Docs", "/docs", ""),
        ("Health", "/health", ""),
    ):
        click.echo(f"  {name:8} {click.style(address + path, fg='cyan')}{note}", err=True)
    tell_key(house)
