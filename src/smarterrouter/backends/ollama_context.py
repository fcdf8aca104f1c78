"""How much context an Ollama model is asked to hold, so that nothing of a prompt is ever cut silently.

Ollama serves a model with `num_ctx` tokens for prompt and answer together and drops the oldest part of what does not
fit; its default is far below what most models can do. Another `num_ctx` than the loaded one reloads the model, so it
grows in few, large steps and does not shrink while the model stays loaded.
"""

import logging
from math import ceil

from msgspec import Struct

from smarterrouter.domain.models import Model
from smarterrouter.wire import content, tokens
from smarterrouter.wire.calls import ChatCall

SMALLEST = 4096
"""Ollama's own default; asking for less saves next to nothing."""
ANSWER = 4096
"""Tokens kept free for an answer whose length the caller did not limit."""
_DOUBLING_UP_TO = 32768
UNKNOWN = 32768
"""The most that is asked for when nobody says what a model can do; a context takes memory whether it is used or not."""
_STEP = 16384
"""Above the last power of two it grows by this much, because the memory of a doubling would be wasted."""
_TELLING = 1024
"""Prompts estimated below this many tokens are too small to conclude anything from a count."""

_MARGIN = 1.3
"""Estimates are low by up to a quarter for usual texts."""
_SPARE = 128
"""What a chat template adds to a short prompt."""

log = logging.getLogger(__name__)


class Need(Struct, frozen=True):
    """How many tokens a prompt has: probably, with a margin, and at most."""

    estimate: int
    """0 when nothing can be concluded from a count that is lower, as with images."""
    likely: int
    bound: int

    @classmethod
    def of_chat(cls, call: ChatCall) -> "Need":
        """The need of a whole conversation."""
        estimate = tokens.estimate(call)
        images = content.image_count(call.request.messages)
        bound = tokens.upper_bound(call)
        return cls(0 if images else estimate, min(_with_margin(estimate), bound), bound)

    @classmethod
    def of_texts(cls, texts: list[str]) -> "Need":
        """The need of the longest of `texts`, each of which is a prompt of its own."""
        estimate = max(map(tokens.text_tokens, texts), default=0)
        bound = max(map(tokens.text_bound, texts), default=0) + _SPARE
        return cls(estimate, min(_with_margin(estimate), bound), bound)


def _with_margin(estimate: int) -> int:
    return ceil(estimate * _MARGIN) + _SPARE


def rounded(tokens: int) -> int:
    """The step that holds `tokens`: powers of two from 4096 to 32768, then multiples of 16384."""
    if tokens > _DOUBLING_UP_TO:
        return -(-tokens // _STEP) * _STEP
    return max(SMALLEST, 1 << (tokens - 1).bit_length()) if tokens > 0 else SMALLEST


def looks_cut(estimate: int, counted: int) -> bool:
    """Did Ollama read clearly less than was sent? `counted` is its `prompt_eval_count`, 0 when it gave none.

    True when it counted under half of what the prompt was estimated at. Estimates are rarely that far off; older
    servers leave out tokens they had cached, so this is a reason to warn, not to fail.
    """
    return estimate >= _TELLING and 0 < counted * 2 < estimate


class Contexts:
    """The context each model was last served with. One owner: the backend that holds it."""

    def __init__(self, most: int | None) -> None:
        """`most` is what the operator grants to one request, None for what the model can do."""
        self._most = most
        self._served: dict[str, int] = {}
        self._warned: set[str] = set()

    def grant(self, model: Model, tokens: int, wish: int | None = None) -> int:
        """`num_ctx` for a request that needs `tokens`; `wish` is the caller's own `num_ctx`.

        Never above what the model or the operator allows, even when the request then does not fit: it is sent with
        `truncate: false`, so that Ollama refuses it.
        """
        context = wish or max(rounded(tokens), self._served.get(model.name, 0))
        limits = [limit for limit in (model.can.context_tokens, self._most) if limit is not None]
        context = min(context, *(limits or [UNKNOWN]))
        self._served[model.name] = context
        return context

    def forget(self, name: str) -> None:
        """The model was unloaded."""
        self._served.pop(name, None)

    def saw(self, loaded: dict[str, int | None]) -> None:
        """Take over what `/api/ps` says: contexts of loaded models by name; the others start afresh."""
        known = self._served
        found = {name: context or known.get(name) for name, context in loaded.items()}
        self._served = {name: context for name, context in found.items() if context}

    def check(self, name: str, estimate: int, counted: int) -> None:
        """Warn, once for each model, when an answer was given to a part of the prompt only."""
        if looks_cut(estimate, counted) and name not in self._warned:
            self._warned.add(name)
            log.warning(
                "%s read %d tokens of a prompt estimated at %d: it may have been cut; "
                "is its context limited on the server?",
                name,
                counted,
                estimate,
            )
