"""Requests from OpenAI's shape to Ollama's. Source: https://github.com/ollama/ollama/blob/main/docs/api.md.

Nothing is dropped silently: a member is translated, or refused where leaving it out would change the meaning, or noted.
"""

from typing import Any

import msgspec

from smarterrouter.backends.ollama_messages import offered, translate
from smarterrouter.errors import CannotHonour
from smarterrouter.wire.calls import ChatCall, CompletionCall, EmbedCall
from smarterrouter.wire.chat import ChatRequest, ResponseFormat
from smarterrouter.wire.raw import RawBody

_SAMPLING = {
    **{name: name for name in ("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty")},
    **{name: name for name in ("top_k", "min_p", "typical_p", "tfs_z", "repeat_penalty", "repeat_last_n")},
    **{name: name for name in ("mirostat", "mirostat_tau", "mirostat_eta", "num_keep", "num_ctx")},
    "repetition_penalty": "repeat_penalty",  # the spelling of vLLM and OpenRouter
}
"""Request members that Ollama knows as options, and their names there."""
_OWN = frozenset({"options", "keep_alive", "truncate", "shift"})
"""Ollama's own members, honoured where a caller sends them as extras."""
_CHAT = frozenset(
    {"model", "messages", "stream", "stream_options", "tools", "tool_choice", "functions", "response_format"}
)
_CHAT_KNOWN = (
    frozenset(_SAMPLING)
    | _OWN
    | _CHAT
    | {"max_tokens", "max_completion_tokens", "n", "stop", "logit_bias", "logprobs", "top_logprobs"}
    | {"reasoning_effort", "think", "format"}
)
_TEXT_KNOWN = (
    frozenset(_SAMPLING)
    | _OWN
    | {"model", "prompt", "stream", "stream_options", "suffix", "max_tokens", "n", "best_of", "stop", "logprobs"}
    | {"echo", "logit_bias", "format"}
)
_EMBED_KNOWN = frozenset({"model", "input", "dimensions", "encoding_format", "options", "keep_alive", "truncate"})
_REFUSED = frozenset({"functions", "function_call", "audio", "web_search_options"})
"""Members that change what the answer is and that Ollama has nothing for."""
_EFFORTS: dict[str, bool | str] = {"none": False, "minimal": "low", "xhigh": "max"}
"""`reasoning_effort` where `think` has another word for it; low, medium, high and max are the same in both."""


class Asked(msgspec.Struct):
    """One translated request: `bodies` holds one upstream body for each choice, not yet encoded."""

    bodies: list[dict[str, Any]]
    notes: tuple[str, ...] = ()
    echoes: tuple[str, ...] = ()
    """For each choice the text that `echo` puts before it; empty without `echo`."""


def chat(call: ChatCall, name: str, keep_alive: int, can_think: bool | None) -> Asked:
    """A chat request. `name` is what Ollama calls the model, `can_think` whether it is known to think.

    Raise `CannotHonour` for what Ollama cannot do and what may not be left out.
    """
    request, body = call.request, call.body
    _refuse(body, request.logit_bias)
    notes = _unknown(body, _CHAT_KNOWN)
    made = _start(body, name, keep_alive)
    made["messages"] = translate(request.messages, notes)
    made["options"] = _options(body, request.stop, _limit(request))
    _add_tools(made, request, notes)
    if (wanted := _format(body, request.response_format)) is not None:
        made["format"] = wanted
    _add_thinking(made, body, request.reasoning_effort, can_think, notes)
    if request.logprobs:
        made["logprobs"] = True
        if request.top_logprobs:
            made["top_logprobs"] = request.top_logprobs
    return Asked(_choices([made], request.n or 1), tuple(sorted(notes)))


def complete(call: CompletionCall, name: str, keep_alive: int) -> Asked:
    """A text completion. Prompts are continued as they stand (`raw`), except between two texts.

    With a suffix the model's own template has to say how the two parts are marked; `raw` would drop the suffix.
    """
    request, body = call.request, call.body
    _refuse(body, request.logit_bias)
    if request.best_of is not None and request.best_of > (request.n or 1):
        raise CannotHonour("Ollama cannot choose the best of several completions.", param="best_of")
    if request.echo and request.logprobs is not None:
        raise CannotHonour("Ollama gives no log probabilities of the prompt.", param="echo")
    prompts = _prompts(request.prompt)
    made = _start(body, name, keep_alive)
    made["options"] = _options(body, request.stop, _positive(request.max_tokens, "max_tokens"))
    made |= {"suffix": request.suffix} if request.suffix else {"raw": True}
    if body.has("format"):
        made["format"] = body.members["format"]
    if request.logprobs is not None:
        made["logprobs"] = True
        made["top_logprobs"] = request.logprobs
    bodies = _choices([{**made, "prompt": prompt} for prompt in prompts], request.n or 1)
    echoes = tuple(each["prompt"] for each in bodies) if request.echo else ()
    return Asked(bodies, tuple(sorted(_unknown(body, _TEXT_KNOWN))), echoes)


def embed(call: EmbedCall, name: str, keep_alive: int) -> Asked:
    """An embeddings request; all texts go in one batch. Token ids belong to another tokenizer and are refused."""
    request, body = call.request, call.body
    if (texts := request.texts) is None:
        raise CannotHonour("Ollama embeds texts, not token ids.", param="input")
    made = _start(body, name, keep_alive)
    made["input"] = texts
    made["options"] = _own_options(body)
    for unused in ("stream", "shift"):
        del made[unused]
    if request.dimensions is not None:
        made["dimensions"] = request.dimensions
    return Asked([made], tuple(sorted(_unknown(body, _EMBED_KNOWN))))


