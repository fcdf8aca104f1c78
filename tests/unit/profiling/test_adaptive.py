"""Which task comes next, and when to stop."""

from collections import Counter

import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.profiling.adaptive import DEFAULT, PLANS, QUICK, THOROUGH, Plan, enough, neglected, next_item, plan
from smarterrouter.profiling.estimator import Item, Posterior

NAMES = [category.value for category in Category]
ITEMS = [Item(f"{name}-{index}", name, -3 + index / 3) for name in NAMES for index in range(19)]


def ask(right, how: Plan = DEFAULT, seed: int = 0, prior: Ability | None = None):
    posterior = Posterior(prior) if prior else Posterior()
    asked: list[Item] = []
    while not enough(posterior, NAMES, len(asked), how):
        item = next_item(ITEMS, posterior, asked, seed)
        if item is None:
            break
        posterior.update(item, right(item))
        asked.append(item)
    return posterior, asked


def test_every_category_comes_once_first_and_begins_medium():
    _, asked = ask(lambda item: item.difficulty < 0)
    assert {item.category for item in asked[:8]} == set(NAMES)
    assert abs(asked[0].difficulty) < 1


def test_categories_stay_balanced_and_no_task_comes_twice():
    _, asked = ask(lambda item: item.difficulty < 0.5)
    counts = Counter(item.category for item in asked)
    assert max(counts.values()) - min(counts.values()) <= 3
    assert len({item.id for item in asked}) == len(asked)


def test_a_strong_model_gets_harder_tasks():
    _, strong = ask(lambda item: item.difficulty < 1.5)
    _, weak = ask(lambda item: item.difficulty < -1.5)
    assert sum(item.difficulty for item in strong[8:]) / 32 > 0.8
    assert sum(item.difficulty for item in weak[8:]) / 32 < -0.8


def test_the_same_seed_asks_the_same_and_another_seed_asks_other_tasks():
    runs = [[item.id for item in ask(lambda item: item.difficulty < 0, seed=seed)[1]] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


@pytest.mark.parametrize(("how", "most"), [(QUICK, 15), (DEFAULT, 40), (THOROUGH, 50)])
def test_it_never_asks_more_than_planned(how, most):
    _, asked = ask(lambda item: item.difficulty < 0, how)
    assert len(asked) <= most


def test_it_stops_early_when_published_scores_leave_little_to_ask():
    _, asked = ask(lambda item: item.difficulty < 0, Plan(40, enough_skill=0.5), prior=Ability(0.0, 0.3))
    assert len(asked) < 20


def test_it_goes_on_while_one_skill_is_unknown():
    posterior = Posterior(Ability(0.0, 0.2))
    assert posterior.overall.sd < 0.35
    assert not enough(posterior, ["code"], 10, Plan(40, enough_skill=0.3))
    assert enough(posterior, [], 10)


def test_nothing_is_left_when_all_were_asked():
    assert next_item(ITEMS[:2], Posterior(), ITEMS[:2], 0) is None
    assert next_item([], Posterior(), [], 0) is None
    assert next_item(ITEMS[:2], Posterior(), ITEMS[:1], 0) == ITEMS[1]


def test_every_category_is_asked_about_as_often_as_wanted_before_anything_else():
    asked: list[Item] = []
    posterior = Posterior()
    while neglected(ITEMS, asked, 3):
        assert not enough(posterior, [], len(asked), Plan(40, 9.0), neglected=True)
        item = next_item(ITEMS, posterior, asked, 0, least=3)
        posterior.update(item, passed=True)
        asked.append(item)
    assert Counter(item.category for item in asked) == dict.fromkeys(NAMES, 3)
    assert enough(posterior, [], len(asked), Plan(40, 9.0))


def test_a_category_without_tasks_left_is_not_neglected():
    assert not neglected(ITEMS[:2], ITEMS[:2], 3)
    assert not neglected([], [], 3)


def test_a_plan_has_an_effort_and_a_least():
    assert plan("quick", 2) == Plan(15, least=2)
    assert set(PLANS) == {"quick", "normal", "thorough"}


@pytest.mark.parametrize("effort", PLANS)
def test_a_plan_by_its_name(effort):
    assert plan(effort, 3) == Plan(PLANS[effort].most, least=3)


def test_categories_that_were_asked_less_than_the_least_go_first():
    well_known = Posterior()
    for item in ITEMS:
        if item.category != "code":
            well_known.update(item, item.difficulty < 0)
    for least, expected in ((1, {"code"}), (3, set(NAMES) - {"code"})):
        asked = [item for name in NAMES for item in ITEMS if item.category == name][::19]  # one of each category
        asked += [item for item in ITEMS if item.category == "code"][1:3]
        item = next_item(ITEMS, well_known, asked, 0, least)
        assert item is not None
        assert item.category in expected


def test_it_goes_on_while_a_category_is_neglected():
    asked = [item for item in ITEMS if item.category != "code"]
    assert neglected(ITEMS, asked, 1)
    assert not neglected(ITEMS, asked, 0)
    few = [item for item in ITEMS if item.category == "code"][:2]
    assert not neglected(few, few, 5), "there is nothing left to ask"
    sure = Posterior(Ability(0.0, 0.2))
    assert enough(sure, [], 10)
    assert not enough(sure, [], 10, neglected=True)
    assert enough(sure, [], 40, neglected=True)
