from types import SimpleNamespace

import pytest

from smarterrouter.bootstrap.rules import policies_of, reloading_of
from smarterrouter.gateway.reloading import Deciding, RulesWrong
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.loading import load
from smarterrouter.settings.problems import SettingsError

RULE = "routing: {rules: [{name: a, allow: '${ONLY}', strategy: best}]}"
NOBODY = Deciding(lambda intent, rules: None, lambda: SimpleNamespace(models=()), ["best"], 0.5, 0.1)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "smarterrouter.yaml"
    path.write_text(RULE)
    (tmp_path / ".env").write_text("ONLY=one/*\n")
    return path


def test_the_rules_of_the_settings_are_in_force_from_the_start(file):
    policies = policies_of(load({}, file.parent).settings, ["best"], "abc")
    assert [rule.entry.allow for rule in policies.current.rules] == [("one/*",)]
    assert policies.stamp.startswith("abc.")


def test_an_unknown_strategy_keeps_the_gateway_from_starting(file):
    with pytest.raises(SettingsError) as refused:
        policies_of(load({}, file.parent).settings, ["scored"], "abc")
    assert refused.value.problems == (
        "routing.rules[0].strategy: there is no strategy 'best'. There are scored.",
    )  # fmt: skip


def test_the_same_file_is_read_again_with_the_same_variables(file):
    settings = load({}, file.parent).settings
    policies = policies_of(settings, ["best"], "")
    file.write_text(RULE.replace("name: a", "name: b"))
    (file.parent / ".env").write_text("ONLY=two/*\n")
    reloading_of(settings, policies, NOBODY).reload()
    assert [(rule.entry.name, rule.entry.allow) for rule in policies.current.rules] == [("b", ("two/*",))]


def test_a_file_that_is_gone_is_refused(file):
    settings = load({}, file.parent).settings
    policies = policies_of(settings, ["best"], "")
    file.unlink()
    with pytest.raises(RulesWrong, match="there is no file"):
        reloading_of(settings, policies, NOBODY).reload()
    assert policies.current.rules


def test_settings_that_came_from_no_file_stay():
    policies = policies_of(Settings(), [], "")
    assert reloading_of(Settings(), policies, NOBODY).reload() == ()
