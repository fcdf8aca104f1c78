"""The conversations and models that `stickiness.py` simulates, drawn from fixed seeds.

How a conversation goes. It is a chat (two of three) or an agent's. A system prompt of 50 to 800 tokens (an agent's:
2,000 to 8,000) comes first. The number of user turns is geometric with mean 8. A topic has a category, drawn from
fixed shares, and a level of difficulty (normal, mean -0.3 logits, sd 1); it ends after each turn with a chance of 1/4.
The difficulty of a turn lies around its level with sd 0.7. Messages and answers have log-normal lengths (medians 60 and
the usual answer of the category, sigma 0.8); one user message in eight holds a document of 500 to 8,000 tokens. A turn
of an agent has tool rounds, geometric with mean 4, each with a result of 50 to 2,000 tokens, at the difficulty of the
turn. Between turns pass log-normal seconds (median 40, sigma 1.2), between tool rounds two.

What is true and what the router knows. A model's skill in a category is its general ability plus a deviation with sd
0.4; the router believes it with an error of sd 0.3. It takes one turn in ten for one of a category drawn anew, and
difficulties with an error of sd 0.5. All rounds of a turn are read alike: the router looks at the last user message.
"""

import math
import random
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from smarterrouter.domain.intent import Category, Intent, Needs
from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.domain.models import Capabilities, Model, Price, Size
from smarterrouter.routing.difficulty import complexity_of
from smarterrouter.routing.waiting import ANSWER_TOKENS
from smarterrouter.wire.calls import ChatCall

SKILL_SD, BELIEF_SD, READING_SD = 0.4, 0.3, 0.5
MISREAD = 0.1
TOPIC_ENDS, TURNS, ROUNDS = 1 / 4, 8, 4
SHARES = {
    Category.CHAT: 0.25,
    Category.KNOWLEDGE: 0.2,
    Category.CODE: 0.2,
    Category.INSTRUCTIONS: 0.15,
    Category.STEM: 0.07,
    Category.MATHEMATICS: 0.07,
    Category.LOGIC: 0.06,
}


class Kind(Struct, frozen=True):
    """One model of a pool before its skills are drawn."""

    name: str
    ability: float
    tokens_per_second: float
    billions: float | None = None
    price: tuple[float, float] | None = None
    """Dollars for a million tokens of prompt and answer; None for one's own hardware."""


POOLS = {
    "own hardware": (Kind("small:3b", -0.9, 90, 3), Kind("middle:8b", 0.0, 45, 8), Kind("large:32b", 0.9, 12, 32)),
    "hosted": (
        Kind("cheap-a", 0.5, 120, price=(0.1, 0.4)),
        Kind("middle-b", 1.1, 80, price=(0.8, 4.0)),
        Kind("middle-c", 1.1, 70, price=(1.0, 4.0)),
        Kind("large-d", 1.8, 50, price=(3.0, 15.0)),
    ),
    "both": (
        Kind("small:3b", -0.9, 90, 3),
        Kind("middle:8b", 0.0, 45, 8),
        Kind("cheap-a", 0.5, 120, price=(0.1, 0.4)),
        Kind("large-d", 1.8, 50, price=(3.0, 15.0)),
    ),
    "alike": tuple(Kind(f"alike-{letter}:8b", 0.0, 45, 8) for letter in "abcd"),
}


class Turn(Struct, frozen=True):
    """One request of a conversation."""

    category: Category
    difficulty: float
    seen: Intent
    """What the router makes of it."""
    call: ChatCall
    prompt: int
    """Tokens."""
    answer: int
    known: int
    """Tokens of the prompt that were there at the last turn, the answer to it included."""
    tool_round: bool
    at: float
    """Seconds since the conversation began."""


