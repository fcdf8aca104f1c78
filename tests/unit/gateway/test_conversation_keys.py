"""`key_of`: the same conversation gets the same key, two of them never do, and it costs the same for any length."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.gateway.conversation_keys import HEADERS, MEMBERS, key_of
from smarterrouter.wire.calls import ChatCall

ALICE = [(b"authorization", b"Bearer alice")]
BOB = [(b"authorization", b"Bearer bob")]
SYSTEM = {"role": "system", "content": "You help."}
HELLO = {"role": "user", "content": "Hello there."}
ANSWER = {"role": "assistant", "content": "Hello."}
MORE = {"role": "user", "content": "And now?"}
PICTURE = {"type": "image_url", "image_url": {"url": "https://a.example/1.png"}}


def call(*messages: Any, **members: Any) -> ChatCall:
    return ChatCall.decode(json.dumps({"messages": messages, **members}).encode())


def user(text: Any) -> dict[str, Any]:
    return {"role": "user", "content": text}


def test_the_second_turn_finds_the_first_by_its_opening():
    first, second = key_of(call(SYSTEM, HELLO), ALICE), key_of(call(SYSTEM, HELLO, ANSWER, MORE), ALICE)
    assert first.thread == second.thread
    assert first.session is second.session is None
    assert (first.turns, second.turns) == (2, 4)


@pytest.mark.parametrize(
    "other",
    [
        call(SYSTEM, user("Hello here.")),
        call(HELLO),
        call({"role": "system", "content": "You hinder."}, HELLO),
        call(SYSTEM, HELLO, user="somebody"),
        call(SYSTEM, user([{"type": "text", "text": "Hello there."}, PICTURE])),
        call(SYSTEM, HELLO, prompt_cache_key="k"),
    ],
)
def test_another_opening_or_user_is_another_conversation(other):
    assert key_of(other, ALICE).thread != key_of(call(SYSTEM, HELLO), ALICE).thread


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "api-key"])
def test_two_callers_share_nothing_whatever_they_send_alike(header):
    same = call(SYSTEM, HELLO, prompt_cache_key="k", user="u")
    one = key_of(same, [(header.encode(), b"one"), (b"x-session-id", b"s")])
    two = key_of(same, [(header.encode(), b"two"), (b"x-session-id", b"s")])
    assert {one.thread, one.session}.isdisjoint({two.thread, two.session})


@given(st.binary(max_size=40), st.binary(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_name_and_no_opening_leads_into_anothers_conversation(one, two, name, text):
    seen = call(user(text), conversation_id=name)
    keys = [key_of(seen, [(b"authorization", credential.replace(b"\0", b""))]) for credential in (one, two)]
    if one.replace(b"\0", b"") != two.replace(b"\0", b""):
        assert keys[0].thread != keys[1].thread
        assert keys[0].session is keys[1].session is None or keys[0].session != keys[1].session
    else:
        assert keys[0] == keys[1]


@pytest.mark.parametrize("name", HEADERS)
def test_each_header_names_a_conversation(name):
    one, other = (key_of(call(HELLO), [*ALICE, (name, value)]) for value in (b"1", b"2"))
    changed = key_of(call(user("Something else.")), [*ALICE, (name, b"1")])
    assert one.session is not None
    assert one.session == changed.session != other.session
    assert one.thread != changed.thread


@pytest.mark.parametrize("member", MEMBERS)
def test_each_member_names_a_conversation(member):
    one, again, other = (key_of(call(user(text), **{member: name}), ALICE).session for text, name in ["a1", "b1", "a2"])
    assert one is not None
    assert one == again != other


@pytest.mark.parametrize("member", ["conversation_id", "session_id", "chat_id"])
@pytest.mark.parametrize("name", ["abc", 17])
def test_metadata_names_a_conversation(member, name):
    one, other = (key_of(call(HELLO, metadata=value), ALICE) for value in ({member: name}, {member: "other"}))
    assert one.session is not None
    assert one.session != other.session


def test_a_conversation_may_be_named_by_itself_or_by_an_object_with_its_id():
    assert key_of(call(HELLO, conversation="c1"), ALICE) == key_of(call(HELLO, conversation={"id": "c1"}), ALICE)


def test_one_callers_end_user_is_not_another_callers_second_credential():
    two = key_of(call(HELLO), [*ALICE, (b"x-api-key", b"bob")])
    for name in ("bob", "bob\n", "\nbob", "\rbob", "\0bob"):
        assert key_of(call(HELLO, user=name), ALICE).thread != two.thread


def test_the_header_wins_over_the_body_and_the_first_header_over_the_others():
    session = key_of(call(HELLO), [(b"x-session-id", b"s")]).session
    headers = [(b"session_id", b"z"), (b"x-session-id", b"s"), (b"x-conversation-id", b"y")]
    assert key_of(call(HELLO, prompt_cache_key="k"), headers).session == session


@pytest.mark.parametrize(
    "members",
    [
        {"metadata": {"topic": "x"}},
        {"metadata": "text"},
        {"metadata": {"session_id": {"a": 1}}},
        {"metadata": None},
        {"conversation": {}},
        {"conversation": [1]},
        {"conversation": None},
        {"prompt_cache_key": ""},
        {"session_id": None},
    ],
)
def test_what_names_nothing_is_passed_over(members):
    assert key_of(call(HELLO, **members), [*ALICE, (b"x-session-id", b"")]) == key_of(call(HELLO), ALICE)


def test_a_request_id_is_no_conversation():
    assert key_of(call(HELLO), [(b"x-client-request-id", b"1"), (b"x-request-id", b"2")]).session is None


def test_long_texts_count_by_their_ends_and_their_length():
    text = "a" * 400_000
    keys = {key_of(call(user(other)), ALICE).thread for other in (text, text + "a", "b" + text[1:], text[:-1] + "b")}
    assert len(keys) == 4
    assert key_of(call(user("a" * 1000 + "x" + "a" * 1000)), ALICE) == key_of(
        call(user("a" * 1000 + "y" + "a" * 1000)), ALICE
    )


def test_the_date_at_the_end_of_a_system_prompt_makes_no_other_conversation():
    one, other = ({"role": "system", "content": "You help. " * 40 + day} for day in ("Monday", "Tuesday"))
    assert key_of(call(one, HELLO), ALICE) == key_of(call(other, HELLO), ALICE)


def test_images_count_by_where_they_are():
    other = {"type": "image_url", "image_url": {"url": "https://a.example/2.png"}}
    bare = {"type": "image_url", "image_url": "https://a.example/1.png"}
    one, two, three = (key_of(call(user([part])), ALICE).thread for part in (PICTURE, other, bare))
    assert one == three != two


def test_odd_conversations_have_a_key_too():
    for messages in (
        [SYSTEM],
        [ANSWER],
        [user(None)],
        [user([])],
        [user([{"type": "input_audio"}])],
        [user("\ud83d\ude00")],
        [SYSTEM] * 50,
        [{"role": "tool", "tool_call_id": "c", "content": "1"}],
    ):
        assert len(key_of(call(*messages), ()).thread) == 16


def test_the_guide_names_every_header_and_member():
    guide = (Path(__file__).parents[3] / "docs/guides/routing.md").read_text(encoding="utf-8")
    assert [name for name in (*(header.decode() for header in HEADERS), *MEMBERS) if f"`{name}`" not in guide] == []
