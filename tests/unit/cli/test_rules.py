"""`check` and the operator's rules."""

import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream


@pytest.fixture
async def checked(command, folder):
    """Runs `check` with this text under `routing:`; one model answers, alpha-7b."""

    async def run(routing):
        async with StrangeUpstream("alpha-7b") as upstream:
            text = backends_yaml(("one", "vllm", upstream.base_url), more=f"routing: {routing}\n")
            (folder / "smarterrouter.yaml").write_text(text)
            return await command("check")

    return run


async def test_without_rules_nothing_is_said(checked):
    result = await checked("{}")
    assert result.exit_code == 0, result.output
    assert "routing" not in result.output


async def test_good_rules_are_counted(checked):
    result = await checked('{rules: [{name: a, allow: "alpha*"}], tests: [{prompt: Hello, expect: chat}]}')
    assert result.exit_code == 0, result.output
    assert "✓ 1 routing rules, 1 of 1 policy tests pass" in result.output


async def test_what_cannot_be_judged_and_what_is_odd_is_no_failure(checked):
    result = await checked('{rules: [{name: a, prefer: "[b]*"}], tests: [{prompt: Hello, expect: "[b]eta*"}]}')
    assert result.exit_code == 0, result.output
    assert "! the rule `a`: no model that is known now is like '[b]*' in prefer" in result.output
    assert "! routing test 1 ('Hello'): cannot be judged: no model like [b]eta* answers now" in result.output
    assert "✓ 1 routing rules, 0 of 1 policy tests pass" in result.output


async def test_a_failing_test_fails(checked):
    result = await checked("{tests: [{prompt: Hello, expect: code}]}")
    assert result.exit_code == 1
    assert "✗ routing test 1 ('Hello'): the category is chat, expected was code" in result.output
    assert "✗ 0 routing rules, 0 of 1 policy tests pass" in result.output


async def test_mistakes_end_it_at_once(checked):
    result = await checked("{rules: [{name: a, allow: x, strategy: beast}, {name: b, prefr: x}]}")
    assert result.exit_code == 2
    assert "routing.rules[1].prefr: there is no such name. Did you mean prefer?" in result.output
