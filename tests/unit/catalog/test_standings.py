"""From what is known of a model to what routing believes."""

import pytest

from smarterrouter.catalog.abilities import from_size
from smarterrouter.catalog.standings import first_guess, rounded, standing
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge, Profile, Published, Unit
from smarterrouter.domain.models import Model, Size

CODE = tuple(Category).index(Category.CODE)
CHAT = tuple(Category).index(Category.CHAT)
MODEL = Model("a/m", "a", "m", Size(parameters_b=8))
REFERENCE = {"humaneval": 70.0}


def published(column: str, value: float, unit: Unit = Unit.PERCENT) -> Published:
    return Published("m", column, value, unit, "source")


def test_the_size_is_a_beginning() -> None:
    said = standing(Model("a/m", "a", "m", Size(parameters_b=70)))
    assert said.basis == "size"
    assert len(said.skills) == len(Category)
    assert {one.mean for one in said.skills} == {from_size(Size(parameters_b=70)).mean}
    assert standing(Model("a/m", "a", "m")).basis == "nothing"
    assert first_guess(Model("local/t", "local", "t", test=True)).skills


def test_published_scores_say_more_and_a_profile_the_most() -> None:
    rows = (published("humaneval", 90.0),)
    said = standing(MODEL, Knowledge(rows), REFERENCE)
    assert said.basis == "published"
    assert said.skills[CODE].mean > said.skills[CHAT].mean > 0
    profile = Profile("a/m", Ability(-1.0, 0.2), {Category.CODE: Ability(-2.0, 0.3)})
    measured = standing(MODEL, Knowledge(rows, profile), REFERENCE)
    assert measured.basis == "profile"
    assert measured.skills[CODE] == Ability(-2.0, 0.3)
    assert measured.skills[CHAT].mean == -1.0


def test_speeds_are_measured_ones_then_published_ones_of_hosted_models() -> None:
    rows = (
        published("tokens_per_second", 80.0, Unit.TOKENS_PER_SECOND),
        published("first_token_seconds", 0.4, Unit.SECONDS),
    )
    local, hosted = standing(MODEL, Knowledge(rows)), standing(Model("v/m", "v", "m", local=False), Knowledge(rows))
    assert (local.tokens_per_second, local.first_token_seconds) == (None, None)
    assert (hosted.tokens_per_second, hosted.first_token_seconds) == (80.0, 0.4)
    profile = Profile(
        "a/m",
        Ability(0.0, 1.0),
        tokens_per_second=12.0,
        first_token_ms={100: 50.0, 900: 200.0, 4000: 900.0},
        load_seconds=3.0,
    )
    mine = standing(MODEL, Knowledge(rows, profile))
    assert (mine.tokens_per_second, mine.first_token_seconds, mine.load_seconds) == (12.0, 0.2, 3.0)


@pytest.mark.parametrize("noise", [1e-4, -1e-4])
def test_what_changes_no_decision_is_rounded_away(noise: float) -> None:
    profile = Profile(
        "a/m", Ability(0.5 + noise, 0.2), tokens_per_second=123.4 + noise, first_token_ms={}, load_seconds=None
    )
    said = rounded(standing(MODEL, Knowledge(profile=profile)))
    assert said.skills[CODE] == Ability(0.5, 0.45)
    assert said.tokens_per_second == 123.0
    assert str(rounded(standing(Model("a/m", "a", "m"))).skills[0].mean) == "0.0"
