"""Looks at the usual local ports and tells what serves models there (rows E1, E9)."""

import asyncio
from typing import Any

from msgspec import Struct

from smarterrouter.backends.spec import BackendSpec
from smarterrouter.errors import GatewayError
from smarterrouter.transport.client import HttpClient, Upstream

SECONDS = 2.0
"""How long one port may take to answer."""


class Place(Struct, frozen=True):
    """A port where people usually run a server."""

    name: str
    origin: str
    usual: str
    """The server that it usually is."""


USUAL = (
    Place("ollama", "http://127.0.0.1:11434", "ollama"),
    Place("llama.cpp", "http://127.0.0.1:8080", "llama.cpp"),
    Place("lmstudio", "http://127.0.0.1:1234", "lmstudio"),
    Place("vllm", "http://127.0.0.1:8000", "vllm"),
)
_OWNERS = {"llamacpp": "llama.cpp", "llama-swap": "llama.cpp", "vllm": "vllm", "sglang": "sglang"}
"""What servers say of themselves as `owned_by`."""


async def look(client: HttpClient, places: tuple[Place, ...] = USUAL) -> list[BackendSpec]:
    """A spec for each place that serves models now. Nobody there, or somebody else, is no error."""
    found = await asyncio.gather(*(_ask(client, place) for place in places))
    return [spec for spec in found if spec is not None]


async def _ask(client: HttpClient, place: Place) -> BackendSpec | None:
    if place.usual == "ollama":
        version = await _json(client, place.origin + "/api/version")
        known = isinstance(version, dict) and isinstance(version.get("version"), str)
        return BackendSpec(place.name, "ollama", place.origin) if known else None
    listing = await _json(client, place.origin + "/v1/models")
    items = listing.get("data") if isinstance(listing, dict) else None
    if not isinstance(items, list) or listing.get("object") != "list":
        return None
    kind = _kind(items, place.usual)
    root = place.origin if kind == "llama.cpp" else place.origin + "/v1"
    return BackendSpec(_name(place, kind), kind, root)


def _name(place: Place, kind: str) -> str:
    """The same at every look, and never that of another place."""
    return place.name if kind == place.usual else f"{kind}-{place.origin.rpartition(':')[2]}"


def _kind(items: list[Any], usual: str) -> str:
    """What the server says it is; a server that does not say is what usually stands at this port, or a plain one."""
    owners = {str(item.get("owned_by")) for item in items if isinstance(item, dict)}
    for owner, kind in _OWNERS.items():
        if owner in owners:
            return kind
    return usual if usual == "lmstudio" or not items else "compatible"


async def _json(client: HttpClient, url: str) -> Any:
    try:
        return await client.json("GET", Upstream.at(url), total=SECONDS)
    except GatewayError:
        return None
