"""Token estimates and bounds."""

import base64
import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.wire import tokens
from smarterrouter.wire.calls import ChatCall

# Texts written for this, with what public vocabularies make of them: the fewest and the most tokens of cl100k, o200k,
# Claude's first public vocabulary and DeepSeek's.
COUNTED = [
    (
        (
            "Routing a request well means knowing what it asks for. "
            "A short greeting needs no large model, and a long proof is wasted on a small one."
        ),
        30,
        31,
    ),
    (
        "Хорошо направить запрос — значит понять, чего он требует. Короткому приветствию не нужна большая модель.",
        25,
        51,
    ),
    ("把请求送到合适的模型\uff0c首先要知道它想要什么。一句简短的问候不需要很大的模型。", 20, 46),
]


def call(*messages: object, **members: object) -> ChatCall:
    return ChatCall.decode(msgspec.json.encode({"messages": messages, **members}))


def user(said: object) -> dict[str, object]:
    return {"role": "user", "content": said}


@pytest.mark.parametrize(("text", "fewest", "most"), COUNTED)
def test_text_tokens_lies_near_real_tokenizers(text: str, fewest: int, most: int) -> None:
    assert fewest * 0.75 <= tokens.text_tokens(text) <= most * 1.35


def test_nothing_is_no_token() -> None:
    assert tokens.text_tokens("") == 0
    assert tokens.text_tokens("a") == 1


def test_code_and_numbers_are_denser_than_prose() -> None:
    assert tokens.text_tokens("x[i]=(y+1)*2;" * 20) > 2 * tokens.text_tokens("a plain word " * 20)


def test_text_without_blanks_is_dense() -> None:
    secret = base64.b64encode(hashlib.sha512(b"x").digest() * 8).decode()
    assert tokens.text_tokens(secret) > len(secret) / 2
    assert tokens.text_tokens("Donaudampfschifffahrt") < 8


def test_accents_count_more_than_plain_letters() -> None:
    assert tokens.text_tokens("é" * 100) > tokens.text_tokens("e" * 50 + " " * 50)


def test_emoji_cost_several_tokens_each() -> None:
    assert tokens.text_tokens("🎉" * 10) >= 20


def test_long_text_is_estimated_from_slices_and_stays_near_the_whole() -> None:
    sentence = "The committee met again on Tuesday to hear the report of the harbour office. "
    one, many = tokens.text_tokens(sentence), tokens.text_tokens(sentence * 1000)
    assert many == pytest.approx(one * 1000, rel=0.1)


def test_estimate_adds_frames_images_and_tools() -> None:
    plain = tokens.estimate(call(user("hello")))
    assert tokens.estimate(call(user("hello"), user("hello"))) > plain + 4
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    assert tokens.estimate(call(user([{"type": "text", "text": "hello"}, image]))) == plain + 1000
    tool = {"type": "function", "function": {"name": "f", "description": "d" * 400}}
    assert tokens.estimate(call(user("hello"), tools=[tool])) > plain + 100


def test_image_data_is_not_counted_as_text() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 100_000}}
    assert tokens.estimate(call(user([image]))) < 1100


def test_tool_history_and_reasoning_are_counted() -> None:
    asked = {
        "id": "c1",
        "type": "function",
        "function": {"name": "look", "arguments": '{"q": "' + "word " * 100 + '"}'},
    }
    history = {
        "role": "assistant",
        "content": None,
        "tool_calls": [asked, {"id": "c2"}],
        "reasoning_content": "so " * 50,
    }
    assert tokens.estimate(call(user("hi"), history)) > tokens.estimate(call(user("hi"))) + 120


def test_a_null_body_member_is_no_surprise() -> None:
    assert tokens.estimate(call(user(None), tools=None)) >= 5


@given(st.text(max_size=200))
def test_text_bound_is_the_length_in_utf8(text: str) -> None:
    assert tokens.text_bound(text) == len(text.encode("utf-8", "surrogatepass"))


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_upper_bound_covers_every_byte_of_every_message(texts: list[str]) -> None:
    bound = tokens.upper_bound(call(*map(user, texts)))
    assert bound >= sum(len(text.encode()) for text in texts) + 4 * len(texts)


def test_upper_bound_allows_for_what_templates_print() -> None:
    plain = tokens.upper_bound(call(user("hello")))
    tool = {"type": "function", "function": {"name": "f", "description": "d" * 400}}
    assert tokens.upper_bound(call(user("hello"), tools=[tool])) > plain + 4 * 400
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"description": "d" * 400}}}
    assert tokens.upper_bound(call(user("hello"), response_format=schema)) > plain + 4 * 400
    asked = {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "x" * 400}}],
    }
    assert tokens.upper_bound(call(user("hello"), asked)) > plain + 4 * 400


def test_upper_bound_of_an_image_is_the_largest_known() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    assert tokens.upper_bound(call(user([image]))) > 16_000


def test_a_small_prompt_has_a_small_bound() -> None:
    assert tokens.upper_bound(call(user("hello"))) < 1024
