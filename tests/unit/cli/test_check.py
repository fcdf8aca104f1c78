import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream
from tests.doubles.tiny_models import TinyServer


async def test_w23_a_working_gateway_is_content(command, folder):
    async with TinyServer() as server:
        (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "llama.cpp", server.url)))
        result = await command("check")
    assert result.exit_code == 0, result.output
    assert "✓ settings can be used" in result.output
    assert f"✓ one at {server.base_url}: 1 models" in result.output
    assert "✓ database sqlite" in result.output
    assert (folder / "data" / "router.db").exists()


@pytest.fixture
def address(folder):
    """Writes a smarterrouter.yaml that names this one server."""
    return lambda url: (folder / "smarterrouter.yaml").write_text(backends_yaml(("one", "compatible", url)))


async def test_a_dead_backend_is_named_and_fails(command, address):
    async with StrangeUpstream() as gone:
        address(gone.base_url)
    result = await command("check")
    assert result.exit_code == 1
    assert f"✗ one at {gone.base_url}" in result.output
    assert "cannot be reached" in result.output
    assert "✗ no model can be reached" in result.output
    assert "✓ database" in result.output


async def test_a_database_that_cannot_be_opened_fails(command, address, folder):
    async with StrangeUpstream() as upstream:
        address(upstream.base_url)
        (folder / "data").mkdir()
        (folder / "data" / "router.db").write_bytes(b"this is no database" * 100)
        result = await command("check")
    assert result.exit_code == 1
    assert "✗ The database" in " ".join(result.output.split())
    assert "Traceback" not in result.output


async def test_warnings_about_settings_are_shown(command, address):
    async with StrangeUpstream() as upstream:
        address(upstream.base_url)
        result = await command("check", ROUTER_PROT="1", ROUTER_DATABASE_URL="sqlite:///file/x/router.db")
    assert "! " in result.output
    assert "ROUTER_PROT" in result.output


async def test_errors_that_look_like_markup_are_shown_as_they_are(command, address, monkeypatch):
    async with StrangeUpstream() as upstream:
        address(upstream.base_url)
        monkeypatch.setattr("smarterrouter.backends.openai.OpenAICompatible.offers", _marked)
        result = await command("check")
    assert "ValueError: [/red] and [bold]" in result.output
    assert result.exit_code == 1


async def _marked(self):
    raise ValueError("[/red] and [bold]")


async def test_test_models_alone_are_worth_a_note(command):
    result = await command("check", ROUTER_PROVIDER="local")
    assert "only the built-in test models" in " ".join(result.output.split())
    assert result.exit_code == 0


async def test_bad_settings_end_it_with_status_2(command):
    result = await command("check", ROUTER_PORT="many")
    assert result.exit_code == 2
    assert "ROUTER_PORT" in result.output
