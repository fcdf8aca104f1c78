import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.in_process import model

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.routing import complexity, recorded
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.learned import steps
from smarterrouter.routing.recorded import BadFeatures, Outcome, Places, Recorded, decode, encode

MODELS = [model(f"backend{place % 9}/m{place}") for place in range(300)]
KEYS = [one.key for one in MODELS]
PLACES = Places(MODELS)

thousandths = st.integers(0, 1000).map(lambda step: step / 1000)
tokens = st.integers(0, 2**32 - 1)
readings = st.builds(
    steps.reading,
    st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(lambda values: max(values) > 1e-3),
    st.floats(-40, 40),
    st.floats(0, 1),
)
intents = st.builds(
    Intent,
    category=st.sampled_from(list(Category)),
    complexity=thousandths,
    needs=st.builds(Needs, st.booleans(), st.booleans(), st.booleans(), tokens, tokens),
    preference=thousandths,
    evidence=st.lists(st.sampled_from(complexity.EVIDENCE), unique=True).map(tuple),
    reading=st.none() | readings,
)


@st.composite
def recents(draw):
    """Shares of the last twenty requests at most, as `Choosing` counts them."""
    of = draw(st.integers(1, 20))
    counts = draw(st.dictionaries(st.sampled_from(KEYS), st.integers(1, of), max_size=of))
    return {key: count / of for key, count in counts.items()}


moments = st.builds(
    Moment,
    loaded=st.frozensets(st.sampled_from(KEYS), max_size=100),
    recent=recents(),
    busy=st.frozensets(st.sampled_from([one.backend for one in MODELS])),
)
outcomes = st.builds(
    Outcome,
    st.integers(8, 300),
    st.lists(st.sampled_from(KEYS), min_size=8, max_size=8).map(tuple),
    st.binary(min_size=6, max_size=6),
)


@given(intents, moments, outcomes)
def test_nothing_is_lost_in_300_bytes(intent, moment, outcome):
    said = Recorded(intent, moment, outcome)
    data = encode(said, PLACES)
    assert len(data) <= 300
    assert decode(data, PLACES) == said


@given(st.text(max_size=300), st.sampled_from(["", "Prove it: ", "```python\n", "1. Do this\n2. And that\n"]))
def test_what_is_really_read_lies_on_steps(text, before):
    intent = read_text(before + text, 0.5)
    assert decode(encode(Recorded(intent), PLACES), PLACES).intent == intent


@given(st.binary(max_size=320))
def test_any_bytes_are_read_or_refused(data):
    for version in (b"", b"\x01", b"\x02"):
        try:
            decode(version + data, PLACES)
        except BadFeatures:
            continue


@given(st.data(), intents, moments)
def test_a_record_that_was_cut_is_refused_or_says_less(data, intent, moment):
    whole = encode(Recorded(intent, moment), PLACES)
    with pytest.raises(BadFeatures):
        decode(whole[: data.draw(st.integers(0, len(whole) - 1))], PLACES)


def test_models_that_are_not_of_the_snapshot_are_left_out():
    moment = Moment(frozenset({"gone/a", KEYS[0]}), {"gone/a": 0.5, KEYS[1]: 0.25}, frozenset({"gone"}))
    said = Recorded(read_text("Hello", 0.5), moment, Outcome(2, ("gone/a", KEYS[2]), b"123456"))
    found = decode(encode(said, PLACES), PLACES)
    assert found.moment == Moment(frozenset({KEYS[0]}), {KEYS[1]: 0.25}, frozenset())
    assert found.outcome.first == (KEYS[2],)


def test_hundreds_of_loaded_models_cost_one_bit_each():
    moment = Moment(loaded=frozenset(KEYS))
    assert len(encode(Recorded(read_text("Hello", 0.5), moment), PLACES)) < 150
    assert decode(encode(Recorded(read_text("Hello", 0.5), moment), PLACES), PLACES).moment == moment


def test_a_newer_version_is_refused_by_name():
    with pytest.raises(BadFeatures, match="Version 9"):
        decode(bytes([9]) + bytes(80), PLACES)


def test_the_hash_of_totals_knows_every_bit():
    totals = [0.1 + 0.2, 1.0]
    assert recorded.totals_hash(totals) != recorded.totals_hash([0.3, 1.0])
    assert recorded.totals_hash(totals) == recorded.totals_hash(list(totals))


def test_an_outcome_names_the_first_ones_and_counts_all():
    candidates = [Candidate(one, 1.0 - place) for place, one in enumerate(MODELS[:20])]
    found = Outcome.of(candidates)
    assert (found.count, found.first) == (20, tuple(KEYS[: recorded.NAMED]))
    candidates[19] = Candidate(MODELS[19], -99.0)
    assert Outcome.of(candidates) == found


def test_the_bytes_of_a_moment_are_made_once_and_few_are_remembered():
    places, chance = Places(MODELS), random.Random(1)
    intent = read_text("Hello", 0.5)
    for _ in range(200):
        moment = Moment(recent={chance.choice(KEYS): 0.5})
        first = encode(Recorded(intent, moment), places)
        assert encode(Recorded(intent, moment), places) == first
        assert decode(first, places).moment == moment
    assert len(places.moments) <= 64
