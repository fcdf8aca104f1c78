"""Every listed signal keeps the contract of `Signal`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import intent, model

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Category
from smarterrouter.domain.models import Price
from smarterrouter.routing.signals.registry import Weighed, default_signals
from smarterrouter.routing.weights import RoutingWeights

SIGNALS = default_signals(RoutingWeights())
billions = st.one_of(st.none(), st.floats(0.001, 2000))
models = st.builds(
    model,
    st.text(max_size=30),
    billions,
    active=billions,
    local=st.booleans(),
    created=st.integers(0, 2**40),
    loaded=st.sampled_from([None, True, False]),
    price=st.one_of(st.none(), st.builds(Price, st.floats(0, 1e4), st.floats(0, 1e4))),
    tools=st.sampled_from([None, True, False]),
)
intents = st.builds(intent, st.sampled_from(Category), st.floats(0, 1), st.floats(0, 1), tools=st.booleans())


@pytest.mark.parametrize("weighed", SIGNALS, ids=lambda weighed: weighed.signal.name)
@given(wanted=intents, offered=models, share=st.floats(0, 1))
def test_opinions_lie_between_minus_one_and_one(
    weighed: Weighed, wanted: object, offered: object, share: float
) -> None:
    moment = Moment(loaded=frozenset({offered.key}), recent={offered.key: share}, busy=frozenset({"o"}))
    opinion = weighed.signal.score(wanted, offered, moment)
    assert -1 <= opinion <= 1
    assert opinion == weighed.signal.score(wanted, offered, moment)


@pytest.mark.parametrize("weighed", [w for w in SIGNALS if not w.signal.live], ids=lambda weighed: weighed.signal.name)
@given(wanted=intents, offered=models)
def test_signals_that_are_remembered_do_not_read_the_moment(weighed: Weighed, wanted: object, offered: object) -> None:
    moment = Moment(loaded=frozenset({offered.key}), recent={offered.key: 1.0}, busy=frozenset({"o"}))
    assert weighed.signal.score(wanted, offered, Moment()) == weighed.signal.score(wanted, offered, moment)
