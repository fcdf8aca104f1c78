"""A pool as arrays."""

import numpy as np
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.domain.models import Price
from smarterrouter.routing.field import answer_tokens, field_of
from smarterrouter.routing.waiting import ANSWER_TOKENS
from smarterrouter.routing.weights import RoutingWeights

WEIGHTS = RoutingWeights()


def test_standings_become_rows_and_size_speaks_where_there_is_none() -> None:
    skills = tuple(Ability(float(place), 0.5) for place in range(8))
    found = field_of((model("known", 8, standing=Standing(skills, "profile")), model("a", 3), model("b", 70)), WEIGHTS)
    assert found.skills[0] == skills
    assert all(small.mean < large.mean for small, large in zip(found.skills[1], found.skills[2], strict=True))


def test_prices_are_for_one_token() -> None:
    found = field_of((model("a", 8, price=Price(3.0, 15.0)), model("b", 8)), WEIGHTS)
    asked = intent(Category.CODE, prompt_tokens=2000, answer_tokens=100)
    assert np.allclose(found.costs(asked, [0, 0])[0], [2000 * 3e-6 + 100 * 15e-6, 0.0])


def test_a_hosted_model_of_unknown_price_is_not_free() -> None:
    found = field_of((model("a", 8, local=False), model("b", 8), model("c", 8, local=False, price=Price())), WEIGHTS)
    dollars = found.costs(intent(Category.CODE, prompt_tokens=1000, answer_tokens=100), [0, 0, 0])[0]
    assert dollars[0] == 1000 * WEIGHTS.unknown_input_price / 1e6 + 100 * WEIGHTS.unknown_output_price / 1e6
    assert dollars[1] == dollars[2] == 0


def test_an_answer_is_as_long_as_usual_but_never_longer_than_allowed() -> None:
    assert answer_tokens(intent(Category.CODE)) == ANSWER_TOKENS[Category.CODE]
    assert answer_tokens(intent(Category.CODE, answer_tokens=7)) == 7
    assert answer_tokens(intent(Category.CODE, answer_tokens=10**9)) == ANSWER_TOKENS[Category.CODE]


def test_a_longer_prompt_takes_longer() -> None:
    found = field_of((model("a", 8),), WEIGHTS)
    (short,), (long,), (cold,) = (
        found.costs(intent(prompt_tokens=count), [load])[1] for count, load in ((10, 0.0), (10_000, 0.0), (10, 7.0))
    )
    assert short < long
    assert cold == short + 7


def test_no_models_make_an_empty_field() -> None:
    assert field_of((), WEIGHTS).skills == ()
