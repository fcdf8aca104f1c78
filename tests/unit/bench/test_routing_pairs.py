"""Who gets the strong model."""

import numpy as np
import pytest
from bench.routing_pairs import apgr, area, pairs, written

from smarterrouter.jobs.training.rows import Row


def rows(count: int, dataset: str = "two", **scores: float) -> list[Row]:
    """Every other question is beyond the weak model."""
    return [
        Row(f"{dataset}{n}", dataset, "kind/part", "x" * n, {"weak": float(n % 2), "strong": 1.0} | scores)
        for n in range(count)
    ]


def test_knowing_who_needs_it_wins_most_and_the_wrong_way_round_least() -> None:
    won = np.array([0.0, 1.0, 0.0, 1.0])
    assert apgr(won, won) == pytest.approx(0.75)
    assert apgr(-won, won) == pytest.approx(0.25)


def test_who_tells_nobody_apart_is_a_coin_whatever_the_order() -> None:
    for won in ([0.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]):
        assert apgr(np.zeros(4), np.array(won)) == pytest.approx(0.5)


def test_a_strong_model_that_is_no_better_has_no_area() -> None:
    assert np.isnan(apgr(np.array([1.0, 2.0]), np.array([1.0, -1.0])))


def test_pairs_are_of_data_sets_that_know_two_models() -> None:
    three = rows(200, "three", other=0.5)
    few = rows(50, "few")
    (pair,) = pairs([*rows(200), *three, *few])
    assert (pair.name, pair.weak, pair.strong, len(pair.rows)) == ("two kind", "weak", "strong", 200)
    found = area(pair, lambda row: -row.scores["weak"])
    assert found.low <= found.value <= found.high
    assert found.value == pytest.approx(0.75, abs=0.01)


def test_pairs_are_written_as_a_table_or_not_at_all() -> None:
    (pair,) = pairs(rows(200))
    table = written({"question": {pair.name: {"length": area(pair, lambda row: len(row.prompt))}}, "model": {}})
    assert "| question | two kind | 0." in table
    assert written({"question": {}}) == ""
