import jsonschema_rs
import msgspec
import pytest
import pytest_asyncio
from msgspec import structs
from tests.doubles.gateway import ADMIN_KEY

from smarterrouter.domain.knowledge import Profile

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = {"authorization": f"Bearer {ADMIN_KEY}"}
PUT = ("/admin/profiles/{model}", "put")
IMPORT = ("/admin/profiles/import", "post")


@pytest_asyncio.fixture(loop_scope="module")
async def body(world):
    """The example of an operation, and a function that says whether its schema allows a body."""
    document = (await world.gateway.get("/openapi.json")).json()

    def of(operation):
        path, method = operation
        content = document["paths"][path][method]["requestBody"]["content"]["application/json"]
        checks = jsonschema_rs.Draft202012Validator({**content["schema"], "components": document["components"]})
        return content["example"], checks.is_valid

    return of


async def put(world, body):
    answer = await world.gateway._asked("PUT", "/admin/profiles/alpha", msgspec.json.encode(body), KEY)
    await world.gateway._asked("DELETE", "/admin/profiles/alpha", b"", KEY)
    return answer.status


async def take_in(world, body):
    return (await world.gateway.post("/admin/profiles/import", body, KEY)).status


async def test_the_examples_are_allowed_and_accepted(world, body):
    for operation, send in ((PUT, put), (IMPORT, take_in)):
        example, allows = body(operation)
        assert allows(example)
        assert await send(world, example) == 200


async def test_an_export_is_what_an_import_describes(world, body):
    example, allows = body(IMPORT)
    assert await take_in(world, example) == 200
    exported = (await world.gateway.get("/admin/profiles/export", KEY)).json()
    assert exported["profiles"]
    assert allows(exported)


async def test_every_member_of_a_profile_is_described(world, body):
    members = {field.name for field in structs.fields(Profile)}
    shapes = (await world.gateway.get("/openapi.json")).json()["components"]["schemas"]
    for name in ("Profile", "MeasuredProfile"):
        assert set(shapes[name]["properties"]) == members


OVERALL = {"mean": 0.5, "sd": 0.2}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"overall": OVERALL, "speed": 7},
        {"overall": {"mean": 0.5}},
        {"overall": {"mean": 0.5, "sd": -1}},
        {"overall": OVERALL, "answers": -1},
        {"overall": OVERALL, "answers": 1.5},
        {"overall": OVERALL, "tokens_per_second": -0.5},
        {"overall": OVERALL, "tokens": 2**63},
        {"overall": OVERALL, "skills": {"cooking": OVERALL}},
        {"overall": OVERALL, "own": {"": OVERALL}},
        {"overall": OVERALL, "first_token_ms": {"many": 1.0}},
        {"overall": OVERALL, "json_validity": {"mean": 1.5, "sd": 0.1}},
        {"overall": OVERALL, "suite": "a\0b"},
        {"overall": OVERALL, "digest": "a" * 513},
        {"overall": OVERALL, "judged": "yes"},
    ],
)
async def test_what_is_refused_is_not_allowed_either(world, body, wrong):
    _, allows = body(PUT)
    assert not allows(wrong)
    assert await put(world, wrong) == 400
    file, allows = body(IMPORT)
    profile = {"model": "one/alpha", "measured_at": 1.0, **wrong}
    assert not allows({**file, "profiles": [profile]})
    assert await take_in(world, {**file, "profiles": [profile]}) == 400


@pytest.mark.parametrize(
    "right",
    [
        {"overall": OVERALL},
        {"overall": {"mean": -3, "sd": 0}, "model": 7, "external": "no"},
        {"overall": OVERALL, "first_token_ms": {"0": 1, "128": 2.5}, "digest": None, "tool_validity": None},
    ],
)
async def test_what_is_accepted_is_allowed_too(world, body, right):
    _, allows = body(PUT)
    assert allows(right)
    assert await put(world, right) == 200


@pytest.mark.parametrize("missing", ["format", "version", "profiles"])
async def test_a_file_without_its_head_is_not_allowed(world, body, missing):
    example, allows = body(IMPORT)
    cut = {name: value for name, value in example.items() if name != missing}
    assert not allows(cut)
    assert await take_in(world, cut) == 400
