"""How settings become strategies, and what some of them need."""

import pytest
from tests.doubles.in_process import ScriptedBackend, model, request
from tests.unit.routing.strategies.told import Told, line

from smarterrouter.backends.pool import Backends
from smarterrouter.bootstrap.strategies import extras_of, strategies_of
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.snapshot import Naming
from smarterrouter.errors import BackendUnreachable, ModelGone
from smarterrouter.observability.metrics import Metrics
from smarterrouter.settings.loading import load
from smarterrouter.settings.problems import SettingsError
from smarterrouter.wire.calls import ChatCall

YAML = """
routing:
  strategies:
    careful: {kind: cascade, budget_seconds: 5}
    house: {kind: fixed, model: b/y}
    experiment: {kind: split, arms: {careful: 1, best: 1}}
"""
TOLD = Told(line("a/x", 0.9), line("b/y", 0.5))
CALL = ChatCall.decode(request())


@pytest.fixture
def settings(tmp_path):
    def make(yaml=YAML, **given):
        (tmp_path / "smarterrouter.yaml").write_text(yaml)
        return load({f"ROUTER_{name}": value for name, value in given.items()}, tmp_path).settings

    return make


def name_of(strategies, name):
    return strategies.find(name, b"").name


def test_the_file_names_strategies(settings):
    made = strategies_of(settings(), TOLD)
    assert {"scored", "cheapest", "best", "dispatcher", "careful", "house", "experiment"} == set(made.names)
    assert name_of(made, "experiment").startswith("experiment:")


def test_the_small_model_chooses_by_default_once_it_is_named(settings):
    assert name_of(strategies_of(settings(), TOLD), "") == "scored"
    assert name_of(strategies_of(settings(MODEL="llama3.2:1b"), TOLD), "") == "dispatcher"
    assert name_of(strategies_of(settings(MODEL="  "), TOLD), "") == "scored"


def test_what_cannot_be_meant_stops_the_start(settings):
    with pytest.raises(SettingsError, match="experiment"):
        settings("routing: {strategies: {experiment: {kind: split, arms: {careful: 1, best: 1}}}}")


def extras(settings, *models):
    catalog, backend = Catalog(Naming()), ScriptedBackend("one")
    catalog.swap(models)
    return extras_of(settings, catalog, Backends([backend], None, None), Metrics()), backend


async def test_the_small_model_is_asked_wherever_it_is_served(settings):
    made, backend = extras(settings(MODEL="tiny"), model("one/tiny"), model("two/other"))
    await made.dispatching._complete(CALL)
    assert backend.asked == [("chat", "tiny")]


@pytest.mark.parametrize(("name", "error"), [("tiny", ModelGone), ("", ModelGone), ("other", BackendUnreachable)])
async def test_where_it_is_not_served_an_error_says_so(settings, name, error):
    made, _ = extras(settings(MODEL=name), model("two/other"))
    with pytest.raises(error):
        await made.dispatching._complete(CALL)


def test_cascades_have_their_time(settings):
    made, _ = extras(settings())
    assert made.escalation._budgets == {"careful": 5.0}
