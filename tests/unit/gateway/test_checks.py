import json

import pytest

from smarterrouter.errors import BadRequest, TooLarge
from smarterrouter.gateway.checks import Limits, check
from smarterrouter.wire.calls import ChatCall

LIMITS = Limits(message_characters=200, messages=3)


def call(*contents):
    messages = [{"role": "user", "content": content} for content in contents]
    return ChatCall.decode(json.dumps({"messages": messages}, ensure_ascii=False).encode())


@pytest.mark.parametrize("content", ["x" * 200, "ü" * 200, [{"type": "text", "text": "x" * 200}], None, [], "漢" * 200])
def test_what_is_within_the_limits_passes(content):
    check(call("short", content, "short"), LIMITS)


def test_too_many_messages_are_refused():
    with pytest.raises(BadRequest, match="4 messages; the limit is 3") as caught:
        check(call(*"abcd"), LIMITS)
    assert (caught.value.status, caught.value.param) == (400, "messages")


@pytest.mark.parametrize(
    "content",
    ["x" * 201, [{"type": "text", "text": "x" * 100}, {"type": "image_url"}, {"type": "text", "text": "x" * 101}]],
)
def test_a_message_that_is_too_long_is_named(content):
    with pytest.raises(TooLarge, match=r"201 characters; the limit is 200 \(ROUTER_MAX_MESSAGE") as caught:
        check(call("short", content), LIMITS)
    assert (caught.value.status, caught.value.param) == (413, "messages[1].content")


def test_a_long_body_of_short_messages_passes():
    check(call("x" * 150, "x" * 150, "x" * 150), LIMITS)
