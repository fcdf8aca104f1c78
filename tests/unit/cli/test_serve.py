import asyncio
import socket
import sys

import pytest
from tests.doubles.gateway import GatewayProcess, backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.bootstrap import build
from smarterrouter.cli.serve import announce
from smarterrouter.settings.loading import load


async def test_it_serves_until_it_is_told_to_end():
    async with StrangeUpstream() as upstream:
        config = backends_yaml(("one", "compatible", upstream.base_url))
        async with GatewayProcess(config, ROUTER_PORT="1") as gateway:  # the option wins
            body = {"messages": [{"role": "user", "content": "hi"}]}
            answer = await gateway.post("/v1/chat/completions", body)
            assert answer.status == 200
            assert "server" not in answer.headers
            await gateway.stop()
            assert gateway.rows_written()[0]["status"] == 200
            assert f"http://127.0.0.1:{gateway.port}/v1" in gateway.log()


async def test_a_port_that_is_taken_ends_it_with_an_error(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "smarterrouter", "serve", "--port", str(taken.getsockname()[1])),
            cwd=folder,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
    assert process.returncode == 3
    assert b"address already in use" in said
    assert b"Traceback" not in said


@pytest.mark.parametrize("port", ["65536", "-1", "many"])
async def test_a_port_that_is_none_is_refused(command, port):
    assert (await command("serve", "--port", port)).exit_code == 2


async def test_an_admin_key_that_cannot_be_kept_ends_it(command, folder):
    (folder / "data").write_text("a file where a folder should be")
    result = await command("serve")
    assert result.exit_code == 2
    assert "ROUTER_ADMIN_API_KEY" in result.output


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://127.0.0.1:8/v1"),
        ("0.0.0.0", "http://127.0.0.1:8/v1"),
        ("::", "http://127.0.0.1:8/v1"),
        ("::1", "http://[::1]:8/v1"),
        ("box", "http://box:8/v1"),
    ],
)
async def test_the_address_can_be_clicked(tmp_path, capsys, host, shown):
    house = build(load({"ROUTER_OFFLINE": "true"}, tmp_path).settings)
    announce(house, host, 8)
    said = capsys.readouterr().err
    assert shown in said
    assert house.services.admin_key.fresh in said, "in one piece, to be copied"
    again = build(load({"ROUTER_OFFLINE": "true"}, tmp_path).settings)
    announce(again, host, 8)
    assert "Admin key" not in capsys.readouterr().err
    await house.stop()
    await again.stop()
