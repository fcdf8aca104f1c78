"""A real browser opens the pages that the gateway serves. It can reach nothing but this machine."""

from pathlib import Path

import pytest
from tests.system.support import Gateway, finish, program

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--virtual-time-budget=10000",
)


async def rendered(url: str, profile: Path) -> str:
    """The page as it stands after its scripts have run."""
    code, output = await finish([program("chromium"), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url])
    assert code == 0, output
    return output


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_api_pages_open(gateway: Gateway, tmp_path: Path, page: str) -> None:
    """The page bears the product's name and shows the chat endpoint, with no help from outside."""
    html = await rendered(f"{gateway.url}{page}", tmp_path / "profile")
    title = html.partition("<title>")[2].partition("</title>")[0]
    assert "SmarterRouter" in title
    assert "/v1/chat/completions" in html
