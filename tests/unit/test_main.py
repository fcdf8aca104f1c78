import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from tests.doubles.gateway_parts import until

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ROUTER_")}  # noqa: TID251
    return {**kept, "ROUTER_OFFLINE": "true"}


async def test_uvicorn_finds_the_application_in_the_checkout(tmp_path, environment):
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "--app-dir", str(ROOT), "main:app", "--port", str(port)),
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as session:

            async def lives():
                assert process.returncode is None
                try:
                    async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                        return answer.status == 200
                except aiohttp.ClientConnectionError:
                    return False

            await until(lives)
    finally:
        process.terminate()
        await process.wait()


def test_it_needs_no_installation_of_its_own(tmp_path, environment):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import main, smarterrouter; print(smarterrouter.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).is_relative_to(ROOT / "src")
