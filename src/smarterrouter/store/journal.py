"""`Journal`: what happened is appended in no time and written in batches behind the requests' backs."""

import asyncio
import logging
import math
import random
import secrets
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol, cast

from msgspec import structs
from sqlalchemy import Table

from smarterrouter.domain.records import RequestRecord
from smarterrouter.errors import StoreUnavailable
from smarterrouter.observability.tasks import cancel, spawn
from smarterrouter.store.bulk import Refused, Row, bulk_insert, to_driver
from smarterrouter.store.database import Database
from smarterrouter.store.tables import RequestRow

log = logging.getLogger(__name__)

BATCH = 500
"""Records in one statement at most."""
_AT_ONCE = 25
"""Records that are described without letting others have a turn: about a millisecond."""
INTERVAL = 0.2
"""Seconds that a record waits for company."""
_LONGEST_PAUSE = 10.0
_TAG_BITS = 11
_FIELDS = RequestRecord.__struct_fields__
_AT = _FIELDS.index("at")
_CONTENT = _FIELDS.index("content")
_FEATURES = _FIELDS.index("features")
_LARGEST = {"status": 2**31 - 1}


class Described(NamedTuple):
    """What is written of a decision beside the fields of its record, in the columns of the same names."""

    features: bytes = b""
    snapshot_hash: str = ""
    chosen: str = ""
    held: str = ""
    rules: str = ""


_COLUMNS = (*_FIELDS, *Described._fields[1:])


class Premises(Protocol):
    """Knows what decisions were taken on, and how to write that down. Called when a batch is written, not by requests.

    `gateway/premises.py` is the one that is used.
    """

    async def keep(self, records: Sequence[RequestRecord]) -> None:
        """Store what these records refer to, before they are stored. Raise `StoreUnavailable`."""

    def describe(self, record: RequestRecord) -> Described:
        """What is written of the decision of one record; called after `keep`."""
        ...


class NoPremises:
    """For journals that nobody learns from: nothing is kept of a decision but bytes that are there already."""

    async def keep(self, records: Sequence[RequestRecord]) -> None:
        """There is nothing to keep."""

    def describe(self, record: RequestRecord) -> Described:
        """The features where they are bytes, and nothing else."""
        return Described(record.features if isinstance(record.features, bytes) else b"")


class Journal:
    """The only writer of the log of requests; belongs to the event loop, so it needs no lock.

    A database that is away costs nothing until `max_queue` records wait beside the batch in hand; then the oldest are
    dropped and counted. A crash loses what has not been written yet: while the database is well, the records of the
    last `INTERVAL` seconds.
    """

    def __init__(self, database: Database, max_queue: int = 20_000, premises: Premises | None = None) -> None:
        """`database` may still be closed. A record takes about 2 KB of memory while it waits.

        `premises` says what is written of decisions; without it nothing is.
        """
        self._database = database
        self._queue: deque[RequestRecord] = deque(maxlen=max_queue)
        self._max = max_queue
        self._some = asyncio.Event()  # set while there is a record, and at the end
        self._enough = asyncio.Event()  # set while there is a whole batch, and at the end
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._batch = _Batch(database, premises or NoPremises())
        self.written = 0
        """Records in the database."""
        self.dropped = 0
        """Records lost because the queue was full, or the database away at the end."""
        self.failures = 0
        """Attempts to write a batch that failed; each was, or will be, tried again."""

    @property
    def waiting(self) -> int:
        """Records not written yet."""
        return len(self._queue) + self._batch.waiting

    def append(self, record: RequestRecord) -> None:
        """Remember one record. Never waits, never fails, opens nothing. Call it on the event loop."""
        queue = self._queue
        size = len(queue)
        if size == self._max:
            self.dropped += 1  # the deque lets go of its oldest
        queue.append(record)
        if size == 0:
            self._some.set()
        elif size == BATCH - 1:
            self._enough.set()

    def start(self) -> None:
        """Begin to write in the background."""
        if self._task is None:
            self._task = spawn(self._run(), "write the journal")

    async def close(self, seconds: float = 5.0) -> None:
        """Write what waits, for at most `seconds`; what is left then is lost, counted and said.

        Call it before `Database.close`.
        """
        self._closing = True
        self._some.set()
        self._enough.set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=seconds)
        await cancel(self._task)
        await self._batch.close()
        if lost := self.waiting:
            self.dropped += lost
            self._queue.clear()
            self._batch.clear()
            log.error("%d records of requests could not be written before the end", lost)

    async def _run(self) -> None:
        await self._database.ready.wait()
        while self._queue or not self._closing:
            await self._company()
            self._batch.take(self._popped())
            await self._write()

    async def _company(self) -> None:
        await self._some.wait()
        with suppress(TimeoutError):
            async with asyncio.timeout(INTERVAL):
                await self._enough.wait()

    def _popped(self) -> list[RequestRecord]:
        queue = self._queue
        records = [queue.popleft() for _ in range(min(len(queue), BATCH))]
        if not self._closing:
            if not queue:
                self._some.clear()
            if len(queue) < BATCH:
                self._enough.clear()
        return records

    async def _write(self) -> None:
        pause = 0.1
        while self._batch.waiting and not await self._wrote():
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311  # spreads workers, guards nothing
            pause = min(pause * 2, _LONGEST_PAUSE)
        self.written += self._batch.waiting
        self._batch.clear()

    async def _wrote(self) -> bool:
        try:
            await self._batch.insert()
        except (StoreUnavailable, Refused) as error:
            self._batch.prepare_again(error)
            self.failures += 1
            log.warning("the journal keeps %d records and will try again: %s", self.waiting, error)
            return False
        return True


