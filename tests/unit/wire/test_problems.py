import json

import pytest

from smarterrouter.errors import (
    AllCandidatesFailed,
    BackendBusy,
    BackendRefused,
    BadRequest,
    GatewayError,
    UnknownModel,
)
from smarterrouter.wire.problems import problem


@pytest.mark.parametrize(
    ("error", "members"),
    [
        (
            BadRequest('no "way"\n', param="seed"),
            {
                "message": 'no "way"\n',
                "type": "invalid_request_error",
                "param": "seed",
                "code": "invalid_request_error",
            },
        ),
        (
            UnknownModel("nobody"),
            {"message": "nobody", "type": "invalid_request_error", "param": None, "code": "model_not_found"},
        ),
        (
            BackendRefused("bad", status=422, code="odd"),
            {"message": "bad", "type": "server_error", "param": None, "code": "odd"},
        ),
    ],
)
def test_an_error_has_openais_shape(error: GatewayError, members: dict[str, object]) -> None:
    assert json.loads(problem(error)) == {"error": members}


def test_a_backend_speaks_for_itself() -> None:
    body = b'{"error":{"message":"my own words","type":"x","param":null,"code":"y"}}'
    assert problem(BackendRefused("short", status=400, body=body)) is body


def test_every_failed_candidate_is_told() -> None:
    told = json.loads(problem(AllCandidatesFailed([("a/x", BackendBusy("busy"))])))["error"]
    assert told["code"] == "all_candidates_failed"
    assert "a/x: busy" in told["message"]
