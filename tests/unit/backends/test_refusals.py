"""Status and body of a backend's refusal, read into one of our errors."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter import errors
from smarterrouter.backends import refusals


def body(message: str, **more: object) -> bytes:
    return msgspec.json.encode({"error": {"message": message, **more}})


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "bad thing", errors.BackendRefused),
        (422, "bad thing", errors.BackendRefused),
        (401, "who are you", errors.BackendError),
        (403, "not you", errors.BackendError),
        (404, "no such model", errors.ModelGone),
        (408, "slow", errors.BackendBusy),
        (429, "too many", errors.BackendLimited),
        (500, "oh", errors.BackendError),
        (502, "oh", errors.BackendBusy),
        (503, "Loading model", errors.BackendBusy),
        (529, "overloaded", errors.BackendBusy),
        (302, "elsewhere", errors.BackendError),
        (400, "This model's maximum context length is 256 tokens", errors.ContextTooLong),
        (400, "max_tokens=4000 cannot be greater than max_model_len=512.", errors.ContextTooLong),
        (400, "tiny is not a multimodal model", errors.CannotHonour),
        (500, "image input is not supported - hint: provide the mmproj", errors.CannotHonour),
    ],
)
def test_each_status_has_its_error(status: int, message: str, kind: type[errors.GatewayError]) -> None:
    error = refusals.read(status, {}, body(message), "here")
    assert type(error) is kind
    assert "here" in error.message


def test_llama_cpps_context_error_is_known_by_its_type() -> None:
    error = refusals.read(400, {}, body("request (15020 tokens) too long", type="exceed_context_size_error"), "here")
    assert isinstance(error, errors.ContextTooLong)


def test_a_wrong_key_of_ours_is_never_the_callers_fault_and_shows_no_words_of_the_backend() -> None:
    error = refusals.read(401, {}, body("Incorrect API key provided: sk-secret"), "here")
    assert error.status == 502
    assert error.goes_on
    assert "sk-secret" not in error.message


def test_a_refusal_in_openais_form_is_kept_word_for_word() -> None:
    raw = body("bad thing", type="invalid_request_error", code="weird")
    error = refusals.read(400, {}, raw, "here")
    assert isinstance(error, errors.BackendRefused)
    assert (error.status, error.code, error.body) == (400, "weird", raw)
    assert not error.goes_on


@pytest.mark.parametrize(
    "raw", [b'{"error": "text"}', b'{"detail": "text"}', b"text", b'{"message": "text"}', b'"text"']
)
def test_other_shapes_give_their_words_and_get_our_form(raw: bytes) -> None:
    error = refusals.read(400, {}, raw, "here")
    assert isinstance(error, errors.BackendRefused)
    assert error.body == b""
    assert error.message == ("here answered 400: text" if b"detail" not in raw else error.message)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None)])
def test_retry_after_is_read_when_it_is_a_number(header: str, seconds: float | None) -> None:
    assert refusals.read(429, {"retry-after": header}, b"", "here").retry_after == seconds


@given(st.integers(300, 599), st.binary(max_size=200))
def test_any_answer_becomes_one_of_our_errors(status: int, raw: bytes) -> None:
    error = refusals.read(status, {}, raw, "here")
    assert isinstance(error, errors.GatewayError)
    assert 400 <= error.status <= 599
    assert len(error.message) < 700
