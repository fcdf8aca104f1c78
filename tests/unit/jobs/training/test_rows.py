"""Reading rows, and which of them are free."""

import gzip
import json

import pytest

from smarterrouter.jobs.training.rows import Row, UnreadableData, read_folder

LINE = {"id": "1", "dataset": "zeroeval", "task": "gsm8k", "prompt": "1+1?", "scores": {"a": 1, "b": 0.5}}


def test_plain_and_packed_files_in_the_order_of_their_names(tmp_path) -> None:
    (tmp_path / "b.jsonl").write_text(json.dumps(LINE) + "\n\n")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps(LINE | {"id": "0", "more": [1]}).encode()))
    (tmp_path / "public_scores.json").write_text("{}")
    assert [row.id for row in read_folder(tmp_path)] == ["0", "1"]


def test_scores_that_are_none_are_left_out(tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(LINE | {"scores": {"a": 1.5, "b": -1, "c": 0.25}}))
    assert read_folder(tmp_path)[0].scores == {"c": 0.25}


@pytest.mark.parametrize("text", ["{", "[]", '{"id": 3}', "null"])
def test_a_line_that_cannot_be_read_is_named(tmp_path, text: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(LINE) + "\n" + text)
    with pytest.raises(UnreadableData, match=r"a\.jsonl, line 2"):
        read_folder(tmp_path)


def test_an_empty_folder_is_told(tmp_path) -> None:
    with pytest.raises(UnreadableData):
        read_folder(tmp_path)


def test_a_packed_file_that_is_none_is_named(tmp_path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"plain text")
    with pytest.raises(UnreadableData, match=r"a\.jsonl\.gz"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    ("dataset", "licence", "free"),
    [
        ("zeroeval", "", True),
        ("openllm", "", False),
        ("openllm-mmlupro", "", False),
        ("bfcl", "", False),
        ("openllm", "MIT", True),
        ("zeroeval", "proprietary", False),
        ("mine", "own", True),
        ("mine", "", False),
    ],
)
def test_only_free_rows_shape_weights(dataset: str, licence: str, free: bool) -> None:
    assert Row("1", dataset, "t", "p", {}, licence).free is free
