"""What a field allows, read from its type, for error messages and the reference page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from smarterrouter.settings.kinds import Kind

_NUMBERS = {int: "a whole number", float: "a number"}


_GUARD = 1_000_000
"""Limits from here on only keep nonsense out; a reader of the reference need not see them."""


def allowed(field: FieldInfo, *, brief: bool = False) -> str:
    """What `field` may hold, in words that follow "must be"; `brief` leaves out limits that nobody meets."""
    parts = list(_parts(field))
    marked = next((part.words for part in parts if isinstance(part, Kind)), None)
    if marked is not None:
        return marked
    if choices(field):
        return f"one of: {', '.join(choices(field))}"
    if bool in parts:
        return "true or false"
    number = next((words for kind, words in _NUMBERS.items() if kind in parts), None)
    return "text" if number is None else number + _bounds(parts, brief)


def choices(field: FieldInfo) -> tuple[str, ...]:
    """The values that a choice may take; empty for anything else."""
    return next((get_args(part) for part in _parts(field) if get_origin(part) is Literal), ())


def is_text(field: FieldInfo) -> bool:
    """Free text, where an empty value means itself. Everything else takes its default when left blank."""
    return field.annotation is str and not any(isinstance(part, Kind) for part in field.metadata)


def may_be_shown(field: FieldInfo) -> bool:
    """Numbers, switches and choices may be repeated in an error; a key typed into the wrong line stays out of logs."""
    parts = list(_parts(field))
    return any(kind in parts for kind in (int, float, bool)) or bool(choices(field))


def written(field: FieldInfo) -> str:
    """The default as one would write it in an env file; empty where there is none."""
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, dict | list | BaseModel):
        return ""
    return value.as_posix() if isinstance(value, Path) else str(value).replace("\n", "\\n")


def _parts(field: FieldInfo) -> Iterator[Any]:
    """The type, the members of its union and every mark on them."""
    yield from _flat(field.annotation)
    yield from field.metadata


def _flat(item: Any) -> Iterator[Any]:
    yield item
    if isinstance(item, FieldInfo):
        yield from item.metadata
    elif get_origin(item) is not Literal:
        for inner in get_args(item):
            yield from _flat(inner)


def _bounds(parts: list[Any], brief: bool) -> str:
    found = {name: getattr(part, name) for part in parts for name in ("ge", "gt", "le") if hasattr(part, name)}
    if brief and found.get("le", 0) >= _GUARD:
        del found["le"]
    low = f"{found['ge']:g}" if "ge" in found else None
    high = str(found["le"]) if "le" in found else None
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if "gt" in found:
        return f" greater than {found['gt']:g}" + (f", at most {high}" if high else "")
    if low is not None:
        return f" of at least {low}"
    return f" of at most {high}" if high else ""
