"""Expected quality."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import QUALITY, intent, model

from smarterrouter.domain.intent import Category, Intent, Reading
from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.routing.field import Field, field_of
from smarterrouter.routing.quality import expected
from smarterrouter.routing.weights import RoutingWeights

WEIGHTS = RoutingWeights()


def chances(intent: Intent, field: Field) -> np.ndarray:
    return np.array(expected(intent, QUALITY.of(field)))


PLACE = {category: place for place, category in enumerate(Category)}


def able(name: str, general: float, **skills: float):  # type: ignore[no-untyped-def]
    means = [skills.get(category.value, general) for category in Category]
    return model(name, 8, standing=Standing(tuple(Ability(mean, 0.3) for mean in means), "profile"))


def read(category: Category, difficulty: float, familiarity: float = 1.0):  # type: ignore[no-untyped-def]
    shares = tuple(float(other is category) for other in Category)
    return type(intent())(category, 0.3, intent().needs, reading=Reading(shares, difficulty, familiarity))


@given(st.sampled_from(tuple(Category)), st.floats(-4, 4), st.floats(-4, 4), st.floats(0, 1))
def test_chances_rise_with_ability_and_fall_with_difficulty(category, one, other, familiarity) -> None:
    field = field_of((able("weak", -1.0), able("strong", 1.0)), WEIGHTS)
    low, high = sorted((one, other))
    easy, hard = (chances(read(category, value, familiarity), field) for value in (low, high))
    assert easy[0] < easy[1]
    assert hard[0] < hard[1]
    assert (easy >= hard - 1e-12).all()
    assert ((easy > 0) & (easy < 1)).all()


def test_the_skill_of_the_category_counts() -> None:
    field = field_of((able("coder", 0.0, code=2.0), able("writer", 0.0, chat=2.0)), WEIGHTS)
    assert np.argmax(chances(read(Category.CODE, 0.0), field)) == 0
    assert np.argmax(chances(read(Category.CHAT, 0.0), field)) == 1


def test_without_a_reading_category_and_complexity_speak() -> None:
    field = field_of((able("coder", 0.0, code=2.0), able("writer", 0.5)), WEIGHTS)
    assert np.argmax(chances(intent(Category.CODE, 0.5), field)) == 0
    assert chances(intent(Category.CODE, 0.1), field)[0] > chances(intent(Category.CODE, 0.9), field)[0]
