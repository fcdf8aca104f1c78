import shutil
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, Text

from smarterrouter.store.migrations.head import HEAD
from smarterrouter.store.revision import MIGRATIONS, main, write
from smarterrouter.store.tables import Base


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


def test_no_change_needs_no_revision(folder: Path) -> None:
    before = sorted(folder.rglob("*.py"))
    assert write("nothing", folder) is None
    assert sorted(folder.rglob("*.py")) == before


def test_a_change_becomes_the_next_revision(folder: Path) -> None:
    changed = MetaData()
    for table in Base.metadata.tables.values():
        table.to_metadata(changed)
    Table("notes", changed, Column("words", Text))
    path = write("Notes, too", folder, changed)
    following = f"{int(HEAD) + 1:04}"
    assert path is not None
    assert path.name == f"r{following}_notes_too.py"
    assert "create_table('notes'" in path.read_text()
    assert f'HEAD = "{following}"' in (folder / "head.py").read_text()


def test_a_message_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "Say what changed" in capsys.readouterr().err


def test_the_tables_have_all_their_migrations(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whatever"]) == 1
    assert "agree" in capsys.readouterr().out
