"""Deletes stored text when its time is over, and what no record refers to any more."""

from smarterrouter.store.database import Database
from smarterrouter.store.premises import forget_unused
from smarterrouter.store.retention import expire_content


class ExpireContent:
    """The records stay; the text of prompts and answers goes, and snapshots older than the oldest record."""

    name = "expire_content"
    every = 3600.0

    def __init__(self, database: Database, days: float) -> None:
        """`days`: how long text is kept."""
        self._database = database
        self._days = days

    async def run(self) -> None:
        """Delete what is too old; a database that is not open yet is tried again at the next run."""
        if self._database.ready.is_set():
            await expire_content(self._database, self._days)
            await forget_unused(self._database)
