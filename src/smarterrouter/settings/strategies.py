"""`StrategyEntry`: strategies with a name of the operator's, in `smarterrouter.yaml` under `routing: strategies:`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from smarterrouter.settings.group import Group, setting
from smarterrouter.settings.kinds import Kind

BUILT_IN = ("scored", "cheapest", "best", "dispatcher")
"""Strategies that need no entry."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MEMBERS = {"split": "arms", "fixed": "model", "cascade": "budget_seconds"}
"""Kind to the member that only this kind has."""


class StrategyEntry(Group):
    """One strategy."""

    kind: Annotated[Literal["split", "fixed", "cascade"], Kind("split, fixed or cascade")] = Field(
        description="split: several strategies, each for its share of conversations; fixed: one model first; "
        "cascade: the cheapest model first, its answer checked, then better ones."
    )
    arms: Annotated[dict[str, float], Kind("a mapping of strategies to shares")] = setting(
        {}, "Of a split: strategies with their shares, such as {scored: 0.9, best: 0.1}."
    )
    model: str = setting("", "Of a fixed strategy: the model that goes first, such as ollama/llama3.2:3b.")
    budget_seconds: float = setting(
        10.0, "Of a cascade: how long after a request came in a better model may still be asked.", gt=0
    )

    @model_validator(mode="after")
    def _complete(self) -> "StrategyEntry":
        for kind, member in _MEMBERS.items():
            if member in self.model_fields_set and kind != self.kind:
                raise ValueError(f"is a {self.kind}, which has no {member}")
        if self.kind == "fixed" and not self.model:
            raise ValueError("is fixed and needs a model")
        if self.kind == "split":
            _check_shares(self.arms)
        return self


def _check_shares(arms: dict[str, float]) -> None:
    if len(arms) < 2:
        raise ValueError("is a split and needs two arms or more")
    if min(arms.values()) < 0 or sum(arms.values()) <= 0:
        raise ValueError("has shares that are negative or all 0")


def _check(found: dict[str, StrategyEntry]) -> dict[str, StrategyEntry]:
    for name, entry in found.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"has the name {name!r}: letters, digits, dots, dashes and underscores are allowed")
        if name in BUILT_IN:
            raise ValueError(f"has an entry {name!r}, which is there already")
        singles = [*BUILT_IN, *(other for other, one in found.items() if one.kind != "split")]
        unknown = [arm for arm in entry.arms if arm not in singles]
        if unknown:
            raise ValueError(f"has the arm {unknown[0]!r} in {name}; known are {', '.join(singles)}")
    return found


StrategyEntries = Annotated[dict[str, StrategyEntry], Kind("a mapping of names to strategies"), AfterValidator(_check)]
"""The type of the member `strategies`."""


def splits(entries: Mapping[str, StrategyEntry]) -> dict[str, dict[str, float]]:
    """The arms of each split with their shares, in the order of the file."""
    return {name: entry.arms for name, entry in entries.items() if entry.kind == "split"}
