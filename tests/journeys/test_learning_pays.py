"""Profiles and votes are worth something: simulated models, chosen by the product's own code, measured by what is true.

Models of the same size differ in ability (uniform in -2 ... 2) and in each skill (sd 0.4). A prompt has a category and
a difficulty; who answers it well is drawn. Known by size alone all of them are alike; a profile of forty answers tells
them apart, and votes go on from there.
"""

import math
import random
import statistics

import msgspec
from bench import profiling as bench

from smarterrouter.catalog.standings import standing
from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.feedback import Label, Sign, ages
from smarterrouter.domain.intent import Category, Intent, Needs, Reading
from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.domain.models import Model, Size
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.registry import Strategies
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.votes import updated
from smarterrouter.routing.weights import weights_for

KINDS = list(Category)
MODELS, PROMPTS = 8, 400
SLOPE = 1.0


def prompts(chance: random.Random) -> list[Intent]:
    found = []
    for _ in range(PROMPTS):
        category, difficulty = chance.choice(KINDS), chance.uniform(-2, 2)
        shares = tuple(float(kind is category) for kind in KINDS)
        found.append(Intent(category, 0.4, Needs(), reading=Reading(shares, difficulty)))
    return found


def good(model: bench.Simulated, asked: Intent) -> float:
    assert asked.reading is not None
    return 1 / (1 + math.exp(SLOPE * (asked.reading.difficulty - model.skills[asked.category.value])))


def chosen(standings: list[Standing], asked: list[Intent]) -> list[int]:
    """Which model the router takes for each prompt."""
    router = Router(Strategies(Scored(weights_for(prefer_smaller=False, prefer_newer=False), Quality(SLOPE))))
    models = tuple(
        Model(f"box/m{place}", "box", f"m{place}", Size(8.0, 8.0), standing=one) for place, one in enumerate(standings)
    )
    places = {model.key: place for place, model in enumerate(models)}
    return [places[router.decide(one, models, Moment(), 1).candidates[0].model.key] for one in asked]


def worth(models: list[bench.Simulated], choice: list[int], asked: list[Intent]) -> float:
    """The true share of good answers."""
    return statistics.mean(good(models[place], one) for place, one in zip(choice, asked, strict=True))


def profiled(model: bench.Simulated, seed: int) -> Standing:
    items, _ = bench.bank()
    categories = sorted({item.category for item in items})
    posterior, _ = bench.profile(model, items, categories, bench.WORLDS[0].plan, seed)
    return Standing(tuple(posterior.skill(kind.value) for kind in KINDS), "profile")


def voted(
    before: Standing, place: int, models: list[bench.Simulated], asked: list[Intent], choice: list[int]
) -> Standing:
    """What users say of the answers that this model gave: each of them somebody else, one in ten by mistake."""
    chance, labels = random.Random(place), []
    for number, (one, who) in enumerate(zip(asked, choice, strict=True)):
        if who == place and one.reading is not None:
            liked = chance.random() < good(models[place], one)
            verdict = 1.0 if liked != (chance.random() < 0.1) else -1.0
            voter, request = f"v{number}", f"r{number}"
            labels.append(
                Label(Sign.VOTE, voter, request, f"box/m{place}", one.category, one.reading.difficulty, verdict)
            )
    return msgspec.structs.replace(before, skills=updated(before.skills, ages(labels)))


def test_profiles_raise_the_share_of_good_answers_and_votes_do_not_lower_it():
    by_size, by_profile, by_votes = [], [], []
    for seed in range(6):
        chance = random.Random(seed)
        models = [bench.Simulated(bench.WORLDS[0], chance, [kind.value for kind in KINDS]) for _ in range(MODELS)]
        asked, later = prompts(chance), prompts(chance)
        plain = [standing(Model(f"box/m{place}", "box", f"m{place}", Size(8.0, 8.0))) for place in range(MODELS)]
        known = [profiled(model, seed * MODELS + place) for place, model in enumerate(models)]
        first = chosen(known, asked)
        judged = [voted(one, place, models, asked, first) for place, one in enumerate(known)]
        by_size.append(worth(models, chosen(plain, later), later))
        by_profile.append(worth(models, chosen(known, later), later))
        by_votes.append(worth(models, chosen(judged, later), later))
    assert statistics.mean(by_profile) > statistics.mean(by_size) + 0.1
    assert statistics.mean(by_votes) > statistics.mean(by_profile) - 0.005


def test_votes_of_many_move_the_choice_and_a_flood_of_one_does_not():
    known, lesser = (Standing((Ability(mean, 0.3),) * 8, "profile") for mean in (0.3, 0.0))
    asked = prompts(random.Random(1))[:50]
    assert set(chosen([known, lesser], asked)) == {0}

    def told(voters: int, votes: int) -> Standing:
        labels = [
            Label(Sign.VOTE, f"v{number % voters}", f"r{number}", "box/m1", KINDS[number % 8], 0.5, 1.0)
            for number in range(votes)
        ]
        return msgspec.structs.replace(lesser, skills=updated(lesser.skills, ages(labels)))

    assert set(chosen([known, told(200, 200)], asked)) == {1}
    assert set(chosen([known, told(1, 1000)], asked)) == {0}
    assert told(1, 1000).skills == told(1, 500).skills