def pool_of(kinds: tuple[Kind, ...], draw: random.Random) -> tuple[tuple[Model, ...], dict[str, list[float]]]:
    """Models as the router knows them, and the true skills by key."""
    models, truth = [], {}
    for kind in kinds:
        skills = [kind.ability + draw.gauss(0, SKILL_SD) for _ in Category]
        believed = tuple(Ability(skill + draw.gauss(0, BELIEF_SD), BELIEF_SD) for skill in skills)
        price = Price(*kind.price) if kind.price else None
        model = Model(
            key=f"one/{kind.name}",
            backend="one",
            name=kind.name,
            size=Size(kind.billions, kind.billions),
            can=Capabilities(tools=True),
            price=price,
            local=price is None,
            loaded=True,
            standing=Standing(believed, "profile", kind.tokens_per_second, 0.7 if price else 0.3),
        )
        models.append(model)
        truth[model.key] = skills
    return tuple(models), truth


class Conversation:
    """Draws the turns of one conversation; see the top of this file."""

    def __init__(self, draw: random.Random, preference: float, number: int) -> None:
        self._draw = draw
        self._preference = preference
        self._agent = draw.random() < 1 / 3
        system = draw.randint(2000, 8000) if self._agent else draw.randint(50, 800)
        self._messages: list[dict[str, Any]] = [{"role": "system", "content": "You help."}]
        self._number = number
        self._tokens, self._known, self._at = system, 0, 0.0
        self._topic()
        self._read = (self._category, 0.0)

    def turns(self) -> Iterator[Turn]:
        """From the first request to the last."""
        draw = self._draw
        while True:
            difficulty = draw.gauss(self._level, 0.7)
            self._read = self._misread(difficulty)
            rounds = _geometric(draw, ROUNDS) if self._agent else 0
            self._says({"role": "user", "content": f"Conversation {self._number}, go on."}, self._message())
            for left in range(rounds, -1, -1):
                yield self._turn(difficulty, calls=left > 0, opened=left < rounds)
                if left:
                    self._says({"role": "tool", "tool_call_id": f"call_{left}", "content": "result"}, self._result())
                    self._at += 2.0
            self._at += draw.lognormvariate(math.log(40), 1.2)
            if draw.random() < 1 / TURNS:
                return
            if draw.random() < TOPIC_ENDS:
                self._topic()

    def _topic(self) -> None:
        self._category = self._drawn_category()
        self._level = self._draw.gauss(-0.3, 1.0)

    def _drawn_category(self) -> Category:
        return self._draw.choices(list(SHARES), list(SHARES.values()))[0]

    def _message(self) -> int:
        document = self._draw.randint(500, 8000) if self._draw.random() < 1 / 8 else 0
        return document + int(self._draw.lognormvariate(math.log(60), 0.8))

    def _result(self) -> int:
        return self._draw.randint(50, 2000)

    def _says(self, message: dict[str, Any], tokens: int) -> None:
        self._messages.append(message)
        self._tokens += tokens

    def _turn(self, difficulty: float, *, calls: bool, opened: bool) -> Turn:
        draw = self._draw
        usual = ANSWER_TOKENS[Category.TOOLS if calls else self._category]
        answer = max(int(draw.lognormvariate(math.log(usual), 0.8)), 5)
        turn = Turn(
            category=self._category,
            difficulty=difficulty,
            seen=self._seen(),
            call=ChatCall.decode(msgspec.json.encode({"messages": self._messages})),
            prompt=self._tokens,
            answer=answer,
            known=self._known,
            tool_round=opened,
            at=self._at,
        )
        said: dict[str, Any] = {"role": "assistant", "content": None if calls else "Well."}
        if calls:
            said["tool_calls"] = [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
        self._says(said, answer)
        self._known = self._tokens
        return turn

    def _misread(self, difficulty: float) -> tuple[Category, float]:
        """What the router reads in the last user message, so the same in all rounds of a turn."""
        draw = self._draw
        category = self._drawn_category() if draw.random() < MISREAD else self._category
        return category, complexity_of(difficulty + draw.gauss(0, READING_SD))

    def _seen(self) -> Intent:
        category, complexity = self._read
        return Intent(category, complexity, Needs(tools=self._agent, prompt_tokens=self._tokens), self._preference)


def _geometric(draw: random.Random, mean: int) -> int:
    count = 1
    while draw.random() >= 1 / mean:
        count += 1
    return count
