"""Checks a value against a JSON schema: the part of the standard that `checks.Json` names."""

from collections.abc import Mapping
from typing import Any, Literal

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


def fault(schema: Mapping[str, Any], value: Any, where: str = "$") -> str:
    """The first thing that is wrong with `value`, in words; empty when it fits."""
    if not _typed(schema.get("type"), value):
        return f"{where} is not of type {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where} is none of the allowed values"
    if "const" in schema and value != schema["const"]:
        return f"{where} is not {schema['const']!r}"
    if isinstance(value, dict):
        return _object(schema, value, where)
    if isinstance(value, list):
        return _array(schema, value, where)
    return _scalar(schema, value, where)


def malformed(schema: Mapping[str, Any]) -> str:
    """What is wrong with the schema itself, in words; empty where `fault` can go by it."""
    try:
        msgspec.convert(schema, _Shape)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def unknown_keywords(schema: Mapping[str, Any]) -> list[str]:
    """Keywords that would be passed over in silence, anywhere in `schema`, which is not malformed."""
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
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES.get(name, ()))


def _object(schema: Mapping[str, Any], value: dict[str, Any], where: str) -> str:
    for name in schema.get("required", ()):
        if name not in value:
            return f"{where}.{name} is missing"
    known = schema.get("properties", {})
    for name, member in value.items():
        if name in known:
            if found := fault(known[name], member, f"{where}.{name}"):
                return found
        elif schema.get("additionalProperties") is False:
            return f"{where} has a member that it may not have"
    return ""


def _array(schema: Mapping[str, Any], value: list[Any], where: str) -> str:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return f"{where} has {len(value)} items"
    for number, item in enumerate(value):
        if found := fault(schema.get("items", {}), item, f"{where}[{number}]"):
            return found
    return ""


def _scalar(schema: Mapping[str, Any], value: Any, where: str) -> str:
    if isinstance(value, str):
        fits = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
        return "" if fits else f"{where} is {len(value)} characters long"
    if isinstance(value, int | float) and not isinstance(value, bool):
        fits = schema.get("minimum", value) <= value <= schema.get("maximum", value)
        return "" if fits else f"{where} is out of range"
    return ""
