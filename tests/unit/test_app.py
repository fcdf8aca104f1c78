import logging

import pytest
from tests.doubles.gateway import InProcessGateway, backends_yaml
from tests.doubles.gateway_parts import until
from tests.doubles.strange_upstream import WAIT, StrangeUpstream, stream

from smarterrouter.api.middleware import RequestContext
from smarterrouter.app import create_app
from smarterrouter.bootstrap import build
from smarterrouter.settings.loading import load
from smarterrouter.settings.problems import SettingsError
from smarterrouter.wire import sse

HELLO = {"messages": [{"role": "user", "content": "hi"}]}
PAGE = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}


@pytest.fixture
async def upstream():
    async with StrangeUpstream() as made:
        yield made


def gateway(upstream, **settings):
    return InProcessGateway(backends_yaml(("one", "compatible", upstream.base_url)), **settings)


async def test_a_request_finds_its_way_and_its_id_comes_back(upstream):
    async with gateway(upstream) as made:
        answer = await made.post("/v1/chat/completions", HELLO, {"X-Request-ID": "mine"})
        assert (answer.status, answer.headers["x-request-id"]) == (200, "mine")
        assert (await made.rows())[-1]["id"] == "mine"
        listed = await made.get("/v1/models", {"X-Request-ID": "mine"})
        assert listed.headers["x-request-id"] == "mine"


async def test_w17_pages_of_others_may_not_call_by_default(upstream):
    async with gateway(upstream) as made:
        answer = await made.post("/v1/chat/completions", HELLO, PAGE)
        assert not [name for name in answer.headers if name.startswith("access-control")]
        async with made.session.options(f"{made.base_url}/chat/completions", headers=PAGE) as asked:
            assert asked.status == 405


async def test_named_origins_may_call(upstream):
    async with gateway(upstream, ROUTER_CORS_ORIGINS="https://page.example", ROUTER_CORS_MAX_AGE="77") as made:
        async with made.session.options(f"{made.base_url}/chat/completions", headers=PAGE) as asked:
            assert asked.status == 200
            assert asked.headers["access-control-allow-origin"] == "https://page.example"
            assert asked.headers["access-control-max-age"] == "77"
        answer = await made.post("/v1/chat/completions", HELLO, PAGE)
        assert answer.headers["access-control-allow-origin"] == "https://page.example"
        assert "x-smarterrouter-model" in answer.headers["access-control-expose-headers"].lower()
        assert answer.headers["x-request-id"]
        other = await made.post("/v1/chat/completions", HELLO, {"Origin": "https://other.example"})
        assert "access-control-allow-origin" not in other.headers


async def test_answers_are_compressed_when_that_is_switched_on_but_streams_flow(upstream):
    settings = {"ROUTER_ENABLE_RESPONSE_COMPRESSION": "true", "ROUTER_COMPRESSION_MINIMUM_SIZE": "10"}
    async with gateway(upstream, **settings) as made:
        answer = await made.get("/v1/models", {"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert b"smarterrouter/main" in answer.body
        upstream.always = stream("Hel", WAIT, "lo")
        url = f"{made.base_url}/chat/completions"
        async with made.session.post(url, json={**HELLO, "stream": True}, headers={"Accept-Encoding": "gzip"}) as asked:
            first = await asked.content.readuntil(b"\n\n")
            assert first.startswith(b"data: ")
            assert "content-encoding" not in asked.headers
            upstream.go.set()
            assert (await asked.read()).endswith(sse.DONE)
    async with gateway(upstream) as made:
        assert "content-encoding" not in (await made.get("/v1/models", {"Accept-Encoding": "gzip"})).headers


async def test_slow_requests_are_logged_when_that_is_switched_on(upstream, caplog):
    settings = {"ROUTER_ENABLE_SLOW_QUERY_LOGGING": "true", "ROUTER_SLOW_QUERY_THRESHOLD_MS": "0"}
    with caplog.at_level(logging.WARNING):
        async with gateway(upstream, **settings) as made:
            await made.post("/v1/chat/completions", HELLO)
    assert any("slow request: POST /v1/chat/completions" in text for text in caplog.messages)


async def test_a_fault_of_ours_is_openais_500_everywhere(upstream, caplog, monkeypatch):
    async with gateway(upstream) as made:

        def broken():
            raise ZeroDivisionError("secret detail")

        monkeypatch.setattr(made.house.services.refresh, "observed", broken)
        answer = await made.get("/health", {"X-Request-ID": "mine"})
    assert answer.status == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "mine" in answer.json()["error"]["message"]
    assert b"secret" not in answer.body
    assert any(record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records)


async def lived(app):
    """The messages that an application answers to one life."""
    asked, told = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], []

    async def receive():
        return asked.pop(0)

    async def send(message):
        told.append(message["type"])

    await app({"type": "lifespan", "app": None, "state": {}}, receive, send)
    return told


async def test_the_house_lives_as_long_as_the_application(tmp_path):
    house = build(load({"ROUTER_OFFLINE": "true"}, tmp_path).settings)
    assert await lived(create_app(house)) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert house.services.journal._task.done()


async def test_a_start_that_fails_is_cleaned_up(tmp_path):
    house = build(load({"ROUTER_OFFLINE": "true"}, tmp_path).settings)
    house.services.scheduler.start = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        await lived(create_app(house))
    await until(house.services.journal._task.done)


async def test_without_a_house_the_settings_are_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_EXTERNAL_MODEL_NAME", "mine")
    monkeypatch.setattr("smarterrouter.observability.logs.configure", lambda *_: None)
    made = create_app()
    assert isinstance(made, RequestContext)
    assert set(made._direct) == {"/v1/chat/completions", "/v1/completions", "/v1/embeddings"}
    assert "Admin key (shown only now): sr-admin-" in capsys.readouterr().err
    create_app()
    assert "Admin key" not in capsys.readouterr().err


def test_settings_that_cannot_be_used_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_PORT", "many")
    with pytest.raises(SettingsError, match="ROUTER_PORT"):
        create_app()
