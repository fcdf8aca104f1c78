"""Expected quality: rises with ability, depends on nobody else, and is drawn together by doubt."""

from math import exp, log, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.jobs.training import skills
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.hearing import Ear
from smarterrouter.routing.learned.scoring import Chances

EAR = Ear(made_up())
abilities = st.floats(-5, 5)
EVEN = (0.125,) * 8


def everywhere(mean: float, sd: float = 0.4) -> dict[Category, Ability]:
    return dict.fromkeys(Category, Ability(mean, sd))


@given(abilities, abilities, st.floats(-4, 4), st.floats(0.1, 2))
def test_quality_rises_with_ability(one: float, other: float, difficulty: float, sd: float) -> None:
    low, high = sorted((one, other))
    found = Chances(skills.stack([everywhere(low, sd), everywhere(high, sd)]), 1.0).at(EVEN, difficulty, 1.0)
    assert 0 <= found[0] <= found[1] <= 1


@given(st.text(max_size=200), st.lists(abilities, min_size=1, max_size=8), st.randoms())
def test_the_order_of_models_changes_nothing(text, means, random) -> None:
    reading = read_text(text + " of", 0.5, ear=EAR).reading
    assert reading is not None
    order = list(range(len(means)))
    random.shuffle(order)
    read = (reading.categories, reading.difficulty, reading.familiarity)
    straight = Chances(skills.stack([everywhere(mean) for mean in means]), 1.0).at(*read)
    shuffled = Chances(skills.stack([everywhere(means[place]) for place in order]), 1.0).at(*read)
    assert [straight[place] for place in order] == shuffled


def test_the_formula_by_hand() -> None:
    (found,) = Chances([[Ability(2.0, 0.5)] * 8], 0.8).at(EVEN, 1.0, 1.0)
    variance = 8 * 0.125 * 0.25
    able = 2.0 + (exp(-0.25 * (1.0 + 1.0)) - 1) * 1.5  # a quarter is lost with each logit of difficulty above -1
    assert found == pytest.approx(1 / (1 + exp(0.8 * (1.0 - able) / sqrt(1 + pi / 8 * 0.64 * variance))))


@given(abilities, st.floats(-8, 8), st.floats(-8, 8))
def test_a_harder_prompt_is_never_answered_better(mean: float, one: float, other: float) -> None:
    easy, hard = sorted((one, other))
    made = Chances([[Ability(mean, 0.5)] * 8], 1.0)
    assert made.at(EVEN, hard, 1.0)[0] <= made.at(EVEN, easy, 1.0)[0]


def test_hard_prompts_tell_models_apart_less() -> None:
    made = Chances([[Ability(mean, 0.1)] * 8 for mean in (-1.0, 1.0)], 1.0)

    def apart(difficulty: float) -> float:
        weak, strong = (log(chance / (1 - chance)) for chance in made.at(EVEN, difficulty, 1.0))
        return strong - weak

    assert apart(-2.0) > apart(0.0) > apart(2.0) > 0


def test_doubt_about_a_model_draws_its_chance_to_a_half() -> None:
    sure, unsure = Chances(skills.stack([everywhere(2.0, 0.1), everywhere(2.0, 2.0)]), 1.0).at(EVEN, 0.0, 1.0)
    assert 0.5 < unsure < sure


def test_the_category_decides_whose_skill_counts() -> None:
    coder = everywhere(-1.0) | {Category.CODE: Ability(2.0, 0.4)}
    made = Chances(skills.stack([coder, everywhere(0.0)]), 1.0)
    code = [float(category is Category.CODE) for category in Category]
    coding, other = made.at(code, 0.0, 1.0), made.at([(1 - share) / 7 for share in code], 0.0, 1.0)
    assert coding[0] > coding[1]
    assert other[0] < other[1]


@pytest.mark.parametrize("mean", [1e9, -1e9, float("inf"), float("-inf"), float("nan")])
def test_numbers_that_mean_nothing_give_a_chance(mean: float) -> None:
    wild = [[Ability(mean, 0.5)] * 8]
    for difficulty in (-1e9, 0.0, 1e9):
        (found,) = Chances(wild, 1.0).at(EVEN, difficulty, 0.5)
        assert 0 <= found <= 1


def test_an_unfamiliar_prompt_draws_towards_what_is_usual() -> None:
    made = Chances(skills.stack([everywhere(2.0)]), 1.0)
    (known,), (strange,), (usual,) = (
        made.at(EVEN, difficulty, familiarity) for difficulty, familiarity in ((5.0, 1.0), (5.0, 0.0), (0.0, 1.0))
    )
    assert known < strange < usual
