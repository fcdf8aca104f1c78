"""Difficulties follow what models do: gently, within bounds, in any order."""

import math
import random
import statistics

import pytest

from smarterrouter.profiling.calibration import DESIGN_SD, FARTHEST, PER_MODEL, Response, refit
from smarterrouter.profiling.estimator import Item

ITEMS = [Item(f"t{index}", ("code", "logic")[index % 2], -2 + index / 5) for index in range(20)]


def pretend(models: int, off: dict[str, float], seed: int = 5) -> list[Response]:
    rng = random.Random(seed)
    responses = []
    for number in range(models):
        ability = rng.uniform(-2, 2)
        for item in ITEMS:
            difficulty = item.difficulty + off.get(item.id, 0.0)
            right = rng.random() < 1 / (1 + math.exp(1.1 * (difficulty - ability)))
            responses.append(Response(f"m{number}", item.id, right))
    return responses


def test_no_answers_change_nothing():
    assert refit(ITEMS, []) == ITEMS
    assert refit([], []) == []


def test_answers_to_unknown_tasks_are_left_out():
    assert refit(ITEMS, [Response("m", "gone", passed=True)]) == ITEMS


def test_fitted_difficulties_are_nearer_to_the_truth_than_designed_ones():
    rng = random.Random(1)
    off = {item.id: rng.gauss(0, 0.6) for item in ITEMS}
    fitted = refit(ITEMS, pretend(60, off))
    before = statistics.mean(abs(value) for value in off.values())
    after = statistics.mean(
        abs(new.difficulty - old.difficulty - off[old.id]) for new, old in zip(fitted, ITEMS, strict=True)
    )
    assert after < 0.7 * before


def test_it_gets_surer_with_every_model():
    few, many = refit(ITEMS, pretend(3, {})), refit(ITEMS, pretend(30, {}))
    for one, other in zip(few, many, strict=True):
        assert other.spread < one.spread < DESIGN_SD


def test_one_model_moves_a_task_only_a_little():
    responses = [Response("odd", item.id, passed=item.difficulty > 0) for item in ITEMS] * 5
    for new, old in zip(refit(ITEMS, responses), ITEMS, strict=True):
        assert abs(new.difficulty - old.difficulty) <= PER_MODEL + 1e-9


def test_no_number_of_models_moves_a_task_far():
    responses = [Response(f"m{number}", item.id, passed=item is not ITEMS[0]) for number in range(60) for item in ITEMS]
    for new, old in zip(refit(ITEMS, responses), ITEMS, strict=True):
        assert abs(new.difficulty - old.difficulty) <= FARTHEST + 1e-9


def test_a_task_that_all_fail_becomes_harder_and_one_that_all_solve_easier():
    easy, hard = ITEMS[3], ITEMS[15]
    responses = [
        Response(f"m{number}", item.id, passed=item.difficulty < 0 if item not in (easy, hard) else item is hard)
        for number in range(8)
        for item in ITEMS
    ]
    fitted = {item.id: item.difficulty for item in refit(ITEMS, responses)}
    assert fitted[easy.id] > easy.difficulty
    assert fitted[hard.id] < hard.difficulty


def test_the_order_of_answers_does_not_matter():
    responses = pretend(6, {})
    shuffled = random.Random(3).sample(responses, len(responses))
    assert refit(ITEMS, shuffled) == refit(ITEMS, responses)


def test_variants_of_one_task_by_one_model_count_as_one():
    one = [Response("m", item.id, passed=True) for item in ITEMS]
    twice = [Response("m", ITEMS[10].id, passed=True)]
    moved = refit(ITEMS, one + twice)[10].difficulty - refit(ITEMS, one)[10].difficulty
    assert abs(moved) < 0.05


@pytest.mark.parametrize("passed", [True, False])
def test_a_single_answer_is_finite(passed):
    fitted = refit(ITEMS[:1], [Response("m", ITEMS[0].id, passed)])
    assert math.isfinite(fitted[0].difficulty)
    assert 0 < fitted[0].spread < DESIGN_SD
