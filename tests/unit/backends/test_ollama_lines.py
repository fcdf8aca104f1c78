"""Lines cut anywhere, and errors in all their places."""

import contextlib
import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.backends import ollama_lines
from smarterrouter.backends.ollama_lines import LineSplitter, failure, line, refusal, vectors
from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendGarbage,
    BackendLimited,
    BackendRefused,
    CannotHonour,
    ContextTooLong,
    GatewayError,
    ModelGone,
)


@given(st.lists(st.dictionaries(st.text(), st.text())), st.lists(st.integers(0, 400)), st.booleans())
def test_lines_survive_any_cut(objects: list[dict[str, str]], cuts: list[int], ended: bool) -> None:
    data = b"\n".join(map(msgspec.json.encode, objects)) + (b"\n" if ended and objects else b"")
    points = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    splitter = LineSplitter()
    found = []
    for start, end in itertools.pairwise(points):
        found += splitter.feed(data[start:end])
    found += splitter.rest()
    assert [msgspec.json.decode(each) for each in found] == objects
    assert splitter.rest() == []


def test_blank_lines_are_nothing() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"\n \r\n{}\r\n\n") == [b"{}\r"]
    assert splitter.feed(b"  ") == []
    assert splitter.rest() == []


def test_a_line_without_end_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ollama_lines, "LONGEST_LINE", 100)
    splitter = LineSplitter()
    splitter.feed(b"x" * 100)
    with pytest.raises(BackendGarbage):
        splitter.feed(b"x")


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'{"done":"yes"}', b"\xff", b'{"message":' * 3000])
def test_what_is_not_the_protocol(data: bytes) -> None:
    with pytest.raises(BackendGarbage):
        line(data, "o")
    with pytest.raises(BackendGarbage):
        vectors(data if data != b'{"done":"yes"}' else b'{"embeddings":[["a"]]}', "o")


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with contextlib.suppress(BackendGarbage):
        line(data, "o")


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, "registry.ollama.ai/library/m does not support tools", CannotHonour),
        (400, '"m" does not support thinking', CannotHonour),
        (400, 'think value "low" is not supported for this model', CannotHonour),
        (400, "this model is missing data required for image input", CannotHonour),
        (400, "the input length exceeds the context length", ContextTooLong),
        (400, "missing request body", BackendRefused),
        (404, "model 'm' not found", ModelGone),
        (429, "too many concurrent requests", BackendLimited),
        (503, "server busy, please try again.  maximum pending requests exceeded", BackendBusy),
        (500, "llama runner process has terminated", BackendError),
        (502, "cloud model unreachable", BackendBusy),
    ],
)
def test_a_status_and_its_text(status: int, text: str, kind: type[GatewayError]) -> None:
    error = refusal(status, {}, msgspec.json.encode({"error": text}), "o")
    assert type(error) is kind
    assert text in error.message


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("model runner has unexpectedly stopped", None, BackendGarbage),
        ("server busy, please try again", None, BackendBusy),
        ("the input length exceeds the context length", None, ContextTooLong),
        ("unavailable", 503, BackendBusy),
        ("broken", 500, BackendError),
    ],
)
def test_an_error_inside_a_200(text: str, status: int | None, kind: type[GatewayError]) -> None:
    assert type(failure(text, status, "o")) is kind
