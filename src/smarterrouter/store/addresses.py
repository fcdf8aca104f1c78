"""`engine_url`: the address of a database as people write it, made ready for the drivers."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from smarterrouter.errors import StoreUnavailable

_SQLITE = ("sqlite", "sqlite+aiosqlite", "sqlite+pysqlite")
_POSTGRES = ("postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg", "postgresql+psycopg2")


def engine_url(address: str, base: Path) -> URL:
    """The URL for an async engine. A relative SQLite path begins at `base`.

    `sqlite:///data/router.db` is relative, `sqlite:////var/lib/router.db` absolute. Raise `StoreUnavailable` for
    anything that is neither a SQLite file nor PostgreSQL. The message never repeats the address, as it may hold
    a password.
    """
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError) as error:
        raise StoreUnavailable("The database address is not a URL like sqlite:///data/router.db.") from error
    if url.drivername in _SQLITE:
        return _sqlite(url, base)
    if url.drivername in _POSTGRES:
        return _postgres(url)
    raise StoreUnavailable(f"Databases of kind {url.drivername!r} are not supported: use sqlite or postgresql.")


def sqlite_file(url: URL) -> Path | None:
    """The file behind a URL of `engine_url`, or None for a server."""
    return Path(url.database) if url.database and url.get_backend_name() == "sqlite" else None


def _sqlite(url: URL, base: Path) -> URL:
    name = url.database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        raise StoreUnavailable("The database must be a file: what is recorded has to outlive the process.")
    path = base.absolute() / Path(name).expanduser()
    return url.set(drivername="sqlite+aiosqlite", database=str(path))


def _postgres(url: URL) -> URL:
    url = url.set(drivername="postgresql+asyncpg")
    if (mode := url.query.get("sslmode")) is not None:  # libpq's name for what asyncpg calls ssl
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url
