"""What Ollama says of its models (/api/tags, /api/show, /api/ps) as offers. Pure functions over decoded JSON.

Source: https://github.com/ollama/ollama/blob/main/docs/api.md.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from smarterrouter.domain.models import Offer
from smarterrouter.errors import BackendGarbage

_WORDS = {
    "completion": "chat",
    "embedding": "embeddings",
    "vision": "vision",
    "tools": "tools",
    "thinking": "thinking",
}
"""Ollama's capabilities in our words; the others (insert, image, audio) mean nothing to the gateway."""
_PARAMETERS = re.compile(r"(?:(\d+)x)?(\d+(?:\.\d+)?)([KMBT])", re.IGNORECASE)
_BILLIONS = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}


class Loaded(Struct, frozen=True):
    """A model that is in memory. Sizes are bytes; `vram_bytes` 0 means that it runs on the processor alone."""

    name: str
    size_bytes: int = 0
    vram_bytes: int = 0
    context_tokens: int | None = None


def listed(answer: Any, where: str) -> list[Mapping[str, Any]]:
    """The models of /api/tags or /api/ps. Raise `BackendGarbage` when there is no list of them."""
    models = answer.get("models") if isinstance(answer, dict) else None
    if models is None and isinstance(answer, dict) and "models" in answer:
        return []  # Go writes an empty list as null
    if not isinstance(models, list):
        raise BackendGarbage(f"{where} answered a model list without `models`.")
    return [model for model in models if isinstance(model, dict) and name_of(model)]


def name_of(model: Mapping[str, Any]) -> str:
    """The full name with its tag; older servers have only one of the two members."""
    return str(model.get("model") or model.get("name") or "")


def loaded(model: Mapping[str, Any]) -> Loaded:
    """One entry of /api/ps."""
    size, vram = _count(model.get("size")) or 0, _count(model.get("size_vram")) or 0
    return Loaded(name_of(model), size, vram, _count(model.get("context_length")))


def offer(tag: Mapping[str, Any], shown: Mapping[str, Any], backend: str, most: int | None) -> Offer:
    """One model: its entry of /api/tags, what /api/show says (or nothing), the operator's limit."""
    details = {**_mapping(tag.get("details")), **_mapping(shown.get("details"))}
    info = _mapping(shown.get("model_info"))
    words = shown.get("capabilities", tag.get("capabilities"))
    says = _capabilities(words)
    return Offer(
        backend=backend,
        name=name_of(tag),
        capabilities=says,
        denied=frozenset() if says is None else frozenset(_WORDS.values()) - says,
        parameters_b=_parameters(info, details),
        quantisation=_quantisation(details),
        context_tokens=_context(info, details, most),
        size_bytes=_count(tag.get("size")),
        digest=_text(tag.get("digest")),
        family=_text(details.get("family")) or _text(info.get("general.architecture")),
        created=_seconds(tag.get("modified_at")),
        local=not (tag.get("remote_host") or tag.get("remote_model")),
    )


def _capabilities(words: Any) -> frozenset[str] | None:
    """None from servers that do not say. Whatever completes text can be held to JSON, by Ollama."""
    if not isinstance(words, list) or not words:
        return None
    says = {_WORDS[word] for word in words if word in _WORDS}
    return frozenset(says | {"json"} if "chat" in says else says)


def _parameters(info: Mapping[str, Any], details: Mapping[str, Any]) -> float | None:
    """In billions: counted where the file says, else as printed ("7.6B", "494.03M", "8x7B")."""
    if (count := _count(info.get("general.parameter_count"))) is not None:
        return count / 1e9
    match = _PARAMETERS.fullmatch(str(details.get("parameter_size") or "").strip())
    return None if match is None else int(match[1] or 1) * float(match[2]) * _BILLIONS[match[3].upper()]


def _quantisation(details: Mapping[str, Any]) -> str | None:
    level = (_text(details.get("quantization_level")) or "").upper()
    return None if level in {"", "UNKNOWN"} else level


def _context(info: Mapping[str, Any], details: Mapping[str, Any], most: int | None) -> int | None:
    made_for = _count(info.get(f"{info.get('general.architecture')}.context_length"))
    limits = [limit for limit in (made_for or _count(details.get("context_length")), most) if limit is not None]
    return min(limits, default=None)


def _seconds(moment: Any) -> int:
    """Unix seconds of an RFC 3339 time; 0 when it is none. Go prints nine digits of a second; Python reads six."""
    try:
        return max(int(datetime.fromisoformat(str(moment)).timestamp()), 0)
    except (ValueError, OverflowError):
        return 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else None
