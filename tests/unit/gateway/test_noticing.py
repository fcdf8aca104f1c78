"""What is noticed while requests are served."""

from typing import Any

import msgspec
import pytest

from smarterrouter.access.voters import Voters
from smarterrouter.domain.decisions import Decision
from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category, Intent, Needs, Reading
from smarterrouter.domain.models import Model
from smarterrouter.gateway import noticing
from smarterrouter.gateway.conversation_keys import key_of
from smarterrouter.gateway.noticing import Caller, Noticing, repeats
from smarterrouter.gateway.visit import Discarded, Visit
from smarterrouter.wire.calls import ChatCall

ANN = (b"Bearer ann", "10.0.0.1")
KEY = b"the same"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Room:
    """A noticing that writes down its labels."""

    def __init__(self) -> None:
        self.labels: list[Label] = []
        self.clock = Clock()
        self.voters = Voters(bytes(32))
        self.noticing = Noticing(self.labels.append, self.voters, self.clock)

    def answer(
        self, request: str, key: bytes = KEY, status: int = 200, model: str = "a/one", caller: Caller = ANN, **more: Any
    ) -> Visit:
        visit = Visit(request, "chat")
        visit.model, visit.status, visit.repeats = Model(model, "a", model), status, key
        for name, value in more.items():
            setattr(visit, name, value)
        self.noticing.ended(visit, caller)
        return visit


@pytest.fixture
def room() -> Room:
    return Room()


def decision(**more: Any) -> Decision:
    return Decision((), Intent(Category.CODE, 0.5, Needs(), **more), "scored", 1)


def test_answers_that_were_thrown_away_speak_against_their_models(room: Room) -> None:
    discarded = [
        Discarded(Model("a/one", "a", "one"), "json", 1, 1),
        Discarded(Model("a/two", "a", "two"), "tool_arguments", 1, 1),
    ]
    visit = room.answer("r1", b"", model="a/three", discarded=discarded, decision=decision())
    assert [(one.sign, one.model, one.verdict) for one in room.labels] == [
        (Sign.ESCALATED, "a/one", -1.0),
        (Sign.TOOL_FAILURE, "a/two", -1.0),
    ]
    first = room.labels[0]
    assert (first.request, first.category, first.at) == ("r1", Category.CODE, visit.at)
    assert first.voter == room.voters.of(*ANN)


def test_what_was_read_says_how_hard_it_was(room: Room) -> None:
    for reading in (None, Reading((1.0,) * 8, difficulty=2.5)):
        discarded = [Discarded(Model("a/one", "a", "one"), "empty", 1, 1)]
        room.answer("r", b"", discarded=discarded, decision=decision(reading=reading))
    room.answer("r", b"", discarded=[Discarded(Model("a/one", "a", "one"), "empty", 1, 1)])
    supposed, learned, named = (one.difficulty for one in room.labels)
    assert learned == 2.5
    assert supposed == named
    assert room.labels[-1].category is None


@pytest.mark.parametrize(("seconds", "said"), [(0.5, 0), (30.0, 1), (599.0, 1), (700.0, 0)])
def test_asking_again_within_minutes_speaks_against_the_answer_before(room: Room, seconds: float, said: int) -> None:
    room.answer("r1")
    room.clock.now += seconds
    room.answer("r2", model="a/two")
    assert [(one.sign, one.request, one.model) for one in room.labels] == [(Sign.REGENERATED, "r1", "a/one")] * said


def test_each_answer_is_asked_for_again_once(room: Room) -> None:
    for number in range(4):
        room.answer(f"r{number}")
        room.clock.now += 10
    assert [one.request for one in room.labels] == ["r0", "r1", "r2"]


def test_other_conversations_and_failures_say_nothing(room: Room) -> None:
    room.answer("r1", b"one")
    room.answer("r2", b"two", status=502)
    room.clock.now += 10
    room.answer("r3", b"two")
    room.answer("r4", b"three")
    assert room.labels == []


def test_two_people_without_credentials_who_ask_the_same_say_nothing(room: Room) -> None:
    room.answer("r1", caller=(b"", "10.0.0.1"))
    room.clock.now += 10
    room.answer("r2", caller=(b"", "10.0.0.2"))
    assert room.labels == []
    room.answer("r3", caller=(b"", "10.0.0.1"))
    assert [one.request for one in room.labels] == ["r1"]


def test_a_failed_second_try_still_says_that_it_was_asked_for(room: Room) -> None:
    room.answer("r1")
    room.clock.now += 10
    room.answer("r2", status=502, model="a/two")
    assert [one.request for one in room.labels] == ["r1"]


def test_memory_is_bounded(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noticing, "_REMEMBERED", 10)
    for number in range(100):
        room.answer(f"r{number}", b"%d" % number)
    assert len(room.noticing._answered) == 10


def call(*said: str) -> ChatCall:
    messages = [{"role": "user" if place % 2 == 0 else "assistant", "content": text} for place, text in enumerate(said)]
    return ChatCall.decode(msgspec.json.encode({"messages": messages}))


def same(*said: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    one = call(*said)
    return repeats(key_of(one, headers), one.request.messages)


def after_system(role: str, text: str) -> bytes:
    messages = [{"role": "system", "content": "Be kind."}, {"role": role, "content": text}]
    one = ChatCall.decode(msgspec.json.encode({"messages": messages}))
    return repeats(key_of(one, ()), one.request.messages)


def test_behind_a_system_prompt_the_words_count_whoever_said_them() -> None:
    assert after_system("user", "a") == after_system("user", "a")
    assert len({after_system(role, text) for role in ("user", "assistant") for text in "ab"}) == 4


def test_the_same_caller_and_the_same_words_are_the_same_request() -> None:
    assert same("a", "b", "c") == same("a", "b", "c")
    assert (
        len({same("a"), same("a", "b", "c"), same("a", "b", "d"), same("a", headers=((b"authorization", b"x"),))}) == 4
    )
    assert same("a", "b", "x" * 5000) != same("a", "b", "x" * 5001)
    assert same("🙂") != same("🙃")
