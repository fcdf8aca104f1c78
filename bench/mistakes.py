"""Tasks of the item bank as clients would ask them, and ways to answer them: right, broken, or wrong in good form.

`broken` answers have a fault that a program can see without knowing what was asked for: half a document, a call of a
tool that was not offered, code that does not parse. Answers that are `silent` are well-formed and wrong. Nothing here
looks at the gateway's own checks, so that what these miss shows.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from smarterrouter.profiling.bank import OURS
from smarterrouter.profiling.base import Answer, Task, ToolCall
from smarterrouter.profiling.checks import Code, Json, ToolCalls
from smarterrouter.profiling.drafts import Generated

Rng = random.Random
LOOP_CHARACTERS = 1600
"""Of a model that has lost itself: the 400 tokens that a task leaves room for."""
RIGHT, SILENT = "right", "silent"
GROUPS: dict[type, str] = {Code: "code", Json: "json", ToolCalls: "tools"}


class Question(Struct, frozen=True):
    """One task, ready to be asked, with what it takes to answer it."""

    task: Task
    right: Answer
    wrong: tuple[Answer, ...]
    group: str
    """One of `GROUPS`."""
    streamed: bool
    limited: bool
    """Does the request say how long the answer may be? Then text may be cut, and nobody is to blame."""

    @property
    def schema(self) -> dict[str, Any] | None:
        """Of the document that is asked for; None where any JSON will do, and outside of `json`."""
        check = self.task.check
        return check.schema if isinstance(check, Json) and "properties" in check.schema else None

    def body(self, model: str) -> dict[str, Any]:
        """The request. The bank asks for JSON in words only; a client that parses the answer says so here too."""
        body: dict[str, Any] = {"model": model, "messages": self.task.messages, "stream": self.streamed}
        body["metadata"] = {"task": self.task.id}  # how the simulated models know what they are asked
        if self.task.tools:
            body["tools"] = self.task.tools
        if self.group == "json":
            body["response_format"] = _format(self.schema)
        if self.limited:
            body["max_tokens"] = self.task.max_tokens
        return body


def _format(schema: dict[str, Any] | None) -> dict[str, Any]:
    if schema is None:
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def questions(count: int) -> list[Question]:
    """So many different tasks: the groups in turn, and in each its templates; half streamed, half with a limit."""
    able = [one for one in OURS if isinstance(one, Generated) and type(one.make(0).check) in GROUPS]
    groups = [(name, [one for one in able if type(one.make(0).check) is check]) for check, name in GROUPS.items()]
    found = []
    for number in range(count):
        name, templates = groups[number % len(groups)]
        seed, place = divmod(number // len(groups), len(templates))
        sample = templates[place].sample(seed)
        streamed, limited = number % 2 == 1, number // 2 % 2 == 1
        found.append(Question(sample.task, sample.answer, sample.wrong, name, streamed, limited))
    return found


class Said(Struct, frozen=True):
    """What a simulated model says to one question."""

    answer: Answer
    kind: str
    """`RIGHT`, `SILENT`, or a kind of broken answer."""
    variant: str = ""


def said(question: Question, kind: str, rng: Rng) -> Said:
    """An answer of this kind; `broken` draws one of the kinds that this question can have, all equally likely."""
    if kind == RIGHT:
        return Said(rng.choice(list(_right(question))), RIGHT)
    if kind == SILENT:
        return Said(rng.choice(list(_silent(question, rng))), SILENT)
    kinds = broken_ways(question)
    name = rng.choice(sorted(kinds))
    variant, make = rng.choice(kinds[name])
    return Said(make(question, rng), name, variant)


# Right answers, as models dress them.


def _right(question: Question) -> Iterator[Answer]:
    right = question.right
    yield right
    if question.group == "code":
        yield Answer(f"Here is the function:\n\n{right.text}\n\nIt handles empty input as well.")
        yield Answer(f"{right.text}\n\nTry it:\n\n```python\n>>> help()\n```")
    elif question.group == "json":
        yield Answer(json.dumps(json.loads(right.text), indent=2))
        yield Answer(f"\n{json.dumps(json.loads(right.text), separators=(',', ':'))}\n")
    elif right.tool_calls:
        yield Answer("I will do that now.", right.tool_calls)
        loose = (ToolCall(one.name, json.dumps(json.loads(one.arguments), indent=1)) for one in right.tool_calls)
        yield Answer(tool_calls=tuple(loose))


# Wrong answers in good form.


def _silent(question: Question, rng: Rng) -> Iterator[Answer]:
    right, calls = question.right, question.right.tool_calls
    if question.group == "code":
        yield from question.wrong[:2]  # they parse; the third does not
    elif question.group == "json":
        yield Answer(json.dumps(_altered(json.loads(right.text), rng)))
    elif not calls:
        yield from (one for one in question.wrong if all(call.arguments != "{}" for call in one.tool_calls))
    else:
        yield _with_call(question, rng, lambda call, tool: json.dumps(_altered(call, rng, tool)))
        yield Answer("I have done that.")
        yield Answer(tool_calls=(*calls, calls[0]))
        if len(calls) > 1:
            yield Answer(tool_calls=calls[1:])


def _altered(value: Any, rng: Rng, schema: Mapping[str, Any] | None = None) -> Any:
    """A copy with one number or text changed, of the same type and within its enumeration; else a shorter list."""
    places = list(_places(value))
    numbers = [place for place in places if _is_number(_at(value, place))]
    if schema is None and not numbers:
        return value[:-1] if value else [*value, 0]
    place = rng.choice(numbers or places)
    allowed = (schema or {}).get("properties", {}).get(place[0], {}).get("enum", ())
    old = _at(value, place)
    others = [one for one in allowed if one != old]
    return _replaced(value, place, others[0] if others else old + 1 if _is_number(old) else f"{old} 2")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where numbers and texts stand."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _places(one, (*path, key))
    if path and (_is_number(value) or isinstance(value, str)):
        yield path


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


def _with_call(question: Question, rng: Rng, change: Callable[[Any, Mapping[str, Any]], str]) -> Answer:
    """The right calls, one of them with arguments that `change` makes of its arguments and the tool's parameters."""
    calls = list(question.right.tool_calls)
    place = rng.randrange(len(calls))
    offered = {one["function"]["name"]: one["function"]["parameters"] for one in question.task.tools}
    call = calls[place]
    calls[place] = ToolCall(call.name, change(json.loads(call.arguments), offered[call.name]))
    return Answer(tool_calls=tuple(calls))


