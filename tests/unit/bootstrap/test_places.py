import pytest
from tests.doubles.gateway import backends_yaml
from tests.doubles.strange_upstream import StrangeUpstream

from smarterrouter.bootstrap.places import backends_of, listers_of, look_around, naming_of, refresh_rules
from smarterrouter.domain.models import Offer, Price
from smarterrouter.jobs.find_models import Wanted
from smarterrouter.settings.loading import load
from smarterrouter.transport.client import HttpClient

ONE = ("one", "compatible", "http://127.0.0.1:1/v1")
BESIDE = "  - name: mine\n    kind: local\n"
GLOBS = """\
backends:
  - {name: choosy, kind: compatible, url: "http://127.0.0.1:1/v1", include: ["a*"], prefix: "models/"}
  - {name: open, kind: compatible, url: "http://127.0.0.1:2/v1"}
prices:
  "choosy/*": {input_per_million: 3, output_per_million: 4}
"""


@pytest.fixture
def settings(tmp_path):
    """Settings from these names; `yaml` is the text of smarterrouter.yaml."""

    def make(yaml="", **given):
        (tmp_path / "smarterrouter.yaml").write_text(yaml)
        return load({f"ROUTER_{name}": value for name, value in given.items()}, tmp_path).settings

    return make


@pytest.fixture
async def backends(settings):
    """Makes the backends of such settings, and closes them."""
    made, client = [], HttpClient()

    def make(yaml="", **given):
        made.append(backends_of(settings(yaml, **given), client))
        return made[-1]

    yield make
    for one in made:
        await one.close()
    await client.close()


def names(offers):
    return sorted(offer.name for offer in offers)


async def test_the_embedded_runtime_alone_has_test_models(backends):
    for given in ({}, {"PROVIDER": "local"}):
        (local,) = backends(**given).current.values()
        assert names(await local.offers()) == ["test-tiny-a", "test-tiny-b"]


async def test_beside_others_the_embedded_runtime_serves_own_files_only(backends):
    made = backends(backends_yaml(ONE, more=BESIDE)).current
    assert list(made) == ["one", "mine"]
    assert names(await made["mine"].offers()) == []


async def test_the_spare_runtime_leaves_when_something_is_found(backends, settings):
    async with StrangeUpstream() as upstream:
        made = backends()
        assert list(made.current) == ["local"]
        spec = backends(backends_yaml(("found", "compatible", upstream.base_url))).current["found"].spec
        made.found([spec])
        assert list(made.current) == ["found"]


def test_nobody_is_looked_for_when_something_is_named_or_looking_is_off(settings):
    for yaml, given in [
        (backends_yaml(ONE), {}),
        ("", {"PROVIDER": "local"}),
        ("", {"OFFLINE": "true"}),
        ("", {"DISCOVERY_ENABLED": "false"}),
    ]:
        assert look_around(settings(yaml, **given), None, None) is None
    assert look_around(settings(), None, None) is not None


async def test_only_backends_with_globs_are_asked_through_them(backends, settings):
    made = backends(GLOBS)
    choosy, free = listers_of(settings(GLOBS), made)()
    assert isinstance(choosy, Wanted)
    assert choosy.name == "choosy"
    assert free is made.current["open"]


def test_refreshing_follows_the_settings(settings):
    rules = refresh_rules(settings(GLOBS, MODEL_POLLING_INTERVAL="77", MODEL_FILTER_EXCLUDE="b*"))
    assert rules.every == 77.0
    assert rules.prices == {"choosy/*": Price(3, 4)}
    assert not rules.filters.keep(Offer("one", "beta"))
    assert refresh_rules(settings(MODEL_POLLING_ENABLED="false", MODEL_POLLING_INTERVAL="77")).every == 0.0


def test_names_depend_on_prefixes_aliases_and_the_router_itself(settings):
    naming = naming_of(settings(GLOBS + "aliases:\n  fast: [alpha]\n", EXTERNAL_MODEL_NAME="mine"))
    assert naming.prefixes == {"choosy": "models/"}
    assert naming.aliases == {"fast": ["alpha"]}
    assert naming.router == "mine"
