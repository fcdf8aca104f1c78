import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.doubles.tiny_models import TinyServer

from smarterrouter.cli.models import _facts, _size
from smarterrouter.domain.models import Capabilities, Model, Size


async def test_models_of_a_real_server_are_listed(command, folder):
    async with TinyServer(context=512) as server:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "llama.cpp", server.url)))
        result = await command("models")
    assert result.exit_code == 0, result.output
    assert "1 models" in result.output
    assert "tiny" in result.output
    assert "chat" in result.output


async def test_without_models_there_is_a_way_out(command, folder):
    async with StrangeUpstream() as gone:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", gone.base_url)))
    result = await command("models")
    assert result.exit_code == 0
    assert "`smarterrouter check` says" in result.output


async def test_names_that_look_like_markup_are_shown_as_they_are(command, folder):
    async with StrangeUpstream("odd[/red]name") as upstream:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        result = await command("models")
    assert result.exit_code == 0, result.output
    assert "odd[/red]name" in result.output


@pytest.mark.parametrize(
    ("billions", "text"),
    [(None, "?"), (70.0, "70 B"), (0.5, "0.5 B"), (235.09, "235 B"), (0.003, "3 M"), (0.0226, "23 M")],
)
def test_sizes_are_written_as_people_write_them(billions, text):
    assert _size(billions) == text


def test_facts_say_what_is_known_and_what_is_not():
    can = Capabilities(chat=True, vision=True, tools=False, context_tokens=131072)
    known = Model(
        "a/b", "a", "b", Size(7.0, 7.0, quantisation="Q4_K_M"), can, loaded=True, missing=True, label="test model"
    )
    assert _facts(known) == ("7 B", "Q4_K_M", "131,072", "chat, vision", "test model, loaded, missing")
    assert _facts(Model("a/b", "a", "b")) == ("?", "?", "?", "chat", "")


async def test_what_is_known_is_shown_with_how_sure_and_from_where(command, folder):
    async with StrangeUpstream("qwen2.5:7b", "odd-3b", "strange", "nomic-embed-text") as upstream:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        result = await command("models")
        skills = await command("models", "--skills")
    lines = {line.split("│")[1].strip(): line for line in result.output.splitlines() if line.count("│") > 8}
    assert "published scores" in lines["qwen2.5:7b"]
    assert "its size" in lines["odd-3b"]
    assert "nothing is known" in lines["strange"]
    assert "±" in lines["strange"]
    assert "±" not in lines["nomic-embed-text"]
    assert "good 8B model solves half" in result.output
    assert not (folder / "data" / "router.db").exists(), "looking creates no database"
    assert skills.output.count("±") > 8
    assert "nomic-embed-text" not in skills.output


async def test_a_database_that_cannot_be_used_is_left_out_and_said(command, folder):
    (folder / "data").mkdir()
    (folder / "data" / "router.db").write_bytes(b"")
    async with StrangeUpstream("qwen2.5:7b") as upstream:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", upstream.base_url)))
        result = await command("models")
    assert result.exit_code == 0, result.output
    assert "is left out" in result.output
    assert "published scores" in result.output
