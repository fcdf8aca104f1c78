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


PARTS = st.recursive(
    st.sampled_from([*SCHEMAS, {"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}, {"exclusiveMinimum": 1}, True, False]),
    lambda inner: st.one_of(
        st.builds(
            lambda name, parts: {name: parts},
            st.sampled_from(["anyOf", "oneOf", "allOf"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda one, other: {"properties": {"a": one}, "additionalProperties": other}, inner, inner),
        st.builds(lambda one, other: {"prefixItems": [one], "items": other}, inner, inner),
        st.builds(lambda one, other: {"not": one, "maximum": 5, "if": other}, inner, inner),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(PARTS, PARTS, VALUES)
def test_what_a_whole_validator_accepts_is_never_wrong(one, other, value):
    whole = {"$defs": {"a": {"properties": {"a": other}, "items": one}, "b": {"type": "integer"}}, "allOf": [one]}
    if jsonschema_rs.is_valid(whole, value):
        assert schema.fault(whole, value) == ""


PYDANTIC = {
    "$defs": {
        "Street": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        "Node": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}},
        },
        "x/y%": {"type": "integer"},
    },
    "type": "object",
    "properties": {
        "a": {"$ref": "#/$defs/Street"},
        "b": {"anyOf": [{"type": "integer", "exclusiveMinimum": 0}, {"type": "null"}], "default": None},
        "c": {"$ref": "#/$defs/Node"},
        "d": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 2},
        "e": {"allOf": [{"$ref": "#/$defs/x~1y%25"}, {"enum": [1, 2]}]},
        "f": {"type": "object", "additionalProperties": {"type": "integer"}},
        "g": {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
        "h": {"type": "array", "prefixItems": [{}, {}], "items": False},
    },
    "required": ["a"],
}
STREET = {"name": "x"}


@pytest.mark.parametrize(
    ("member", "well", "wrong"),
    [
        ("a", [STREET], [{}, 3]),
        ("b", [1, None], [0, "x"]),
        ("c", [{"a": 1}, {"b": {"b": None}}], [{"b": {"b": {"a": "x"}}}, {"b": 3}]),
        ("d", [1, 0.5], [0, 2]),
        ("e", [1], ["x", 3]),
        ("f", [{}, {"x": 1}], [{"x": "y"}]),
        ("g", ["x", True], [1]),
        ("h", [[], [1, 2]], [[1, 2, 3]]),
    ],
)
def test_schemas_as_libraries_write_them(member, well, wrong):
    for one, fits in [(one, True) for one in well] + [(one, False) for one in wrong]:
        value = {"a": STREET, member: one}
        assert (schema.fault(PYDANTIC, value) == "") is fits, one
        assert jsonschema_rs.is_valid(PYDANTIC, value) is fits


@pytest.mark.parametrize(
    "one",
    [
        {"$ref": "#"},
        {"$ref": "#/a", "a": {"$ref": "#/a"}},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"allOf": [{"$ref": "#"}] * 3},
        {"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}},
        {"$ref": "#/nowhere/0"},
        {"$ref": "#/allOf/0", "allOf": [True]},
        {"$ref": "other.json#/a"},
        {"$ref": 3},
        {"type": "any"},
        {"type": "string", "nullable": True, "not": {}},
        {"exclusiveMinimum": True, "minimum": 0},
        {"patternProperties": {"^a": {}}, "additionalProperties": False},
        {"items": [{}, {}]},
        {"properties": {"a": True}},
        {"pattern": "^x", "format": "date", "unevaluatedProperties": False, "oneOf": []},
    ],
)
def test_what_goes_in_circles_or_is_unknown_fits(one):
    for value in (None, {"a": {"a": None}}, [None, [None]], 7):
        if not (one.get("type") == "string" and value is not None):
            assert schema.fault(one, value) == ""


def test_what_takes_too_long_fits():
    assert schema.fault({"items": {"type": "string"}}, ["x"] * 20_000 + [1]) == ""
    assert schema.fault({"items": {"type": "string"}}, ["x"] * 3_000 + [1])


def test_faults_say_where():
    assert schema.fault({"additionalProperties": {"not": {}, "type": "null"}}, {"a": 1}) == "$.a is not of type null"
    assert schema.fault({"properties": {"a": False}}, {"a": 1}) == "$.a may not be there"
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
