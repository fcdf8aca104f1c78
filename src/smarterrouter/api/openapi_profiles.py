"""Profiles as request bodies in the OpenAPI document.

The shapes come from `Profile`; what its types cannot say (limits, `store/profile_checks.py`) is added here.
"""

from typing import Any

import msgspec

from smarterrouter.api.openapi_answers import REFERENCE, reference
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Profile
from smarterrouter.store.profile_files import FORMAT, VERSION
from smarterrouter.store.values import NAME_BYTES

Schema = dict[str, Any]
_NAME = {"minLength": 1, "maxLength": NAME_BYTES, "pattern": "^[^\\u0000]+$"}
_LARGEST = 2**63 - 1
"""What every database can keep."""
_NEVER_NEGATIVE = {"minimum": 0, "maximum": _LARGEST}
_LEFT_OUT = {"model": "Not looked at: the address names the model.", "external": "Not looked at: it is."}
_MEASURED = {
    "overall": {"mean": 0.62, "sd": 0.21},
    "skills": {Category.CODE: {"mean": 0.9, "sd": 0.35}, Category.LOGIC: {"mean": 0.1, "sd": 0.4}},
    "answers": 48,
    "tokens": 31_250,
    "tokens_per_second": 87.5,
    "first_token_ms": {"128": 41.0, "2048": 310.0},
    "json_validity": {"mean": 0.96, "sd": 0.03},
    "effective_context": 16_384,
    "quantisation": "Q4_K_M",
    "suite": "our own, 3",
}
_IN_A_FILE = {"model": "ollama/llama3.2:3b", **_MEASURED, "measured_at": 1_795_168_800.0}
_FILE = {
    "format": FORMAT,
    "version": VERSION,
    "exported_at": "2026-11-20T10:00:00Z",
    "profiles": [_IN_A_FILE],
}


def _body(shape: str, example: Schema) -> Schema:
    content = {"schema": reference(shape), "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


MEASURED_BODY = _body("MeasuredProfile", _MEASURED)
"""What an external profiler puts in for one model."""
FILE_BODY = _body("ProfileFile", _FILE)
"""What an export gives and an import takes."""


def profile_shapes() -> dict[str, Schema]:
    """The schemas that the bodies refer to, by name."""
    _, shapes = msgspec.json.schema_components((Profile,), ref_template=REFERENCE)
    stored = _limited(shapes["Profile"])
    return shapes | {
        "Ability": _ability(shapes["Ability"]),
        "Profile": stored,
        "MeasuredProfile": _measured(stored),
        "ProfileFile": _file(),
    }


def _limited(profile: Schema) -> Schema:
    """A stored profile: no members but these, numbers and texts within their limits."""
    members = {name: _member(shape) for name, shape in profile["properties"].items()}
    members["model"] |= _NAME
    members["skills"]["propertyNames"] = reference("Category")
    members["own"]["propertyNames"] = _NAME
    members["first_token_ms"]["propertyNames"] = {"pattern": "^(0|[1-9][0-9]{0,17})$"}
    for name in ("json_validity", "tool_validity"):
        members[name] = _share(members[name])
    required = [*profile["required"], "measured_at"]
    return {**profile, "properties": members, "required": required, "additionalProperties": False}


def _member(shape: Schema) -> Schema:
    """A member's shape, with limits where it is a number or a text."""
    if choices := shape.get("anyOf"):
        return {**shape, "anyOf": [_member(choice) for choice in choices]}
    if isinstance(each := shape.get("additionalProperties"), dict):
        return {**shape, "additionalProperties": _member(each)}
    kind = shape.get("type")
    if kind in {"integer", "number"}:
        return {**shape, **_NEVER_NEGATIVE}
    return {**shape, "maxLength": NAME_BYTES, "pattern": "^[^\\u0000]*$"} if kind == "string" else dict(shape)


def _share(validity: Schema) -> Schema:
    """A share has a mean of 0 to 1, while that of an ability has no bounds."""
    limits = {"properties": {"mean": {"minimum": 0, "maximum": 1}}}
    ability, nothing = validity["anyOf"]
    return {**validity, "anyOf": [{"allOf": [ability, limits]}, nothing]}


def _ability(ability: Schema) -> Schema:
    logit = {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}
    return {**ability, "properties": {"mean": logit, "sd": {"type": "number", **_NEVER_NEGATIVE}}}


def _measured(stored: Schema) -> Schema:
    """The same as a body under the address of a model; without a time it counts as measured now."""
    free = {name: {"description": why} for name, why in _LEFT_OUT.items()}
    about = "What an external profiler has measured about one model. Without `measured_at` it was measured now."
    members = {**stored["properties"], **free}
    return {**stored, "title": "MeasuredProfile", "description": about, "properties": members, "required": ["overall"]}


def _file() -> Schema:
    return {
        "title": "ProfileFile",
        "description": "Profiles as one gateway exports and another imports them, histories included.",
        "type": "object",
        "required": ["format", "version", "profiles"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "exported_at": {"type": "string", "format": "date-time"},
            "profiles": {"type": "array", "items": reference("Profile")},
        },
    }
