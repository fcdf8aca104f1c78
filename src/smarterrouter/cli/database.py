"""`db`: upgrade, status."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from smarterrouter.errors import StoreUnavailable
from smarterrouter.settings.loading import load
from smarterrouter.settings.problems import SettingsError
from smarterrouter.store.addresses import sqlite_file
from smarterrouter.store.database import Database
from smarterrouter.store.migrations.head import HEAD

T = TypeVar("T")


@click.group(name="db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the database to the newest revision. `serve` does the same when it starts."""
    address, before = _with_database(_upgrade)
    click.echo(f"{address} is at revision {HEAD}" + (" already." if before == HEAD else f", from {before or 'none'}."))


@database.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Show where the database is and whether it is at the newest revision. Exit code 1 when it is not."""
    address, found = _with_database(_status)
    click.echo(f"Database:  {address}")
    click.echo(f"Revision:  {found or 'none yet'}")
    click.echo(f"Newest:    {HEAD}")
    if found != HEAD:
        click.echo("`smarterrouter db upgrade` brings it there; so does `smarterrouter serve`.")
        context.exit(1)


async def _upgrade(database: Database) -> tuple[str, str | None]:
    before = await _found(database)
    await database.open()
    return str(database), before


async def _status(database: Database) -> tuple[str, str | None]:
    return str(database), await _found(database)


async def _found(database: Database) -> str | None:
    path = sqlite_file(database.url)
    if path and not path.exists():  # looking must not create it
        return None
    return await database.revision()


def _with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        settings = load().settings
        database = Database(settings.database.database_url, settings.home)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except (StoreUnavailable, SettingsError) as error:
        raise click.ClickException(str(error)) from error
