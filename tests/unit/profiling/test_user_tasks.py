import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import Answer
from smarterrouter.profiling.checks import Constraints, Exact, Number
from smarterrouter.profiling.user_tasks import read_folder
from smarterrouter.profiling.verifiers import verify

GOOD = """\
categories:
  contracts: knowledge
tasks:
  - id: notice-period
    category: contracts
    difficulty: 0.8
    system: Be short.
    prompt: |
      How many weeks of notice does clause 7 give? It says: "six weeks".
      End with a line Answer: followed by the number.
    check: {kind: number, value: 6}
    reference: "Answer: 6"
  - id: first-letters
    category: chat
    flags: [language]
    prompt: Schreibe zwei Zeilen, die mit A und B beginnen.
    check:
      kind: constraints
      rules:
        - {rule: acrostic, text: ab}
        - {rule: language, text: de}
"""


def put(folder, name, text):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return read_folder(folder)


def test_ab02_own_categories_and_tasks(tmp_path):
    found, problems = put(tmp_path, "team/contracts.yaml", GOOD)
    assert problems == []
    first, second = found
    assert (first.id, first.category, first.label) == ("own/notice-period@706b0dbc", Category.KNOWLEDGE, "contracts")
    task = first.make(5)
    assert (task.id, task.label, task.difficulty) == ("own/notice-period@706b0dbc#5", "contracts", 0.8)
    assert [message["role"] for message in task.messages] == ["system", "user"]
    assert isinstance(task.check, Number)
    assert verify(task.check, first.reference(task)).passed
    assert not verify(task.check, Answer(text="Answer: 7")).passed
    assert (second.category, second.label, second.flags) == (Category.CHAT, "", frozenset({"language"}))
    assert isinstance(second.make(0).check, Constraints)
    assert second.reference(second.make(0)) == Answer()


def test_json_files_are_read_too(tmp_path):
    task = {"id": "a", "category": "logic", "prompt": "Say yes.", "check": {"kind": "exact", "accept": ["yes"]}}
    found, problems = put(tmp_path, "own.json", json.dumps({"tasks": [task]}, indent="\t"))
    assert problems == []
    assert found[0].make(0).check == Exact(("yes",))


def task(**changes):
    value = {"id": "a", "category": "logic", "prompt": "Yes?", "check": {"kind": "exact", "accept": ["yes"]}, **changes}
    return json.dumps({"tasks": [value]})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "own.yaml: is empty"),
        ("- a", "own.yaml:1: must be a mapping"),
        ("a: [", "own.yaml:1:"),
        ("tasks: 5", "own.yaml:1: `tasks` must be a list"),
        ("task: []", "there is no such name as 'task'"),
        ("tasks:\n- 7", "own.yaml:2: Expected `object`"),
        ("tasks:\n\n- {id: a}", "own.yaml:3: Object missing required field `prompt`"),
        ("categories: [a]\ntasks: []", "own.yaml:1: `categories` must map"),
        ("categories:\n  law: laws\ntasks: []", "own.yaml:2: must be one of mathematics, code"),
        ("categories:\n  code: logic\ntasks: []", "own.yaml:2: code is a category of ours"),
        (task(category="law"), "own.yaml:1: task 'a': 'law' is no category"),
        (task(id="a b"), "id must consist of"),
        (task(prompt="  "), "the prompt is empty"),
        (task(difficulty=9), "difficulty must be between"),
        (task(max_tokens=0), "max_tokens must be between"),
        (task(flags=["long"]), "there is no flag 'long'"),
        (task(extra=1), "unknown field `extra`"),
        (task(check={"kind": "magic"}), "Invalid value 'magic'"),
        (task(check={"kind": "number", "value": "x"}), "Expected `float`, got `str` - at `task.check.value`"),
        (task(check={"kind": "exact", "accept": []}), "no answer could pass"),
        (task(check={"kind": "items", "values": []}), "check.values is empty"),
        (task(check={"kind": "choice", "letter": "b"}), "one capital letter"),
        (task(check={"kind": "json"}), "check needs a schema or a value"),
        (task(check={"kind": "json", "schema": {"pattern": "x"}}), "check.schema uses pattern"),
        (task(check={"kind": "json", "schema": {"properties": {"a": {"minimum": "x"}}}}), "check.schema is none"),
        (task(check={"kind": "json", "value": {"any_of": 5}}, reference='{"a": 1}'), "the reference does not pass"),
        ("categories: {mine: [code]}\ntasks: []", "own.yaml:1: must be one of"),
        ("categories: {? [mine] : code}\ntasks: []", "own.yaml:1: the name of a category"),
        (task(check={"kind": "constraints", "rules": []}), "check.rules is empty"),
        (task(check={"kind": "constraints", "rules": [{"rule": "rhyme"}]}), "there is no rule 'rhyme'"),
        (task(check={"kind": "constraints", "rules": [{"rule": "count", "unit": "pages"}]}), "unit must be one of"),
        (task(check={"kind": "constraints", "rules": [{"rule": "language", "text": "xx"}]}), "text must be one of"),
        (task(check={"kind": "constraints", "rules": [{"rule": "speakers"}]}), "speakers needs words"),
        (task(reference="no"), "the reference does not pass"),
        ("tasks:\n- !!python/object/apply:os.system ['echo']", "own.yaml:2:"),
        (task(tools=[{"a": {}}]).replace("{}", "{7: 1}"), "tools, response_format and check must be JSON"),
        ("a: &a [*a]\ntasks: *a", "own.yaml:1:"),
        ("tasks: " + "[" * 5000, "own.yaml"),
        ("tasks:\n- &t {id: *t}", "own.yaml"),
        ("\x00", "own.yaml"),
    ],
)
def test_every_problem_is_said_with_its_place(tmp_path, text, words):
    found, problems = put(tmp_path, "own.yaml", text)
    assert found == []
    assert any(words in problem for problem in problems), problems
    assert all(problem.startswith("own.yaml:") for problem in problems)


