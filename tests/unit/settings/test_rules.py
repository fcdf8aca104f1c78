"""`routing:` in smarterrouter.yaml: what is read, and how each mistake is named."""

import pytest

from smarterrouter.domain.intent import Category, Difficulty
from smarterrouter.settings.file import FileConfig, RulesRead, read, read_rules
from smarterrouter.settings.rules import PREFER_MARGIN, RulesEntry

NAME = "smarterrouter.yaml"
WHOLE = """
backends: [{name: o, kind: ollama}]
routing:
  rules:
    - name: private
      when: {header: private}
      allow: "ollama/*, local/*"
    - name: coders
      when: {alias: [auto, fast*], category: Code, difficulty: [medium, HARD]}
      prefer: ["*coder*", qwen*]
      margin: 0.2
    - {name: cheap, max_price: 0.5, max_seconds: "20", strategy: cheapest, preference: 0, deny: "*-pro"}
  tests:
    - {prompt: Write a parser., expect: code}
    - {prompt: Hello, alias: fast, header: private, expect: "*coder*"}
    - {prompt: Hello, expect: {category: Chat, difficulty: simple, model: [a, b], not_model: c}}
"""


def rules(text: str, **environment: str) -> RulesEntry:
    found = read_rules(text, NAME, environment)
    assert found.problems == []
    return found.rules


def problem(routing: str) -> str:
    found = read(f"routing: {routing}", NAME, {}).problems
    assert len(found) == 1, found
    return found[0]


def test_a_whole_part_is_read() -> None:
    private, coders, cheap = rules(WHOLE).rules
    assert (private.name, private.when.header, private.allow) == ("private", ("private",), ("ollama/*", "local/*"))
    assert (private.margin, private.when.alias) == (PREFER_MARGIN, None)
    assert (coders.when.alias, coders.when.category) == (("auto", "fast*"), (Category.CODE,))
    assert coders.when.difficulty == (Difficulty.MEDIUM, Difficulty.HARD)
    assert (coders.prefer, coders.margin) == (("*coder*", "qwen*"), 0.2)
    assert (cheap.max_price, cheap.max_seconds, cheap.strategy, cheap.preference) == (0.5, 20.0, "cheapest", 0.0)
    assert cheap.deny == ("*-pro",)


def test_one_word_expects_a_category_or_a_model() -> None:
    parse, hello, several = rules(WHOLE).tests
    assert (parse.expect.category, parse.expect.model) == (Category.CODE, None)
    assert (hello.alias, hello.header, hello.expect.model) == ("fast", "private", ("*coder*",))
    assert (several.expect.category, several.expect.difficulty) == (Category.CHAT, Difficulty.SIMPLE)
    assert (several.expect.model, several.expect.not_model) == (("a", "b"), ("c",))


def test_reading_the_whole_file_finds_the_same() -> None:
    assert read(WHOLE, NAME, {}).config.routing == rules(WHOLE)


@pytest.mark.parametrize("text", ["", "routing:", "routing: {}", "routing: {rules: [], tests:}", "aliases: {a: b}"])
def test_there_need_be_no_rules(text: str) -> None:
    assert read_rules(text, NAME, {}) == RulesRead(FileConfig().routing, [])


def test_rules_alone_are_read_whatever_else_is_wrong() -> None:
    text = "backends: 5\nsettings: 7\naliases: ${GONE}\nrouting: {rules: [{name: a, allow: '${ONLY}'}]}"
    assert rules(text, ONLY="ollama/*").rules[0].allow == ("ollama/*",)
    assert read_rules(text, NAME, {}).problems[0] == (
        f"{NAME}: routing.rules[0].allow: the environment has no value for ONLY"
    )


@pytest.mark.parametrize("text", ["routing: [", "- a", "routing: &x {rules: *x}"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    found = read_rules(text, NAME, {})
    assert found.problems
    assert found.rules == RulesEntry()


@pytest.mark.parametrize(
    ("routing", "where", "says"),
    [
        ("5", "routing", "must be a mapping of rules and tests"),
        ("{rule: []}", "routing.rule", "there is no such name. Did you mean rules?"),
        ("{rules: {a: 1}}", "routing.rules", "must be a list of rules"),
        ("{rules: [a]}", "routing.rules[0]", "must be a mapping"),
        ("{rules: [{allow: a}]}", "routing.rules[0].name", "is missing"),
        ("{rules: [{name: a}]}", "routing.rules[0]", "does nothing; give it allow"),
        ("{rules: [{name: a, margin: 0.1}]}", "routing.rules[0]", "does nothing; give it allow"),
        ("{rules: [{name: a, alow: x, allow: x}]}", "routing.rules[0].alow", "Did you mean allow?"),
        ("{rules: [{name: a, allow: []}]}", "routing.rules[0].allow", "must name at least one"),
        ("{rules: [{name: a, allow: {x: 1}}]}", "routing.rules[0].allow", "must be a list of patterns"),
        ("{rules: [{name: a, allow: x, when: 5}]}", "routing.rules[0].when", "must be a mapping of conditions"),
        ("{rules: [{name: a, allow: x, when: {categry: code}}]}", "routing.rules[0].when.categry", "category?"),
        ("{rules: [{name: a, deny: x, when: {category: cod}}]}", "routing.rules[0].when.category", "mean code?"),
        ("{rules: [{name: a, allow: x, when: {category: zz}}]}", "routing.rules[0].when.category", "There are math"),
        ("{rules: [{name: a, deny: x, when: {category: 7}}]}", "routing.rules[0].when.category", "must be one or"),
        ("{rules: [{name: a, allow: x, when: {difficulty: hart}}]}", "routing.rules[0].when.difficulty", "mean hard?"),
        ("{rules: [{name: a, allow: x, when: {alias: []}}]}", "routing.rules[0].when.alias", "must name at least one"),
        ("{rules: [{name: a, max_price: -1}]}", "routing.rules[0].max_price", "'-1' is not a number of at least 0"),
        ("{rules: [{name: a, max_seconds: soon}]}", "routing.rules[0].max_seconds", "'soon' is not a number"),
        ("{rules: [{name: a, preference: 3}]}", "routing.rules[0].preference", "'3' is not a number from 0 to 1"),
        ("{rules: [{name: ä, allow: x}]}", "routing.rules[0].name", "must be printable ASCII"),
        ("{rules: [{name: a, allow: x}, {name: A, deny: y}]}", "routing.rules", "several rules with the name 'a'"),
        ("{tests: [{expect: code}]}", "routing.tests[0].prompt", "is missing"),
        ("{tests: [{prompt: x}]}", "routing.tests[0].expect", "is missing"),
        ("{tests: [{prompt: ' ', expect: code}]}", "routing.tests[0].prompt", "must be a text"),
        ("{tests: [{prompt: x, expect: {}}]}", "routing.tests[0].expect", "expects nothing"),
        ("{tests: [{prompt: x, expect: [a]}]}", "routing.tests[0].expect", "must be a category, a model or a mapping"),
        ("{tests: [{prompt: x, expect: {modl: a}}]}", "routing.tests[0].expect.modl", "Did you mean model?"),
        ("{tests: [{prompt: x, expect: {category: [code]}}]}", "routing.tests[0].expect.category", "must be one of"),
        ("{tests: [{prompt: x, expect: {difficulty: hrd}}]}", "routing.tests[0].expect.difficulty", "mean hard?"),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_place(routing: str, where: str, says: str) -> None:
    found = problem(routing)
    assert found.startswith(f"{NAME}: {where}: ")
    assert says in found
