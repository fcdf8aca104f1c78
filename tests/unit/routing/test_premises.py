from math import inf, nan

import msgspec
import pytest
from tests.doubles.in_process import model

from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.domain.models import Price
from smarterrouter.routing.premises import BadPremise, StoredPolicy, pack_models, policy_from, unpack_models
from smarterrouter.routing.weights import RoutingWeights

MODELS = (
    model("one/a", price=Price(0.1, 0.3), tools=True, standing=Standing((Ability(0.1, 0.2),) * 8, "profile", 12.3)),
    model("two/b", size=None, loaded=True),
)


def test_models_come_back_as_they_were_and_the_same_ones_have_the_same_hash():
    name, data = pack_models(MODELS)
    assert unpack_models(data) == MODELS
    assert pack_models(unpack_models(data)) == (name, data)
    assert len(name) == 16
    assert pack_models(MODELS[:1])[0] != name


def test_knowledge_that_is_no_number_survives():
    odd = model("one/a", standing=Standing((Ability(nan, inf),) * 8))
    (found,) = unpack_models(pack_models([odd])[1])
    assert found.standing.skills[0].mean != found.standing.skills[0].mean
    assert found.standing.skills[0].sd == inf


@pytest.mark.parametrize("data", [b"", b"x", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_damaged_snapshots_are_refused(data):
    with pytest.raises(BadPremise):
        unpack_models(data)


def test_a_policy_comes_back_as_it_was():
    rules = [{"name": "a", "deny": ["x*"]}]
    policy = StoredPolicy(RoutingWeights(), 0.7, "best", {"ours": "x"}, "abcd", "3.0", rules, "1234")
    assert policy_from(policy.encoded()).encoded() == policy.encoded()
    assert policy_from(policy.encoded()).stamp == policy.stamp == f"{policy.scoring}.1234"


def test_its_hash_knows_everything_in_it_but_rules_and_order():
    plain = StoredPolicy(strategies={"a": 1, "b": 2})
    assert plain.stamp == plain.scoring == StoredPolicy(strategies={"b": 2, "a": 1}).scoring
    changes = {"preference": 0.6, "strategy": "best", "strategies": {}, "artefact": "x", "program": "9"}
    others = {msgspec.structs.replace(plain, **{name: value}).scoring for name, value in changes.items()}
    assert len({plain.scoring, *others}) == 6
    assert msgspec.structs.replace(plain, rules=[{"name": "a"}], rules_hash="12").scoring == plain.scoring


@pytest.mark.parametrize("data", [b"", b"{", b'{"strategy":"\xff"}', b'{"preference":"much"}'])
def test_a_damaged_policy_is_refused(data):
    with pytest.raises(BadPremise):
        policy_from(data)
