import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smarterrouter.cli.generate_env import generate_env, write
from smarterrouter.settings.reference import env_template


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(generate_env, list(arguments))


def test_it_writes_the_template_for_its_owner_alone(place: Path) -> None:
    assert run().exit_code == 0
    assert (place / ".env").read_text(encoding="utf-8") == env_template()
    assert stat.S_IMODE((place / ".env").stat().st_mode) == 0o600


def test_it_never_replaces_a_file_unasked(place: Path) -> None:
    (place / ".env").write_text("ROUTER_PORT=1\n")
    refused = run()
    assert refused.exit_code == 1
    assert "--overwrite" in refused.output
    assert (place / ".env").read_text() == "ROUTER_PORT=1\n"
    assert run("--overwrite").exit_code == 0
    assert (place / ".env").read_text(encoding="utf-8") == env_template()


def test_another_file_can_be_named(place: Path) -> None:
    assert run("-o", "conf/my.env").exit_code == 0
    assert (place / "conf" / "my.env").read_text(encoding="utf-8") == env_template()


def test_what_cannot_be_written_is_said_plainly(place: Path) -> None:
    (place / "file").write_text("")
    refused = run("--output", "file/.env")
    assert refused.exit_code == 1
    assert "cannot be written" in refused.output


def test_check_fails_until_the_generated_files_are_fresh(place: Path) -> None:
    stale = run("--check")
    assert stale.exit_code == 1
    assert "ENV_DEFAULT, docs/reference/settings.md" in stale.output
    assert not (place / ".env").exists()
    assert run("--refresh").exit_code == 0
    assert run("--check").exit_code == 0
    (place / "docs/reference/settings.md").write_text("old")
    assert run("--check").exit_code == 1


def test_write_takes_a_path(tmp_path: Path) -> None:
    write(tmp_path / "x", overwrite=False)
    assert (tmp_path / "x").read_text(encoding="utf-8").startswith("# SmarterRouter")
