"""What a model can do, read from its name, with patterns of the user's own on top."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from msgspec import Struct

from smarterrouter.catalog import names
from smarterrouter.catalog.known_capabilities import (
    DOES_NOT_CHAT,
    EMBEDS,
    ONLY_BY_NAME,
    RANKS,
    THINKING,
    TOOLS,
    VISION,
    Row,
)

CAPABILITIES = frozenset({"chat", "embeddings", "vision", "tools", "json", "thinking"})
_SYNONYMS = {"embedding": "embeddings", "text": "chat", "completion": "chat", "reasoning": "thinking", "tool": "tools"}

Custom = Mapping[str, list[str]]
"""Capability to patterns, as in `{"vision": ["my-camera-*", "sees"]}`."""


class Hints(Struct, frozen=True):
    """What a name suggests. None: it does not say."""

    chat: bool = True
    embeddings: bool = False
    vision: bool | None = None
    tools: bool | None = None
    thinking: bool | None = None
    only_by_name: bool = False
    """It serves who asks for it by name, but is no help with anybody's prompt: a safety classifier, a base model."""
    stated: frozenset[str] = frozenset()
    """Capabilities that the user's own patterns give; they count more than what anybody else says."""


def read_name(name: str, custom: Custom) -> Hints:
    """Table of known names, whole words only; then `custom`: globs where they hold `*?[`, else parts of the name."""
    text = names.canonical(name)
    stated = frozenset(_stated(name.lower(), custom))
    embeds = RANKS.search(text) is None and EMBEDS.search(text) is not None
    if embeds or RANKS.search(text) or DOES_NOT_CHAT.search(text):
        return Hints(chat=False, embeddings=embeds, vision=False, tools=False, thinking=False, stated=stated)
    return Hints(
        vision=_any(VISION, text),
        tools=_any(TOOLS, text),
        thinking=_any(THINKING, text),
        only_by_name=ONLY_BY_NAME.search(text) is not None,
        stated=stated,
    )


def unknown(custom: Custom) -> list[str]:
    """Names in `custom` that are no capability, so that somebody can be told."""
    return sorted(word for word in custom if _ours(word) not in CAPABILITIES)


def _any(rows: tuple[Row, ...], text: str) -> bool | None:
    return True if any(row.speaks_for(text) for row in rows) else None


def _stated(name: str, custom: Custom) -> list[str]:
    return [
        _ours(word)
        for word, patterns in custom.items()
        if _ours(word) in CAPABILITIES and any(_fits(name, pattern.lower()) for pattern in patterns)
    ]


def _ours(word: str) -> str:
    lowered = word.strip().lower()
    return _SYNONYMS.get(lowered, lowered)


def _fits(name: str, pattern: str) -> bool:
    if not pattern:
        return False
    if any(sign in pattern for sign in "*?["):
        return fnmatchcase(name, pattern) or fnmatchcase(name.rpartition("/")[2], pattern)
    return pattern in name
