import msgspec
import pytest
from tests.doubles.in_process import model

from smarterrouter import __version__
from smarterrouter.bootstrap.deciding import decider_of, in_force, router_of, stored_policy
from smarterrouter.domain.decisions import Moment
from smarterrouter.gateway.policies import Policies
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.policy import Policy
from smarterrouter.routing.premises import StoredPolicy, policy_from
from smarterrouter.routing.recorded import Outcome, Recorded
from smarterrouter.routing.replay import Past, compare
from smarterrouter.settings.loading import load

MODELS = (model("one/small", size=1), model("two/large", size=70))
FILE = """
routing:
  rules: [{name: mine, prefer: ["*small*"], margin: 0.2}]
  strategies:
    cheap: {kind: cascade}
    first: {kind: fixed, model: two/large}
    try: {kind: split, arms: {first: 1, scored: 1}}
settings: {quality_preference: 0.3333, prefer_newer_models: false}
"""


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "smarterrouter.yaml").write_text(FILE)
    return load({}, tmp_path).settings


def test_all_that_a_decision_depends_on_is_stored_and_survives_being_stored(settings):
    policy = stored_policy(settings, Policy.of(settings.file.routing))
    assert (policy.preference, policy.strategy, policy.program) == (0.333, "scored", __version__)
    assert policy.weights.freshness == 0
    assert policy.artefact
    again = policy_from(policy.encoded())
    assert again.stamp == policy.stamp
    assert set(router_of(again).strategies.names) >= {"scored", "cheap", "first", "try"}


def test_with_a_small_model_that_chooses_the_dispatcher_is_the_default(tmp_path):
    settings = load({"ROUTER_MODEL": "llama3.2:1b"}, tmp_path).settings
    assert stored_policy(settings, Policy()).strategy == "dispatcher"


def test_after_a_reload_another_policy_is_in_force(settings):
    policies = Policies(Policy.of(settings.file.routing))
    now = in_force(settings, policies)
    first = now()
    assert now() is first
    policies.current = Policy()
    assert now().stamp != first.stamp
    assert now().scoring == first.scoring


def test_what_a_stored_policy_decided_it_decides_again_bit_by_bit(settings):
    policy = stored_policy(settings, Policy.of(settings.file.routing))
    intent = msgspec.structs.replace(read_text("Prove that e is irrational.", policy.preference))
    rules = Policy.of(settings.file.routing).rules_for("auto", "", intent)
    then = router_of(policy).decide(intent, MODELS, Moment(), 5, rules)
    recorded = Recorded(then.intent, Moment(), Outcome.of(then.candidates))
    past = Past("r", 1.0, "auto", then.candidates[0].model.key, recorded, then.strategy, then.held, then.rules)
    again = decider_of(policy_from(policy.encoded())).as_it_was(past, MODELS, 1)
    assert compare(past, again).identical
    assert again.rules == ("mine",)


def test_a_policy_of_the_past_may_be_one_that_cannot_be_now():
    with pytest.raises(ValueError, match="no strategy"):
        router_of(StoredPolicy(strategy="gone"))
