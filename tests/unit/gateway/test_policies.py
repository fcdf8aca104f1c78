from smarterrouter.gateway.policies import Policies
from smarterrouter.routing.policy import NO_POLICY, Policy
from smarterrouter.settings.rules import RuleEntry


def test_records_say_by_which_rules_was_decided():
    policies = Policies(NO_POLICY, "abc")
    assert policies.stamp == "abc"
    policies.current = Policy([RuleEntry(name="a", deny=("x",))])
    assert policies.stamp == f"abc.{policies.current.hash}"
