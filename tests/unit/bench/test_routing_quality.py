"""The cross-validation runs from rows to table and plot."""

import sys

import bench.routing_quality as program
import msgspec
from tests.unit.jobs.training.made_up import rows

from smarterrouter.jobs.training.trainer import Recipe


def test_from_a_folder_to_a_table_and_a_plot(tmp_path, monkeypatch, capsys) -> None:
    (tmp_path / "mine.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(rows(240)))
    monkeypatch.setattr(sys, "argv", ["routing_quality", str(tmp_path), "--out", str(tmp_path)])
    monkeypatch.setattr(program, "SHIPPED", Recipe(seeds=1, frames=1, lists=2))
    monkeypatch.setattr(program, "_LEAST_QUESTIONS", 30)
    monkeypatch.setattr(program, "_RESAMPLES", 3)
    program.main()
    table = (tmp_path / "routing_quality.md").read_text()
    assert capsys.readouterr().out.strip() == table.strip()
    for words in ("## Held out: question", "| mine-1 |", "learned router", "keywords", "cheapest"):
        assert words in table
    assert (tmp_path / "routing_quality.svg").read_text().startswith("<svg")
