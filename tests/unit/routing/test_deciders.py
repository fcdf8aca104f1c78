import msgspec
import pytest
from tests.doubles.in_process import model

from smarterrouter.domain.decisions import Candidate, Moment
from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.routing.deciders import UnderPolicy, header_of, rule_entries, with_preference
from smarterrouter.routing.policy import Policy
from smarterrouter.routing.premises import StoredPolicy, policy_from
from smarterrouter.routing.recorded import Outcome, Recorded
from smarterrouter.routing.replay import Past, compare
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.registry import Strategies, Wanted
from smarterrouter.settings.rules import RuleEntry, WhenEntry

SMALL, LARGE = model("one/small", size=1), model("two/large", size=70)
MODELS = (SMALL, LARGE)
RULES = Policy(
    [
        RuleEntry(name="calm", preference=0.9, when=WhenEntry(header=("Careful", "slow"))),
        RuleEntry(name="ours", deny=("*large*",), when=WhenEntry(category=("code",))),
    ]
)
PLAIN = StoredPolicy()
RULED = StoredPolicy(rules=rule_entries(RULES.rules), rules_hash=RULES.hash)


class BySize:
    """Large ones for quality, small ones for speed."""

    name = "scored"

    def rank(self, intent, models, moment, snapshot):
        lines = [Candidate(one, (intent.preference - 0.5) * one.size.parameters_b) for one in models]
        return tuple(sorted(lines, key=lambda line: -line.total))


def decider(policy=PLAIN):
    return UnderPolicy(policy, Router(Strategies(BySize())))


def past(preference=0.5, chosen="one/small", **more):
    intent = Intent(Category.CODE, 0.3, Needs(prompt_tokens=5), preference)
    return Past("r", 1.0, "auto", chosen, Recorded(intent, Moment(), Outcome()), **more)


def first(decision):
    return decision.candidates[0].model.key


def test_the_same_router_comes_to_the_same():
    then = Router(Strategies(BySize())).decide(past(0.8).recorded.intent, MODELS, Moment(), 7)
    made = past(0.8, chosen="two/large")
    made = msgspec.structs.replace(made, recorded=Recorded(made.recorded.intent, Moment(), Outcome.of(then.candidates)))
    assert compare(made, decider().as_it_was(made, MODELS, 1)).identical


def test_a_held_conversation_is_held_again():
    held = past(0.8, chosen="one/small", held="a round of tool calls stands open")
    assert first(decider().as_it_was(held, MODELS, 1)) == "one/small"
    assert first(decider().as_it_was(past(0.8), MODELS, 1)) == "two/large"


def test_rules_that_applied_then_apply_again_by_their_names():
    made = past(0.8, rules=("ours",))
    assert first(decider(RULED).as_it_was(made, MODELS, 1)) == "one/small"
    assert first(decider(RULED).as_it_was(past(0.8), MODELS, 1)) == "two/large"


def test_new_rules_count_for_what_they_are_about():
    assert first(decider(RULED).anew(past(0.8), PLAIN, MODELS, 1)) == "one/small"
    assert decider(RULED).anew(past(0.8), PLAIN, MODELS, 1).rules == ("ours",)


def test_a_header_that_only_the_old_policy_knows_is_left_out():
    made = past(0.9, rules=("calm",))
    assert decider().anew(made, RULED, MODELS, 1).rules == ()
    assert decider(RULED).anew(made, RULED, MODELS, 1).rules == ("calm", "ours")


def test_a_strategy_is_found_by_its_recorded_name_also_an_arm_of_a_split():
    wanted = Wanted(fixed={"mine": "two/large"}, splits={"try": {"mine": 0.0, "scored": 1.0}})
    made = UnderPolicy(PLAIN, Router(Strategies(BySize(), wanted)))
    for name in ("mine", "try:mine"):
        again = made.as_it_was(past(0.2, strategy=name), MODELS, 1)
        assert (first(again), again.strategy) == ("two/large", name)
    assert first(made.as_it_was(past(0.2, strategy="scored"), MODELS, 1)) == "one/small"


def test_what_an_old_rule_ordered_by_does_not_outlive_it():
    ordering = Policy([RuleEntry(name="fixed", strategy="mine")])
    old = StoredPolicy(rules=rule_entries(ordering.rules), rules_hash=ordering.hash)
    router = Router(Strategies(BySize(), Wanted(fixed={"mine": "two/large"})))
    made = past(0.2, chosen="two/large", strategy="mine", rules=("fixed",))
    again = UnderPolicy(PLAIN, router).anew(made, old, MODELS, 1)
    assert (first(again), again.strategy) == ("one/small", "scored")
    assert UnderPolicy(old, router).anew(made, old, MODELS, 1).strategy == "mine"


@pytest.mark.parametrize(("had", "gets"), [("try:mine", "try:mine"), ("try:gone", "try:scored"), ("", "try:scored")])
def test_the_arm_of_a_split_stays_where_there_is_one(had, gets):
    ordering = Policy([RuleEntry(name="experiment", strategy="try")])
    policy = StoredPolicy(rules=rule_entries(ordering.rules), rules_hash=ordering.hash)
    wanted = Wanted(fixed={"mine": "two/large"}, splits={"try": {"mine": 0.0, "scored": 1.0}})
    made = UnderPolicy(policy, Router(Strategies(BySize(), wanted)))
    assert made.anew(past(0.2, strategy=had, rules=("experiment",)), policy, MODELS, 1).strategy == gets


def test_a_new_default_counts_for_callers_who_had_said_nothing():
    new = decider(StoredPolicy(preference=1.0))
    assert first(new.anew(past(0.5), PLAIN, MODELS, 1)) == "two/large"
    assert first(new.anew(past(0.2), PLAIN, MODELS, 1)) == "one/small"


@pytest.mark.parametrize(("preference", "rules", "wanted"), [(0.5, (), 0.7), (0.3, (), 0.3), (0.9, ("calm",), 0.7)])
def test_whose_preference_counts(preference, rules, wanted):
    found = with_preference(past(preference, rules=rules), RULED, StoredPolicy(preference=0.7))
    assert found.preference == wanted


def test_the_preference_of_a_new_rule_counts_for_all():
    new = Policy([RuleEntry(name="quality", preference=0.9)])
    made = decider(StoredPolicy(rules=rule_entries(new.rules), rules_hash=new.hash))
    found = made.anew(past(0.3), PLAIN, MODELS, 1)
    assert (found.intent.preference, first(found)) == (0.9, "two/large")


def test_the_header_is_told_from_the_rules_that_applied():
    assert header_of(past(rules=("calm",)), RULED) == "careful"
    assert header_of(past(rules=("ours", "gone")), RULED) == ""
    assert header_of(past(), PLAIN) == ""


def test_the_header_is_one_under_which_all_of_them_apply():
    both = Policy([*(rule.entry for rule in RULES.rules), RuleEntry(name="b", deny=("x",), when={"header": "SLOW"})])
    old = StoredPolicy(rules=rule_entries(both.rules), rules_hash=both.hash)
    assert header_of(past(rules=("calm", "b")), old) == "slow"


def test_rules_are_the_same_ones_after_they_were_stored():
    again = policy_from(RULED.encoded())
    assert Policy([RuleEntry.model_validate(entry) for entry in again.rules]).hash == RULES.hash == again.rules_hash