class _Batch:
    """The records that are being written, as rows once it is stored what they refer to."""

    def __init__(self, database: Database, premises: Premises) -> None:
        self._premises = premises
        table = cast("Table", RequestRow.__table__)
        self._records: list[RequestRecord] = []
        self._rows: list[Row] = []
        self._insert = bulk_insert(table, database)
        self._time = to_driver(table, "at", database)
        self._maybe_there = False
        self._number = 0
        self._tag = secrets.randbits(_TAG_BITS)

    @property
    def waiting(self) -> int:
        """Records in hand."""
        return len(self._records) or len(self._rows)

    def take(self, records: list[RequestRecord]) -> None:
        """Have `records` in hand."""
        self._records = records
        self._maybe_there = False

    def clear(self) -> None:
        """Forget them."""
        self._records, self._rows = [], []

    async def insert(self) -> None:
        """Write them, all or none. Raise `Refused` or `StoreUnavailable`."""
        if self._records:
            await self._premises.keep(self._records)
            self._rows, self._records = await self._described(), []
        await self._insert.run(self._rows, again=self._maybe_there)

    async def close(self) -> None:
        """Give back the connection."""
        await self._insert.close()

    def prepare_again(self, error: Exception) -> None:
        """Make sure that the next try fails neither because of a value nor because of the first one's rows."""
        if isinstance(error, Refused):  # nothing was written; perhaps another worker has these numbers
            self._tag = secrets.randbits(_TAG_BITS)
            self._rows = [(self._next(), *_storable(row[1:])) for row in self._rows]
        else:  # only the server's last word may be lost: under the same numbers no record can be there twice
            self._maybe_there = True
            self._rows = [(row[0], *_storable(row[1:])) for row in self._rows]

    async def _described(self) -> list[Row]:
        rows = []
        for record in self._records:
            rows.append(self._row(record))
            if not len(rows) % _AT_ONCE:
                await asyncio.sleep(0)
        return rows

    def _row(self, record: RequestRecord) -> Row:
        values: list[Any] = list(structs.astuple(record))
        values[_AT] = self._time(datetime.fromtimestamp(record.at, UTC))
        values[_CONTENT] = record.content or None
        values[_FEATURES], *others = self._premises.describe(record)
        return (self._next(), *values, *others)

    def _next(self) -> int:
        # Microseconds since 1970, never twice, above the tag of this worker: 63 bits until the year 2112.
        self._number = max(self._number + 1, time.time_ns() // 1000)
        return self._number << _TAG_BITS | self._tag


def _storable(values: Row) -> Row:
    return tuple(_storable_value(name, value) for name, value in zip(_COLUMNS, values, strict=True))


def _storable_value(name: str, value: Any) -> Any:
    """`value` as every database takes it: no NUL, no half of a surrogate pair, no number too large or not one."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else 0.0
    if isinstance(value, int) and not isinstance(value, bool):
        largest = _LARGEST.get(name, 2**63 - 1)
        return max(-largest, min(value, largest))
    return value