def _start(body: RawBody, name: str, keep_alive: int) -> dict[str, Any]:
    """What every request carries. `truncate` and `shift` off: refuse what does not fit, end an answer at the limit."""
    made: dict[str, Any] = {"model": name, "stream": False, "truncate": False, "shift": False, "keep_alive": keep_alive}
    if body.has("stream"):
        made["stream"] = body.members["stream"]
    for member in ("keep_alive", "truncate", "shift"):
        if body.has(member):
            made[member] = body.members[member]
    return made


def _unknown(body: RawBody, known: frozenset[str]) -> set[str]:
    return {member for member in body.members.keys() - known if body.has(member)}


def _refuse(body: RawBody, logit_bias: dict[str, float] | None) -> None:
    if logit_bias:
        raise CannotHonour("Ollama cannot honour `logit_bias`.", param="logit_bias")
    for member in sorted(_REFUSED & body.members.keys()):
        if body.has(member):
            raise CannotHonour(f"Ollama cannot honour `{member}`.", param=member)


def _options(body: RawBody, stop: str | list[str] | None, limit: int | None) -> dict[str, Any]:
    """All sampling members; the caller's own `options` win over them, being the more exact wish."""
    members = body.members
    options: dict[str, Any] = {theirs: members[ours] for ours, theirs in _SAMPLING.items() if body.has(ours)}
    if stop:
        options["stop"] = [stop] if isinstance(stop, str) else stop
    if limit is not None:
        options["num_predict"] = limit
    return options | _own_options(body)


def _own_options(body: RawBody) -> dict[str, Any]:
    options = body.get("options")
    if options is not None and not isinstance(options, dict):
        raise CannotHonour("`options` must be an object.", param="options")
    return options or {}


def _limit(request: ChatRequest) -> int | None:
    if request.max_completion_tokens is not None:
        return _positive(request.max_completion_tokens, "max_completion_tokens")
    return _positive(request.max_tokens, "max_tokens")


def _positive(limit: int | None, param: str) -> int | None:
    """Ollama reads 0 as no limit, which is the opposite of what was asked."""
    if limit == 0:
        raise CannotHonour(f"Ollama cannot honour `{param}` 0.", param=param)
    return limit


def _add_tools(made: dict[str, Any], request: ChatRequest, notes: set[str]) -> None:
    choice = request.tool_choice
    if request.parallel_tool_calls is not None:
        notes.add("parallel_tool_calls")
    if not request.tools or choice == "none":
        return
    if choice is not None and choice != "auto":
        raise CannotHonour(
            "Ollama cannot be made to call a tool: `tool_choice` must be auto or none.", param="tool_choice"
        )
    if request.parallel_tool_calls is False:
        raise CannotHonour("Ollama cannot be limited to one tool call.", param="parallel_tool_calls")
    made["tools"] = offered(request.tools, notes)


def _format(body: RawBody, wanted: ResponseFormat | None) -> Any:
    """`json`, a schema, or None. An extra `format` member is Ollama's own and wins."""
    if body.has("format"):
        return body.members["format"]
    if wanted is None or wanted.type == "text":
        return None
    if wanted.type == "json_object":
        return "json"
    if wanted.type == "json_schema":
        schema = wanted.json_schema.get("schema") if isinstance(wanted.json_schema, dict) else None
        return "json" if schema is None else schema
    raise CannotHonour(f"Ollama does not know the response format `{wanted.type}`.", param="response_format")


def _add_thinking(
    made: dict[str, Any], body: RawBody, effort: str | None, can_think: bool | None, notes: set[str]
) -> None:
    """`think` from the extra of that name, else from `reasoning_effort`; a model known not to think is not asked to."""
    if body.has("think"):
        made["think"] = body.members["think"]
    elif effort is not None and can_think is False:
        if effort != "none":
            notes.add("reasoning_effort")
    elif effort is not None:
        made["think"] = _EFFORTS.get(effort, effort)


def _prompts(prompt: str | list[str | int | list[int]]) -> list[str]:
    given = [prompt] if isinstance(prompt, str) else prompt
    texts = [each for each in given if isinstance(each, str)]
    if len(texts) != len(given):
        raise CannotHonour("Ollama continues texts, not token ids.", param="prompt")
    if not all(texts):
        raise CannotHonour("Ollama takes an empty prompt as an order to load the model.", param="prompt")
    return texts


def _choices(bodies: list[dict[str, Any]], n: int) -> list[dict[str, Any]]:
    """`n` bodies for each. A seed is counted up, else all choices of one prompt would be the same."""
    return [body if at == 0 else _reseeded(body, at) for body in bodies for at in range(n)]


def _reseeded(body: dict[str, Any], by: int) -> dict[str, Any]:
    seed = body["options"].get("seed")
    if seed is None:
        return body
    number = msgspec.json.decode(seed) if isinstance(seed, msgspec.Raw) else seed
    return {**body, "options": {**body["options"], "seed": number + by}}


def tokens_wished(asked: Asked) -> tuple[int, int | None]:
    """The answer's most tokens (0 when not said) and the caller's own `num_ctx`, out of the translated options."""
    options = asked.bodies[0]["options"]
    predict, context = (_number(options.get(name)) for name in ("num_predict", "num_ctx"))
    return max(predict or 0, 0), context if context is not None and context > 0 else None


def _number(value: Any) -> int | None:
    value = msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value
    return int(value) if isinstance(value, int | float) else None
