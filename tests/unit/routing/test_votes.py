"""From labels to abilities."""

import random
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.domain.feedback import FLIPS, Aged, Label, Sign, ages
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability
from smarterrouter.routing.votes import HALF_LIFE, MOST, updated

CODE = Category.CODE
PLACE = {category: place for place, category in enumerate(Category)}
WIDE = tuple(Ability(0.1 * place, 0.9) for place in range(len(Category)))


def label(voter: str = "ann", request: str = "r", verdict: float = 1.0, **more: object) -> Label:
    said = {"sign": Sign.VOTE, "model": "m", "category": CODE, "difficulty": 0.0, **more}
    return Label(voter=voter, request=request, verdict=verdict, **said)  # type: ignore[arg-type]


def votes(count: int, *, voter: str | None = None, age: float = 0.0, **more: object) -> list[Aged]:
    """That many votes, of as many people where there is no `voter`."""
    return [Aged(label(voter or f"v{number}", f"r{number}", **more), age) for number in range(count)]  # type: ignore[arg-type]


def code(labels: list[Aged], prior: tuple[Ability, ...] = WIDE) -> Ability:
    return updated(prior, labels)[PLACE[CODE]]


one_label = st.builds(
    label,
    voter=st.sampled_from("abcde"),
    request=st.integers(0, 40).map(str),
    verdict=st.sampled_from([-1.0, -0.5, 0.0, 0.3, 1.0]),
    sign=st.sampled_from(Sign),
    category=st.sampled_from([None, *Category]),
    difficulty=st.floats(-5, 5),
)
some = st.lists(st.builds(Aged, one_label, st.floats(0, 5000)), max_size=40)
priors = st.lists(
    st.builds(Ability, st.floats(-3, 3), st.floats(0.1, 1.5)), min_size=len(Category), max_size=len(Category)
).map(tuple)


def test_without_labels_nothing_changes() -> None:
    assert updated(WIDE, ()) == WIDE
    assert updated(WIDE, votes(9, verdict=0.0)) == WIDE


def test_the_first_vote_is_bayes_law() -> None:
    """Against sums over a fine grid, of one skill whose other skills say nothing."""
    flip, prior = FLIPS[Sign.VOTE], NormalDist(WIDE[PLACE[CODE]].mean, 0.9)
    points = [prior.mean + (step - 600) / 100 for step in range(1201)]
    good = [flip + (1 - 2 * flip) / (1 + 2.718281828459045 ** (0.5 - point)) for point in points]
    weights = [prior.pdf(point) * share for point, share in zip(points, good, strict=True)]
    mean = sum(point * weight for point, weight in zip(points, weights, strict=True)) / sum(weights)
    variance = sum((point - mean) ** 2 * weight for point, weight in zip(points, weights, strict=True)) / sum(weights)
    found = code(votes(1, difficulty=0.5))
    assert found.mean == pytest.approx(mean, abs=2e-3)
    assert found.sd == pytest.approx(variance**0.5, abs=2e-3)


def test_other_skills_follow_a_little() -> None:
    before, after = WIDE, updated(WIDE, votes(10))
    gains = [now.mean - then.mean for then, now in zip(before, after, strict=True)]
    assert all(0 < gain < gains[PLACE[CODE]] for place, gain in enumerate(gains) if place != PLACE[CODE])
    assert all(now.sd < then.sd for then, now in zip(before, after, strict=True))


def test_without_a_category_all_skills_move_alike() -> None:
    after = updated(WIDE, votes(10, category=None))
    gains = {round(now.mean - then.mean, 6) for then, now in zip(WIDE, after, strict=True)}
    assert len(gains) == 1
    assert gains.pop() > 0.2


def test_a_good_answer_to_a_hard_request_says_more_than_one_to_an_easy_request() -> None:
    easy, hard = code(votes(5, difficulty=-3.0)).mean, code(votes(5, difficulty=3.0)).mean
    assert WIDE[PLACE[CODE]].mean < easy < hard


def test_what_a_profile_has_measured_moves_less() -> None:
    measured = tuple(Ability(one.mean, 0.25) for one in WIDE)
    guessed = code(votes(5)).mean - WIDE[PLACE[CODE]].mean
    assert code(votes(5), measured).mean - WIDE[PLACE[CODE]].mean < guessed / 3


def test_signs_that_lie_more_often_say_less() -> None:
    start = WIDE[PLACE[CODE]].mean
    asked_again = code(votes(5, verdict=-1.0, sign=Sign.REGENERATED)).mean
    given_up = code(votes(5, verdict=-1.0, sign=Sign.ESCALATED)).mean
    assert given_up < asked_again < start


