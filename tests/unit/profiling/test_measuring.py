"""Memory, first tokens and the context that is really used."""

import re

import pytest
from tests.doubles.pretend_model import HOSTED, LOCAL, chatting, check, no_sleep

from smarterrouter.errors import BackendRefused, BackendUnreachable
from smarterrouter.profiling.asking import Line
from smarterrouter.profiling.base import Answer
from smarterrouter.profiling.budget import Budget
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.measuring import measure, memory
from smarterrouter.profiling.questions import Heard, Question, Untouched
from smarterrouter.profiling.tally import Tally
from smarterrouter.profiling.timeouts import Limits


class Reader:
    """Finds facts in prompts of up to so many words; its tokenizer makes two tokens of each word."""

    def __init__(self, words: int = 10**9, seconds_per_word: float = 0.0, fails_at: int = 0) -> None:
        self.words = words
        self.seconds_per_word = seconds_per_word
        self.fails_at = fails_at
        self.lengths: list[int] = []

    async def ask(self, question: Question) -> Heard:
        content = question.messages[-1]["content"]
        count = len(content.split())
        self.lengths.append(2 * count)
        if len(self.lengths) == self.fails_at:
            raise BackendRefused("too long", status=400)
        codes = re.findall(r"The code of the \w+ is (\d+)", content) if count <= self.words else ["?"]
        took = count * self.seconds_per_word * 1000
        return Heard(Answer(" ".join(codes)), 2 * count, 5, first_token_ms=float(count), total_ms=count + took)


class Memory(Untouched):
    def __init__(self, *values: float | Exception | None) -> None:
        self.values = list(values)

    async def memory_gb(self, model) -> float | None:
        value = self.values.pop(0)
        if isinstance(value, Exception):
            raise value
        return value


async def run(reader: Reader, model=LOCAL, hooks=None, ceiling: float | None = None) -> Tally:
    tally = Tally(model, [])
    means = Means(reader.ask, check, sleep=no_sleep)
    await measure(tally, Line(model, means, Budget(model, ceiling)), hooks or Untouched(), Limits(), seed=1)
    return tally


async def test_first_tokens_are_measured_at_three_lengths_as_the_backend_counts_them():
    tally = await run(Reader(), chatting(LOCAL, context_tokens=8192))
    lengths = [length for length, _ in tally.waits]
    assert len(lengths) == 3
    assert all(wait == pytest.approx(length / 2) for length, wait in tally.waits)
    assert lengths[2] == pytest.approx(4096, rel=0.2)  # two tokens a word were learned from the shorter prompts
    assert tally.tokens > sum(lengths)


async def test_no_prompt_is_longer_than_the_context():
    reader = Reader()
    tally = await run(reader, chatting(LOCAL, context_tokens=2048))
    assert max(reader.lengths) <= 2300
    assert 1700 < tally.effective_context < 2300


async def test_the_effective_context_ends_where_facts_are_lost():
    tally = await run(Reader(words=3000), chatting(LOCAL, context_tokens=32768))
    assert 3800 < tally.effective_context < 6000
    assert (await run(Reader(words=10))).effective_context == 0


async def test_a_slow_model_is_not_asked_to_read_for_minutes():
    reader = Reader(seconds_per_word=0.06)
    tally = await run(reader, chatting(LOCAL, context_tokens=32768))
    assert max(reader.lengths) < 4096
    assert tally.effective_context < 4096


async def test_hosted_models_are_not_made_to_read_for_money():
    reader = Reader()
    await run(reader, HOSTED)
    assert max(reader.lengths) < 12_000


async def test_the_price_ceiling_ends_it_quietly():
    reader = Reader()
    tally = await run(reader, HOSTED, ceiling=0.0015)
    assert len(reader.lengths) == 2
    assert tally.effective_context is None


async def test_what_is_refused_stays_unknown_and_what_was_found_stays():
    tally = await run(Reader(fails_at=6), chatting(LOCAL, context_tokens=32768))
    assert len(tally.waits) == 3
    assert tally.effective_context == pytest.approx(2048, rel=0.2)
    assert (await run(Reader(fails_at=1))).waits == []


async def test_backends_that_do_not_count_are_taken_at_their_nominal_length():
    class Silent(Reader):
        async def ask(self, question: Question) -> Heard:
            heard = await super().ask(question)
            return Heard(heard.answer, total_ms=heard.total_ms)

    tally = await run(Silent(), chatting(LOCAL, context_tokens=4200))
    assert [length for length, _ in tally.waits] == [128, 1024, 4096]
    assert tally.effective_context == 4136


async def test_the_most_memory_ever_seen_counts():
    tally, hooks = Tally(LOCAL, []), Memory(3.5, 5.0, None, 4.0, BackendUnreachable("gone"), OSError("gone"))
    for _ in range(6):
        await memory(tally, hooks)
    assert tally.vram_gb == 5.0


async def test_memory_that_nobody_can_tell_is_unknown():
    tally = Tally(LOCAL, [])
    await memory(tally, Memory(None))
    assert tally.vram_gb is None
