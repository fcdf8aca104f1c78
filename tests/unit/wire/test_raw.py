import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.errors import BadRequest
from smarterrouter.wire.raw import RawBody

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | names
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)
objects = st.dictionaries(names, values, max_size=6)


def spelled(value: Any, spaces: bool) -> bytes:
    """`value` as JSON, in the spelling of the standard library: escapes, spaces or none."""
    return json.dumps(value, ensure_ascii=spaces, separators=None if spaces else (",", ":")).encode()


@given(objects, st.booleans(), values)
def test_a_change_leaves_every_other_member_byte_for_byte(members: dict[str, Any], spaces: bool, value: Any) -> None:
    raw = RawBody.decode(spelled(members, spaces))
    changed = RawBody.decode(raw.encode(model=value))
    assert changed.get("model") == value
    assert {name: bytes(kept) for name, kept in changed.members.items() if name != "model"} == {
        name: spelled(kept, spaces) for name, kept in members.items() if name != "model"
    }


@given(objects, st.booleans())
def test_without_changes_the_body_is_the_same_object(members: dict[str, Any], spaces: bool) -> None:
    body = spelled(members, spaces)
    assert RawBody.decode(body).encode() is body
    assert RawBody.decode(body).encode(frozenset({"not there", "nor this"} - members.keys())) is body


@given(objects.filter(bool), st.data())
def test_members_left_out_are_gone_and_the_others_stay(members: dict[str, Any], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(members)))
    rest = json.loads(RawBody.decode(spelled(members, spaces=False)).encode(frozenset({gone})))
    assert rest == {name: value for name, value in members.items() if name != gone}


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_bad_request(body: bytes) -> None:
    try:
        raw = RawBody.decode(body)
    except BadRequest:
        return
    assert json.loads(body).keys() == raw.members.keys()


def test_numbers_and_escapes_keep_their_spelling() -> None:
    body = RawBody.decode(b'{"a": 1.0e+05, "b":"\\u00e9", "c":10000000000000000000000001, "d":[ 1,2 ]}')
    assert body.encode(model="m") == (
        b'{"a":1.0e+05,"b":"\\u00e9","c":10000000000000000000000001,"d":[ 1,2 ],"model":"m"}'
    )


def test_a_change_wins_over_leaving_out_and_keeps_the_place() -> None:
    body = RawBody.decode(b'{"model":"a","n":1}')
    assert body.encode(frozenset({"model"}), model="b") == b'{"model":"b","n":1}'


def test_of_duplicate_members_the_last_counts_for_us_and_for_the_backend() -> None:
    body = RawBody.decode(b'{"n":1,"model":"a","n":2}')
    assert body.get("n") == 2
    assert json.loads(body.encode(model="b")) == {"n": 2, "model": "b"}


def test_null_and_absent_members_are_not_there() -> None:
    body = RawBody.decode(b'{"a": null , "b":0, "c":false}')
    assert [body.has(name) for name in "abcd"] == [False, True, True, False]
    assert [body.get(name) for name in "abcd"] == [None, 0, False, None]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"a":1} {"b":2}', "trailing"),
        (b'{"a":01}', "not valid JSON"),
        (b'{"a":NaN}', "not valid JSON"),
        (b'{"a":"\x00"}', "not valid JSON"),
        (b'{"a":"line\nend"}', "not valid JSON"),
        (b'{"a":"\\ud800"}', "not valid JSON"),
        (b"\xef\xbb\xbf{}", "not valid JSON"),
        (b'{"a":"\xff"}', r"UTF-8 \(byte 6\)"),
        (b'{"a":"\xed\xa0\x80"}', "UTF-8"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"7", "must be a JSON object"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b'{"a":' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_object_is_refused_in_clear_words(body: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        RawBody.decode(body)


@pytest.mark.parametrize("number", [b"9" * 5000, b"1e400"])
def test_a_number_too_large_to_read_is_relayed_and_named_when_it_must_be_read(number: bytes) -> None:
    body = RawBody.decode(b'{"huge":%b}' % number)
    assert body.encode(model="m") == b'{"huge":%b,"model":"m"}' % number
    with pytest.raises(BadRequest, match="huge") as caught:
        body.get("huge")
    assert caught.value.param == "huge"
