"""A regression is found, noise is not."""

import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from baseline import PATH, known_misses, regressions
from report import Report


@pytest.fixture
def before() -> Report:
    return msgspec.json.decode(PATH.read_bytes(), type=Report)


def test_the_same_numbers_are_no_regression(before: Report) -> None:
    assert regressions(before) == []


def test_a_ratio_a_fifth_worse_is_one(before: Report) -> None:
    ratio = before.comparisons[0].ratio
    ratio.median *= 1.15
    assert regressions(before) == []
    ratio.median *= 1.1
    (sentence,) = regressions(before)
    assert before.comparisons[0].title in sentence


def test_memory_and_start_count_too(before: Report) -> None:
    for fact in before.facts:
        if fact.name in {"start", "rss_idle"}:
            fact.value *= 1.3
    assert len(regressions(before)) == 2


def test_what_misses_its_target_in_the_file_is_known(before: Report, tmp_path: Path) -> None:
    for each in before.comparisons:
        each.target = each.ratio.median
    before.comparisons[0].target = before.comparisons[0].ratio.median / 1.3
    path = tmp_path / "b.json"
    path.write_bytes(msgspec.json.encode(before))
    assert known_misses(path) == {before.comparisons[0].name}
    assert known_misses(tmp_path / "none.json") == frozenset()


def test_without_a_file_there_is_nothing_to_compare(before: Report, tmp_path: Path) -> None:
    assert regressions(before, tmp_path / "none.json") == []
