"""`BenchmarkSource`, `Fetched`: a place that publishes numbers about models, and what was read there."""

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from smarterrouter.domain.knowledge import Published


class Fetched(Struct, frozen=True):
    """One reading of a source."""

    rows: tuple[Published, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, for people: one bad row costs that row alone."""
    whole: bool = True
    """False when a part of the source could not be read: what it said there before may still hold."""
    extra_data: Mapping[str, Mapping[str, Any]] = {}
    """What the source says beside: by model, names of its own and plain values. For people, not for routing."""
    absent: bool = False
    """There is nothing to read yet, and that is nobody's fault: neither a good reading nor a failed one."""


class BenchmarkSource(Protocol):
    """A place that publishes numbers about models.

    A new one: a class with these three members, and a line in `benchmarks/registry.py`.

        class Mine:
            name = "mine"
            hosts = ("scores.example.org",)

            async def fetch(self) -> Fetched:
                reader = Reader(self.name, "https://scores.example.org/table")
                reader.add("llama3.2:3b", "ifeval", 77.4)
                return reader.fetched()
    """

    @property
    def name(self) -> str:
        """What `Published.source` and the settings call it."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Who is contacted, as `host` or `host:port`; empty for files. Nobody else may be."""

    async def fetch(self) -> Fetched:
        """Everything that it publishes now.

        Raise an error of `smarterrouter.errors` or an `OSError` only when nothing can be had at all.
        """


def host(url: str) -> str:
    """Whom a request to `url` contacts: host, and port where one is written."""
    return urlsplit(url).netloc.rpartition("@")[2]
