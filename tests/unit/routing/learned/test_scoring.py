"""Expected quality: rises with ability, depends on nobody else, and is drawn together by doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.hearing import Ear
from smarterrouter.routing.learned import skills
from smarterrouter.routing.learned.scoring import Chances, ability, chance

EAR = Ear(made_up())
abilities = st.floats(-5, 5)


def everywhere(mean: float, sd: float = 0.4) -> dict[Category, Ability]:
    return dict.fromkeys(Category, Ability(mean, sd))


@given(abilities, abilities, st.floats(-4, 4), st.floats(0.01, 4))
def test_quality_rises_with_ability(one: float, other: float, difficulty: float, variance: float) -> None:
    low, high = sorted((one, other))
    found = chance(np.array([low, high]), np.full(2, variance), difficulty, 1.0)
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
    assert np.allclose([straight[place] for place in order], shuffled, rtol=1e-12)


@given(st.lists(st.floats(-5, 5), min_size=8, max_size=8), st.floats(-4, 4), st.floats(0.2, 3))
def test_what_the_gateway_works_out_is_what_training_means(means, difficulty, slope) -> None:
    stacked = skills.stack([{kind: Ability(mean, 0.5) for kind, mean in zip(Category, means, strict=True)}])
    shares = [0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05]
    found = Chances(stacked, slope).at(shares, difficulty, 1.0)
    assert np.allclose(found, chance(*ability(np.array(shares), stacked), difficulty, slope))


@pytest.mark.parametrize("mean", [1e9, -1e9, float("inf"), float("nan")])
def test_numbers_that_mean_nothing_give_a_chance(mean: float) -> None:
    wild = skills.Skills(np.full((1, 8), mean), np.full((1, 8), 0.25))
    for difficulty in (-1e9, 0.0, 1e9):
        (found,) = Chances(wild, 1.0).at([0.125] * 8, difficulty, 0.5)
        assert 0 <= found <= 1


def test_an_unfamiliar_prompt_draws_towards_what_is_usual() -> None:
    made = Chances(skills.stack([everywhere(2.0)]), 1.0)
    (known,), (strange,), (usual,) = (
        made.at([0.125] * 8, difficulty, familiarity)
        for difficulty, familiarity in ((5.0, 1.0), (5.0, 0.0), (0.0, 1.0))
    )
    assert known < strange < usual


def test_doubt_about_a_model_draws_its_chance_to_a_half() -> None:
    sure, unsure = chance(np.array([2.0, 2.0]), np.array([0.01, 4.0]), 0.0, 1.0)
    assert 0.5 < unsure < sure


def test_the_category_decides_whose_skill_counts() -> None:
    coder = everywhere(-1.0) | {Category.CODE: Ability(2.0, 0.4)}
    stacked = skills.stack([coder, everywhere(0.0)])
    code = np.array([category is Category.CODE for category in Category], np.float32)
    means, _ = ability(code, stacked)
    assert means[0] > means[1]
    means, _ = ability(1 - code, stacked)
    assert means[0] < means[1]
