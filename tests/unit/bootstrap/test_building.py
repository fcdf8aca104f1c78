import asyncio
import functools
import logging
import threading
from time import sleep

import psutil
import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.gateway_parts import Readings, until
from tests.doubles.gateway_parts import _new_database as new_database
from tests.doubles.in_process import ListSink, request, visit
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.access.admin_key import AdminKeyUnusable
from smarterrouter.backends import discovery
from smarterrouter.bootstrap import build, outgoing
from smarterrouter.errors import StoreUnavailable
from smarterrouter.gateway.sink import Sink
from smarterrouter.settings.loading import load
from smarterrouter.settings.problems import SettingsError
from smarterrouter.transport.breaker import Breaker, NeverOpen


@pytest.fixture
async def settings(tmp_path):
    """Settings from these names; `yaml` is the text of smarterrouter.yaml. The database is migrated already."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "router.db").write_bytes(await new_database())

    def make(yaml="", **given):
        (tmp_path / "smarterrouter.yaml").write_text(yaml)
        names = {f"ROUTER_{name}": value for name, value in {"OFFLINE": "true", **given}.items()}
        return load(names, tmp_path).settings

    return make


@pytest.fixture
async def house(settings):
    """Builds houses and stops them."""
    built = []

    def make(yaml="", **given):
        built.append(build(settings(yaml, **given)))
        return built[-1]

    yield make
    for one in built:
        await one.stop()


@pytest.fixture
async def upstream():
    async with StrangeUpstream("alpha", "beta", "gamma-embed") as made:
        yield made


def one(upstream, **more):
    return backends_yaml(("one", "compatible", upstream.base_url), **more)


async def answered(made, **members):
    sink: Sink = ListSink()
    await made.services.chat.answer(request(**members), visit(), sink)
    return sink


async def test_everything_that_is_started_is_stopped(settings, upstream):
    process = psutil.Process()
    # the loop keeps its helper threads: all of them are started before counting
    await asyncio.gather(*(asyncio.to_thread(sleep, 0.05) for _ in range(64)))
    tasks, threads, descriptors = len(asyncio.all_tasks()), threading.active_count(), process.num_fds()
    made = build(settings(one(upstream)))
    await made.start()
    await until(lambda: made.services.find.looked and made.services.database.ready.is_set())
    assert (await answered(made)).status == 200
    assert len(asyncio.all_tasks()) > tasks
    await made.stop()
    await upstream.pause()
    await until(lambda: len(asyncio.all_tasks()) <= tasks)
    await until(lambda: threading.active_count() <= threads)
    await until(lambda: process.num_fds() <= descriptors)


async def test_what_waits_in_the_journal_is_written_before_the_end(settings, upstream):
    made = build(settings(one(upstream)))
    await made.start()
    await until(made.services.database.ready.is_set)
    served = visit()
    made.services.accounting.open(served)
    made.services.accounting.close(served)
    await made.stop()
    assert (made.services.journal.written, made.services.journal.waiting) == (1, 0)


async def test_one_part_that_cannot_be_closed_does_not_keep_the_others_open(settings, upstream):
    made = build(settings(one(upstream)))
    await made.start()
    await until(lambda: made.services.find.looked)
    ended = []

    async def broken():
        raise OSError("stuck")

    for name, part in (("database", made.services.database), ("client", made.client)):
        close = part.close
        part.close = functools.partial(_noted, ended, name, close)
    made.backends.close = broken
    with pytest.raises(OSError, match="stuck"):
        await made.stop()
    assert ended == ["database", "client"]


async def _noted(ended, name, close):
    await close()
    ended.append(name)


async def test_a_house_that_never_started_can_be_stopped(settings):
    await build(settings()).stop()


async def test_two_houses_live_side_by_side(house, upstream):
    first, second = house(one(upstream)), house(one(upstream))
    for made in (first, second):
        await made.services.find.run()
        assert (await answered(made)).status == 200
    served = visit()
    first.services.accounting.open(served)
    first.services.accounting.close(served)
    counts = [Readings(made.services.metrics.render().decode()).sum("requests_total") for made in (first, second)]
    assert counts == [1, 0]


async def test_the_start_says_whom_it_contacts_and_what_is_ignored(settings, upstream, caplog):
    loaded = settings(one(upstream), ADMIN_API_KEY="disable")
    made = build(loaded, ["ROUTER_X is unknown"])
    with caplog.at_level(logging.INFO):
        await made.start()
        await made.stop()
    assert "ROUTER_X is unknown" in caplog.messages
    assert any("everybody who can reach this address controls the gateway" in text for text in caplog.messages)
    assert f"background work contacts: one at {upstream.base_url}. ROUTER_OFFLINE is on." in caplog.messages


async def test_a_closed_admin_door_is_no_warning(settings, upstream, caplog):
    made = build(settings(one(upstream), ADMIN_API_KEY="secret"))
    with caplog.at_level(logging.WARNING):
        await made.start()
        await made.stop()
    assert not any("controls" in text for text in caplog.messages)


def test_outgoing_names_the_usual_ports_only_when_they_are_looked_at(settings):
    looking = settings(OFFLINE="false")
    made = build(looking)
    said = outgoing(looking, made.backends, made.services.sync)
    assert "the usual ports of this machine" in said
    assert "http://127.0.0.1:11434" in said
    offline = settings()
    made = build(offline)
    assert "usual ports" not in outgoing(offline, made.backends, made.services.sync)


async def test_what_discovery_finds_is_taken_in(house, upstream, monkeypatch, caplog):
    places = (discovery.Place("vllm", upstream.url, "vllm"),)
    monkeypatch.setattr(discovery, "look", functools.partial(discovery.look, places=places))
    made = house(OFFLINE="false")
    with caplog.at_level(logging.INFO):
        await made.services.find.run()
        await made.services.find.run()
    (name,) = made.backends.current
    assert sum("found compatible at" in text for text in caplog.messages) == 1
    assert {model.backend for model in made.services.catalog.current.models} == {name}
    assert (await answered(made)).status == 200


async def test_with_nothing_named_and_nothing_to_look_for_the_embedded_runtime_serves(house):
    assert list(house().backends.current) == ["local"]
    assert list(house(PROVIDER="local").backends.current) == ["local"]


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"DATABASE_URL": "sqlite:///:memory:"}, StoreUnavailable, "must be a file"),
        ({"DATABASE_URL": "sqlite:///blocked/router.db"}, AdminKeyUnusable, "admin key"),
    ],
)
def test_what_cannot_be_built_is_said(settings, tmp_path, given, error, words):
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(error, match=f"(?i){words}"):
        build(settings(**given))


def test_an_unknown_kind_is_named_with_the_known_ones(settings):
    with pytest.raises(SettingsError) as caught:
        build(settings(backends_yaml(("one", "nonsense", "http://127.0.0.1:1"))))
    assert "there is no kind nonsense" in caught.value.problems[0]
    assert "llama.cpp" in caught.value.problems[0]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"BENCHMARK_SOURCES": "http://[1::2/a.csv"}, "ROUTER_BENCHMARK_SOURCES: entry 1 is not an address"),
        (
            {
                "BENCHMARK_SOURCES": "artificial_analysis",
                "ARTIFICIAL_ANALYSIS_API_KEY": "k",
                "ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE": "not-there.yaml",
            },
            "ROUTER_ARTIFICIAL_ANALYSIS_MODEL_MAPPING_FILE: ",
        ),
    ],
)
def test_the_setting_of_a_source_that_cannot_be_used_is_named(settings, given, words):
    with pytest.raises(SettingsError) as caught:
        build(settings(**given))
    (problem,) = caught.value.problems
    assert problem.startswith(words)


SEEN = {
    "EXTERNAL_MODEL_NAME=mine": (lambda made: made.services.card.name, "mine"),
    "ADMIN_API_KEY=disable": (lambda made: made.services.card.admin_auth_required, False),
    "ADMIN_API_KEY=secret": (lambda made: made.services.card.admin_auth_required, True),
    "VERIFY_TLS=false": (lambda made: made.client._ssl, False),
    "GENERATION_TIMEOUT=7": (lambda made: made.backends.current["one"].spec.timeout_seconds, 7.0),
    "CASCADING_ENABLED=false": (lambda made: made.services.chat._answering._dispatch._cascading, False),
    "BACKEND_MAX_RETRIES=7": (lambda made: retries(made).max_retries, 7),
    "BACKEND_RETRY_ENABLED=false": (lambda made: retries(made).max_retries, 0),
    "BACKEND_RETRY_BASE_DELAY=0.5": (lambda made: retries(made).base_delay, 0.5),
    "BACKEND_RETRY_MAX_DELAY=77": (lambda made: retries(made).max_delay, 77.0),
    "BACKEND_CIRCUIT_BREAKER_ENABLED=false": (lambda made: type(guard(made)), NeverOpen),
    "BACKEND_CIRCUIT_BREAKER_ENABLED=true": (lambda made: type(guard(made)), Breaker),
    "BACKEND_CIRCUIT_BREAKER_FAILURE_THRESHOLD=9": (lambda made: guard(made)._rules.failure_threshold, 9),
    "BACKEND_CIRCUIT_BREAKER_RESET_TIMEOUT=9": (lambda made: guard(made)._rules.reset_timeout, 9.0),
    "BACKEND_CIRCUIT_BREAKER_HALF_OPEN_MAX_ATTEMPTS=9": (lambda made: guard(made)._rules.half_open_max_attempts, 9),
    "BACKEND_CIRCUIT_BREAKER_SLIDING_WINDOW_SIZE=9": (lambda made: guard(made)._rules.sliding_window_size, 9),
    "BACKEND_CIRCUIT_BREAKER_QUOTA_RESET_TIMEOUT=9": (lambda made: guard(made)._rules.quota_reset_timeout, 9.0),
    "SSE_KEEPALIVE_SECONDS=3": (lambda made: made.services.chat._answering._keepalive_seconds, 3.0),
    "CONTEXT_SAFETY_MARGIN=0.3": (
        lambda made: (made.services.chat._fit._margin, made.services.chat._rules.margin),
        (0.3, 0.3),
    ),
    "QUALITY_PREFERENCE=0.9": (
        lambda made: (made.services.chat._rules.preference, made.services.completions._preference),
        (0.9, 0.9),
    ),
    "MAX_MESSAGE_CONTENT_LENGTH=7": (lambda made: made.services.chat._rules.limits.message_characters, 7),
    "MAX_MESSAGES=7": (lambda made: made.services.chat._rules.limits.messages, 7),
    "LOG_CONTENT=true": (lambda made: made.services.chat._rules.keeps_content, True),
    "LOG_CONTENT_RETENTION_DAYS=3": (lambda made: job(made, "expire_content")._days, 3),
    "SIGNATURE_ENABLED=false": (lambda made: made.services.chat._signature._enabled, False),
    "SIGNATURE_CLIENTS=all": (lambda made: made.services.chat._signature._everyone, True),
    "SIGNATURE_FORMAT=by {model}": (lambda made: made.services.chat._signature._template, "by {model}"),
    "PREFER_SMALLER_MODELS=false": (lambda made: made.services.weights.smaller, 0.0),
    "PREFER_NEWER_MODELS=false": (lambda made: made.services.weights.freshness, 0.0),
    "MODEL_POLLING_INTERVAL=77": (lambda made: made.services.find.every, 77.0),
    "MODEL_POLLING_ENABLED=false": (lambda made: made.services.find.every, 0.0),
    "MODEL_CLEANUP_ENABLED=true": (lambda made: made.services.refresh._rules.cleanup, True),
    "DATABASE_URL=sqlite:///other.db": (lambda made: str(made.services.database).endswith("/other.db"), True),
}


def retries(made):
    return made.services.chat._answering._dispatch._retries


def guard(made):
    return made.services.chat._answering._dispatch._guards("one")


def job(made, name):
    return made.services.scheduler._jobs[name].job


@pytest.mark.parametrize("given", SEEN)
async def test_w10_a_setting_reaches_its_object(house, given):
    name, _, value = given.partition("=")
    more = {"BACKEND_CIRCUIT_BREAKER_ENABLED": "true"} if "CIRCUIT" in name else {}
    made = house(backends_yaml(("one", "compatible", "http://127.0.0.1:1/v1")), **{**more, name: value})
    read, expected = SEEN[given]
    assert read(made) == expected


MORE = """\
aliases:
  fast: [alpha]
