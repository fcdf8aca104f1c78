"""The gateway in front of an agreeable backend in a thread of its own, for clients that block.

with gateway_beside(ROUTER_LOG_LEVEL="DEBUG") as url: requests.get(url + "/health")
"""

import asyncio
import queue
import threading
from array import array
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.strange_upstream import Act, Request, StrangeUpstream, stream, whole, whole_json

USAGE = {"prompt_tokens": 1, "total_tokens": 1}
Started = tuple[str, Callable[[], None]]


def agreeable(request: Request) -> Act:
    """Whatever it is asked, it has an answer of the right shape."""
    asked = request.json()
    if request.path.endswith("/embeddings"):
        numbers = [0.5] * (asked.get("dimensions") or 1)
        vector = (
            b64encode(array("f", numbers).tobytes()).decode() if asked.get("encoding_format") == "base64" else numbers
        )
        data = [{"object": "embedding", "index": 0, "embedding": vector}]
        return whole_json({"object": "list", "data": data, "model": asked["model"], "usage": USAGE})
    return stream("Fine.") if asked.get("stream") else whole("Fine.")


@contextmanager
def gateway_beside(**environment: str) -> Iterator[str]:
    """The gateway's address, as long as the block lasts."""
    started: queue.Queue[Started] = queue.Queue()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(environment, started)), name="gateway beside")
    thread.start()
    url, stop = started.get(timeout=60)
    try:
        yield url
    finally:
        stop()
        thread.join(60)
        assert not thread.is_alive(), "the gateway does not stop"


async def _serve(environment: dict[str, str], started: queue.Queue[Started]) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    sees = {"architecture": {"input_modalities": ["text", "image"]}}
    async with StrangeUpstream("strange", "nomic-embed-text", more=sees) as upstream:
        upstream.always = agreeable
        config = backends_yaml(("strange", "compatible", upstream.base_url))
        async with InProcessGateway(config, **environment) as gateway:
            started.put((gateway.url, lambda: loop.call_soon_threadsafe(over.set)))
            await over.wait()
