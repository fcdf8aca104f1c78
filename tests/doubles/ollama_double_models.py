"""What the models of the Ollama double know and say: pure functions from a request to an answer. Not Ollama.

One token is one word here, so that a test can place a prompt at a limit exactly.
"""

import asyncio
import base64
import binascii
import hashlib
import math
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

TOO_LONG = "the input length exceeds the context length"
CREATED = "2026-01-02T03:04:05.678901234Z"
_INTEGERS = frozenset({"num_ctx", "num_predict", "num_keep", "num_batch", "num_gpu", "seed", "top_k", "repeat_last_n"})
_FLOATS = frozenset({"temperature", "top_p", "min_p", "typical_p"}) | {
    f"{name}_penalty" for name in ("repeat", "presence", "frequency")
}
_DURATION = re.compile(r"-?(\d+(\.\d+)?(ns|us|ms|s|m|h))+")


class Refused(Exception):
    """The double answers with this status and text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass
class DoubleModel:
    """One installed model. `reply` is its answer, or makes one from the request body."""

    name: str
    capabilities: tuple[str, ...] = ("completion", "tools")
    reply: str | Callable[[dict[str, Any]], str] = "This is the double speaking."
    thinking: str = "Let me think."
    context_length: int = 32768
    default_context: int = 4096
    parameter_size: str = "7.6B"
    parameter_count: int = 7_615_616_512
    quantization_level: str = "Q4_K_M"
    family: str = "qwen2"
    size: int = 4_683_087_332
    embedding_length: int = 8
    load_seconds: float = 0.0
    seconds_per_token: float = 0.0
    tool_ids: bool = False
    """Do its tool calls carry an id? Older servers send none."""
    ignores_context: bool = False
    """Serves `default_context` whatever `num_ctx` says and cuts silently, as some servers do."""
    digest: str = field(default="")

    def __post_init__(self) -> None:
        self.name = self.name if ":" in self.name else f"{self.name}:latest"
        self.digest = self.digest or hashlib.sha256(self.name.encode()).hexdigest()

    def details(self) -> dict[str, Any]:
        """The `details` object of tags, ps and show."""
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": self.quantization_level,
        }

    def show(self) -> dict[str, Any]:
        """The answer to /api/show."""
        return {
            "modelfile": f"FROM {self.name}",
            "template": "{{ .Prompt }}",
            "details": self.details(),
            "model_info": {
                "general.architecture": self.family,
                "general.parameter_count": self.parameter_count,
                f"{self.family}.context_length": self.context_length,
                f"{self.family}.embedding_length": self.embedding_length,
            },
            "capabilities": list(self.capabilities),
            "modified_at": "2026-01-02T03:04:05.678901234+01:00",
        }


@dataclass
class Answer:
    """What is going to be said: pieces of one token each."""

    pieces: list[str]
    thinking: list[str]
    tool_calls: list[dict[str, Any]]
    done_reason: str
    prompt_tokens: int
    cut: bool
    """Was the prompt cut to fit?"""


def words(text: str) -> list[str]:
    """Tokens of a text: each word with the blanks before it."""
    return re.findall(r"\s*\S+", text)


def check_options(options: Any) -> dict[str, Any]:
    """Refuse wrong types as the server does; unknown names are ignored as the server does."""
    if options is None:
        return {}
    if not isinstance(options, dict):
        raise Refused(400, "json: cannot unmarshal value into Go struct field ChatRequest.options of type map")
    for name, value in options.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is None:
            continue
        if name in _INTEGERS and not number:
            raise Refused(400, f'option "{name}" must be of type integer')
        if name in _FLOATS and not number:
            raise Refused(400, f'option "{name}" must be of type float32')
        if name == "stop" and not isinstance(value, list):
            raise Refused(400, 'option "stop" must be of type array')
        if name == "stop" and not all(isinstance(item, str) for item in value):
            raise Refused(400, 'option "stop" must be of an array of strings')
    return options


def check_messages(messages: Any) -> list[dict[str, Any]]:
    """Refuse what the server's decoder refuses: part lists, data URLs, arguments as strings, unknown roles."""
    for message in messages or []:
        content = message.get("content", "")
        if content is not None and not isinstance(content, str):
            raise Refused(
                400, "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string"
            )
        if message.get("role") not in {"system", "user", "assistant", "tool"}:
            raise Refused(400, f"invalid role: {message.get('role')}, must be one of [system, user, assistant, tool]")
        check_images(message.get("images"))
        for call in message.get("tool_calls") or []:
            if not isinstance(call["function"]["arguments"], dict):
                raise Refused(400, "json: cannot unmarshal string into Go struct field .arguments of type map")
    return list(messages or [])


