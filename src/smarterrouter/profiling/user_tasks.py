"""Tasks of the user's own, from a folder of YAML or JSON files. The format: docs/guides/own-tasks.md.

Everything wrong is reported with file and line, nothing is run, and one bad task does not spoil the others.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.profiling import schema
from smarterrouter.profiling.base import FLAGS, Answer, Task
from smarterrouter.profiling.checks import Check, Choice, Code, Constraints, Exact, Items, Json
from smarterrouter.profiling.constraints import LANGUAGES, RULES, UNITS
from smarterrouter.profiling.verifiers import verify

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_MOST_BYTES = 2_000_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_MOST_TOKENS = 4_000


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """One task as it stands in a file."""

    id: str
    prompt: str
    check: Check
    category: str
    difficulty: float = 0.0
    system: str = ""
    max_tokens: int = 200
    flags: tuple[str, ...] = ()
    tools: tuple[dict[str, Any], ...] = ()
    response_format: dict[str, Any] | None = None
    reference: str | None = None
    """A right answer, which is checked when the file is read; code is not run for that."""


class Own:
    """A template that always makes the same task. Does what `base.Template` says."""

    def __init__(self, written: Written, category: Category, label: str) -> None:
        """`label` is the user's own category, when it is none of ours.

        The id ends with a mark of what is asked and checked: answers of before do not count for a task that changed.
        """
        self.id = f"own/{written.id}@{_mark(written)}"
        self.name = written.id
        self.category = category
        self.difficulty = written.difficulty
        self.flags = frozenset(written.flags)
        self.label = label
        self._written = written

    def make(self, seed: int) -> Task:
        """The task; the seed only gives it its id."""
        written = self._written
        system = ({"role": "system", "content": written.system},) if written.system else ()
        return Task(
            id=f"{self.id}#{seed}",
            category=self.category,
            difficulty=self.difficulty,
            messages=(*system, {"role": "user", "content": written.prompt}),
            check=written.check,
            max_tokens=written.max_tokens,
            tools=written.tools,
            response_format=written.response_format,
            flags=self.flags,
            label=self.label,
        )

    def reference(self, task: Task) -> Answer:
        """The reference of the file; empty when it has none."""
        return Answer(text=self._written.reference or "")


def read_folder(folder: Path) -> tuple[list[Own], list[str]]:
    """Templates of all files below `folder`, in order of their names, and what is wrong: `file:line: words`."""
    if not folder.is_dir():
        return [], [f"{folder}: is not a folder"]
    found: list[Own] = []
    problems: list[str] = []
    names: set[str] = set()
    for file in sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()):
        reader = _File(str(file.relative_to(folder)), problems)
        for template in reader.templates(file):
            if template.name in names:
                problems.append(f"{reader.name}: the id {template.name!r} is used twice")
                continue
            names.add(template.name)
            found.append(template)
    return found, problems


def _mark(written: Written) -> str:
    """Of all that an answer depends on. Category, difficulty, flags and reference may change: the answer stays true."""
    asked = (written.system, written.prompt, written.max_tokens, written.tools, written.response_format, written.check)
    return hashlib.sha256(_as_json(asked)).hexdigest()[:8]


def _as_json(value: object) -> bytes:
    """The same bytes whatever the order of names in the file."""
    return msgspec.json.encode(value, order="sorted")


class _File:
    """Reads one file; complains into a list that all files share."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.name = name
        self._problems = problems
        self._categories: dict[str, Category] = {name: Category(name) for name in Category}

    def templates(self, file: Path) -> Iterator[Own]:
        node = self._root(file)
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self._say(node, "must be a mapping with `tasks`, and `categories` where it has its own")
            return
        members = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
        for key, _ in node.value:
            if key.value not in ("tasks", "categories"):
                self._say(key, f"there is no such name as {key.value!r}; known are tasks and categories")
        if "categories" in members:
            self._read_categories(members["categories"])
        tasks = members.get("tasks")
        if not isinstance(tasks, yaml.SequenceNode):
            self._say(tasks or node, "`tasks` must be a list of tasks")
            return
        for item in tasks.value:
            if template := self._template(item):
                yield template

    def _root(self, file: Path) -> yaml.Node | None:
        try:
            if file.stat().st_size > _MOST_BYTES:
                self._problems.append(f"{self.name}: is larger than {_MOST_BYTES} bytes")
                return None
            text = file.read_text("utf-8")
            # JSON is YAML, but for tabs between its members.
            root = yaml.compose(text.replace("\t", " ") if file.suffix.lower() == ".json" else text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self._problems.append(f"{self.name}:{line}: {error.problem or 'is not valid YAML'}")
            return None
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
            self._problems.append(f"{self.name}: cannot be read: {str(error).splitlines()[0][:200]}")
            return None
        if root is None:
            self._problems.append(f"{self.name}: is empty")
        return root

    def _read_categories(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            self._say(node, "`categories` must map each of your names to one of ours")
            return
        for key, value in node.value:
            if not isinstance(value, yaml.ScalarNode) or value.value not in set(Category):
                self._say(value, f"must be one of {', '.join(Category)}")
            elif not isinstance(key, yaml.ScalarNode):
                self._say(key, "the name of a category must be a text")
            elif key.value in set(Category):
                self._say(key, f"{key.value} is a category of ours and means itself")
            else:
                self._categories[str(key.value)] = Category(value.value)

    def _template(self, node: yaml.Node) -> Own | None:
        try:
            written = msgspec.convert(_plain(node), Written)
        except msgspec.ValidationError as error:
            self._say(node, str(error).replace(" - at `$", " - at `task"))
            return None
        except (ValueError, RecursionError, yaml.YAMLError) as error:
            self._say(node, str(error)[:200] or "is nested too deeply")
            return None
        faults = [*_faults(written), *self._category_faults(written)]
        for fault in faults:
            self._say(node, f"task {written.id[:80]!r}: {fault}")
        if faults:
            return None
        label = "" if written.category in set(Category) else written.category
        return Own(written, self._categories[written.category], label)

    def _category_faults(self, written: Written) -> list[str]:
        if written.category in self._categories:
            return []
        return [f"{written.category!r} is no category of ours and not among `categories` of this file"]

    def _say(self, node: yaml.Node, words: str) -> None:
        self._problems.append(f"{self.name}:{node.start_mark.line + 1}: {words}")


class _Plain(yaml.constructor.SafeConstructor):
    """Makes a value of a node, with nothing but the safe types; texts that look like dates stay texts."""


_Plain.yaml_constructors = {
    **yaml.constructor.SafeConstructor.yaml_constructors,
    "tag:yaml.org,2002:timestamp": yaml.constructor.SafeConstructor.construct_yaml_str,
}


def _plain(node: yaml.Node) -> Any:
    return _Plain().construct_document(node)


def _faults(written: Written) -> Iterator[str]:
    if not _NAME.fullmatch(written.id):
        yield "id must consist of letters, digits, dots, dashes and underscores"
    if not written.prompt.strip():
        yield "the prompt is empty"
    if not -6 <= written.difficulty <= 6:
        yield "difficulty must be between -6 and 6"
    if not 1 <= written.max_tokens <= _MOST_TOKENS:
        yield f"max_tokens must be between 1 and {_MOST_TOKENS}"
    for flag in written.flags:
        if flag not in FLAGS:
            yield f"there is no flag {flag!r}; known are {', '.join(sorted(FLAGS))}"
    if not _is_json(written):
        yield "tools, response_format and check must be JSON: every name in them a text"
    yield from _check_faults(written.check)
    if written.reference is not None and not isinstance(written.check, Code):
        verdict = verify(written.check, Answer(text=written.reference))
        if not verdict.passed:
            yield f"the reference does not pass: {verdict.detail}"


def _is_json(written: Written) -> bool:
    try:
        _as_json(written)
    except (TypeError, ValueError, OverflowError):
        return False
    return True


def _check_faults(check: Check) -> Iterator[str]:
    if isinstance(check, Exact) and not check.accept:
        yield "check.accept is empty: no answer could pass"
    if isinstance(check, Items) and not check.values:
        yield "check.values is empty"
    if isinstance(check, Choice) and not re.fullmatch("[A-Z]", check.letter):
        yield "check.letter must be one capital letter"
    if isinstance(check, Json):
        if wrong := schema.malformed(check.schema):
            yield f"check.schema is none: {wrong}"
        elif unknown := schema.unknown_keywords(check.schema):
            yield f"check.schema uses {', '.join(map(str, unknown))}, which is not supported"
        if not check.schema and check.value is None:
            yield "check needs a schema or a value"
    if isinstance(check, Constraints):
        yield from _rule_faults(check)


def _rule_faults(check: Constraints) -> Iterator[str]:
    if not check.rules:
        yield "check.rules is empty"
    for rule in check.rules:
        if rule.rule not in RULES:
            yield f"there is no rule {rule.rule!r}; known are {', '.join(sorted(RULES))}"
        elif rule.unit not in UNITS:
            yield f"unit must be one of {', '.join(sorted(UNITS))}"
        elif rule.rule == "language" and rule.text not in LANGUAGES:
            yield f"text must be one of {', '.join(sorted(LANGUAGES))}"
        elif rule.rule == "speakers" and not rule.words:
            yield "speakers needs words"
