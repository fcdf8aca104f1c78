"""Strategies with a name of the operator's."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from smarterrouter.settings.strategies import StrategyEntries, splits

READ = TypeAdapter(StrategyEntries).validate_python


def test_each_kind_has_its_members() -> None:
    found = READ(
        {
            "experiment": {"kind": "split", "arms": {"scored": 0.9, "careful": 0.1}},
            "house": {"kind": "Fixed", "model": "ollama/x"},
            "careful": {"kind": "cascade", "budget_seconds": 5},
        }
    )
    assert found["experiment"].arms == {"scored": 0.9, "careful": 0.1}
    assert found["house"].model == "ollama/x"
    assert found["careful"].budget_seconds == 5.0
    assert READ({"careful": {"kind": "cascade"}})["careful"].budget_seconds == 10.0
    assert splits(found) == {"experiment": {"scored": 0.9, "careful": 0.1}}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"x": {}}, "Field required"),
        ({"x": {"kind": "magic"}}, "Input should be 'split', 'fixed' or 'cascade'"),
        ({"x": {"kind": "fixed"}}, "is fixed and needs a model"),
        ({"x": {"kind": "fixed", "model": "y", "arms": {"a": 1}}}, "is a fixed, which has no arms"),
        ({"x": {"kind": "split", "model": "y"}}, "is a split, which has no model"),
        ({"x": {"kind": "split", "arms": {"scored": 1}}}, "needs two arms or more"),
        ({"x": {"kind": "split", "arms": {"scored": 0, "best": 0}}}, "negative or all 0"),
        ({"x": {"kind": "split", "arms": {"scored": 2, "best": -1}}}, "negative or all 0"),
        ({"x": {"kind": "split", "arms": {"scored": 1, "y": 1}}}, "has the arm 'y' in x"),
        ({"x": {"kind": "split", "arms": {"scored": 1, "x": 1}}}, "has the arm 'x' in x"),
        ({"best": {"kind": "cascade"}}, "which is there already"),
        ({"a:b": {"kind": "cascade"}}, "has the name 'a:b'"),
        ({"x": {"kind": "cascade", "budget_seconds": 0}}, "greater than 0"),
        ({"x": {"kind": "cascade", "budget_second": 1}}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_refused(entries: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        READ(entries)
