import json

import pytest
from tests.doubles.in_process import WHOLE, model, visit

from smarterrouter.gateway.signature import Signature, sign_whole
from smarterrouter.wire.calls import ChatCall

A = model("one/a")
LINE = "\n\nModel: a"
EVERYONE = Signature(enabled=True, template="\n\nModel: {model}", everyone=True)
BROWSERS = Signature(enabled=True, template="\n\nModel: {model}", everyone=False)
NOBODY = Signature(enabled=False, template="\n\nModel: {model}", everyone=True)
TOOL = {"type": "function", "function": {"name": "f"}}


def call(**members):
    return ChatCall.decode(json.dumps({"messages": [{"role": "user", "content": "hi"}], **members}).encode())


def asked(*, wish=None, browser=False):
    made = visit()
    made.signature, made.browser = wish, browser
    return made


@pytest.mark.parametrize(
    ("signature", "wish", "browser", "wanted"),
    [
        (EVERYONE, None, False, True),
        (EVERYONE, False, True, False),
        (BROWSERS, None, True, True),
        (BROWSERS, None, False, False),
        (BROWSERS, True, False, True),
        (NOBODY, None, True, False),
        (NOBODY, True, False, True),
    ],
)
def test_who_gets_a_signature(signature, wish, browser, wanted):
    assert signature.wanted(call(), asked(wish=wish, browser=browser)) is wanted


@pytest.mark.parametrize(
    "members",
    [
        {"tools": [TOOL]},
        {"functions": [{"name": "f"}]},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "json_schema", "json_schema": {}}},
        {"n": 2},
    ],
)
def test_answers_that_programs_read_are_never_signed(members):
    assert not EVERYONE.wanted(call(**members), asked(wish=True, browser=True))


def test_plain_answers_may_be():
    assert EVERYONE.wanted(call(n=1, response_format={"type": "text"}, tools=[]), asked())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Hello.", LINE),
        ("Hello.\n\nModel: a", ""),
        ("Hello.\nModel: a  \n", ""),
        ("Model: b", LINE),
        ("```python\nx = 1", f"\n```\n{LINE}"),
        ("```python\nx = 1\n```\nDone.", LINE),
    ],
)
def test_the_line_closes_what_is_open_and_is_never_doubled(text, line):
    assert EVERYONE.line(A, text) == line


def test_a_template_without_text_adds_nothing():
    assert Signature(enabled=True, template=" \n", everyone=True).line(A, "Hello.") == ""


def test_a_closed_fence_is_closed_for_markdown_too():
    line = Signature(enabled=True, template="by {model}", everyone=True).line(A, "```\nx")
    assert line.splitlines()[1] == "```"  # anything behind it would open another one


def test_w12_a_whole_answer_keeps_all_of_its_text():
    said = "class UserModel:\n    pass\nModel: Corolla\n"
    body = json.dumps({"id": "c1", "x": [1.5, None], "choices": [{"message": {"role": "assistant", "content": said}}]})
    signed = json.loads(sign_whole(body.encode(), A, EVERYONE))
    assert signed["choices"][0]["message"] == {"role": "assistant", "content": said + LINE}
    assert (signed["id"], signed["x"]) == ("c1", [1.5, None])


def test_a_signed_answer_is_the_answer_with_one_line_more():
    signed = json.loads(sign_whole(WHOLE, A, EVERYONE))
    signed["choices"][0]["message"]["content"] = "Hello."
    assert signed == json.loads(WHOLE)


@pytest.mark.parametrize(
    "body",
    [
        b'{"choices":[]}',
        b'{"choices":null,"data":[]}',
        b'{"choices":[{"message":{"content":null,"tool_calls":[]}}]}',
        b'{"choices":[{"message":{"content":""}}]}',
        b'{"choices":[{"message":{"content":[{"type":"text","text":"Hi"}]}}]}',
        b'{"choices":[{"text":"Hi"}]}',
        b'{"choices":[{"message":{"content":"Hi\\n\\nModel: a"}}]}',
    ],
)
def test_answers_without_plain_text_stay_as_they_are(body):
    assert sign_whole(body, A, EVERYONE) is body
