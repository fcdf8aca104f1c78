"""The item-response fit finds the order of questions and models again."""

import numpy as np

from smarterrouter.jobs.training.difficulty import SLOPE, Answers, fit, sigma


def simulated(items: int = 300, models: int = 12, seed: int = 3) -> tuple[Answers, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    b, ability = rng.normal(0, 1.2, items), rng.normal(0, 1, models)
    item, model = np.repeat(np.arange(items), models), np.tile(np.arange(models), items)
    score = (rng.random(len(item)) < sigma(SLOPE * (ability[model] - b[item]))).astype(float)
    nothing = np.zeros(items, np.intp)
    return Answers(item, model, score, nothing, nothing, models), b, ability


def test_difficulties_and_abilities_come_back() -> None:
    answers, b, ability = simulated()
    found = fit(answers)
    assert np.corrcoef(found.difficulty, b)[0, 1] > 0.85
    assert np.corrcoef(found.ability[:, 0], ability)[0, 1] > 0.95
    assert np.abs(np.diff(np.sort(found.ability[:, 0])) - np.diff(np.sort(ability))).max() < 0.6


def test_it_is_deterministic_and_finite() -> None:
    answers, *_ = simulated()
    one, other = fit(answers), fit(answers)
    assert (one.difficulty == other.difficulty).all()
    assert np.isfinite(one.raw).all()
    assert (one.information > 0).all()


def test_all_right_and_all_wrong_stay_finite() -> None:
    item, model = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    group = np.zeros(2, np.intp)
    found = fit(Answers(item, model, np.array([1.0, 1, 0, 0]), group, group, 2))
    assert found.difficulty[0] < found.difficulty[1]
    assert np.abs(found.difficulty).max() < 6
