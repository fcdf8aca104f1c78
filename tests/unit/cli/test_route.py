import json

import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.doubles.tiny_models import TinyServer

PROOF = "Prove that there are infinitely many primes, step by step."


@pytest.fixture
async def upstream(folder):
    async with StrangeUpstream("alpha-1b", "beta-70b", "odd[/red]-7b") as made:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", made.base_url)))
        yield made


async def test_a_decision_among_real_models_is_explained(command, folder):
    async with TinyServer() as server:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "llama.cpp", server.url)))
        result = await command("route", "Hello")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("one/tiny")


async def test_it_shows_candidates_and_signals_and_generates_nothing(command, upstream):
    result = await command("route", PROOF)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("one/beta-70b  (confidence ")
    assert "mathematics" in result.output
    for word in ("alpha-1b", "odd[/red]-7b", "total", "quality"):
        assert word in result.output
    assert upstream.requests == []


async def test_json_is_the_whole_report(command, upstream):
    result = await command("route", PROOF, "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert "one/beta-70b" in json.dumps(report)


async def test_a_prompt_can_be_typed(command, upstream):
    typed = await command("route", "-", "--json", typed=PROOF)
    assert json.loads(typed.stdout) == json.loads((await command("route", PROOF, "--json")).stdout)


async def test_a_model_that_is_left_out_is_named_with_its_reason(command, upstream):
    upstream.models = ("alpha-1b", "bge-embed")
    result = await command("route", "Hello")
    assert "one/bge-embed: " in result.output


async def test_without_models_it_fails_with_a_sentence(command, folder):
    async with StrangeUpstream() as gone:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", gone.base_url)))
    result = await command("route", "Hello")
    assert result.exit_code == 1
    assert "No model is available" in result.output
    assert "Traceback" not in result.output


async def test_a_prompt_is_needed(command):
    assert (await command("route")).exit_code == 2


async def test_the_embedding_model_has_its_say(command, folder, monkeypatch):
    monkeypatch.setenv("ROUTER_CATEGORY_MODEL", "embed")
    monkeypatch.setenv("ROUTER_CATEGORY_TIMEOUT", "30")
    async with StrangeUpstream("alpha-1b", "embed") as upstream:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        result = await command("route", "Hello")
    assert result.exit_code == 0, result.output
    assert upstream.requests[-1].json()["input"] == ["Hello"]
    assert all(request.path.endswith("/embeddings") for request in upstream.requests)
