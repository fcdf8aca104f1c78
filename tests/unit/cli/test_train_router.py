"""The command that trains the router."""

from functools import partial

import msgspec
from click.testing import CliRunner
from tests.unit.jobs.training.made_up import rows

from smarterrouter.cli import train_router as module
from smarterrouter.cli.train_router import train_router
from smarterrouter.jobs.training.trainer import Recipe, train


def test_it_trains_and_says_where_the_files_are(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module, "train", partial(train, recipe=Recipe(seeds=1, frames=1, lists=2)))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mine.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(rows(60)))
    result = CliRunner().invoke(train_router, ["data", "--out", "mine.npz"])
    assert result.exit_code == 0, result.output
    assert "mine.npz" in result.output
    assert "60 questions" in result.output
    assert (tmp_path / "mine.md").is_file()


def test_a_folder_without_data_is_a_clear_error(tmp_path) -> None:
    result = CliRunner().invoke(train_router, [str(tmp_path)])
    assert result.exit_code == 1
    assert "no .jsonl" in result.output
