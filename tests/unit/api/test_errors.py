import json

import pytest

from smarterrouter.api.errors import InternalError, error_answer
from smarterrouter.errors import BackendBusy, BackendRefused, MethodNotAllowed, SlowBody, UnknownModel


def test_errors_have_openais_form():
    status, headers, body = error_answer(UnknownModel("no `x`", param="model"))
    assert (status, headers) == (404, [(b"content-type", b"application/json")])
    assert json.loads(body) == {
        "error": {"message": "no `x`", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    }


@pytest.mark.parametrize(("seconds", "said"), [(0.0, b"0"), (0.2, b"1"), (30.0, b"30")])
def test_callers_are_told_when_to_come_back_in_whole_seconds(seconds, said):
    assert (b"retry-after", said) in error_answer(BackendBusy("full", retry_after=seconds))[1]


def test_w15_without_a_time_there_is_no_promise():
    assert b"retry-after" not in dict(error_answer(BackendBusy("full"))[1])


def test_the_methods_that_there_are_come_with_the_refusal_of_others():
    assert (b"allow", b"GET, HEAD") in error_answer(MethodNotAllowed("no", allowed="GET, HEAD"))[1]


def test_a_connection_with_half_a_body_is_not_used_again():
    assert (b"connection", b"close") in error_answer(SlowBody("late"))[1]


def test_a_backends_own_words_are_relayed():
    body = b'{"error":{"message":"own words"}}'
    assert error_answer(BackendRefused("x", status=422, body=body))[::2] == (422, body)


def test_a_fault_of_ours_names_the_request_alone():
    status, _, body = error_answer(InternalError("r1"))
    assert status == 500
    assert "r1" in json.loads(body)["error"]["message"]
