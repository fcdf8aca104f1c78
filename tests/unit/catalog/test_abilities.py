"""Beliefs about skills, and how they are put together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog.abilities import (
    Basis,
    beliefs,
    combined,
    from_published,
    from_size,
    prior,
    reference_of,
)
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge, Profile, Published, Unit
from smarterrouter.domain.models import Size

REFERENCE = {"gsm8k": 80.0, "mmlu": 65.0, "arena_elo": 1150.0, "humaneval": 70.0}


def row(column: str, value: float, unit: Unit = Unit.PERCENT, **more: object) -> Published:
    return Published("m", column, value, unit, "source", **more)  # type: ignore[arg-type]


def test_the_reference_itself_is_the_zero_of_the_scale() -> None:
    assert from_size(Size(8.0, 8.0)).mean == pytest.approx(0.0)
    for column in ("gsm8k", "mmlu", "humaneval"):
        (ability,) = from_published([row(column, REFERENCE[column])], REFERENCE).values()
        assert ability.mean == pytest.approx(0.0)


def test_better_scores_and_larger_models_are_believed_to_be_better() -> None:
    sizes = [from_size(Size(size, size)).mean for size in (0.5, 3, 8, 32, 70, 400)]
    assert sizes == sorted(sizes)
    scores = [from_published([row("gsm8k", share)], REFERENCE)[Category.MATHEMATICS].mean for share in (1, 40, 80, 99)]
    assert scores == sorted(scores)
    elo = from_published([row("arena_elo", 1350, Unit.ELO)], REFERENCE)[Category.CHAT]
    assert elo.mean == pytest.approx(200 * math.log(10) / 400)


def test_a_column_without_reference_or_without_quality_says_nothing() -> None:
    rows = [row("bbh", 50), row("context_tokens", 8192, Unit.TOKENS), row("never heard of", 3)]
    assert from_published(rows, {**REFERENCE, "context_tokens": 1.0}) == {}


def test_what_was_only_estimated_is_believed_less() -> None:
    measured = from_published([row("mmlu", 70)], REFERENCE)[Category.KNOWLEDGE]
    guessed = from_published([row("mmlu", 70, estimated=True)], REFERENCE)[Category.KNOWLEDGE]
    assert guessed.sd > measured.sd


def test_many_published_scores_never_make_certain() -> None:
    rows = [row("gsm8k", 85)] * 100
    assert from_published(rows, REFERENCE)[Category.MATHEMATICS].sd == pytest.approx(0.3)


def test_a_profile_wins_and_an_unknown_size_says_so() -> None:
    profile = Profile("k", Ability(1.0, 0.2), {Category.CODE: Ability(1.5, 0.3)})
    said = beliefs(Size(), Knowledge((row("humaneval", 20),), profile), REFERENCE)
    assert said[Category.CODE].ability == Ability(1.5, 0.3)
    assert {belief.basis for belief in said.values()} == {Basis.PROFILE}
    assert said[Category.CHAT].ability.sd > 0.2
    assert {belief.basis for belief in beliefs(Size(), None, REFERENCE).values()} == {Basis.NOTHING}
    assert {belief.basis for belief in beliefs(Size(7, 7), None, REFERENCE).values()} == {Basis.SIZE}
    published = beliefs(Size(7, 7), Knowledge((row("humaneval", 90),)), REFERENCE)
    assert published[Category.CODE].basis is Basis.PUBLISHED
    assert published[Category.CODE].ability.mean > published[Category.CHAT].ability.mean > 0


def test_every_category_is_believed_with_an_error() -> None:
    assert set(beliefs(Size(), None, {})) == set(Category)


def test_the_prior_is_narrower_with_every_thing_known() -> None:
    unknown, sized = prior(Size(), [], REFERENCE), prior(Size(70, 70), [], REFERENCE)
    heard = prior(Size(70, 70), [row("gsm8k", 95), row("mmlu", 80)], REFERENCE)
    assert unknown.sd > sized.sd > heard.sd


def test_references_come_from_the_first_model_that_has_them_and_never_from_estimates() -> None:
    rows = [
        Published("b", "mmlu", 60, Unit.PERCENT, "s"),
        Published("a", "mmlu", 65, Unit.PERCENT, "s"),
        Published("b", "gsm8k", 80, Unit.PERCENT, "s"),
        Published("a", "gsm8k", 1, Unit.PERCENT, "s", estimated=True),
        Published("c", "bbh", 50, Unit.PERCENT, "s"),
    ]
    assert reference_of(rows, ["a", "b"]) == {"mmlu": 65, "gsm8k": 80}


FINITE = st.floats(-20, 20)


@given(st.lists(st.tuples(FINITE, st.floats(0.05, 5)), min_size=1, max_size=8))
def test_put_together_they_lie_between_and_are_surer(parts: list[tuple[float, float]]) -> None:
    both = combined([Ability(*part) for part in parts])
    means = [mean for mean, _ in parts]
    assert min(means) - 1e-9 <= both.mean <= max(means) + 1e-9
    assert both.sd <= min(sd for _, sd in parts) + 1e-9


@given(st.floats(-1e9, 1e9), st.sampled_from(["mmlu", "gsm8k", "humaneval"]))
def test_no_published_number_is_too_wild(value: float, column: str) -> None:
    for ability in from_published([row(column, value)], REFERENCE).values():
        assert math.isfinite(ability.mean)
        assert abs(ability.mean) < 10
