"""Chat requests that all differ, of a chosen size, made from a seed: the same bytes on every run and machine."""

import random
from functools import lru_cache

POOL = 10_000
"""Different prompts before the first one comes again, so that remembered decisions do not help."""
PROMPT_BYTES = 1_000
MESSAGE_BYTES = 32_000
"""Longer bodies are conversations: no single message is longer than this."""
HISTORIES = 8
"""Different conversations in front of the prompts of longer bodies."""
SEED = 20

WORDS = tuple(
    """
write explain fix refactor test review translate summarise compare prove derive integrate estimate plan draft describe
python rust function class module loop thread queue cache socket parser compiler pointer exception database index join
matrix vector prime integral theorem probability variance gradient equation graph tree heap lattice polynomial limit
poem story dialogue river winter lantern harbour orchard whale violin mountain letter island thunder meadow clock
capital treaty empire election court budget contract tariff market wage harvest railway museum bridge satellite glacier
cell protein enzyme virus neuron planet orbit photon magnet acid crystal reactor turbine battery sensor antenna
recipe bread garlic lemon oven travel visa luggage hotel garden compost seed bicycle marathon sleep budget birthday
because therefore although between under about after before never always maybe please kindly step short detailed polite
the a of and to in for with without from into over if when while so that which who how why what where
""".split()  # noqa: SIM905 - a hundred quoted words are no easier to read
)


@lru_cache(maxsize=1)
def prompts() -> tuple[bytes, ...]:
    """The pool, as plain words that need no escaping in JSON."""
    dice = random.Random(SEED)
    return tuple(_words(dice, PROMPT_BYTES - 8).encode() for _ in range(POOL))


class Requests:
    """The bodies of one run: `parts(number)` is one of them, to be written one after the other."""

    def __init__(self, model: str, *, kilobytes: int, stream: bool) -> None:
        """`kilobytes` is the size of a body; 1 is a system message and one prompt."""
        self.pool = prompts()
        self.opening = (
            b'{"model":"%b","messages":[{"role":"system","content":"You are a helpful assistant."},' % model.encode()
        )
        self.histories = _histories(kilobytes)
        self.ending = b'"}],"temperature":0.2,"max_tokens":256%b}' % (b',"stream":true' if stream else b"")

    def parts(self, number: int) -> list[bytes]:
        """The body of request `number`, in pieces. It ends with the number, so that no two requests are ever equal."""
        history, prompt = self.histories[number % HISTORIES], self.pool[number % POOL]
        return [self.opening, history, b'{"role":"user","content":"%b %d?' % (prompt, number), self.ending]


@lru_cache(maxsize=4)
def _histories(kilobytes: int) -> tuple[bytes, ...]:
    extra = (kilobytes - 1) * 1000
    if extra <= 0:
        return (b"",) * HISTORIES
    dice = random.Random(SEED + kilobytes)
    return tuple(_conversation(dice, extra) for _ in range(HISTORIES))


def _conversation(dice: random.Random, size: int) -> bytes:
    count = -(-size // MESSAGE_BYTES)
    roles = (b"user", b"assistant")
    texts = [_words(dice, size // count - 36) for _ in range(count)]
    return b"".join(
        b'{"role":"%b","content":"%b"},' % (roles[turn % 2], text.encode()) for turn, text in enumerate(texts)
    )


def _words(dice: random.Random, size: int) -> str:
    return " ".join(dice.choices(WORDS, k=size // 5 + 1))[:size]
