"""`Group`: the base of every group of settings; blank values, choices in any case, no secret in `repr`."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from smarterrouter.settings.urls import without_credentials
from smarterrouter.settings.words import choices, is_text


class Group(BaseModel):
    """Frozen; refuses unknown names; raises `pydantic.ValidationError`. Reads nothing but what it is given."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        """Values that are blank count as not given, except where empty text means itself."""
        if not isinstance(given, dict):
            return given
        tidied = {name: _tidy(cls.model_fields.get(name), value) for name, value in given.items()}
        return {name: value for name, value in tidied.items() if value is not None}

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        for name, value in super().__repr_args__():
            yield name, without_credentials(value) if isinstance(value, str) else value


def setting(default: Any, meaning: str, **bounds: float) -> Any:
    """One setting: its default, one sentence for people, and bounds (`ge`, `gt`, `le`) that its type does not have."""
    limits: dict[str, Any] = bounds
    return Field(default, description=meaning, **limits)


def on(meaning: str) -> Any:
    """A switch that is on unless it is switched off."""
    return setting(default=True, meaning=meaning)


def off(meaning: str) -> Any:
    """A switch that is off unless it is switched on."""
    return setting(default=False, meaning=meaning)


def is_blank(value: Any) -> bool:
    """Whether `value` is nothing, or text without a visible character."""
    return value is None or (isinstance(value, str) and not value.strip())


def _tidy(field: FieldInfo | None, value: Any) -> Any:
    """`value` as its type expects it; None when it is blank."""
    if field is None or not isinstance(value, str) or is_text(field):
        return value
    text = value.strip()
    if not text:
        return None
    return next((choice for choice in choices(field) if choice.lower() == text.lower()), text)
