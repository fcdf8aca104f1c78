"""Every error a caller can see.

GatewayError
├─ BadRequest 400
│   ├─ TooLarge 413, HeadTooLarge 431, NotJson 415, SlowBody 408
│   ├─ UnknownModel 404, NotFound 404, MethodNotAllowed 405
│   ├─ ContextTooLong 400        the prompt does not fit (dispatch goes on to a longer context)
│   └─ CannotHonour 400          this model cannot do what was asked; another may (dispatch goes on)
├─ Unauthorized 401, Forbidden 403
├─ NoEligibleModel 400           says which need nobody meets
├─ NoModels 503                  no backend offers a model right now
├─ RequestTimeout 504            the limit on a whole request passed
├─ ServerStopping 503            the gateway ends before the answer did
├─ BackendError 502              (dispatch may go on to the next candidate)
│   ├─ BackendUnreachable 502, BackendTimeout 504, BackendBusy 503, BackendGarbage 502
│   ├─ BackendLimited 429, ModelGone 404
│   └─ BackendRefused 4xx        the backend's own words, passed through; nobody else is asked
├─ AllCandidatesFailed 502       carries each candidate's error
└─ StoreUnavailable 503

`status`, `code`, `kind` and `goes_on` live on the class, so no code keeps a list of types. `kind` is OpenAI's `type`
(https://platform.openai.com/docs/guides/error-codes). `goes_on`: another candidate may succeed with the same call.
"""

from typing import ClassVar


class GatewayError(Exception):
    """Base of all errors that become an answer to the caller."""

    status: int = 500
    code: str = "internal_error"
    kind: ClassVar[str] = "server_error"
    goes_on: ClassVar[bool] = False
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, param: str | None = None, retry_after: float | None = None) -> None:
        """`message` is shown to the caller; `param` names the member at fault; `retry_after` is in seconds."""
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after


class BadRequest(GatewayError):
    """The request cannot be understood or is not allowed as it stands."""

    status = 400
    code = "invalid_request_error"
    kind = "invalid_request_error"


class TooLarge(BadRequest):
    """The body or one of its messages is longer than the limit."""

    status = 413
    code = "request_too_large"


class HeadTooLarge(BadRequest):
    """The request line with its headers is longer than the limit."""

    status = 431
    code = "headers_too_large"


class NotJson(BadRequest):
    """The content type is not application/json."""

    status = 415
    code = "unsupported_media_type"


class SlowBody(BadRequest):
    """The body did not arrive in time."""

    status = 408
    code = "request_timeout"


class NotFound(BadRequest):
    """There is nothing at this address."""

    status = 404
    code = "not_found"


class MethodNotAllowed(BadRequest):
    """The address exists, the method does not."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, *, allowed: str = "") -> None:
        """`allowed` lists the methods that there are, for the `Allow` header."""
        super().__init__(message)
        self.allowed = allowed


class UnknownModel(BadRequest):
    """No model, alias or router has the name that was asked for."""

    status = 404
    code = "model_not_found"


class ContextTooLong(BadRequest):
    """The prompt has more tokens than any model that could serve it."""

    code = "context_length_exceeded"
    goes_on = True


class CannotHonour(BadRequest):
    """This model's backend cannot do what was asked, and leaving it out would change the meaning."""

    code = "unsupported_parameter"
    goes_on = True


class Unauthorized(GatewayError):
    """No key, or a wrong one."""

    status = 401
    code = "invalid_api_key"
    kind = "authentication_error"


class Forbidden(GatewayError):
    """Known, but not allowed."""

    status = 403
    code = "forbidden"
    kind = "permission_error"


class NoEligibleModel(BadRequest):
    """Models exist, but none meets a need of this request."""

    code = "no_eligible_model"


class NoModels(GatewayError):
    """No backend offers a model right now."""

    status = 503
    code = "no_models"


class RequestTimeout(GatewayError):
    """The limit on a whole request passed."""

    status = 504
    code = "request_timeout"


class ServerStopping(GatewayError):
    """The gateway is being stopped, and the answer was not complete in time."""

    status = 503
    code = "server_stopping"


class BackendError(GatewayError):
    """A backend failed before it had answered anything."""

    status = 502
    code = "backend_error"
    goes_on = True
    retryable = True


class BackendUnreachable(BackendError):
    """No connection, or it broke before the first byte of an answer."""

    code = "backend_unreachable"


class BackendTimeout(BackendError):
    """The backend did not answer in time."""

    status = 504
    code = "backend_timeout"
    retryable = False


class BackendBusy(BackendError):
    """The backend says that it has too much to do, is still loading, or its breaker is open."""

    status = 503
    code = "backend_busy"


class BackendLimited(BackendError):
    """The backend says that our account asks too often or has used up its quota."""

    status = 429
    code = "rate_limit_exceeded"
    kind = "rate_limit_error"


class ModelGone(BackendError):
    """The backend does not have the model that it listed."""

    status = 404
    code = "model_not_found"
    kind = "invalid_request_error"
    retryable = False


class BackendGarbage(BackendError):
    """The backend answered something that is not an answer: wrong type, empty, not JSON, an error inside a 200."""

    code = "backend_bad_answer"
    retryable = False


class BackendRefused(BackendError):
    """The backend understood the request and refused it; its status and words reach the caller unchanged."""

    goes_on = False
    retryable = False

    def __init__(self, message: str, *, status: int, code: str = "backend_refused", body: bytes = b"") -> None:
        """`status` is the backend's; `body` its OpenAI-shaped error as bytes, or empty when it had none."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.body = body


class AllCandidatesFailed(GatewayError):
    """Every candidate was tried; `attempts` pairs each model key with its error."""

    status = 502
    code = "all_candidates_failed"

    def __init__(self, attempts: list[tuple[str, GatewayError]]) -> None:
        """`attempts` in the order in which they were made, at least one."""
        parts = "; ".join(f"{key}: {error.message}" for key, error in attempts)
        super().__init__(f"Every model that could answer failed. {parts}")
        self.attempts = attempts


class StoreUnavailable(GatewayError):
    """The database cannot be reached."""

    status = 503
    code = "store_unavailable"
