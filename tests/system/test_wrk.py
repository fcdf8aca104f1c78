"""wrk drives the gateway over eight connections for a short while."""

import re
from pathlib import Path

from tests.system.support import Gateway, finish, program

CHAT = Path(__file__).parent / "chat.lua"


async def drive(gateway: Gateway, path: str, *options: str) -> str:
    """What wrk prints after two seconds."""
    command = ["env", f"MODEL={gateway.model}", program("wrk"), "-t1", "-c8", "-d2s", *options, f"{gateway.url}{path}"]
    code, output = await finish(command)
    assert code == 0, output
    return output


def good_requests(output: str) -> int:
    """How many requests wrk made, if none went wrong."""
    assert "Non-2xx" not in output, output
    assert "Socket errors" not in output, output
    counted = re.search(r"(\d+) requests in", output)
    assert counted, output
    return int(counted[1])


async def test_health_under_load(gateway: Gateway) -> None:
    """Every health request is answered with 200."""
    assert good_requests(await drive(gateway, "/health")) > 8


async def test_chat_under_load(gateway: Gateway) -> None:
    """Every chat is answered with 200 although the model has fewer slots than there are callers."""
    assert good_requests(await drive(gateway, "/v1/chat/completions", "-s", str(CHAT))) > 8
