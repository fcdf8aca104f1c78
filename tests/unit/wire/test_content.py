"""Texts, images and tool history of a conversation."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.wire import content
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.chat import Message, Part

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def messages(*written: object) -> list[Message]:
    return ChatCall.decode(msgspec.json.encode({"messages": written})).request.messages


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("plain", "plain"),
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": "one"}, IMAGE, {"type": "text", "text": "two"}], "one\ntwo"),
        ([IMAGE], ""),
        ([{"type": "text", "text": ""}], ""),
    ],
)
def test_text_of_one_message(said: object, text: str) -> None:
    (message,) = messages({"role": "user", "content": said})
    assert content.text_of(message) == text


def test_texts_skips_messages_without_text() -> None:
    said = messages(
        {"role": "user", "content": "a"}, {"role": "assistant", "content": None}, {"role": "user", "content": "b"}
    )
    assert content.texts(said) == ["a", "b"]


def test_images_are_counted_in_every_message() -> None:
    said = messages(
        {"role": "user", "content": [IMAGE, IMAGE]},
        {"role": "user", "content": "x"},
        {"role": "user", "content": [IMAGE]},
    )
    assert content.image_count(said) == 3


@pytest.mark.parametrize(
    ("part", "image"),
    [
        (Part("text", text="image_url"), False),
        (Part("image_url", image_url="https://example.com/a.png"), True),
        (Part("input_image"), True),
        (Part("strange", image_url="https://example.com/a.png"), True),
    ],
)
def test_is_image_by_type_or_by_what_it_carries(part: Part, image: bool) -> None:
    assert content.is_image(part) is image


@pytest.mark.parametrize(
    ("message", "history"),
    [
        ({"role": "user", "content": "call a tool"}, False),
        ({"role": "tool", "content": "42", "tool_call_id": "a"}, True),
        (
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}],
            },
            True,
        ),
    ],
)
def test_tool_history(message: object, history: bool) -> None:
    assert content.has_tool_history(messages(message)) is history


@given(
    st.lists(
        st.one_of(st.none(), st.text(), st.lists(st.builds(dict, type=st.just("text"), text=st.text()), max_size=3)),
        min_size=1,
    )
)
def test_every_text_is_found(said: list[object]) -> None:
    found = "\n".join(content.texts(messages(*({"role": "user", "content": item} for item in said))))
    for item in said:
        for text in [item] if isinstance(item, str) else [part["text"] for part in item or ()]:
            assert text in found


@pytest.mark.parametrize(
    ("body", "contents"),
    [
        (b'{"choices":[{"message":{"content":"Hi"}},{"message":{"content":null}}]}', ["Hi", None]),
        (b'{"choices":[{"text":"x"},{"message":{"content":[{"type":"text"}]}}]}', [None, [{"type": "text"}]]),
        (b'{"choices":[]}', []),
        (b'{"choices":null}', []),
        (b'{"data":[]}', []),
    ],
)
def test_what_the_choices_of_an_answer_hold(body: bytes, contents: list[object]) -> None:
    assert content.answer_contents(body) == contents
