"""What is measured beside the questions: memory, first tokens by prompt length, the context that is really used."""

import logging

from smarterrouter.errors import GatewayError
from smarterrouter.profiling.asking import Line, Spent
from smarterrouter.profiling.questions import Heard, Hooks
from smarterrouter.profiling.speed import FIRST_TOKEN_LENGTHS, NEEDLE_LENGTHS, lengths, reading, search
from smarterrouter.profiling.tally import Tally
from smarterrouter.profiling.timeouts import Limits, adapted

log = logging.getLogger(__name__)

LONGEST_LOCAL = 32_768
LONGEST_HOSTED = 8192
"""Tokens of the longest prompt; where each token costs money, the search for facts ends earlier."""
PATIENCE_SECONDS = 120.0
"""A prompt that would probably take longer than this is not tried: nobody would wait for it in use either."""
_GROWTH = {"reading": 5.0, "search": 2.5}
"""The next length takes about so much longer: it is four and two times as long, and time grows a little faster."""
_ONE_WORD = 8
_CODES_ROOM = 40


async def measure(tally: Tally, line: Line, hooks: Hooks, limits: Limits, seed: int) -> None:
    """Fill in the tally what can be measured. What fails stays unknown; nothing is raised but cancellation."""
    try:
        await _first_tokens(tally, line, limits, seed)
        await _context(tally, line, limits, seed)
    except (GatewayError, Spent) as problem:
        log.info("measuring %s ended early: %s", tally.model.key, problem or "the price ceiling")
    await memory(tally, hooks)


async def memory(tally: Tally, hooks: Hooks) -> None:
    """Note the memory it takes now; the most ever seen counts."""
    try:
        found = await hooks.memory_gb(tally.model)
    except (GatewayError, OSError) as error:
        log.info("memory of %s cannot be measured: %s", tally.model.key, error)
        return
    if found is not None:
        tally.vram_gb = max(found, tally.vram_gb or 0.0)


async def _first_tokens(tally: Tally, line: Line, limits: Limits, seed: int) -> None:
    for length in lengths(FIRST_TOKEN_LENGTHS, tally.model.can.context_tokens, longest=FIRST_TOKEN_LENGTHS[-1]):
        limit = max(PATIENCE_SECONDS, adapted(tally.model, tally.recent, _ONE_WORD, limits, thinks=tally.thinks))
        heard = await line.ask(line.question(reading(length, seed, tally.ratio), _ONE_WORD, limit))
        tally.measured(heard)
        waited = heard.total_ms if heard.first_token_ms is None else heard.first_token_ms
        tally.waits.append((heard.prompt_tokens or length, waited))
        if heard.prompt_tokens > length // 2:  # else a template of another model's, or no count at all
            tally.ratio *= min(max(heard.prompt_tokens / length, 0.25), 8.0)
        if _too_slow(heard, "reading"):
            return


async def _context(tally: Tally, line: Line, limits: Limits, seed: int) -> None:
    longest = LONGEST_LOCAL if tally.model.local else LONGEST_HOSTED
    for length in lengths(NEEDLE_LENGTHS, tally.model.can.context_tokens, longest=longest):
        task = search(length, seed, tally.ratio)
        limit = max(PATIENCE_SECONDS, adapted(tally.model, tally.recent, _CODES_ROOM, limits, thinks=tally.thinks))
        heard = await line.ask(line.question(task.messages, _CODES_ROOM, limit, thinks=tally.thinks))
        tally.measured(heard)
        if not task.found(heard.answer.text):
            tally.effective_context = tally.effective_context or 0
            return
        tally.effective_context = heard.prompt_tokens or length
        if _too_slow(heard, "search"):
            return


def _too_slow(heard: Heard, kind: str) -> bool:
    return heard.total_ms / 1000 * _GROWTH[kind] > PATIENCE_SECONDS
