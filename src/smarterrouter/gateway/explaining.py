"""`Explaining`: decisions told to people, those of now and those of the log. Nothing is generated, nothing changes."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from smarterrouter.domain.decisions import Decision
from smarterrouter.domain.intent import Intent
from smarterrouter.errors import NotFound
from smarterrouter.gateway.archive import Archive, Missing, Recalled
from smarterrouter.routing.explain import report
from smarterrouter.routing.replay import DeciderOf, compare
from smarterrouter.routing.weights import RoutingWeights
from smarterrouter.store.database import Database
from smarterrouter.store.premises import Decided, decided_by_id
from smarterrouter.wire.calls import ChatCall

Report = dict[str, Any]


class Ways(NamedTuple):
    """How the gateway reads and decides."""

    read_text: Callable[[str], Awaitable[Intent]]
    read_call: Callable[[ChatCall], Awaitable[Intent]]
    decide: Callable[[Intent, str], Decision]
    """Given also the name that was asked for; changes nothing."""


class Explaining:
    """Makes reports. Safe to share."""

    def __init__(self, ways: Ways, weights: RoutingWeights, database: Database, decider_of: DeciderOf) -> None:
        self._ways = ways
        self._weights = weights
        self._database = database
        self._decider_of = decider_of

    async def prompt(self, text: str) -> Report:
        """Who would answer this text, and why. Raise as `Choosing.decide`."""
        return report(self._ways.decide(await self._ways.read_text(text), ""), self._weights)

    async def chat(self, body: bytes) -> Report:
        """Who would answer this chat request if the router may choose, and why. Raise `BadRequest` for what is none."""
        call = ChatCall.decode(body)
        intent = await self._ways.read_call(call)
        return report(self._ways.decide(intent, call.request.model or ""), self._weights)

    async def recorded(self, identity: str) -> Report:
        """How the request of this id was decided. Raise `NotFound`, `StoreUnavailable`."""
        return await explain_recorded(self._database, identity, self._decider_of)


async def explain_recorded(database: Database, identity: str, decider_of: DeciderOf) -> Report:
    """How the newest request of this id was decided, with what the log knows of it as `request`.

    Raise `NotFound` where nothing was decided or it is not known any more, `StoreUnavailable`.
    """
    row = await decided_by_id(database, identity)
    if row is None:
        raise NotFound(f"There is no request {identity[:200]} in the log.")
    if not row.snapshot_hash:
        raise NotFound(f"Nothing was decided for the request {identity[:200]}: {_undecided(row)}.")
    try:
        found = await Archive(database).recall(row)
    except Missing as error:
        raise NotFound(f"The decision for {identity[:200]} cannot be explained any more: {error}.") from None
    try:
        decision = decider_of(found.policy).as_it_was(found.past, found.models, found.snapshot)
    except (ValueError, KeyError):
        raise NotFound(f"The request {identity[:200]} was decided by a version that knew other rules.") from None
    return {**report(decision, found.policy.weights), "request": _request(row, found, decision)}


def _undecided(row: Decided) -> str:
    return "it named its model" if row.strategy == "named" else "it came to no decision"


def _request(row: Decided, found: Recalled, decision: Decision) -> Report:
    compared = compare(found.past, decision)
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "endpoint": row.endpoint,
        "asked_model": row.asked_model,
        "answered_by": row.model,
        "status": row.status,
        "failed_before": row.fell_back_from.split(",") if row.fell_back_from else [],
        "strategy": row.strategy,
        "policy": row.policy,
        "snapshot_hash": row.snapshot_hash,
        "moment": msgspec.to_builtins(found.past.recorded.moment),
        "identical": compared.identical,
        "differs": compared.difference,
    }
