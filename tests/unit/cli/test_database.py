from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smarterrouter.cli.database import database
from smarterrouter.store.migrations.head import HEAD


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _db(*arguments: str, address: str = "sqlite:///data/router.db") -> Result:
    return CliRunner().invoke(database, arguments, env={"ROUTER_DATABASE_URL": address})


def test_status_of_nothing_creates_nothing(home: Path) -> None:
    result = _db("status")
    assert result.exit_code == 1
    assert "none yet" in result.output
    assert "db upgrade" in result.output
    assert not (home / "data").exists()


def test_upgrade_creates_and_status_is_content(home: Path) -> None:
    first, second, status = _db("upgrade"), _db("upgrade"), _db("status")
    assert first.output == f"sqlite+aiosqlite:///{home}/data/router.db is at revision {HEAD}, from none.\n"
    assert second.output.endswith(f"is at revision {HEAD} already.\n")
    assert (first.exit_code, second.exit_code, status.exit_code) == (0, 0, 0)
    assert f"Revision:  {HEAD}" in status.output


@pytest.mark.usefixtures("home")
def test_a_server_that_is_away_is_told_in_one_line() -> None:
    result = _db("status", address="postgresql://me:secret@127.0.0.1:1/x")
    assert result.exit_code == 1
    assert result.output.startswith("Error: The database postgresql+asyncpg://me:***@127.0.0.1:1/x failed")
    assert "secret" not in result.output


@pytest.mark.usefixtures("home")
def test_wrong_settings_are_told() -> None:
    result = _db("status", address="mysql://h/x")
    assert result.exit_code == 1
    assert "ROUTER_DATABASE_URL" in result.output