prices:
  alpha:
    input_per_million: 3
    output_per_million: 4
"""
CHOOSY = """\
backends:
  - name: one
    kind: compatible
    url: {url}
    include: [alpha, beta]
    exclude: ["b*"]
    prefix: models/
"""


async def test_filters_prices_patterns_and_aliases_reach_the_catalog(house, upstream):
    made = house(
        one(upstream, more=MORE), MODEL_FILTER_EXCLUDE="beta", MODALITY_CUSTOM_PATTERNS='{"vision": ["alpha"]}'
    )
    await made.services.find.run()
    snapshot = made.services.catalog.current
    assert [model.name for model in snapshot.models] == ["alpha", "gamma-embed"]
    alpha = snapshot.models[0]
    assert (alpha.price.input_per_million, alpha.price.output_per_million) == (3.0, 4.0)
    assert alpha.can.vision
    assert snapshot.aliases == {"fast": (alpha,)}


async def test_a_backend_may_have_globs_and_a_prefix_of_its_own(house, upstream):
    made = house(CHOOSY.format(url=upstream.base_url))
    await made.services.find.run()
    assert [model.name for model in made.services.catalog.current.models] == ["alpha"]
    assert (await answered(made, model="models/alpha")).status == 200
    assert upstream.requests[-1].json()["model"] == "models/alpha"


async def test_numbers_of_others_are_read_when_prometheus_asks(house, upstream):
    made = house(one(upstream))
    await made.services.find.run()
    await made.services.scheduler.run_now("refresh_models")
    served = visit()
    made.services.accounting.open(served)
    made.services.accounting.close(served)
    readings = Readings(made.services.metrics.render().decode())
    assert readings.sum("models_known") == 3
    assert readings.sum("backend_up", backend="one") == 1
    assert readings.sum("journal_queue_length") == 1
    assert readings.sum("journal_written_total") == 0
    assert readings.sum("jobs_runs_total", job="refresh_models", result="ok") == 1
