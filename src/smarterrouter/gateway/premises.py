"""`Premises`: stores what decisions were taken on, once, and says how each decision is written down.

Requests leave a `Taken` and nothing else. The journal's task calls what is here: it makes the bytes, and it stores a
snapshot or a policy before the first record that refers to it, so that a crash leaves no record without them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from time import monotonic
from typing import NamedTuple

from smarterrouter.catalog.snapshot import Snapshot
from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.models import Model
from smarterrouter.domain.records import RequestRecord
from smarterrouter.domain.taken import Taken
from smarterrouter.routing.premises import StoredPolicy, pack_models
from smarterrouter.routing.recorded import NAMED, Outcome, Places, Recorded, encode, totals_hash
from smarterrouter.store.database import Database
from smarterrouter.store.journal import Described
from smarterrouter.store.premises import save_premises

_SNAPSHOTS_AT_MOST = 64
"""Snapshots that are remembered: an answer that takes longer than so many changes of the catalog is rare."""
_POLICIES_AT_MOST = 64
_AGAIN_SECONDS = 600.0
"""A premise in use is stored again after so long, so that the store knows that it is in use."""


class _Known(NamedTuple):
    hash: str
    data: bytes
    places: Places


def taken(decision: Decision, moment: Moment) -> Taken:
    """What a request leaves of its decision. `moment` is the one that it was taken at."""
    named = decision.candidates[:NAMED]
    return Taken(
        intent=decision.intent,
        moment=moment,
        snapshot=decision.snapshot,
        candidates=len(decision.candidates),
        first=tuple([(candidate.model.key, candidate.total) for candidate in named]),
        held=decision.held,
        rules=decision.rules,
    )


class Premises:
    """Owned by the event loop. Without the database nothing is lost: the journal tries again."""

    def __init__(
        self, database: Database, policy: Callable[[], StoredPolicy], clock: Callable[[], float] = monotonic
    ) -> None:
        """`policy()` is the one in force now."""
        self._database = database
        self._policy = policy
        self._clock = clock
        self._models: OrderedDict[int, Sequence[Model]] = OrderedDict()
        self._known: dict[int, _Known] = {}
        self._policies: OrderedDict[str, bytes] = OrderedDict()
        self._stored: dict[str, float] = {}
        self._note_policy()

    def note_snapshot(self, snapshot: Snapshot) -> None:
        """Requests may be decided on it from now on. A listener of the catalog: it only remembers where the models are.

        Two snapshots of the same models are one to the store.
        """
        self._models[snapshot.number] = snapshot.models
        while len(self._models) > _SNAPSHOTS_AT_MOST:
            gone, _ = self._models.popitem(last=False)
            self._known.pop(gone, None)

    async def keep(self, records: Sequence[RequestRecord]) -> None:
        """Store the snapshots and policies that these records refer to. Raise `StoreUnavailable`."""
        self._note_policy()
        decided = [(record, record.features) for record in records if isinstance(record.features, Taken)]
        known = [await self._packed(number) for number in {said.snapshot for _, said in decided}]
        snapshots = {found.hash: found.data for found in known if found is not None and self._due(found.hash)}
        wanted = {record.policy for record, _ in decided if self._due(record.policy)}
        policies = {name: self._policies[name] for name in wanted if name in self._policies}
        if snapshots or policies:
            await save_premises(self._database, snapshots, policies)
            now = self._clock()
            fresh = {name: at for name, at in self._stored.items() if now - at < _AGAIN_SECONDS}
            self._stored = fresh | dict.fromkeys((*snapshots, *policies), now)

    def describe(self, record: RequestRecord) -> Described:
        """What is written of one decision; nothing where nothing was decided."""
        said = record.features
        if not isinstance(said, Taken):
            return Described(said if isinstance(said, bytes) else b"")
        known = self._known.get(said.snapshot)
        places = known.places if known is not None else Places(())
        outcome = Outcome(
            count=said.candidates,
            first=tuple([key for key, _ in said.first]),
            totals=totals_hash([total for _, total in said.first]),
        )
        return Described(
            features=encode(Recorded(said.intent, said.moment, outcome), places),
            snapshot_hash=known.hash if known is not None else "",
            chosen=said.first[0][0] if said.first else "",
            held=said.held,
            rules="\n".join(said.rules),
        )

    async def _packed(self, number: int) -> _Known | None:
        """The snapshot of this number, ready to be stored. In a thread: hundreds of models take milliseconds."""
        found = self._known.get(number)
        models = self._models.get(number)
        if found is None and models is not None:
            name, data = await asyncio.to_thread(pack_models, models)
            found = self._known[number] = _Known(name, data, Places(models))
        return found

    def _note_policy(self) -> None:
        """Records of the next moments refer to it. One that was in force for less than a batch may be missed."""
        policy = self._policy()
        self._policies[policy.stamp] = policy.encoded()
        while len(self._policies) > _POLICIES_AT_MOST:
            self._policies.popitem(last=False)

    def _due(self, name: str) -> bool:
        at = self._stored.get(name)
        return at is None or self._clock() - at >= _AGAIN_SECONDS
