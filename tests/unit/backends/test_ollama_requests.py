"""Requests from OpenAI's shape to Ollama's: everything translated, refused or noted."""

from typing import Any

import msgspec
import pytest

from smarterrouter.backends import ollama_requests
from smarterrouter.backends.ollama_requests import Asked
from smarterrouter.errors import CannotHonour
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall

TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}


def asked(can_think: bool | None = None, keep_alive: int = -1, **members: Any) -> Asked:
    body = {"model": "auto", "messages": [{"role": "user", "content": "Hi"}], **members}
    return ollama_requests.chat(ChatCall.decode(msgspec.json.encode(body)), "m:1b", keep_alive, can_think)


def sent(can_think: bool | None = None, **members: Any) -> dict[str, Any]:
    """The first body as Ollama reads it."""
    decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(asked(can_think, **members).bodies[0]))
    return decoded


def text(**members: Any) -> Asked:
    body = msgspec.json.encode({"prompt": "Once", **members})
    return ollama_requests.complete(CompletionCall.decode(body), "m:1b", 60)


def vectors(**members: Any) -> Asked:
    return ollama_requests.embed(EmbedCall.decode(msgspec.json.encode({"input": "x", **members})), "e:1b", -1)


def test_a_plain_request() -> None:
    assert sent() == {
        "model": "m:1b",
        "messages": [{"role": "user", "content": "Hi"}],
        "stream": False,
        "truncate": False,
        "shift": False,
        "keep_alive": -1,
        "options": {},
    }


def test_w11_every_sampling_member_is_inside_options() -> None:
    given = {
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": 0.2,
        "top_k": 40,
        "min_p": 0.05,
        "repeat_penalty": 1.1,
    }
    made = sent(**given, stop="END", max_tokens=50)
    assert made["options"] == {**given, "stop": ["END"], "num_predict": 50}
    assert not given.keys() & made.keys()


@pytest.mark.parametrize(
    ("members", "options"),
    [
        ({"max_completion_tokens": 5, "max_tokens": 9}, {"num_predict": 5}),
        ({"max_tokens": -1}, {"num_predict": -1}),
        ({"stop": ["a", "b"]}, {"stop": ["a", "b"]}),
        ({"stop": []}, {}),
        ({"repetition_penalty": 1.2}, {"repeat_penalty": 1.2}),
        ({"temperature": None}, {}),
        ({"temperature": 1, "options": {"temperature": 0.2, "num_gpu": 1}}, {"temperature": 0.2, "num_gpu": 1}),
    ],
)
def test_w11_options(members: dict[str, Any], options: dict[str, Any]) -> None:
    assert sent(**members)["options"] == options


def test_w11_the_caller_is_told_what_was_left_out() -> None:
    made = asked(user="ann", metadata={"a": "b"}, store=True, parallel_tool_calls=True, frobnicate=1, service_tier=None)
    assert made.notes == ("frobnicate", "metadata", "parallel_tool_calls", "store", "user")


def test_nothing_known_is_noted() -> None:
    made = asked(
        stream=True,
        stream_options={"include_usage": True},
        n=1,
        temperature=1,
        logprobs=True,
        top_logprobs=2,
        tool_choice="auto",
        tools=[TOOL],
        response_format={"type": "text"},
        think=True,
        keep_alive="5m",
        truncate=True,
        options={},
        logit_bias={},
        reasoning_effort="low",
    )
    assert made.notes == ()


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"logit_bias": {"5": 1}}, "logit_bias"),
        ({"tools": [TOOL], "tool_choice": "required"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "f"}}}, "tool_choice"),
        ({"tools": [TOOL], "parallel_tool_calls": False}, "parallel_tool_calls"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"audio": {"voice": "x"}}, "audio"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_completion_tokens": 0}, "max_completion_tokens"),
        ({"options": [1]}, "options"),
        ({"response_format": {"type": "grammar"}}, "response_format"),
    ],
)
def test_what_changes_the_meaning_is_refused(members: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotHonour) as caught:
        asked(**members)
    assert caught.value.param == param


def test_tools_and_their_choice() -> None:
    assert sent(tools=[TOOL])["tools"] == [TOOL]
    assert "tools" not in sent(tools=[TOOL], tool_choice="none")
    assert "tools" not in sent(tools=[])
    assert asked(parallel_tool_calls=False).notes == ("parallel_tool_calls",)


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        ({"response_format": {"type": "json_object"}}, "json"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "array"}}}},
            {"type": "array"},
        ),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}}, "json"),
        ({"response_format": {"type": "json_object"}, "format": {"type": "object"}}, {"type": "object"}),
        ({"response_format": {"type": "text"}}, None),
    ],
)
def test_formats(members: dict[str, Any], wanted: Any) -> None:
    assert sent(**members).get("format") == wanted


