"""From published numbers to abilities."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Published, Unit
from smarterrouter.jobs.training.levels import ELO_AT_ZERO, LEVELS
from smarterrouter.jobs.training.priors import Priors, by_size, compared
from smarterrouter.routing.learned.shipped import shipped

PRIORS = Priors(made_up())


def score(column: str, value: float, **more) -> Published:
    return Published("m", column, value, COLUMNS[column].unit, "test", **more)


@given(st.sampled_from(["mmlu", "math"]), st.floats(0.06, 0.96))
def test_a_matched_ability_reproduces_the_published_share(benchmark: str, share: float) -> None:
    ability = PRIORS.matched(benchmark, share)
    assert ability is not None
    assert PRIORS.expected(benchmark, ability.mean) == pytest.approx(share, abs=0.003)


def test_the_same_share_says_more_on_a_hard_benchmark() -> None:
    easy, hard = PRIORS.matched("mmlu", 0.5), PRIORS.matched("math", 0.5)
    assert easy is not None
    assert hard is not None
    assert hard.mean > easy.mean + 1


@pytest.mark.parametrize("share", [math.nan, math.inf])
def test_what_is_no_share_is_not_matched(share: float) -> None:
    assert PRIORS.matched("mmlu", share) is None
    assert PRIORS.matched("unheard of", 0.5) is None


@pytest.mark.parametrize("column", LEVELS)
def test_a_good_model_of_8_billion_parameters_is_at_zero(column: str) -> None:
    level = LEVELS[column]
    assert compared(level.usual, level).mean == 0
    assert compared(level.usual + 5, level).mean > 0


def test_every_column_of_quality_can_be_read() -> None:
    shipped_priors = Priors(shipped())
    for name, column in COLUMNS.items():
        value = ELO_AT_ZERO if column.unit is Unit.ELO else 50.0
        assert bool(shipped_priors.evidence([score(name, value)])) == bool(column.categories)


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 101.0])
def test_numbers_that_mean_nothing_are_left_out(value: float) -> None:
    assert PRIORS.evidence([score("mmlu", value), score("bbh", value)]) == []


def test_an_estimated_number_is_less_sure() -> None:
    [(_, measured)] = PRIORS.evidence([score("bbh", 70)])
    [(_, guessed)] = PRIORS.evidence([score("bbh", 70, estimated=True)])
    assert guessed.sd > measured.sd


def test_size_tells_a_little() -> None:
    assert by_size(8).mean == pytest.approx(0)
    assert by_size(0.5).mean < by_size(3).mean < by_size(70).mean
    for strange in (None, math.nan, 0, -3):
        assert math.isfinite(by_size(strange).mean)


def test_beliefs_come_from_size_and_numbers_together() -> None:
    unknown = PRIORS.beliefs([], 70)
    known = PRIORS.beliefs([score("humaneval", 20)], 70)
    assert known[Category.CODE].mean < unknown[Category.CODE].mean
    assert known[Category.CODE].sd < unknown[Category.CODE].sd
    assert known[Category.CHAT].mean < unknown[Category.CHAT].mean