def check_images(images: Any) -> None:
    """Refuse images that are not bare base64."""
    for image in images or []:
        try:
            base64.b64decode(image, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise Refused(400, "illegal base64 data at input byte 4") from None


def check_keep_alive(value: Any) -> None:
    """Refuse what is neither seconds nor a Go duration."""
    if isinstance(value, str) and not _DURATION.fullmatch(value):
        raise Refused(400, f'time: invalid duration "{value}"')


def context_of(model: DoubleModel, options: dict[str, Any]) -> int:
    """The context that the model is loaded with for a request."""
    if model.ignores_context:
        return model.default_context
    return min(int(options.get("num_ctx") or model.default_context), model.context_length)


def chat_answer(model: DoubleModel, body: dict[str, Any], options: dict[str, Any]) -> Answer:
    """The whole answer to a chat request."""
    messages = check_messages(body.get("messages"))
    _check_abilities(model, body, any(message.get("images") for message in messages))
    text = " ".join(str(message.get("content") or "") for message in messages)
    calls = _tool_calls(model, body.get("tools"), messages[-1]) if messages else []
    said = "" if calls else _said(model, body)
    return _fit(model, body, options, (len(words(text)), said, calls))


def generate_answer(model: DoubleModel, body: dict[str, Any], options: dict[str, Any]) -> Answer:
    """The whole answer to a generate request."""
    check_images(body.get("images"))
    if body.get("suffix") and "insert" not in model.capabilities:
        raise Refused(400, f"registry.ollama.ai/library/{model.name} does not support insert")
    if body.get("raw") and (body.get("template") or body.get("system") or body.get("context")):
        raise Refused(400, "raw mode does not support template, system, or context")
    _check_abilities(model, body, bool(body.get("images")))
    count = len(words(body.get("prompt", ""))) + len(words(body.get("suffix") or ""))
    return _fit(model, body, options, (count, _said(model, body), []))


def embed(model: DoubleModel, text: str, body: dict[str, Any], options: dict[str, Any]) -> tuple[list[float], int]:
    """A normalised vector that depends on the text alone, and its tokens."""
    tokens = words(text)
    limit = context_of(model, options)
    if len(tokens) > limit:
        if body.get("truncate") is False:
            raise Refused(400, TOO_LONG)
        tokens = tokens[:limit]
    seed = hashlib.sha256("".join(tokens).encode()).digest()
    numbers = [(seed[index % 32] - 127.5) / 128 for index in range(model.embedding_length)]
    numbers = numbers[: body.get("dimensions") or None]
    norm = math.sqrt(sum(number * number for number in numbers)) or 1.0
    return [number / norm for number in numbers], len(tokens)


async def lines_of(model: DoubleModel, body: dict[str, Any], answer: Answer) -> AsyncIterator[dict[str, Any]]:
    """The NDJSON lines of an answer, at the model's speed."""
    head, said = {"model": body["model"], "created_at": CREATED}, _message if "messages" in body else _response
    for piece in answer.thinking:
        yield {**head, **said("", {"thinking": piece}), "done": False}
    for piece in answer.pieces:
        await asyncio.sleep(model.seconds_per_token)
        yield {**head, **said(piece, {}), **_logprobs(body, piece), "done": False}
    if answer.tool_calls:
        yield {**head, **said("", {"tool_calls": answer.tool_calls}), "done": False}
    counts = {"eval_count": len(answer.pieces) + len(answer.thinking) or 1, "eval_duration": 4}
    if answer.prompt_tokens:
        counts["prompt_eval_count"] = answer.prompt_tokens
    times = {"total_duration": 9, "load_duration": 1, "prompt_eval_duration": 3}
    yield {**head, **said("", {}), "done": True, "done_reason": answer.done_reason, **times, **counts}


async def whole_of(lines: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
    """The same answer as one object."""
    gathered = [line async for line in lines]
    whole = gathered[-1]
    target = whole.get("message", whole)
    parts = [line.get("message", line) for line in gathered]
    for name in ("content", "response", "thinking", "tool_calls"):
        if pieces := [piece for part in parts for piece in part.get(name) or ()]:
            target[name] = pieces if name == "tool_calls" else "".join(pieces)
    if logprobs := [entry for line in gathered for entry in line.get("logprobs", [])]:
        whole["logprobs"] = logprobs
    return whole


def _message(text: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text, **more}}


def _response(text: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"response": text, **more}


def _logprobs(body: dict[str, Any], piece: str) -> dict[str, Any]:
    if not body.get("logprobs"):
        return {}
    top = [{"token": piece, "logprob": -0.25}, {"token": " else", "logprob": -2.5}][: body.get("top_logprobs") or 0]
    return {"logprobs": [{"token": piece, "logprob": -0.25, "bytes": list(piece.encode()), "top_logprobs": top}]}


def _check_abilities(model: DoubleModel, body: dict[str, Any], images: bool) -> None:
    if "completion" not in model.capabilities:
        raise Refused(400, f'"{model.name}" does not support chat')
    if body.get("tools") and "tools" not in model.capabilities:
        raise Refused(400, f"registry.ollama.ai/library/{model.name} does not support tools")
    if body.get("think") and "thinking" not in model.capabilities:
        raise Refused(400, f'"{model.name}" does not support thinking')
    if images and "vision" not in model.capabilities:
        raise Refused(400, "this model is missing data required for image input")


def _said(model: DoubleModel, body: dict[str, Any]) -> str:
    wanted = body.get("format")
    if isinstance(wanted, dict):
        return _json_for(wanted)
    said = model.reply(body) if callable(model.reply) else model.reply
    return '{"answer": "' + said.replace('"', "'") + '"}' if wanted == "json" else said


def _json_for(schema: dict[str, Any]) -> str:
    inner = ", ".join(f'"{name}": {_value_for(part)}' for name, part in schema.get("properties", {}).items())
    return "{" + inner + "}"


def _value_for(part: dict[str, Any]) -> str:
    values = {"integer": "1", "number": "1.5", "boolean": "true", "array": "[]"}
    if part.get("type") == "object":
        return _json_for(part)
    return values.get(str(part.get("type")), '"text"')


def _tool_calls(model: DoubleModel, tools: Any, last: dict[str, Any]) -> list[dict[str, Any]]:
    if not tools or last.get("role") != "user":
        return []
    function = tools[0]["function"]
    values: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
    properties = (function.get("parameters") or {}).get("properties", {})
    arguments = {name: values.get(str(part.get("type")), "Tokyo") for name, part in properties.items()}
    call: dict[str, Any] = {"function": {"index": 0, "name": function["name"], "arguments": arguments}}
    return [{"id": "call_double0", **call}] if model.tool_ids else [call]


def _fit(
    model: DoubleModel, body: dict[str, Any], options: dict[str, Any], said: tuple[int, str, list[dict[str, Any]]]
) -> Answer:
    prompt, text, calls = said
    limit = context_of(model, options)
    cut = prompt > limit
    if cut and body.get("truncate") is False and not model.ignores_context:
        raise Refused(400, TOO_LONG)
    prompt = min(prompt, limit)
    for stop in options.get("stop") or []:
        text = text.split(stop)[0]
    thinks = "thinking" in model.capabilities and body.get("think") is not False
    thinking = words(model.thinking) if thinks else []
    predict = options.get("num_predict", -1)
    room = limit - prompt if body.get("shift") is False else math.inf
    room = min(room, predict if predict is not None and predict >= 0 else math.inf)
    pieces = words(text)
    kept = pieces if len(pieces) <= room else pieces[: int(room)]
    return Answer(kept, thinking, calls, "length" if len(kept) < len(pieces) else "stop", prompt, cut)
