"""`POST /v1/feedback`: what users say of an answer (row O1)."""

import asyncio
from time import time  # noqa: TID251 - stamps a vote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from smarterrouter.api.asgi import caller_of, require_json, whole_body
from smarterrouter.api.services import Services
from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import BadRequest, Forbidden, NotFound
from smarterrouter.gateway.noticing import UNREAD
from smarterrouter.observability.redaction import redact
from smarterrouter.routing.difficulty import difficulty_of
from smarterrouter.store.journal import INTERVAL
from smarterrouter.store.labels import request_of
from smarterrouter.wire.feedback import FeedbackAnswer, FeedbackRequest, read_feedback

_MOST_BYTES = 16 * 2**10
_LOOKS = 4
"""How often a request is looked for: its record waits a moment in the journal, and a quick user is faster."""
_RATED = frozenset({"chat", "completions"})


class FeedbackOff(Forbidden):
    """The operator does not want feedback."""

    code = "feedback_disabled"


class Feedback:
    """Binds a vote to the request that it is about, and hands it on. Works on the database, off the path of chat."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def vote(self, request: Request) -> Response:
        """Take one vote; a second one of the same caller about the same answer replaces the first."""
        if not self._services.tally.enabled:
            raise FeedbackOff("Feedback is switched off here (ROUTER_FEEDBACK_ENABLED=false).")
        said = read_feedback(await self._body(request))
        record = self._rated(said, await self._found(said.response_id))
        label = Label(
            sign=Sign.VOTE,
            voter=self._services.voters.of(*caller_of(request.scope)),
            request=record.id,
            model=record.model,
            category=said.category or category_of(record),
            difficulty=difficulty_of(record.complexity if record.category else UNREAD),
            verdict=said.verdict,
            at=time(),
        )
        await self._services.tally.vote(label, self._comment(said))
        answer = FeedbackAnswer(record.id, label.model, label.category, label.verdict)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    async def _body(self, request: Request) -> bytes:
        require_json(request.scope)
        server = self._services.settings.server
        limit = min(server.max_request_body_bytes, _MOST_BYTES)
        return await whole_body(request.scope, request.receive, limit, server.request_body_timeout_seconds)

    async def _found(self, identity: str) -> RequestRecord:
        """The request with this id. Raise `NotFound`, `StoreUnavailable`."""
        for _ in range(_LOOKS):
            waiting = self._services.journal.waiting  # asked before: it may be written while it is looked for
            record = await request_of(self._services.database, identity)
            if record is not None:
                return record
            if not waiting:
                break
            await asyncio.sleep(INTERVAL)
        raise NotFound(
            "There is no answer with this `response_id`: it is the `x-request-id` header of the answer.",
            param="response_id",
        )

    def _rated(self, said: FeedbackRequest, record: RequestRecord) -> RequestRecord:
        """`record`, where it can be rated. Raise `BadRequest`."""
        if record.endpoint not in _RATED or not record.model:
            raise BadRequest("This request has no answer of a model that could be rated.", param="response_id")
        if said.model_name and said.model_name not in {record.model, record.model.partition("/")[2]}:
            raise BadRequest(f"This answer is by {record.model}.", param="model_name")
        return record

    def _comment(self, said: FeedbackRequest) -> str | None:
        keeps = self._services.settings.observability.log_content
        return redact(said.comment) if keeps and said.comment else None


def category_of(record: RequestRecord) -> Category | None:
    """What kind of work the request was; None where nobody looked."""
    return Category(record.category) if record.category else None
