"""Every model has a standing, and only news makes a new snapshot."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import pytest
from tests.doubles.gateway_parts import until

from smarterrouter.bootstrap.learning import rate_models
from smarterrouter.catalog.catalog import Catalog
from smarterrouter.catalog.known import Known
from smarterrouter.catalog.standings import first_guess
from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile, Published, Unit
from smarterrouter.domain.models import Model, Offer
from smarterrouter.jobs.rate_models import RateModels
from smarterrouter.jobs.refresh_models import RefreshModels, Rules
from smarterrouter.jobs.tally_feedback import TallyFeedback
from smarterrouter.store.database import Database

CODE = tuple(Category).index(Category.CODE)


class Box:
    """A backend with models that a test may change."""

    name = "a"

    def __init__(self, *models: str) -> None:
        self.models = list(models)

    async def offers(self) -> Sequence[Offer]:
        return [Offer("a", name, test=name.startswith("test")) for name in self.models]


class House(NamedTuple):
    """What belongs together."""

    box: Box
    catalog: Catalog
    known: Known
    tally: TallyFeedback
    refresh: RefreshModels
    rating: RateModels

    def of(self, name: str) -> Model:
        return self.catalog.current.by_key[f"a/{name}"]


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    box, catalog, known, tally = Box("m-7b", "test-1b"), Catalog(), Known(), TallyFeedback(database)
    refresh = RefreshModels(lambda: [box], catalog, Rules(), first=first_guess)
    rating = rate_models(refresh, tally, catalog, known)
    yield House(box, catalog, known, tally, refresh, rating)
    await rating.cancel()
    await tally.close()


def label(number: int = 0, verdict: float = -1.0, **more: Any) -> Label:
    said = {"sign": Sign.VOTE, "model": "a/m-7b", "category": Category.CODE, "difficulty": 0.0, "at": 1.0}
    return Label(voter=f"v{number}", request=f"r{number}", verdict=verdict, **{**said, **more})


async def test_no_model_is_ever_without_skills(house: House) -> None:
    seen = []
    house.catalog.subscribe(lambda snapshot: seen.append(all(model.standing.skills for model in snapshot.models)))
    await house.refresh.run()
    house.box.models.append("new-3b")
    await house.refresh.run()
    assert seen
    assert all(seen)
    assert house.of("new-3b").standing.basis == "size"
    assert house.of("test-1b").standing.skills
    assert {model.standing for model in house.refresh.models} == {Model("", "", "").standing}


async def test_the_same_data_make_no_new_snapshot(house: House) -> None:
    await house.refresh.run()
    await house.rating.run()
    number = house.catalog.current.number
    await house.refresh.run()
    house.known.learn_published(())
    await house.rating.run()
    assert house.catalog.current.number == number


async def test_what_is_learned_is_published_by_itself(house: House) -> None:
    await house.refresh.run()
    house.known.learn_profiles([Profile("a/m-7b", Ability(1.5, 0.3), tokens_per_second=10.0, measured_at=1.0)])
    await until(lambda: house.of("m-7b").standing.basis == "profile")
    assert house.of("m-7b").standing.skills[CODE] == Ability(1.5, 0.5)
    assert house.of("m-7b").standing.tokens_per_second == 10.0
    assert house.of("test-1b").standing.basis == "size"


async def test_published_scores_count(house: House) -> None:
    await house.refresh.run()
    rows = [Published(name, "humaneval", 80.0, Unit.PERCENT, "s") for name in ("Qwen2.5-7B-Instruct", "m-7b")]
    house.known.learn_published(rows)
    await house.rating.run()
    assert house.of("m-7b").standing.basis == "published"


async def test_feedback_moves_the_model_and_says_so(house: House) -> None:
    await house.refresh.run()
    await house.rating.run()
    before = house.of("m-7b").standing
    for number in range(5):
        house.tally.note(label(number))
    await until(lambda: house.of("m-7b").standing.basis == "size+feedback")
    after = house.of("m-7b").standing
    assert after.skills[CODE].mean < before.skills[CODE].mean - 0.3
    assert house.of("test-1b").standing.basis == "size"
    rated = house.rating.rated["a/m-7b"]
    assert (rated.before, rated.after) == (before, after)


async def test_labels_that_say_nothing_change_nothing(house: House) -> None:
    await house.refresh.run()
    await house.rating.run()
    before = house.of("m-7b").standing
    await house.tally.vote(label(verdict=0.0))
    await house.tally.run()
    await house.rating.run()
    assert house.of("m-7b").standing == before


async def test_models_that_come_and_go_are_no_trouble(house: House) -> None:
    await house.tally.vote(label(model="a/gone"))
    await house.tally.run()
    await house.rating.run()
    await house.refresh.run()
    house.box.models.clear()
    await house.refresh.run()
    await house.rating.run()
    assert house.of("m-7b").missing
    assert house.of("m-7b").standing.skills
