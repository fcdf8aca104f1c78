"""Each setting that is in effect has a test that changes it and observes what that does."""

import ast
from pathlib import Path

from smarterrouter.settings.groups import PREFIX, SETTINGS
from smarterrouter.settings.pending import PENDING

JOURNEYS = Path(__file__).parents[2] / "journeys"


def observed(source: str) -> set[str]:
    """The names in `@observes(…)` above test functions that assert something."""
    found: set[str] = set()
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef) or not function.name.startswith("test_"):
            continue
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "observes":
                found |= {PREFIX + name.value for name in mark.args if isinstance(name, ast.Constant)}
    return found


def test_every_setting_in_effect_is_observed() -> None:
    files = sorted(JOURNEYS.glob("test_settings_behaviour_*.py"))
    found = set().union(*(observed(path.read_text()) for path in files))
    assert sorted(SETTINGS.keys() - PENDING.keys() - found) == []


def test_what_waits_is_observed_by_nobody() -> None:
    files = JOURNEYS.glob("test_settings_behaviour_*.py")
    assert set().union(*(observed(path.read_text()) for path in files)) & PENDING.keys() == set()
