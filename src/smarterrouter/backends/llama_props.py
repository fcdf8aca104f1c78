"""What llama.cpp says of a model beyond `/v1/models`: its `/props` and, in router mode, how it would start it.

Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import structs

from smarterrouter.domain.models import Offer

_THOUGHTS = ("<think>", "reasoning_content", "enable_thinking")
_SIZES = {" - Small": "_S", " - Medium": "_M", " - Large": "_L"}
_TABLE_NAME = re.compile(r"(?:I?Q\d\w*|T?Q\d\w*|B?F\d+|MXFP\d\w*)", re.IGNORECASE)


def enrich(offer: Offer, props: Mapping[str, Any], *, embeddings: bool | None) -> Offer:
    """`offer` with what `/props` says; `embeddings` tells whether the server makes embeddings, None for unknown.

    llama.cpp serves a model either for embeddings or for text: a server with `--embeddings` is for embeddings only.
    """
    says = {"embeddings"} if embeddings else {"chat", "json", *_template(props)}
    denies = {"chat", "tools", "json", "thinking"} if embeddings else {"embeddings"} if embeddings is False else set()
    vision = _mapping(props.get("modalities")).get("vision")
    if isinstance(vision, bool):
        (says if vision else denies).add("vision")
    return structs.replace(
        offer,
        capabilities=frozenset(says),
        denied=frozenset(denies),
        context_tokens=_whole(_mapping(props.get("default_generation_settings")).get("n_ctx")) or offer.context_tokens,
        quantisation=quantisation(props.get("model_ftype")) or offer.quantisation,
    )


def planned_embeddings(arguments: Sequence[str]) -> bool | None:
    """Does a router start the model for embeddings? None when there is no command line to tell."""
    return any(flag in arguments for flag in ("--embedding", "--embeddings")) if arguments else None


def planned_context(arguments: Sequence[str]) -> int | None:
    """What one request would get of a model that a router has not loaded: its context is divided between requests."""
    named = dict(itertools.pairwise(arguments))
    context, parallel = _digits(named.get("--ctx-size")), _digits(named.get("--parallel"))
    if not context or not parallel or "--kv-unified" in arguments:
        return None
    return context // parallel


def quantisation(words: object) -> str | None:
    """The usual short name for llama.cpp's description: Q4_K_M for `Q4_K - Medium`, F32 for `all F32`."""
    if not isinstance(words, str):
        return None
    for long, short in _SIZES.items():
        words = words.replace(long, short)
    found = _TABLE_NAME.search(words)
    return found[0].upper() if found else None


def _template(props: Mapping[str, Any]) -> set[str]:
    """What the chat template knows. Older servers do not describe it, then its text has to do."""
    text = str(props.get("chat_template", ""))
    described = _mapping(props.get("chat_template_caps"))
    tools = described.get("supports_tools") and described.get("supports_tool_calls") if described else "tools" in text
    thinks = any(word in text for word in _THOUGHTS)
    return {name for name, yes in (("tools", tools), ("thinking", thinks)) if yes}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _digits(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0
