"""The table of levels fits the columns."""

from smarterrouter.domain.columns import COLUMNS
from smarterrouter.jobs.training.levels import LEVELS


def test_every_level_is_of_a_column_and_lies_between_its_floor_and_ceiling() -> None:
    assert LEVELS.keys() <= COLUMNS.keys()
    assert all(level.floor < level.usual < level.ceiling for level in LEVELS.values())
