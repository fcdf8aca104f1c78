"""`Archive`: decisions of the past with all that they were taken on, read back from the store."""

from collections import OrderedDict
from typing import NamedTuple

from smarterrouter.domain.models import Model
from smarterrouter.domain.records import ESCALATED
from smarterrouter.routing.premises import BadPremise, StoredPolicy, policy_from, unpack_models
from smarterrouter.routing.recorded import BadFeatures, Places, decode
from smarterrouter.routing.replay import Past
from smarterrouter.store.database import Database
from smarterrouter.store.premises import Decided, load_policy, load_snapshot

_SNAPSHOTS_AT_MOST = 16
"""Snapshots in memory at once; a decision of another one reads it again."""


class Missing(Exception):
    """What a decision was taken on is not there, or cannot be read."""


class Recalled(NamedTuple):
    """One decision of the past, with its policy and its models."""

    past: Past
    policy: StoredPolicy
    models: tuple[Model, ...]
    snapshot: int
    """A number for `models`: the same for the same ones, as long as they are remembered."""


class _Snapshot(NamedTuple):
    number: int
    models: tuple[Model, ...]
    places: Places


class Archive:
    """Remembers the snapshots and policies that it has read last."""

    def __init__(self, database: Database) -> None:
        """`database` is open when something is asked for."""
        self._database = database
        self._snapshots: OrderedDict[str, _Snapshot] = OrderedDict()
        self._policies: dict[str, StoredPolicy] = {}
        self._number = 0

    async def recall(self, row: Decided) -> Recalled:
        """The decision of this row. Raise `Missing` with a reason, or `StoreUnavailable`."""
        snapshot = await self._snapshot(row.snapshot_hash)
        policy = await self._policy(row.policy)
        try:
            recorded = decode(row.features, snapshot.places)
        except BadFeatures as error:
            raise Missing("its features cannot be read") from error
        past = Past(
            id=row.id,
            at=row.at.timestamp(),
            asked=row.asked_model,
            chosen=row.chosen,
            recorded=recorded,
            strategy=row.strategy.removesuffix(ESCALATED),
            held=row.held,
            rules=tuple(row.rules.splitlines()) if row.rules else (),
        )
        return Recalled(past, policy, snapshot.models, snapshot.number)

    async def _snapshot(self, name: str) -> _Snapshot:
        found = self._snapshots.get(name)
        if found is None:
            data = await load_snapshot(self._database, name)
            if data is None:
                raise Missing("its snapshot is not stored")
            found = self._snapshots[name] = self._opened(data)
            if len(self._snapshots) > _SNAPSHOTS_AT_MOST:
                self._snapshots.popitem(last=False)
        self._snapshots.move_to_end(name)
        return found

    def _opened(self, data: bytes) -> _Snapshot:
        try:
            models = unpack_models(data)
        except BadPremise as error:
            raise Missing("its snapshot cannot be read") from error
        self._number += 1
        return _Snapshot(self._number, models, Places(models))

    async def _policy(self, name: str) -> StoredPolicy:
        found = self._policies.get(name)
        if found is None:
            data = await load_policy(self._database, name)
            if data is None:
                raise Missing("its policy is not stored")
            try:
                found = self._policies[name] = policy_from(data)
            except BadPremise as error:
                raise Missing("its policy cannot be read") from error
        return found
