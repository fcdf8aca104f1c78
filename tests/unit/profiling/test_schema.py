import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.profiling import schema

SCHEMAS = (
    {
        "type": "object",
        "properties": {"a": {"type": "integer", "minimum": 0}},
        "required": ["a"],
        "additionalProperties": False,
    },
    {"type": "array", "items": {"type": ["string", "null"], "maxLength": 2}, "minItems": 1, "maxItems": 3},
    {"enum": ["x", "y"]},
    {"const": "x"},
    {"type": "number", "maximum": 5},
    {"type": "string", "minLength": 1},
    {"type": "boolean"},
    {},
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from([0.5, 2.0, "x", "y", "", "abc"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.sampled_from(SCHEMAS), VALUES)
def test_it_agrees_with_a_whole_validator(one, value):
    assert (schema.fault(one, value) == "") == jsonschema_rs.is_valid(one, value)


def test_faults_say_where():
    assert schema.fault(SCHEMAS[0], {}) == "$.a is missing"
    assert schema.fault(SCHEMAS[0], {"a": "1"}) == "$.a is not of type integer"
    assert schema.fault(SCHEMAS[1], ["x", 1]) == "$[1] is not of type ['string', 'null']"


@pytest.mark.parametrize("one", [{"pattern": "x"}, {"properties": {"a": {"oneOf": []}}}, {"items": {"$ref": "#"}}])
def test_what_is_not_supported_is_named(one):
    assert schema.unknown_keywords(one)
    assert not any(schema.unknown_keywords(known) for known in SCHEMAS)


@pytest.mark.parametrize(
    "one",
    [
        {"properties": ["a"]},
        {"properties": {"a": 5}},
        {"items": {"minimum": "x"}},
        {"type": 5},
        {"type": "strin"},
        {"required": 5},
        {"enum": "x"},
        {"maxLength": None},
    ],
)
def test_what_is_no_schema_is_said(one):
    assert schema.malformed(one)
    assert not any(schema.malformed(known) for known in SCHEMAS)
