from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Unit

QUALITY = {Unit.PERCENT, Unit.ELO, Unit.INDEX}


def test_each_column_is_found_by_its_own_name():
    assert all(column.name == name for name, column in COLUMNS.items())
    assert all(name == name.lower() and name.isidentifier() for name in COLUMNS)


def test_only_measures_of_quality_speak_for_categories():
    for column in COLUMNS.values():
        assert not column.categories or column.unit in QUALITY, column.name
        assert len(set(column.categories)) == len(column.categories)


def test_every_category_has_a_published_number_that_speaks_for_it():
    spoken = {category for column in COLUMNS.values() for category in column.categories}
    assert spoken == set(Category)


def test_prices_lengths_and_speeds_have_columns():
    kinds = {column.unit for column in COLUMNS.values()}
    assert kinds == set(Unit)
