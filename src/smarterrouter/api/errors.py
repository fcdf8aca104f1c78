"""Our errors as OpenAI-shaped JSON."""

import math

from smarterrouter.errors import GatewayError, MethodNotAllowed, SlowBody
from smarterrouter.gateway.sink import Headers
from smarterrouter.wire.problems import problem


def error_answer(error: GatewayError) -> tuple[int, Headers, bytes]:
    """Status, headers and body for an error that nothing was sent before."""
    headers: Headers = [(b"content-type", b"application/json")]
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % math.ceil(error.retry_after)))
    if isinstance(error, MethodNotAllowed):
        headers.append((b"allow", error.allowed.encode()))
    if isinstance(error, SlowBody):
        headers.append((b"connection", b"close"))  # the rest of the body may still come, and would be no request
    return error.status, headers, problem(error)


class InternalError(GatewayError):
    """A fault of ours. The caller gets the request id to report, never a stack trace."""

    def __init__(self, request_id: str) -> None:
        """`request_id` finds the stack trace in the log."""
        super().__init__(f"The gateway failed. The log has the details under request id {request_id}.")
