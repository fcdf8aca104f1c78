from pathlib import Path

import pytest

from smarterrouter.errors import StoreUnavailable
from smarterrouter.store.addresses import engine_url, sqlite_file

BASE = Path("/srv/router")


@pytest.mark.parametrize("driver", ["sqlite", "sqlite+aiosqlite", "sqlite+pysqlite"])
def test_a_relative_file_begins_at_the_base(driver: str) -> None:
    url = engine_url(f"{driver}:///data/router.db", BASE)
    assert url.drivername == "sqlite+aiosqlite"
    assert sqlite_file(url) == BASE / "data/router.db"


def test_an_absolute_file_stays_where_it_is() -> None:
    assert sqlite_file(engine_url("sqlite:////var/lib/router.db", BASE)) == Path("/var/lib/router.db")


def test_a_relative_base_is_taken_from_the_current_directory_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sqlite_file(engine_url("sqlite:///router.db", Path())) == tmp_path / "router.db"


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
def test_every_way_to_write_postgres_means_asyncpg(driver: str) -> None:
    url = engine_url(f"{driver}://me:pw@db.example:5433/router", BASE)
    assert url.render_as_string(hide_password=False) == "postgresql+asyncpg://me:pw@db.example:5433/router"
    assert sqlite_file(url) is None


def test_the_libpq_name_of_tls_is_understood() -> None:
    url = engine_url("postgres://db.example/router?sslmode=require&host=/run", BASE)
    assert dict(url.query) == {"ssl": "require", "host": "/run"}


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
def test_what_is_not_a_file_is_refused(address: str) -> None:
    with pytest.raises(StoreUnavailable, match="must be a file"):
        engine_url(address, BASE)


@pytest.mark.parametrize("address", ["mysql://me:secret@h/x", "secret words", "postgres://me:secret@h:port/x"])
def test_anything_else_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        engine_url(address, BASE)
    assert "secret" not in str(caught.value)
