"""`Line`: the one way to a model while it is profiled: money, room for one more, then the question."""

import asyncio
import logging
import math
from typing import Any

import msgspec

from smarterrouter.domain.models import Model
from smarterrouter.errors import BackendBusy, BackendLimited, BackendTimeout, BackendUnreachable
from smarterrouter.profiling.budget import Budget
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.questions import KEEP_ALIVE_SECONDS, Heard, Question

log = logging.getLogger(__name__)

REASONING_ROOM = 4096
"""Tokens that a model which thinks first gets beside the room for its answer."""
TRIES = 3
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 60.0
_CHARACTERS_A_TOKEN = 4


class Spent(Exception):
    """The next question could cost more than is left."""


class Line:
    """Asks one model, one question at a time."""

    def __init__(self, model: Model, means: Means, budget: Budget) -> None:
        """The gate of `means.hooks` is awaited before every call, so that users go first."""
        self.model = model
        self.budget = budget
        self._means = means
        self._scale = 1.0
        """How many times longer than estimated a prompt has turned out to be, at most."""

    def question(
        self, messages: tuple[dict[str, Any], ...], max_tokens: int, timeout: float, *, thinks: bool = False
    ) -> Question:
        """A question to this model. One that thinks first gets room for it."""
        room = max_tokens + (REASONING_ROOM if thinks else 0)
        return Question(self.model, messages, room, timeout, keep_alive=KEEP_ALIVE_SECONDS if self.model.local else 0.0)

    async def ask(self, question: Question) -> Heard:
        """The answer.

        Raises `Spent`, or an error of `smarterrouter.errors`: at once where another try is no use, after three tries
        where the backend was busy or could not be reached.
        """
        for turn in range(TRIES - 1):
            try:
                return await self._once(question)
            except (BackendBusy, BackendLimited, BackendUnreachable) as error:
                pause = min(error.retry_after or _FIRST_PAUSE * 2**turn, _LONGEST_PAUSE)
                log.info("%s is busy, asking again in %.0f s: %s", self.model.key, pause, error.message)
                await self._means.sleep(pause)
        return await self._once(question)

    async def _once(self, question: Question) -> Heard:
        estimate = _estimate((question.messages, question.tools))
        expected = math.ceil(estimate * self._scale)
        if not self.budget.allows(expected, question.max_tokens):
            raise Spent
        await self._means.hooks.gate()
        try:
            async with asyncio.timeout(question.timeout):
                heard = await self._means.ask(question)
        except TimeoutError:
            raise BackendTimeout(f"{self.model.key} did not answer within {question.timeout:.0f} s.") from None
        self._scale = max(self._scale, heard.prompt_tokens / estimate)
        answered = heard.completion_tokens or _estimate(heard.answer)
        self.budget.spend(heard.prompt_tokens or expected, answered)
        return heard


def _estimate(value: object) -> int:
    return len(msgspec.json.encode(value)) // _CHARACTERS_A_TOKEN + 1
