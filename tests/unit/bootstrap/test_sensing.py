"""Which embedding model has a say in categories, where it is asked, and what it is shown first."""

from collections import Counter

import pytest
from tests.doubles.in_process import ScriptedBackend, model

from smarterrouter.backends.pool import Backends
from smarterrouter.bootstrap.sensing import examples, sensing_of
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.snapshot import Naming
from smarterrouter.domain.intent import Category
from smarterrouter.observability.metrics import Metrics
from smarterrouter.settings.loading import load


def made(tmp_path, name, *models):
    catalog, backend = Catalog(Naming()), ScriptedBackend("one")
    catalog.swap(models)
    settings = load({"ROUTER_CATEGORY_MODEL": name}, tmp_path).settings
    return sensing_of(settings, catalog, Backends([backend], None, None), Metrics()), backend


@pytest.mark.parametrize("name", ["", "  "])
def test_without_a_name_there_is_none(tmp_path, name):
    assert made(tmp_path, name, model("one/embed"))[0] is None


async def test_the_model_is_asked_wherever_it_is_served(tmp_path):
    sensing, backend = made(tmp_path, "embed", model("one/embed", embeddings=True))
    await sensing.prepared()
    assert set(backend.asked) == {("embed", "embed")}


@pytest.mark.parametrize(
    "models", [(), (model("one/other"),), (model("one/embed", unreachable=True),), (model("two/embed"),)]
)
async def test_where_it_is_not_served_nothing_happens(tmp_path, models):
    sensing, backend = made(tmp_path, "embed", *models)
    await sensing.prepared()
    assert await sensing.sense("Hello") is None
    assert backend.asked == []


def test_it_is_shown_short_prompts_of_all_categories_in_equal_parts():
    found = examples()
    assert Counter(category for _, category in found) == dict.fromkeys(Category, 40)
    assert all(0 < len(text.strip()) <= 513 for text, _ in found)
    assert found == examples()