@pytest.mark.parametrize("verdict", [1.0, -1.0])
@pytest.mark.parametrize("count", [10, 1000])
def test_w17_feedback_of_one_voter_counts_like_a_few_votes(verdict: float, count: int) -> None:
    few = code(votes(int(MOST), voter="ann", verdict=verdict))
    flood = code(votes(count, voter="ann", verdict=verdict))
    assert (flood.mean, flood.sd) == (pytest.approx(few.mean), pytest.approx(few.sd))


def test_a_flood_over_all_categories_stays_bounded_too() -> None:
    flood = [one for category in Category for one in votes(200, voter="ann", category=category)]
    people = [one for category in Category for one in votes(int(MOST), category=category)]
    assert code(flood).mean < code(people).mean


def test_the_same_votes_of_many_people_move_more_than_the_flood() -> None:
    flood, people = code(votes(30, voter="ann")).mean, code(votes(30)).mean
    start = WIDE[PLACE[CODE]].mean
    assert people - start > 2.5 * (flood - start)


@settings(max_examples=60, deadline=None)
@given(labels=some, prior=priors, category=st.sampled_from(Category), voter=st.sampled_from("abxyz"))
def test_one_more_good_vote_never_lowers_a_skill_and_a_bad_one_never_raises_it(
    labels: list[Aged], prior: tuple[Ability, ...], category: Category, voter: str
) -> None:
    place = PLACE[category]
    before = updated(prior, labels)[place].mean
    for verdict in (1.0, -1.0):
        more = Aged(label(voter, "new", verdict, category=category, difficulty=0.5))
        after = updated(prior, [*labels, more])[place].mean
        assert (after - before) * verdict >= -1e-9


@settings(max_examples=40, deadline=None)
@given(labels=some, seed=st.integers(0, 99))
def test_the_order_of_the_labels_says_nothing(labels: list[Aged], seed: int) -> None:
    mixed = labels[:]
    random.Random(seed).shuffle(mixed)
    assert updated(WIDE, mixed) == updated(WIDE, labels)


@settings(max_examples=40, deadline=None)
@given(labels=some, prior=priors)
def test_whatever_was_said_gives_finite_abilities(labels: list[Aged], prior: tuple[Ability, ...]) -> None:
    for before, after in zip(prior, updated(prior, labels), strict=True):
        assert abs(after.mean) < 20
        assert 0 < after.sd <= max(before.sd, 0.05) * 1.5


def test_old_labels_fade_with_their_half_life() -> None:
    start = WIDE[PLACE[CODE]].mean
    gains = [code(votes(1, age=age)).mean - start for age in (0.0, HALF_LIFE, 2 * HALF_LIFE, 1e6)]
    assert gains[1] == pytest.approx(gains[0] / 2, rel=0.05)
    assert gains[2] == pytest.approx(gains[0] / 4, rel=0.1)
    assert gains[3] == pytest.approx(0.0, abs=1e-6)


def test_ages_count_what_came_after() -> None:
    assert [one.age for one in ages([label(request="new"), label(request="old")])] == [0.0, 1.0]


def test_widths_are_honest() -> None:
    """Simulated models: nine of ten true skills lie in the 90 % interval, about as many as promised."""
    chance, inside, runs = random.Random(4), 0, 300
    for _ in range(runs):
        general = chance.gauss(0, 0.8)
        skill = general + chance.gauss(0, 0.4)
        prior = tuple(Ability(0.0, (0.8**2 + 0.4**2) ** 0.5) for _ in Category)
        labels = []
        for number in range(25):
            difficulty = chance.uniform(-2, 2)
            good = chance.random() < 1 / (1 + 2.718281828 ** (difficulty - skill))
            honest = chance.random() >= FLIPS[Sign.VOTE]
            verdict = 1.0 if good is honest else -1.0
            labels.append(Aged(label(f"v{number}", f"r{number}", verdict, difficulty=difficulty)))
        found = code(labels, prior)
        inside += abs(found.mean - skill) <= 1.645 * found.sd
    assert 0.85 < inside / runs < 0.96


def test_votes_find_the_better_of_two_models_that_look_alike() -> None:
    """Thirty people, a hundred votes for each model, a tenth of them wrong: the order is found nearly always."""
    found, runs = 0, 60
    for seed in range(runs):
        chance = random.Random(seed)
        skills = []
        for true in (0.0, 1.0):
            labels = []
            for number in range(100):
                difficulty = chance.gauss(0, 1.2)
                good = chance.random() < 1 / (1 + 2.718281828 ** (difficulty - true))
                verdict = 1.0 if good is (chance.random() >= FLIPS[Sign.VOTE]) else -1.0
                labels.append(Aged(label(f"v{number % 30}", f"r{number}", verdict, difficulty=difficulty), number))
            skills.append(code(labels).mean)
        found += skills[0] < skills[1]
    assert found / runs > 0.9
