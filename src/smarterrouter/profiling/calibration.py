"""Item difficulties, fitted again as models are profiled.

A difficulty starts as the author's opinion and is corrected by what models did: the most probable value under a
Gaussian around the design, given the answers of all models, each model's skill being as unsure as its own answers leave
it. Between the two steps - skills given difficulties, difficulties given skills - it goes back and forth a few times.
A pure function of the stored answers: the same answers, in any order, give the same difficulties.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from smarterrouter.profiling.estimator import Curve, Item, fit, pull

DESIGN_SD = 0.5
"""How far off an author's difficulty is believed to be, in logits."""
FARTHEST = 1.0
"""No difficulty moves farther from its design than this, however many models speak."""
PER_MODEL = 0.15
"""... nor farther than this for each model that answered it: one odd model must not spoil a task for the others."""
ROUNDS = 6
_SETTLED = 0.005
_NEWTON = 12


class Response(Struct, frozen=True):
    """One stored answer."""

    model: str
    """Key and digest: two files are two models."""
    item: str
    passed: bool


def refit(design: Sequence[Item], responses: Sequence[Response]) -> list[Item]:
    """`design` with fitted difficulties and how sure they are; items that nobody answered stay as they were designed.

    Responses to items that are not in `design` are left out.
    """
    start = {item.id: item for item in design}
    told = sorted((r.model, r.item, r.passed) for r in responses if r.item in start)
    answers: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for model, item, passed in told:
        answers[model].append((item, passed))
    items = dict(start)
    for _ in range(ROUNDS):
        moved = _round(start, items, answers)
        change = max((abs(moved[name].difficulty - items[name].difficulty) for name in moved), default=0.0)
        items.update(moved)
        if change < _SETTLED:
            break
    return [items[item.id] for item in design]


def _round(
    start: Mapping[str, Item], items: Mapping[str, Item], answers: Mapping[str, Sequence[tuple[str, bool]]]
) -> dict[str, Item]:
    """Every answered item, fitted to what the models are believed to be able to do just now."""
    heard: dict[str, dict[str, list[tuple[Curve, bool]]]] = defaultdict(lambda: defaultdict(list))
    for model, given in answers.items():
        posterior = fit((items[item], passed) for item, passed in given)
        for item, passed in given:
            heard[item][model].append((posterior.belief(items[item].category), passed))
    return {name: _fitted(start[name], list(by_model.values())) for name, by_model in heard.items()}


def _fitted(design: Item, by_model: Sequence[Sequence[tuple[Curve, bool]]]) -> Item:
    """The most probable difficulty. Answers of one model to several variants count together as one."""
    difficulty, precision = design.difficulty, 1 / DESIGN_SD**2
    for _ in range(_NEWTON):
        slope, precision = (design.difficulty - difficulty) / DESIGN_SD**2, 1 / DESIGN_SD**2
        item = msgspec.structs.replace(design, difficulty=difficulty)
        for answers in by_model:
            pulls = [pull(belief, item, passed) for belief, passed in answers]
            slope += sum(one for one, _ in pulls) / len(answers)
            precision += sum(known for _, known in pulls) / len(answers)
        step = slope / precision
        difficulty += step
        if abs(step) < _SETTLED / 10:
            break
    reach = min(FARTHEST, PER_MODEL * len(by_model))
    moved = min(max(difficulty, design.difficulty - reach), design.difficulty + reach)
    return msgspec.structs.replace(design, difficulty=moved, spread=1 / math.sqrt(precision))
