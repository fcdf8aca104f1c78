"""The OpenAPI document is right: what it promises is what the running gateway does, and its pages need no internet."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.doubles.beside import gateway_beside
from tests.doubles.gateway import ADMIN_KEY, InProcessGateway, backends_yaml
from tests.doubles.leaks import is_openai_error
from tests.doubles.raw_caller import RawCaller, request
from tests.doubles.strange_upstream import StrangeUpstream

AUTHORIZED = {"Authorization": f"Bearer {ADMIN_KEY}"}
OPERATIONS = [
    "DELETE /admin/profiles/{model}",
    "GET /admin/benchmarks",
    "GET /admin/benchmarks/sources",
    "GET /admin/explain",
    "GET /admin/explain/{id}",
    "GET /admin/feedback",
    "GET /admin/models",
    "GET /admin/models/{name}",
    "GET /admin/profiles",
    "GET /admin/profiles/export",
    "GET /admin/profiles/{model}/history",
    "GET /admin/profiling",
    "GET /admin/routing",
    "GET /admin/routing/experiments",
    "GET /health",
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "GET /v1/models",
    "GET /v1/models/{id}",
    "POST /admin/explain",
    "POST /admin/models/refresh",
    "POST /admin/models/reprofile",
    "POST /admin/profiles/import",
    "POST /admin/profiling/cancel",
    "POST /admin/reprofile",
    "POST /admin/routing/reload",
    "POST /admin/sync-benchmarks",
    "POST /v1/chat/completions",
    "POST /v1/completions",
    "POST /v1/embeddings",
    "POST /v1/feedback",
    "PUT /admin/profiles/{model}",
]
ENDLESS = "GET /admin/profiling/events"
"""It has a test of its own: whoever waits for its end waits for ever."""
CHECKED_FURTHER = {
    "GET /admin/benchmarks",
    "GET /admin/models/{name}",
    "GET /admin/profiles",
    "POST /admin/models/reprofile",
    "POST /admin/profiles/import",
    "POST /admin/reprofile",
    "POST /v1/feedback",
    "PUT /admin/profiles/{model}",
}
"""A cursor, a name, an id or a file may have the right form and be refused all the same."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with gateway_beside() as url:
        yield url


@pytest.fixture(scope="module")
def document(url: str) -> Any:
    return schemathesis.openapi.from_url(f"{url}/openapi.json")


def test_these_are_all_operations(document: Any) -> None:
    found = [result.ok() for result in document.get_all_operations()]
    assert sorted(f"{one.method.upper()} {one.path}" for one in found) == sorted([*OPERATIONS, ENDLESS])


def whole(value: Any) -> Any:
    """`7.0` as `7`: JSON Schema takes both for integers, but no client writes counts and token ids like that."""
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def conforms(document: Any, name: str, mode: GenerationMode) -> None:
    method, path = name.split()
    lenient = [positive_data_acceptance] if name in CHECKED_FURTHER else []

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=document[path][method].as_strategy(generation_mode=mode))
    def every(case: schemathesis.Case) -> None:
        if isinstance(case.body, dict):
            case.body = whole(case.body)
        case.call_and_validate(headers=AUTHORIZED, excluded_checks=lenient)

    every()


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_the_document_allows_is_answered_as_it_says(document: Any, name: str) -> None:
    conforms(document, name, GenerationMode.POSITIVE)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name.startswith("POST /v1")])
def test_what_the_document_forbids_is_refused_as_it_says(document: Any, name: str) -> None:
    conforms(document, name, GenerationMode.NEGATIVE)


def test_the_document_is_valid_and_tells_of_every_refusal(document: Any) -> None:
    document.validate()
    for path, operations in document.raw_schema["paths"].items():
        for operation in operations.values():
            assert ("security" in operation) == path.startswith("/admin/")
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


@pytest.fixture
async def gateway() -> AsyncIterator[InProcessGateway]:
    async with (
        StrangeUpstream("strange") as upstream,
        InProcessGateway(backends_yaml(("strange", "compatible", upstream.base_url))) as gateway,
    ):
        yield gateway


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_pages_work_without_the_internet(gateway: InProcessGateway, path: str) -> None:
    page = await gateway.get(path)
    text = page.body.decode()
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert not re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?(?:https?:)?//[^"')\s]*""", text)
    needed = re.findall(r"""(?:src|href)\s*=\s*["']([^"'#]+)["']""", text)
    assert len(needed) >= 2
    for address in [*needed, "/openapi.json"]:
        assert (await gateway.get(address)).status == 200


ADMIN = [("GET", "/admin/models"), ("POST", "/admin/models/refresh"), ("GET", "/admin/explain?prompt=hi")]


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {ADMIN_KEY}", ADMIN_KEY, "Bearer \xff"]
)
@pytest.mark.parametrize(("method", "path"), ADMIN)
async def test_w17_the_admin_door_is_closed(gateway: InProcessGateway, method: str, path: str, given: str) -> None:
    async with RawCaller(gateway.port) as caller:
        await caller.send(request(path, b"{}", *([f"Authorization: {given}"] if given else []), method=method))
        answer = await caller.answer()
    assert is_openai_error(answer, 401)["code"] == "invalid_api_key"
    assert ADMIN_KEY.encode() not in answer.body


@pytest.mark.parametrize("query", ["", "prompt=", "prompt=" + "a" * 20_001, "promt=hi"])
async def test_wrong_parameters_on_admin_are_400_in_openais_form(gateway: InProcessGateway, query: str) -> None:
    error = is_openai_error(await gateway.get(f"/admin/explain?{query}", AUTHORIZED), 400)
    assert error["param"] == "prompt"


async def test_other_errors_on_admin_have_openais_form_too(gateway: InProcessGateway) -> None:
    is_openai_error(await gateway.get("/admin/nothing", AUTHORIZED), 404)
    is_openai_error(await gateway.post("/admin/models", {}, AUTHORIZED), 405)
    is_openai_error(await gateway.get("/docs/nothing"), 404)
    is_openai_error(await gateway.get("/static-offline-docs/../../nothing"), 404)


async def test_the_longest_prompt_that_explain_takes_fits_an_address(gateway: InProcessGateway) -> None:
    answer = await gateway.get("/admin/explain?prompt=" + "%3F" * 20_000, AUTHORIZED)
    assert answer.status == 200
