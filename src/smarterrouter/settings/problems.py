"""`SettingsError`: everything that is wrong with the settings, at once and in plain words."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from smarterrouter.settings.words import allowed, may_be_shown

_TYPES = {"string_type": "text", "list_type": "a list", "dict_type": "a mapping", "model_type": "a mapping"}


class SettingsError(Exception):
    """The gateway cannot start like this. `problems` holds one sentence for each fault; no secret is in them."""

    def __init__(self, problems: Sequence[str]) -> None:
        """`problems` has at least one entry."""
        self.problems = tuple(problems)
        super().__init__("The settings cannot be used:\n" + "\n".join(f"- {problem}" for problem in self.problems))


def explain(error: ErrorDetails, name: str, field: FieldInfo | None) -> str:
    """One of pydantic's findings about `name` as a sentence; the value is repeated only where it cannot be a secret."""
    if error["type"] == "value_error":
        return f"{name}: {error['ctx']['error']}" if name else str(error["ctx"]["error"])
    if field is None:
        return f"{name}: must be {_TYPES.get(error['type'], 'something else')}"
    if may_be_shown(field) and isinstance(error["input"], str | int | float):
        return f"{name}: {_short(error['input'])} is not {allowed(field)}"
    return f"{name}: must be {allowed(field)}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question with the nearest known name and a leading space; empty when nothing is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def _short(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:40] + "…")
