"""`fit`: difficulties of questions and abilities of models, from who answered what right.

Model m solves question i of group g with probability sigma(SLOPE * (t_m + d_mg - b_i)). The ability t_m is shared by
all groups, the deviation d_mg is Gaussian with sd `DEVIATION`, and b_i is Gaussian around the mean of its task with a
spread that is estimated from the data (empirical Bayes), so that a question seen by two models does not look certain.
Fitted by Newton steps on one kind of parameter after the other. Source: Lord (1980), Applications of Item Response
Theory; Efron and Morris (1973) for the shrinkage.
"""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

SLOPE = 1.2
DEVIATION = 0.4
_ABILITY = 1.5
"""Prior sd of an ability, in logits."""
_ROUNDS = 60
_STEP = 1.5
"""No parameter moves further in one round."""

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


class Answers(Struct, frozen=True):
    """Who answered what, as parallel arrays over answers."""

    item: Ints
    model: Ints
    score: Floats
    """0 to 1."""
    group: Ints
    """(items,) the group of each question: one data set and category."""
    task: Ints
    """(items,)"""
    models: int


class Fit(Struct, frozen=True):
    """What the answers say."""

    difficulty: Floats
    """(items,) shrunk towards the mean of the task, logits."""
    raw: Floats
    """(items,) what the answers alone say; wild where few models answered."""
    information: Floats
    """(items,) inverse variance of `raw`."""
    ability: Floats
    """(models, groups), logits on the same scale."""


def fit(answers: Answers) -> Fit:
    """Fit all parameters together. Deterministic."""
    state = _start(answers)
    for _ in range(_ROUNDS):
        _round(answers, state)
    chance = state.chances(answers)
    information = _sums(answers.item, _weight(chance), len(state.b))
    pull = _sums(answers.item, SLOPE * (answers.score - chance), len(state.b))
    raw = state.b - pull / np.maximum(information, 1e-3)
    return Fit(state.b, np.clip(raw, state.b - 3, state.b + 3), information, state.ability)


class _State(Struct):
    general: Floats
    ability: Floats
    """(models, groups)"""
    seen: Floats
    """(models, groups): 1 where the model answered something."""
    b: Floats
    means: Floats
    spread: Floats

    def chances(self, answers: Answers) -> Floats:
        return sigma(SLOPE * (self.ability[answers.model, answers.group[answers.item]] - self.b[answers.item]))


def _start(answers: Answers) -> _State:
    groups, tasks = int(answers.group.max()) + 1, int(answers.task.max()) + 1
    seen = np.zeros((answers.models, groups))
    seen[answers.model, answers.group[answers.item]] = 1
    return _State(
        general=np.zeros(answers.models),
        ability=np.zeros((answers.models, groups)),
        seen=seen,
        b=np.zeros(len(answers.group)),
        means=np.zeros(tasks),
        spread=np.ones(tasks),
    )


def _round(answers: Answers, state: _State) -> None:
    _move_abilities(answers, state)
    chance = state.chances(answers)
    information = _sums(answers.item, _weight(chance), len(state.b))
    precision = 1 / state.spread[answers.task] ** 2
    pull = -_sums(answers.item, SLOPE * (answers.score - chance), len(state.b))
    pull -= (state.b - state.means[answers.task]) * precision
    state.b += _bounded(pull / (information + precision))
    state.means, state.spread = _tasks(state.b, 1 / (information + precision), answers.task, len(state.means))


def _move_abilities(answers: Answers, state: _State) -> None:
    """One step of all abilities; what a whole group has in common is moved into its difficulties at once."""
    chance = state.chances(answers)
    groups = state.ability.shape[1]
    cell = answers.model * groups + answers.group[answers.item]
    push = _sums(cell, SLOPE * (answers.score - chance), state.ability.size).reshape(state.ability.shape)
    mass = _sums(cell, _weight(chance), state.ability.size).reshape(state.ability.shape)
    tight = 1 / DEVIATION**2
    apart = state.ability - state.general[:, None]
    state.ability += _bounded((push - apart * tight) / (mass + tight))
    state.general = (state.ability * state.seen).sum(1) * tight / (state.seen.sum(1) * tight + 1 / _ABILITY**2)
    common = ((state.ability - state.general[:, None]) * state.seen).sum(0) / np.maximum(state.seen.sum(0), 1)
    state.ability -= common
    state.b -= common[answers.group]
    state.means -= _per_task(common[answers.group], answers.task, len(state.means))


def _per_task(values: Floats, task: Ints, tasks: int) -> Floats:
    means: Floats = _sums(task, values, tasks) / np.maximum(np.bincount(task, minlength=tasks), 1)
    return means


def _tasks(b: Floats, variance: Floats, task: Ints, tasks: int) -> tuple[Floats, Floats]:
    """Mean and spread of the difficulties of each task; the spread is held towards 1 by four questions' worth."""
    means = _per_task(b, task, tasks)
    squares = _sums(task, (b - means[task]) ** 2 + variance, tasks)
    return means, np.sqrt((squares + 4) / (np.bincount(task, minlength=tasks) + 4))


def _weight(chance: Floats) -> Floats:
    return SLOPE * SLOPE * chance * (1 - chance)


def sigma(x: Floats) -> Floats:
    """The logistic function."""
    result: Floats = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return result


def _sums(place: Ints, values: Floats, size: int) -> Floats:
    return np.bincount(place, values, size).astype(np.float64)


def _bounded(step: Floats) -> Floats:
    return np.clip(step, -_STEP, _STEP)
