"""What a model card must say: how good the predictions are on questions, and on whole tasks, that were not trained on.

Models are known by the share they solve in the training part, category by category, and that share is matched through
the predictor, as `priors.py` does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.jobs.training import skills
from smarterrouter.jobs.training.priors import Priors, by_size
from smarterrouter.jobs.training.questions import kind_of
from smarterrouter.jobs.training.rows import Row
from smarterrouter.routing import glimpse
from smarterrouter.routing.hearing import Ear
from smarterrouter.routing.learned.artefact import CATEGORIES, Artefact
from smarterrouter.routing.learned.scoring import Chances

Floats = NDArray[np.float64]
Train = Callable[[Sequence[Row]], Artefact]

_PARTS = 5
_RESAMPLES = 200
STEPS = 10
"""Bars of the reliability table."""


class Held(Struct, frozen=True):
    """Predictions for answers that training did not see."""

    predicted: Floats
    observed: Floats
    question: NDArray[np.intp]
    task: NDArray[np.intp]
    named: float
    """Share of questions whose category was told right."""


class Figure(Struct, frozen=True):
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def by_question(row: Row) -> int:
    """Which fifth of the questions the row is of."""
    return _fifth(row.id)


def by_task(row: Row) -> int:
    """Which fifth of the tasks its task is of."""
    return _fifth(row.dataset + row.task)


def _fifth(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % _PARTS


def held_out(rows: Sequence[Row], part_of: Callable[[Row], int], train: Train) -> Held | None:
    """Train without each part in turn, and predict it; None when nothing is left to train or test in any turn."""
    turns = []
    for part in range(_PARTS):
        kept, tested = [row for row in rows if part_of(row) != part], [row for row in rows if part_of(row) == part]
        if kept and tested:
            turns.append(_predicted(kept, tested, train))
    return _joined(turns) if turns else None


def _predicted(kept: Sequence[Row], tested: Sequence[Row], train: Train) -> Held:
    artefact = train(kept)
    ear, beliefs = Ear(artefact), _beliefs(kept, Priors(artefact))
    tasks = {task: place for place, task in enumerate(sorted({row.task for row in tested}))}
    predicted, observed, question, task, named = [], [], [], [], []
    for place, row in enumerate(tested):
        names = sorted(row.scores)
        heard = ear.hear(glimpse.of_text(row.prompt).focus, len(row.prompt))
        shares = np.exp(np.array(heard.logits) - max(heard.logits))
        shares /= shares.sum()
        believed = skills.stack([beliefs.get((row.dataset, name), {}) for name in names])
        predicted += Chances(believed, artefact.slope).at(shares.tolist(), heard.difficulty, 1.0)
        observed += [row.scores[name] for name in names]
        question += [place] * len(names)
        task += [tasks[row.task]] * len(names)
        named.append(CATEGORIES[int(shares.argmax())] is kind_of(row))
    arrays = np.array(predicted), np.array(observed), np.array(question), np.array(task)
    return Held(*arrays, named=float(np.mean(named)))


def _joined(turns: Sequence[Held]) -> Held:
    """All turns as one; questions and tasks of different turns stay different."""
    questions: list[NDArray[np.intp]] = []
    tasks: list[NDArray[np.intp]] = []
    sizes: list[int] = []
    for held in turns:
        questions.append(held.question + (questions[-1].max() + 1 if questions else 0))
        tasks.append(held.task + (tasks[-1].max() + 1 if tasks else 0))
        sizes.append(len(np.unique(held.question)))
    return Held(
        predicted=np.concatenate([held.predicted for held in turns]),
        observed=np.concatenate([held.observed for held in turns]),
        question=np.concatenate(questions),
        task=np.concatenate(tasks),
        named=float(np.average([held.named for held in turns], weights=sizes)),
    )


def _beliefs(rows: Sequence[Row], priors: Priors) -> dict[tuple[str, str], dict[Category, Ability]]:
    cells: dict[tuple[str, str], dict[Category, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for name, score in row.scores.items():
            cells[row.dataset, name][kind_of(row)].append(score)
    found = {}
    for (dataset, name), shares in cells.items():
        evidence = [
            (category, matched)
            for category, scores in sorted(shares.items())
            if (matched := priors.matched(f"{dataset}/{category}", sum(scores) / len(scores)))
        ]
        found[dataset, name] = skills.combine(by_size(None), evidence)
    return found


def figure(held: Held, measure: Callable[[Held], float]) -> Figure:
    """The measure with an interval over resampled questions."""
    rng = np.random.default_rng(0)
    order = np.argsort(held.question, kind="stable")
    starts = np.flatnonzero(np.diff(held.question[order], prepend=-1))
    groups = np.split(order, starts[1:])
    values = []
    for _ in range(_RESAMPLES):
        drawn = np.concatenate([groups[place] for place in rng.integers(0, len(groups), len(groups))])
        sample = Held(held.predicted[drawn], held.observed[drawn], held.question[drawn], held.task[drawn], held.named)
        values.append(measure(sample))
    low, high = np.quantile(values, (0.025, 0.975))
    return Figure(measure(held), float(low), float(high))


def ranking(held: Held) -> float:
    """Area under the curve inside tasks: how often a solved answer was given a higher chance than an unsolved one."""
    areas, weights = [], []
    for task in np.unique(held.task):
        here = held.task == task
        won = held.observed[here] > 0.5
        if won.any() and not won.all():
            ranks = np.argsort(np.argsort(held.predicted[here], kind="stable"), kind="stable") + 1
            count = int(won.sum())
            areas.append((ranks[won].sum() - count * (count + 1) / 2) / (count * (len(won) - count)))
            weights.append(len(won))
    return float(np.average(areas, weights=weights)) if areas else 0.5


def error(held: Held) -> float:
    """Expected calibration error: the mean gap between chance and share over the steps of the reliability table."""
    return sum(abs(said - came) * count for said, came, count in reliability(held)) / max(len(held.predicted), 1)


def reliability(held: Held) -> list[tuple[float, float, int]]:
    """For each step of predicted chance: mean prediction, share that was solved, answers."""
    step = np.minimum((held.predicted * STEPS).astype(int), STEPS - 1)
    return [
        (float(held.predicted[here].mean()), float(held.observed[here].mean()), int(here.sum()))
        for number in range(STEPS)
        if (here := step == number).any()
    ]
