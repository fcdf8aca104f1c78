"""One finished request: metrics and a record, once, whatever happened."""

from collections.abc import Callable

from msgspec import structs

from smarterrouter.domain.records import ESCALATED, RequestRecord
from smarterrouter.gateway.premises import taken
from smarterrouter.gateway.visit import Visit
from smarterrouter.observability.metrics import CALLER_LEFT as LEFT
from smarterrouter.observability.metrics import Metrics
from smarterrouter.store.journal import Journal

__all__ = ["LEFT", "Accounting"]


class Accounting:
    """Turns a finished visit into metrics and one journal entry. Nothing here waits."""

    def __init__(self, metrics: Metrics, journal: Journal, policy: Callable[[], str]) -> None:
        """`policy` gives the hash of the routing settings in force."""
        self._metrics = metrics
        self._journal = journal
        self._policy = policy

    def open(self, visit: Visit) -> None:
        """A request is being served; `close` follows in any case."""
        self._metrics.entered(visit.endpoint)

    def close(self, visit: Visit) -> None:
        """Called exactly once for each visit, also after an error or when the caller left."""
        visit.clock.back()
        visit.nothing_went_out()  # a caller who left before any byte still cost us something
        record = self._record(visit)
        self._metrics.left(visit.endpoint)
        self._metrics.finished(record, visit.method)
        self._journal.append(self._with_discarded(record, visit) if visit.discarded else record)

    def _with_discarded(self, record: RequestRecord, visit: Visit) -> RequestRecord:
        """Answers that were thrown away have been paid for: in metrics by their model, in the record all together."""
        for one in visit.discarded:
            self._metrics.escalated(one.model.key, one.fault, one.prompt_tokens, one.completion_tokens)
        return structs.replace(
            record,
            strategy=f"{record.strategy}{ESCALATED}",
            prompt_tokens=record.prompt_tokens + sum(one.prompt_tokens for one in visit.discarded),
            completion_tokens=record.completion_tokens + sum(one.completion_tokens for one in visit.discarded),
        )

    def _record(self, visit: Visit) -> RequestRecord:
        decision, model = visit.decision, visit.model
        intent = decision.intent if decision is not None else None
        return RequestRecord(
            id=visit.id,
            at=visit.at,
            endpoint=visit.endpoint,
            asked_model=visit.asked_model[:128],
            model=model.key if model is not None and visit.status == 200 else "",
            strategy=decision.strategy if decision is not None else "named" if visit.named else "",
            status=visit.status,
            error=visit.error,
            stream=visit.stream,
            fell_back_from=",".join(visit.failed)[:1024],
            category=intent.category.value if intent is not None else "",
            complexity=intent.complexity if intent is not None else 0.0,
            prompt_tokens=visit.prompt_tokens,
            completion_tokens=visit.completion_tokens,
            first_byte_ms=visit.first_byte * 1000,
            total_ms=(visit.total or visit.clock.total) * 1000,
            overhead_ms=visit.overhead * 1000,
            snapshot=decision.snapshot if decision is not None else 0,
            policy=self._policy(),
            features=taken(decision, visit.moment) if decision is not None else b"",
            content=visit.transcript.text() if visit.transcript is not None else "",
        )
