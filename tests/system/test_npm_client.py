"""The OpenAI client for JavaScript, as it comes from npm."""

import json
from pathlib import Path

from tests.doubles.tiny_models import SCRIPT
from tests.system.support import Gateway, finish, program

NODE = Path(__file__).parent / "node"


async def test_lists_models_and_streams(gateway: Gateway) -> None:
    """The list holds the router and the model; the stream holds every piece, one finish reason and the usage."""
    node = program("node")
    assert (NODE / "node_modules" / "openai").is_dir(), "the npm client is missing: run `make setup-system`"
    code, output = await finish([node, str(NODE / "client.mjs"), gateway.base_url, gateway.model])
    assert code == 0, output
    seen = json.loads(output)
    assert any(name.endswith(gateway.model) for name in seen["models"])
    assert len(seen["models"]) > 1, "the router itself stands in the list too"
    assert "".join(seen["pieces"]) == "".join(SCRIPT)
    assert len(seen["pieces"]) > 1, "the answer came in one piece"
    assert seen["finish"] == ["stop"]
    assert seen["usage"]["completion_tokens"] > 0
