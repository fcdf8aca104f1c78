"""`framed`: prompts of known category, made of frames, slots and the small talk around requests.

The public data hold little of logic, instructions, tools and chat. The frames of `prompts.json`, all our own text, say
in many ways and some languages what such requests look like. A slot is `{name}` of its `slots`; the same slot filled
twice gets different words.
"""

import random
import re
from pathlib import Path

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category

FILE = Path(__file__).with_name("prompts.json")
_SLOT = re.compile(r"\{([a-z]+)\}")
_BEFORE = (
    "",
    "",
    "",
    "",
    "",
    "",
    "Please ",
    "Can you help me? ",
    "Question: ",
    "Hi! ",
    "I need this for work. ",
    "Q: ",
)
_BEHIND = (
    "",
    "",
    "",
    "",
    "",
    "",
    "\nAnswer:",
    " Think step by step.",
    " Thanks!",
    " Please.",
    "\nExplain your answer.",
)


class Phrases(Struct, frozen=True):
    """What `prompts.json` holds."""

    frames: dict[Category, list[str]]
    slots: dict[str, list[str]]


def read_phrases() -> Phrases:
    """The frames and slots that come with the program."""
    return msgspec.json.decode(FILE.read_bytes(), type=Phrases)


def framed(each: int, seed: int) -> list[tuple[str, Category]]:
    """`each` prompts of every frame, with what they are. The same seed gives the same prompts."""
    phrases, rng = read_phrases(), random.Random(seed)  # noqa: S311 - examples, no secrets
    return [
        (prompt(frame, phrases.slots, rng), category)
        for category in sorted(phrases.frames)
        for frame in phrases.frames[category]
        for _ in range(each)
    ]


def prompt(frame: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    """The frame with its slots filled; a name that stands in it several times is drawn anew each time."""
    used: set[str] = set()

    def fill(match: re.Match[str]) -> str:
        words = slots.get(match[1])
        if words is None:
            return match[0]
        word = rng.choice([word for word in words if word not in used] or words)
        used.add(word)
        return word

    return rng.choice(_BEFORE) + _SLOT.sub(fill, frame) + rng.choice(_BEHIND)
