import pytest

from smarterrouter.api.openapi_answers import REFUSALS

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def document(world):
    """The document as a function that asks for it."""

    async def ask():
        return (await world.gateway.get("/openapi.json")).json()

    return ask


def references(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "$ref" else references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


async def test_the_data_plane_is_described(document):
    paths = (await document())["paths"]
    for path in ("/v1/chat/completions", "/v1/completions", "/v1/embeddings"):
        operation = paths[path]["post"]
        assert set(operation["responses"]) == {"200", *REFUSALS}
        assert operation["requestBody"]["required"]
        assert "security" not in operation
    streams = {
        path: "text/event-stream" in paths[path]["post"]["responses"]["200"]["content"]
        for path in paths
        if "post" in paths[path] and path.startswith("/v1")
    }
    assert streams == {
        "/v1/chat/completions": True,
        "/v1/completions": True,
        "/v1/embeddings": False,
        "/v1/feedback": False,
    }
    assert {"/v1/models", "/v1/models/{id}", "/health", "/healthz", "/readyz", "/metrics"} <= set(paths)


async def test_the_admin_plane_is_closed(document):
    found = await document()
    admin = [
        operation for path, item in found["paths"].items() if path.startswith("/admin") for operation in item.values()
    ]
    assert len(admin) == 24
    for operation in admin:
        assert operation["security"] == [{"adminKey": []}]
        assert "401" in operation["responses"]
        assert "422" not in operation["responses"]
    assert found["components"]["securitySchemes"]["adminKey"]["scheme"] == "bearer"


async def test_every_reference_leads_somewhere(document):
    found = await document()
    schemas = found["components"]["schemas"]
    names = {reference.rpartition("/")[2] for reference in references(found)}
    assert names <= set(schemas)
    assert {"ChatRequest", "ChatCompletion", "EmbeddingsRequest", "Error"} <= names


async def test_it_is_made_once(world, document):
    assert await document() == await document()
