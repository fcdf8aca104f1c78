"""What OpenAI-compatible servers say in `/v1/models` beyond the name: each extra read where some server puts it."""

from collections.abc import Mapping
from typing import Any

from smarterrouter.domain.models import Offer, Price

_CONTEXT = ("max_model_len", "context_window", "context_length", "max_context_length", "max_input_tokens")
"""vLLM; Groq; OpenRouter, Together and Fireworks; Mistral and LM Studio; Anthropic."""
_FLAGS = {
    "completion_chat": "chat",
    "function_calling": "tools",
    "vision": "vision",
    "supports_chat": "chat",
    "supports_tools": "tools",
    "supports_image_input": "vision",
}
"""Mistral's `capabilities` and Fireworks' flags, in our words."""
_KINDS = {"embedding": "embeddings", "embeddings": "embeddings", "vlm": "vision", "llm": "chat", "chat": "chat"}
"""Together's and LM Studio's `type`."""


def read(item: Mapping[str, Any], backend: str, *, local: bool) -> Offer | None:
    """One entry of `data` as an offer; None when it has no usable id."""
    name = item.get("id")
    if not isinstance(name, str) or not name:
        return None
    says, denies = _capabilities(item)
    meta = _mapping(item.get("meta"))
    return Offer(
        backend=backend,
        name=name,
        capabilities=frozenset(says) if says else None,
        denied=frozenset(denies - says),
        parameters_b=_billions(meta.get("n_params")),
        context_tokens=_context(item, meta),
        size_bytes=_positive(meta.get("size")),
        created=_positive(item.get("created")) or 0,
        loaded=_loaded(item),
        local=local,
        price=_price(_mapping(item.get("pricing"))),
    )


def _capabilities(item: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    says: set[str] = set()
    denies: set[str] = set()
    for source in (item, _mapping(item.get("capabilities"))):
        for name, ours in _FLAGS.items():
            if isinstance(flag := source.get(name), bool):
                (says if flag else denies).add(ours)
    modalities = _mapping(item.get("architecture")).get("input_modalities")
    if isinstance(modalities, list):
        (says if "image" in modalities else denies).add("vision")
    parameters = item.get("supported_parameters")
    if isinstance(parameters, list):
        (says if "tools" in parameters else denies).add("tools")
        (says if {"response_format", "structured_outputs"} & set(map(str, parameters)) else denies).add("json")
    if (kind := _KINDS.get(str(item.get("type")))) is not None:
        says.add(kind)
        if kind == "vision":
            says.add("chat")
    return says, denies


def _context(item: Mapping[str, Any], meta: Mapping[str, Any]) -> int | None:
    for name in _CONTEXT:
        if (value := _positive(item.get(name))) is not None:
            return value
    return _positive(meta.get("n_ctx")) or _positive(meta.get("n_ctx_train"))


def _loaded(item: Mapping[str, Any]) -> bool | None:
    state = _mapping(item.get("status")).get("value") or item.get("state")
    return None if state is None else state == "loaded"


def _price(pricing: Mapping[str, Any]) -> Price | None:
    """OpenRouter's prices are dollars for one token, as strings; negative means that they vary."""
    try:
        prompt, completion = float(pricing["prompt"]), float(pricing["completion"])
    except (KeyError, TypeError, ValueError):
        return None
    return Price(prompt * 1e6, completion * 1e6) if prompt >= 0 and completion >= 0 else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _positive(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1 else None


def _billions(value: object) -> float | None:
    count = _positive(value)
    return None if count is None else count / 1e9
