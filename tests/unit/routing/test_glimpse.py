"""The bounded look at a conversation."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import chat

from smarterrouter.routing import glimpse


def seen(*messages: object) -> glimpse.Glimpse:
    return glimpse.of_messages(chat(*messages).request.messages)


def test_a_short_ask_is_seen_whole() -> None:
    assert glimpse.of_text("hello") == glimpse.Glimpse("hello", "", 5)


def test_of_a_long_ask_the_start_and_the_end_are_the_focus() -> None:
    text = "START " + "x" * 5000 + " END"
    found = glimpse.of_text(text)
    assert found.focus.startswith("START")
    assert found.focus.endswith("END")
    assert found.ask_characters == len(text)
    assert "x" not in found.around


@given(st.text(min_size=0, max_size=20_000))
def test_w25_the_look_is_bounded_and_always_reaches_the_end(text: str) -> None:
    found = glimpse.of_text(text)
    assert len(found.focus) + len(found.around) <= 3000
    assert found.focus.endswith(text[-200:])


def test_the_last_user_message_is_the_ask() -> None:
    found = seen("first", {"role": "assistant", "content": "answer"}, "second", {"role": "tool", "content": "x"})
    assert found.focus == "second"
    assert "first" in found.around
    assert "answer" not in found.around
    assert found.turns == 4


def test_system_first_and_previous_message_stand_around() -> None:
    found = seen({"role": "system", "content": "rules"}, "one", "two", "three", "four")
    assert {"rules", "one", "three"} <= set(found.around.split())
    assert "two" not in found.around
    assert "four" not in found.around


def test_surroundings_are_cut_short() -> None:
    assert len(seen({"role": "developer", "content": "r" * 9999}, "a" * 9999, "b").around) < 600


def test_nobody_asked() -> None:
    assert seen({"role": "assistant", "content": "hi"}).focus == ""
    assert seen({"role": "user", "content": None}).focus == ""
