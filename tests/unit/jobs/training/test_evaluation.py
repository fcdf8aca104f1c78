"""The figures of the model card."""

import numpy as np
import pytest
from tests.unit.jobs.training.made_up import rows
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.jobs.training.evaluation import (
    Held,
    by_question,
    by_task,
    error,
    figure,
    held_out,
    ranking,
    reliability,
)


def held(predicted: list[float], observed: list[float]) -> Held:
    places = np.arange(len(predicted))
    return Held(np.array(predicted), np.array(observed), places, np.zeros(len(predicted), int), named=1.0)


def test_ranking_counts_pairs_in_the_right_order() -> None:
    assert ranking(held([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])) == 1
    assert ranking(held([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1])) == 0
    assert ranking(held([0.5, 0.5], [1, 1])) == 0.5


def test_a_sure_and_right_prediction_is_calibrated() -> None:
    assert error(held([1.0, 0.0, 1.0], [1, 0, 1])) == 0
    assert error(held([0.9] * 10, [0.0] * 10)) == pytest.approx(0.9)
    assert reliability(held([0.25, 0.21], [0, 1])) == [(pytest.approx(0.23), 0.5, 2)]


def test_an_interval_holds_its_value() -> None:
    rng = np.random.default_rng(1)
    predicted = rng.random(300)
    found = figure(held(predicted.tolist(), (rng.random(300) < predicted).astype(float).tolist()), ranking)
    assert found.low < found.value < found.high


def test_every_question_is_held_out_once() -> None:
    made = rows(60)
    trained: list[int] = []

    def train(kept):
        trained.append(len(kept))
        return made_up()

    found = held_out(made, by_question, train)
    assert found is not None
    assert len(found.predicted) == 60 * 5
    assert len(np.unique(found.question)) == 60
    assert sum(60 - kept for kept in trained) == 60
    assert 0 <= found.named <= 1


def test_without_a_second_part_nothing_can_be_held_out() -> None:
    assert held_out(rows(1), by_task, lambda kept: made_up()) is None
