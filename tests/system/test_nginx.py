"""nginx as a reverse proxy in front of the gateway."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
from tests.doubles.tiny_models import TinyServer
from tests.system.support import Gateway, fetch, free_origin, gateway_before, new_folder, program, running, until

LONG_ANSWER_TOKENS = 3000
CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {gateway};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_buffering off;
    }}
  }}
}}
"""


@contextlib.asynccontextmanager
async def nginx_before(gateway: Gateway, folder: Path) -> AsyncIterator[str]:
    """nginx in front of `gateway`; gives its address."""
    nginx = program("nginx")
    port, url = free_origin()
    new_folder(folder, nginx_conf=CONFIG.format(folder=folder, port=port, gateway=gateway.url))
    async with running([nginx, "-p", str(folder), "-c", "nginx.conf"], folder, f"{url}/health"):
        yield url


async def test_answers_and_health_pass_through(gateway: Gateway, tmp_path: Path) -> None:
    """A plain answer and the health page come through nginx."""
    async with nginx_before(gateway, tmp_path / "nginx") as url:
        status, page = await fetch(f"{url}/health")
        assert status == 200
        assert msgspec.json.decode(page)["checks"]["backends"]["openai"]["status"] == "ok"
        chat = f"{url}/v1/chat/completions"
        async with aiohttp.ClientSession() as session, session.post(chat, json=gateway.chat()) as reply:
            assert reply.status == 200
            assert (await reply.json())["choices"][0]["finish_reason"] == "stop"


async def test_stream_comes_event_by_event(tmp_path: Path) -> None:
    """The first event is here while the model still writes, nothing is lost, and a caller who leaves frees it."""
    async with (
        TinyServer(script=(), context=2 * LONG_ANSWER_TOKENS) as tiny,
        gateway_before(tiny.base_url, tiny.name, tmp_path) as gateway,
        nginx_before(gateway, tmp_path / "nginx") as url,
        aiohttp.ClientSession() as session,
    ):
        body = gateway.chat(stream=True, max_tokens=LONG_ANSWER_TOKENS)
        async with session.post(f"{url}/v1/chat/completions", json=body) as reply:
            first = await reply.content.readuntil(b"\n\n")
            assert first.startswith(b"data: {")
            assert await tiny.busy() >= 1, "the first event came only when the answer was complete"
            events = (await reply.read()).split(b"\n\n")
            assert events[-2:] == [b"data: [DONE]", b""]
        await tiny.quiet()  # the model's slot is given back a moment after its last event
        async with session.post(f"{url}/v1/chat/completions", json=body) as reply:
            await reply.content.readuntil(b"\n\n")
            assert await tiny.busy() >= 1
            reply.close()

        async def idle() -> bool:
            return await tiny.busy() == 0

        await until(idle, "the end of the work for a caller who left")
