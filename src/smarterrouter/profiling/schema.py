"""Checks a value against a JSON schema: the part of the standard that schemas for models use."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import unquote

import msgspec
from msgspec import Struct

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_SUPPORTED = """
type enum const properties required additionalProperties items minItems maxItems minimum maximum minLength maxLength
description title
"""
KEYWORDS = frozenset(_SUPPORTED.split())
"""What the schema of a user's own task may use."""
_STEPS = 4_000
"""Parts of schemas that are compared with parts of a value, at most 10 ms or so."""
_DEPTH = 64
_HOPS = 16
"""References to references that are followed; the rest go in circles."""
_Name = Literal["object", "array", "string", "number", "integer", "boolean", "null"]


class _Shape(Struct, rename="camel"):
    """What `fault` takes for granted of the values of keywords."""

    type: _Name | list[_Name] = "object"
    enum: list[Any] = []
    properties: dict[str, "_Shape"] = {}
    required: list[str] = []
    additional_properties: bool = True
    items: "_Shape | None" = None
    min_items: int = 0
    max_items: int = 0
    minimum: float = 0.0
    maximum: float = 0.0
    min_length: int = 0
    max_length: int = 0


def fault(schema: Mapping[str, Any], value: Any) -> str:
    """The first thing that is wrong with `value`, in words; empty when it fits.

    Beyond `KEYWORDS` it follows local `$ref`, alternatives and exclusive bounds. A keyword that it does not know is
    taken as satisfied, `oneOf` as `anyOf`, and whatever takes too long to find out as right.
    """
    try:
        return _Checking(schema).part(schema, value, "$", 0)
    except _Undecided:
        return ""


def malformed(schema: Mapping[str, Any]) -> str:
    """What is wrong with the schema itself, in words; empty where `fault` can go by it."""
    try:
        msgspec.convert(schema, _Shape)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def unknown_keywords(schema: Mapping[str, Any]) -> list[str]:
    """Keywords that are none of `KEYWORDS`, anywhere in `schema`, which is not malformed."""
    found = [key for key in schema if key not in KEYWORDS]
    inner = [*schema.get("properties", {}).values(), schema.get("items")]
    for part in inner:
        if isinstance(part, dict):
            found += unknown_keywords(part)
    return found


def _typed(wanted: Any, value: Any) -> bool:
    if wanted is None:
        return True
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(_is(name, value) for name in names)


def _is(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return name == "boolean" or name not in _TYPES
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return name not in _TYPES or isinstance(value, _TYPES[name])


class _Undecided(Exception):
    """It would take too long."""


class _Checking:
    """One value and one schema, whose references it follows."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._left = _STEPS

    def part(self, schema: Any, value: Any, where: str, depth: int) -> str:
        """What is wrong with a part of the value."""
        self._left -= 1
        if depth > _DEPTH or self._left < 0:
            raise _Undecided
        schema = self._resolved(schema)
        if schema is False:
            return f"{where} may not be there"
        if not isinstance(schema, Mapping) or (value is None and schema.get("nullable") is True):
            return ""
        return (
            _alone(schema, value, where)
            or self._inside(schema, value, where, depth + 1)
            or self._combined(schema, value, where, depth + 1)
        )

    def _resolved(self, schema: Any) -> Any:
        """What `$ref` refers to, whatever stands beside it: older drafts of the standard pass over that."""
        for _ in range(_HOPS):
            if not isinstance(schema, Mapping) or "$ref" not in schema:
                return schema
            schema = _at(self._root, schema["$ref"])
        return True

    def _combined(self, schema: Mapping[str, Any], value: Any, where: str, depth: int) -> str:
        for part in schema.get("allOf", ()):
            if found := self.part(part, value, where, depth):
                return found
        for parts in (schema.get("anyOf"), schema.get("oneOf")):
            if parts and all(self.part(part, value, where, depth) for part in parts):
                return f"{where} fits none of the alternatives"
        return ""

    def _inside(self, schema: Mapping[str, Any], value: Any, where: str, depth: int) -> str:
        if isinstance(value, dict):
            return self._object(schema, value, where, depth)
        return self._array(schema, value, where, depth) if isinstance(value, list) else ""

    def _object(self, schema: Mapping[str, Any], value: dict[str, Any], where: str, depth: int) -> str:
        known = schema.get("properties", {})
        others = True if "patternProperties" in schema else schema.get("additionalProperties", True)
        for name, member in value.items():
            if name not in known and others is False:
                return f"{where} has a member that it may not have"
            if found := self.part(known.get(name, others), member, f"{where}.{name}", depth):
                return found
        return ""

    def _array(self, schema: Mapping[str, Any], value: list[Any], where: str, depth: int) -> str:
        first = len(schema.get("prefixItems", ()))
        for number, item in enumerate(value[first:], first):
            if found := self.part(schema.get("items", True), item, f"{where}[{number}]", depth):
                return found
        return ""


def _at(root: Mapping[str, Any], reference: Any) -> Any:
    """The part of the schema that a local reference names; `True`, which all values fit, where there is none."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        return True
    found: Any = root
    for step in unquote(reference[1:]).split("/")[1:] if reference != "#" else ():
        name = step.replace("~1", "/").replace("~0", "~")
        found = found[int(name)] if isinstance(found, list) and name.isdecimal() else _member(found, name)
    return found


def _member(value: Any, name: str) -> Any:
    return value.get(name, True) if isinstance(value, Mapping) else True


def _alone(schema: Mapping[str, Any], value: Any, where: str) -> str:
    """What is wrong before looking into the value."""
    if not _typed(schema.get("type"), value):
        return f"{where} is not of type {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is none of the allowed values"
    if "const" in schema and value != schema["const"]:
        return f"{where} is not {schema['const']!r}"
    if isinstance(value, dict):
        missing = next((name for name in schema.get("required", ()) if name not in value), None)
        return f"{where}.{missing} is missing" if missing is not None else ""
    if isinstance(value, list):
        fits = schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        return "" if fits else f"{where} has {len(value)} items"
    return _scalar(schema, value, where)


def _scalar(schema: Mapping[str, Any], value: Any, where: str) -> str:
    if isinstance(value, str):
        fits = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return "" if fits else f"{where} is {len(value)} characters long"
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = schema.get("minimum", value) <= value <= schema.get("maximum", value)
        return "" if fits and _within(schema, value) else f"{where} is out of range"
    return ""


def _within(schema: Mapping[str, Any], value: float) -> bool:
    """Is it within the exclusive bounds? In draft 4 these were true or false, and said something of the others."""
    low, high = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    return (low is None or isinstance(low, bool) or low < value) and (
        high is None or isinstance(high, bool) or value < high
    )
