import json

import pytest

from smarterrouter.gateway.transcript import Transcript
from smarterrouter.wire.calls import ChatCall


def transcript(*messages):
    return Transcript(ChatCall.decode(json.dumps({"messages": messages}).encode()))


def test_it_holds_what_both_sides_said():
    made = transcript(
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Look:"}, {"type": "image_url"}]},
        {"role": "assistant", "content": None},
    )
    made.answered("I see.")
    assert made.text() == "system: Be kind.\nuser: Look:\nassistant: \nassistant: I see."


def test_whole_answers_are_read_with_all_their_choices():
    made = transcript({"role": "user", "content": "hi"})
    answers = [
        {"message": {"content": "one"}},
        {"message": {"content": None}},
        {"text": "x"},
        {"message": {"content": "two"}},
    ]
    made.answered_whole(json.dumps({"choices": answers}).encode())
    assert made.text() == "user: hi\nassistant: one\nassistant: two"


@pytest.mark.parametrize("body", [b'{"choices":null}', b'{"data":[]}', b'{"choices":[{"message":{"content":[]}}]}'])
def test_answers_without_text_add_nothing(body):
    made = transcript({"role": "user", "content": "hi"})
    made.answered_whole(body)
    assert made.text() == "user: hi"


def test_an_answer_in_parts_is_kept_somehow():
    made = transcript({"role": "user", "content": "hi"})
    made.answered_whole(b'{"choices":[{"message":{"content":[{"type":"text","text":"Hello"}]}}]}')
    assert "Hello" in made.text()


def test_secrets_are_taken_out():
    made = transcript({"role": "user", "content": "my key is sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"})
    assert "abcdefghijkl" not in made.text()


def test_its_length_is_bounded():
    made = transcript({"role": "user", "content": "word " * 100_000})
    assert len(made.text()) <= 100_000
