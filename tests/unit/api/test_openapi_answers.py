from smarterrouter import errors
from smarterrouter.api.openapi_answers import ERROR, REFUSALS, answered, described, refusal
from smarterrouter.wire.problems import problem


def test_refusals_have_openais_form():
    assert refusal("No.") == {
        "description": "No.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    members = ERROR["properties"]["error"]
    assert set(members["required"]) == set(members["properties"])
    assert all(name.encode() in problem(errors.NotFound("x")) for name in members["required"])


def test_every_status_that_a_request_may_get_is_listed():
    def statuses(kind):
        return {kind.status}.union(*(statuses(below) for below in kind.__subclasses__()))

    for_admins_or_faults = {401, 403, 409, 500}
    assert {str(status) for status in statuses(errors.GatewayError) - for_admins_or_faults} <= set(REFUSALS)


def test_answers_are_objects_unless_their_shape_is_given():
    assert answered()["content"] == {"application/json": {"schema": {"type": "object"}}}
    assert answered({"type": "string"}, text="T", kind="text/plain") == {
        "description": "T",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }


def test_a_get_has_its_answer_and_others():
    assert described("S", answered())["responses"] == {"200": answered()}
    assert set(described("S", answered(), {"404": refusal("No.")})["responses"]) == {"200", "404"}