@pytest.mark.parametrize(
    ("members", "can_think", "think"),
    [
        ({"reasoning_effort": "none"}, True, False),
        ({"reasoning_effort": "minimal"}, True, "low"),
        ({"reasoning_effort": "high"}, None, "high"),
        ({"reasoning_effort": "xhigh"}, True, "max"),
        ({"reasoning_effort": "low", "think": False}, True, False),
        ({"think": "medium"}, None, "medium"),
        ({}, True, None),
    ],
)
def test_thinking(members: dict[str, Any], can_think: bool | None, think: Any) -> None:
    assert sent(can_think, **members).get("think") == think


def test_a_model_that_cannot_think_is_not_asked_to() -> None:
    assert "think" not in sent(can_think=False, reasoning_effort="high")
    assert asked(can_think=False, reasoning_effort="high").notes == ("reasoning_effort",)
    assert asked(can_think=False, reasoning_effort="none").notes == ()


def test_ollamas_own_members_are_honoured() -> None:
    made = sent(keep_alive="10m", truncate=True, shift=True)
    assert (made["keep_alive"], made["truncate"], made["shift"]) == ("10m", True, True)
    assert asked(keep_alive=300).bodies[0]["keep_alive"] == 300


def test_several_choices_have_seeds_of_their_own() -> None:
    made = asked(n=3, seed=5, temperature=1.0)
    seeds = [msgspec.json.decode(msgspec.json.encode(body["options"]["seed"])) for body in made.bodies]
    assert seeds == [5, 6, 7]
    assert len(asked(n=2).bodies) == 2


def test_logprobs() -> None:
    made = sent(logprobs=True, top_logprobs=4)
    assert (made["logprobs"], made["top_logprobs"]) == (True, 4)
    assert "top_logprobs" not in sent(logprobs=True)
    assert "logprobs" not in sent(logprobs=False)


def test_a_text_is_continued_as_it_stands_unless_it_has_two_ends() -> None:
    made = text(temperature=0.1, max_tokens=5, format="json").bodies[0]
    assert (made["prompt"], made["raw"], made["keep_alive"]) == ("Once", True, 60)
    made = text(suffix="the end").bodies[0]
    assert made["suffix"] == "the end"
    assert "raw" not in made


def test_prompts_times_choices_echo_and_logprobs() -> None:
    made = text(prompt=["a", "b"], n=2, echo=True, user="u")
    assert [body["prompt"] for body in made.bodies] == ["a", "a", "b", "b"]
    assert (made.echoes, made.notes) == (("a", "a", "b", "b"), ("user",))
    assert text().echoes == ()
    assert text(logprobs=3).bodies[0]["top_logprobs"] == 3


@pytest.mark.parametrize(
    "members",
    [
        {"prompt": [1, 2]},
        {"prompt": ""},
        {"prompt": ["a", ""]},
        {"prompt": [[1], [2]]},
        {"best_of": 3},
        {"echo": True, "logprobs": 1},
        {"logit_bias": {"1": 1}},
        {"max_tokens": 0},
    ],
)
def test_text_completions_that_cannot_be_honoured(members: dict[str, Any]) -> None:
    with pytest.raises(CannotHonour):
        text(**members)


def test_embeddings() -> None:
    made = vectors(input=["a", "b"], dimensions=4, encoding_format="base64", user="u")
    assert made.bodies == [
        {"model": "e:1b", "input": ["a", "b"], "options": {}, "truncate": False, "keep_alive": -1, "dimensions": 4}
    ]
    assert made.notes == ("user",)
    assert msgspec.json.encode(vectors(truncate=True).bodies[0]["truncate"]) == b"true"
    with pytest.raises(CannotHonour):
        vectors(input=[1, 2])


def test_what_was_wished_for() -> None:
    assert ollama_requests.tokens_wished(asked()) == (0, None)
    assert ollama_requests.tokens_wished(asked(max_tokens=7, num_ctx=2048)) == (7, 2048)
    assert ollama_requests.tokens_wished(asked(options={"num_predict": -1, "num_ctx": 0})) == (0, None)
