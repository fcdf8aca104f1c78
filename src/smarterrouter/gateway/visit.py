"""`Visit`: one HTTP request while it is served: what it asked of us beside its body, and what has happened so far."""

from collections.abc import Sequence
from time import time  # noqa: TID251 - stamps a record; durations use the stopwatch

from msgspec import Struct

from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.models import Model
from smarterrouter.gateway.conversation_keys import ConversationKey
from smarterrouter.gateway.transcript import Transcript
from smarterrouter.observability.stopwatch import Stopwatch


class Discarded(Struct, frozen=True):
    """An answer that was checked and never shown."""

    model: Model
    fault: str
    """What was wrong: one of `verifying.KINDS`."""
    prompt_tokens: int
    completion_tokens: int


class Visit:
    """Owned by the task that serves the request; accounting reads it once, at the end."""

    __slots__ = (
        "asked_model",
        "at",
        "browser",
        "clock",
        "completion_tokens",
        "conversation",
        "decision",
        "discarded",
        "endpoint",
        "error",
        "failed",
        "first_byte",
        "headers",
        "id",
        "method",
        "model",
        "moment",
        "named",
        "overhead",
        "override",
        "policy",
        "prompt_tokens",
        "repeats",
        "signature",
        "status",
        "stream",
        "total",
        "transcript",
    )

    def __init__(self, identity: str, endpoint: str, method: str = "POST") -> None:
        """`identity` is the request id; `endpoint` one of the names that metrics know."""
        self.id = identity
        self.endpoint = endpoint
        self.method = method
        self.at = time()
        self.clock = Stopwatch()
        self.headers: Sequence[tuple[bytes, bytes]] = ()
        """As they came, names in lower case."""
        self.conversation: ConversationKey | None = None
        self.override: str | None = None
        self.policy = ""
        """What the header `x-smarterrouter-policy` says: the operator's rules may ask for it."""
        self.signature: bool | None = None
        self.browser = False
        self.asked_model = ""
        self.named = False
        """Do candidates come from the caller, so that nobody has looked yet whether they can serve this?"""
        self.stream = False
        self.decision: Decision | None = None
        self.moment = Moment()
        """What was true when it was decided."""
        self.model: Model | None = None
        self.failed: list[str] = []
        self.discarded: list[Discarded] = []
        self.repeats = b""
        """The same for requests that ask for the same answer; empty where nobody looks for them."""
        self.status = 500
        self.error = ""
        self.transcript: Transcript | None = None
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.first_byte = 0.0
        self.overhead = 0.0
        self.total = 0.0

    def byte_goes_out(self) -> None:
        """The first byte of the answer leaves now: what was not the backend's time until here was ours."""
        if not self.first_byte:
            self.first_byte = self.clock.total
            self.overhead = self.clock.overhead

    def ended(self) -> None:
        """The last byte has gone out; what is done afterwards is nothing that the caller waits for."""
        self.total = self.clock.total

    def nothing_went_out(self) -> None:
        """The end has come: without a first byte all that was not the backend's time was ours."""
        if not self.first_byte:
            self.overhead = self.clock.overhead
