import re

import pytest

from smarterrouter import errors
from smarterrouter.errors import (
    AllCandidatesFailed,
    BackendBusy,
    BackendError,
    BackendRefused,
    BackendTimeout,
    BadRequest,
    GatewayError,
)


def family(kind: type[GatewayError]) -> list[type[GatewayError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in family(child))]


KINDS = [kind for kind in family(GatewayError) if kind.__module__ == errors.__name__]
IDS = [kind.__name__ for kind in KINDS]


def made(kind: type[GatewayError]) -> GatewayError:
    if issubclass(kind, BackendRefused):
        return kind("no", status=422)
    if issubclass(kind, AllCandidatesFailed):
        return kind([("a/b", BackendBusy("busy"))])
    return kind("no")


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_every_error_has_an_answer(kind: type[GatewayError]) -> None:
    error = made(kind)
    assert 400 <= error.status < 600
    assert re.fullmatch(r"[a-z_]+", error.code)
    assert re.fullmatch(r"[a-z_]+_error", error.kind)
    assert error.message
    assert str(error) == error.message


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_every_error_stands_in_the_tree_that_the_module_draws(kind: type[GatewayError]) -> None:
    assert re.search(rf"\b{kind.__name__}\b", errors.__doc__ or "")


def test_every_name_that_the_tree_draws_exists() -> None:
    drawn = re.findall(r"[├└─,] ?─? ?([A-Z][A-Za-z]+)", (errors.__doc__ or "").partition("\n\n")[2])
    assert len(drawn) > 10
    assert {name for name in drawn if not hasattr(errors, name)} == set()


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_a_fault_of_the_request_has_a_4xx_status_and_says_so(kind: type[GatewayError]) -> None:
    if issubclass(kind, BadRequest):
        assert 400 <= kind.status < 500
        assert kind.kind == "invalid_request_error"


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_what_may_be_retried_is_a_backends_failure_that_generated_nothing(kind: type[GatewayError]) -> None:
    if kind.retryable:
        assert issubclass(kind, BackendError)
        assert kind.goes_on
    assert not BackendTimeout.retryable
    assert not BackendRefused.retryable


def test_optional_parts() -> None:
    error = GatewayError("no", param="seed", retry_after=2.5)
    assert (error.param, error.retry_after) == ("seed", 2.5)
    assert (GatewayError("no").param, GatewayError("no").retry_after) == (None, None)


def test_a_refusal_keeps_the_backends_words() -> None:
    error = BackendRefused("bad seed", status=422, code="bad_seed", body=b'{"error":{}}')
    assert (error.status, error.code, error.body, error.goes_on) == (422, "bad_seed", b'{"error":{}}', False)
    assert BackendRefused("no", status=400).code == "backend_refused"
    assert BackendRefused.status == 502  # the instance's status does not leak to the class


def test_all_failures_are_told() -> None:
    attempts: list[tuple[str, GatewayError]] = [("a/x", BackendBusy("too busy")), ("b/y", BackendTimeout("too slow"))]
    error = AllCandidatesFailed(attempts)
    assert error.attempts == attempts
    assert "a/x: too busy; b/y: too slow" in error.message