def test_all_problems_are_said_and_good_tasks_stay(tmp_path):
    text = GOOD + "  - {id: b}\n  - {id: c, category: x, prompt: y, check: {kind: number, value: 1}}\n"
    found, problems = put(tmp_path, "own.yml", text)
    assert [template.name for template in found] == ["notice-period", "first-letters"]
    assert [problem.split(":")[1] for problem in problems] == ["22", "23"]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"difficulty": 1.5, "flags": ["language"], "reference": "yes", "category": "stem"}, True),
        ({"prompt": "No?"}, False),
        ({"system": "Be brief."}, False),
        ({"max_tokens": 7}, False),
        ({"check": {"kind": "exact", "accept": ["no"]}}, False),
        ({"tools": [{"type": "function"}]}, False),
        ({"response_format": {"type": "json_object"}}, False),
    ],
)
def test_a_task_that_asks_something_else_is_another(tmp_path, changes, same):
    (before,), _ = put(tmp_path, "own.yaml", task())
    (after,), problems = put(tmp_path, "own.yaml", task(**changes))
    assert problems == []
    assert (after.id == before.id) is same, "answers to it count, or they do not"


def test_an_id_is_used_once(tmp_path):
    put(tmp_path, "a.yaml", GOOD)
    found, problems = put(tmp_path, "b.yaml", GOOD)
    assert len(found) == 2
    assert len(problems) == 2
    assert "b.yaml: the id 'notice-period' is used twice" in problems


def test_other_files_are_left_alone(tmp_path):
    found, problems = put(tmp_path, "notes.txt", "tasks: [")
    assert (found, problems) == ([], [])


def test_a_folder_that_is_not_there(tmp_path):
    found, problems = read_folder(tmp_path / "none")
    assert found == []
    assert problems == [f"{tmp_path / 'none'}: is not a folder"]


def test_a_file_that_is_no_text(tmp_path):
    (tmp_path / "own.yaml").write_bytes(b"\xff\xfe\x00\xd8")
    found, problems = read_folder(tmp_path)
    assert found == []
    assert problems[0].startswith("own.yaml: cannot be read")


def test_nothing_is_run_on_reading(tmp_path):
    marker = tmp_path / "marker"
    for name, text in {
        "apply.yaml": f"tasks: !!python/object/apply:os.system ['touch {marker}']",
        "new.yaml": f"tasks:\n- !!python/object/new:subprocess.Popen [['touch', '{marker}']]",
        "name.yaml": "tasks:\n- !!python/name:os.system",
        "code.json": task(check={"kind": "code", "function": "f", "runs": []}, reference=f"open('{marker}', 'w')"),
    }.items():
        (tmp_path / name).write_text(text)
    read_folder(tmp_path)
    assert not marker.exists()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_crashes(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(f"tasks:\n- {text}", "utf-8", errors="replace")
    found, problems = read_folder(folder)
    assert found or problems