# Broken answers.


Make = Callable[[Question, Rng], Answer]
Ways = dict[str, list[tuple[str, Make]]]


def broken_ways(question: Question) -> Ways:
    """Kind to the variants of it that this question can have."""
    ways = dict(_ANYWHERE)
    if question.group == "code":
        return ways | _CODE
    if question.group == "json":
        return ways | _JSON | (_SCHEMA if question.schema else {})
    return ways | (_TOOLS if question.right.tool_calls else _NO_TOOLS)


def _begun(question: Question) -> str:
    """So much of the text that it is no right answer yet."""
    text = question.right.text
    return text[:5] if question.group == "tools" else text[: len(text) // 2]


def _half(question: Question, _: Rng) -> Answer:
    right = question.right
    if not right.tool_calls:
        return Answer(_begun(question), finish_reason="length")
    last = right.tool_calls[-1]
    cut = ToolCall(last.name, last.arguments[: len(last.arguments) // 2])
    return Answer(tool_calls=(*right.tool_calls[:-1], cut), finish_reason="length")


def _lost(lines: Callable[[int], str]) -> Make:
    def make(question: Question, _: Rng) -> Answer:
        text = _begun(question) + "".join(map(lines, range(LOOP_CHARACTERS // 20)))
        return Answer(text[:LOOP_CHARACTERS], finish_reason="length")

    return make


def _text(change: Callable[[str], str]) -> Make:
    return lambda question, _: Answer(change(question.right.text))


def _first_record(value: Any) -> tuple[Any, ...]:
    """Where the first object without other containers in it stands."""
    path: tuple[Any, ...] = ()
    while any(isinstance(one, dict | list) for one in (value.values() if isinstance(value, dict) else value)):
        key = next(iter(value)) if isinstance(value, dict) else 0
        path, value = (*path, key), value[key]
    return path


def _record(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Make:
    def make(question: Question, _: Rng) -> Answer:
        value = json.loads(question.right.text)
        path = _first_record(value)
        return Answer(json.dumps(_replaced(value, path, change(_at(value, path)))))

    return make


def _called(change: Callable[[dict[str, Any]], str]) -> Make:
    return lambda question, rng: _with_call(question, rng, lambda call, _: change(call))


def _less(record: dict[str, Any]) -> dict[str, Any]:
    return dict(list(record.items())[:-1])


def _listed(record: dict[str, Any]) -> dict[str, Any]:
    """The last value stands in a list that nobody wanted."""
    name = list(record)[-1]
    return {**record, name: [record[name]] if not isinstance(record[name], list) else "none"}


def _renamed(question: Question, _: Rng) -> Answer:
    calls = question.right.tool_calls
    return Answer(tool_calls=(*calls[1:], ToolCall(f"{calls[0].name}_v2", calls[0].arguments)))


def _spoken(form: Callable[[ToolCall], str]) -> Make:
    return lambda question, _: Answer("\n".join(map(form, question.right.tool_calls)))


def _as_python(call: ToolCall) -> str:
    return f"{call.name}({', '.join(f'{name}={value!r}' for name, value in json.loads(call.arguments).items())})"


def _as_json(call: ToolCall) -> str:
    return f'{{"name": "{call.name}", "arguments": {call.arguments}}}'


def _bare_call(question: Question, _: Rng) -> Answer:
    return Answer(tool_calls=(ToolCall(question.task.tools[0]["function"]["name"], "{}"),))


def _misspelt(text: str) -> str:
    """The code without the colon of its last function."""
    before, _, after = text.rpartition("):\n")
    return f"{before})\n{after}"


_ANYWHERE: Ways = {
    "empty": [("nothing", lambda *_: Answer()), ("blank lines", lambda *_: Answer("\n \n"))],
    "cut_off": [("half", _half)],
    "repetition": [
        ("one sentence", _lost(lambda _: "Let me check that again. ")),
        ("one sentence that counts", _lost(lambda number: f"Step {number + 100}: let me check that once again. ")),
    ],
}
_CODE: Ways = {
    "code": [
        ("a colon is missing", _text(_misspelt)),
        ("the fence is open, half of the code", _text(lambda text: text[: text.rindex("):\n") + 1])),
        ("a colon is missing, fence without a language", _text(lambda text: _misspelt(text).replace("python", "", 1))),
        ("a colon is missing, no fence", _text(lambda text: _misspelt(text).strip("`").removeprefix("python\n"))),
    ],
}
_JSON: Ways = {
    "json": [
        ("prose around it", _text(lambda text: f"Sure! Here is the document:\n{text}")),
        ("in a fence", _text(lambda text: f"```json\n{text}\n```")),
        ("the end is missing", _text(lambda text: text[:-1])),
        ("a comma too many", _text(lambda text: f"{text[:-1]},{text[-1]}")),
        ("as Python writes it", _text(lambda text: f"{json.loads(text)!r},")),
    ]
}
_SCHEMA: Ways = {
    "schema": [
        ("a member is missing", _record(_less)),
        ("a value of another type", _record(_listed)),
        ("another name", _record(lambda record: {f"{name}_": value for name, value in record.items()})),
    ]
}
_TOOLS: Ways = {
    "tool_unknown": [("another name", _renamed)],
    "tool_arguments": [
        ("the end is missing", _called(lambda call: json.dumps(call)[:-1])),
        ("one is missing", _called(lambda call: json.dumps(_less(call)))),
        ("one of another type", _called(lambda call: json.dumps(_listed(call)))),
    ],
    "tool_as_text": [
        ("between tags", _spoken(lambda call: f"<tool_call>\n{_as_json(call)}\n</tool_call>")),
        ("as JSON", _spoken(_as_json)),
        ("as JSON in a list", _spoken(lambda call: f"[{_as_json(call)}]")),
        ("as JSON behind words", _spoken(lambda call: f"I will call the tool.\n```json\n{_as_json(call)}\n```")),
        ("as Python", _spoken(lambda call: f"```tool_code\n{_as_python(call)}\n```")),
    ],
}
_NO_TOOLS: Ways = {
    "tool_unknown": [("an invented one", lambda *_: Answer(tool_calls=(ToolCall("search_web", '{"query": "it"}'),)))],
    "tool_arguments": [("all are missing", _bare_call)],
}
