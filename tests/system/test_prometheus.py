"""A real Prometheus and its own checker read /metrics."""

from pathlib import Path
from urllib.parse import quote

import aiohttp
import msgspec
from tests.system.support import Gateway, fetch, finish, free_origin, new_folder, program, running, until

CONFIG = """
global:
  scrape_interval: 200ms
  scrape_timeout: 200ms
scrape_configs:
  - job_name: smarterrouter
    static_configs:
      - targets: ["{target}"]
"""
QUERY = 'sum(smarterrouter_requests_total{method="POST"})'
REQUESTS = 5


async def ask(gateway: Gateway, times: int) -> None:
    """Complete `times` chats."""
    async with aiohttp.ClientSession() as session:
        for number in range(times):
            async with session.post(
                f"{gateway.base_url}/chat/completions", json=gateway.chat(f"Say {number}.")
            ) as reply:
                assert reply.status == 200, await reply.text()


async def test_a_scrape_counts_the_requests(gateway: Gateway, tmp_path: Path) -> None:
    """What Prometheus has stored is the number of requests that were made."""
    prometheus = program("prometheus")
    port, url = free_origin()
    config = CONFIG.format(target=gateway.url.removeprefix("http://"))
    folder = new_folder(tmp_path / "prometheus", prometheus_yml=config)
    await ask(gateway, REQUESTS)
    command = [
        prometheus,
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]

    async def counted() -> bool:
        _, text = await fetch(f"{url}/api/v1/query?query={quote(QUERY)}")
        rows = msgspec.json.decode(text)["data"]["result"]
        return [row["value"][1] for row in rows] == [str(REQUESTS)]

    async with running(command, folder, f"{url}/-/ready"):
        await until(counted, f"{QUERY} == {REQUESTS}")


async def test_promtool_finds_no_fault(gateway: Gateway) -> None:
    """Names, types and help texts follow Prometheus' own rules, before and after the first request."""
    promtool = program("promtool")
    for times in (0, 1):
        await ask(gateway, times)
        status, page = await fetch(f"{gateway.url}/metrics")
        assert status == 200
        assert "smarterrouter_" in page
        code, output = await finish([promtool, "check", "metrics"], stdin=page)
        assert (code, output) == (0, "")
