"""The estimator: what must hold for any answers, and whether its stated errors are true."""

import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.domain.knowledge import Ability
from smarterrouter.profiling.estimator import WIDE, Item, Posterior, chance, fit, information, pull

CATEGORIES = ("code", "logic", "chat")
items = st.builds(
    Item,
    id=st.just("x"),
    category=st.sampled_from(CATEGORIES),
    difficulty=st.floats(-4, 4),
    slope=st.sampled_from((0.8, 1.1, 2.0)),
    guess=st.sampled_from((0.02, 0.25)),
)
answers = st.lists(st.tuples(items, st.booleans()), max_size=12)


def known(posterior: Posterior) -> list[float]:
    abilities = [posterior.overall, *(posterior.skill(name) for name in CATEGORIES)]
    return [number for ability in abilities for number in (ability.mean, ability.sd)]


@settings(max_examples=50, deadline=None)
@given(answers, st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(given_answers, chance_):
    shuffled = list(given_answers)
    chance_.shuffle(shuffled)
    assert known(fit(shuffled)) == pytest.approx(known(fit(given_answers)), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(answers, items)
def test_a_right_answer_never_lowers_an_ability_and_a_wrong_one_never_raises_it(given_answers, item):
    before, right, wrong = fit(given_answers), fit([*given_answers, (item, True)]), fit([*given_answers, (item, False)])
    for name in CATEGORIES:
        assert wrong.skill(name).mean <= before.skill(name).mean + 1e-9
        assert before.skill(name).mean <= right.skill(name).mean + 1e-9
    assert wrong.overall.mean <= before.overall.mean + 1e-9 <= right.overall.mean + 2e-9


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(items, st.booleans()), min_size=1, max_size=6))
def test_turning_a_wrong_answer_into_a_right_one_never_lowers_an_ability(given_answers):
    before = fit(given_answers)
    for index, (item, _) in enumerate(given_answers):
        better = [*given_answers[:index], (item, True), *given_answers[index + 1 :]]
        assert fit(better).overall.mean >= before.overall.mean - 1e-9


def test_answers_make_it_surer():
    posterior = Posterior()
    sds = [posterior.overall.sd]
    for number in range(40):
        posterior.update(Item("x", CATEGORIES[number % 3], (number % 5) - 2.0), passed=number % 2 == 0)
        sds.append(posterior.overall.sd)
    assert sds[0] == pytest.approx(WIDE.sd, abs=0.01)
    assert sds[40] < 0.5 < sds[5]
    assert all(later < sds[index] for index, later in enumerate(sds[10:]))


def test_it_is_reproducible_to_the_last_bit():
    given_answers = [(Item("x", "code", 0.3), True), (Item("y", "logic", -1.0), False)]
    assert known(fit(given_answers)) == known(fit(given_answers))


def test_nothing_known_is_the_prior():
    posterior = Posterior(Ability(1.0, 0.5))
    assert posterior.overall.mean == pytest.approx(1.0, abs=1e-6)
    assert posterior.overall.sd == pytest.approx(0.5, abs=1e-6)
    skill = posterior.skill("code")
    assert (skill.mean, skill.sd) == pytest.approx((1.0, math.hypot(0.5, 0.4)), abs=1e-3)


def test_answers_in_one_category_move_that_skill_most_and_the_others_with_it():
    posterior = fit((Item(f"x{number}", "code", 2.0), number % 2 == 0) for number in range(40))
    assert posterior.skill("code").mean > posterior.overall.mean > 1.0
    assert posterior.skill("chat").mean == pytest.approx(posterior.overall.mean, abs=0.01)
    assert posterior.skill("code").sd < posterior.skill("chat").sd


def test_an_absurd_prior_empties_nothing():
    posterior = Posterior(Ability(90.0, 0.0001))
    posterior.update(Item("x", "code", 0.0), passed=True)
    assert all(math.isfinite(number) for number in known(posterior))


def test_a_thousand_contradicting_answers_empty_nothing():
    posterior = Posterior()
    for number in range(1000):
        posterior.update(Item("x", CATEGORIES[number % 2], -5.0 if number % 2 else 5.0), passed=number % 2 == 0)
    assert all(math.isfinite(number) for number in known(posterior))
    assert posterior.skill("code").mean > 3 > -3 > posterior.skill("logic").mean


def test_one_careless_mistake_of_a_strong_model_costs_little():
    right = [(Item("x", "code", number / 4), True) for number in range(12)]
    spotless = fit(right).overall.mean
    assert spotless - fit([*right, (Item("y", "code", -4.0), False)]).overall.mean < 1.0


def test_a_lucky_letter_says_less_than_a_written_answer():
    letter, written = Item("x", "code", 1.0, guess=0.25), Item("x", "code", 1.0)
    assert fit([(letter, True)]).overall.mean < fit([(written, True)]).overall.mean


def test_an_unsure_difficulty_says_less():
    sure, unsure = Item("x", "code", 1.0), Item("x", "code", 1.0, spread=1.5)
    assert abs(fit([(unsure, True)]).overall.mean) < abs(fit([(sure, True)]).overall.mean)


def test_a_judge_speaks_softer_than_a_check_and_a_middling_score_says_nothing():
    item = Item("x", "chat", 0.0)
    means = []
    for score in (0.0, 0.5, 1.0, 7.0):
        posterior = Posterior()
        posterior.judged(item, score)
        means.append(posterior.overall.mean)
    checked = fit([(item, True)]).overall.mean
    assert means[0] < means[1] < means[2] == means[3] < checked
    assert means[1] == pytest.approx(0.0, abs=1e-9)


def test_chance_keeps_between_guess_and_slip():
    item = Item("x", "code", 0.0, guess=0.25, slip=0.05)
    assert chance(item, -50.0) == pytest.approx(0.25)
    assert chance(item, 50.0) == pytest.approx(0.95)
    assert chance(item, -800.0) == pytest.approx(0.25)  # no overflow


def test_the_most_informative_task_is_as_hard_as_the_model_is_able():
    belief = Posterior(Ability(1.0, 0.3)).belief("code")
    worth = {b: information(Item("x", "code", float(b)), belief) for b in (-3, -1, 1, 3)}
    assert max(worth, key=worth.get) == 1


def test_pull_agrees_with_the_slope_of_the_likelihood():
    belief = Posterior(Ability(0.4, 0.2)).belief("code")
    item, step = Item("x", "code", 0.3), 1e-2

    def expected(difficulty: float, passed: bool) -> float:
        moved = Item("x", "code", difficulty)
        grid = [(-30 + index) * 0.2 for index in range(61)]
        chances = [chance(moved, skill) for skill in grid]
        return sum(w * math.log(p if passed else 1 - p) for w, p in zip(belief, chances, strict=True))

    for passed in (True, False):
        slope, info = pull(belief, item, passed)
        assert slope == pytest.approx(
            (expected(0.3 + step, passed) - expected(0.3 - step, passed)) / 2 / step, rel=0.01
        )
        assert 0 < info < 0.5


def test_stated_intervals_hold_the_truth_although_slips_are_unknown():
    """200 models, 24 answers each, 5 % slips: nine of ten intervals should hold, give or take chance and slips."""
    rng = random.Random(20)
    inside, errors = [], []
    for _ in range(200):
        ability = rng.uniform(-2, 2)
        skills = {name: ability + rng.gauss(0, 0.4) for name in CATEGORIES}
        posterior = Posterior()
        for number in range(24):
            item = Item("x", CATEGORIES[number % 3], rng.uniform(-2.5, 2.5))
            right = rng.random() < 1 / (1 + math.exp(1.1 * (item.difficulty - skills[item.category])))
            posterior.update(item, right and rng.random() >= 0.05)
        found = posterior.overall
        inside.append(abs(found.mean - ability) <= 1.645 * found.sd)
        errors.append(found.mean - ability)
    assert 0.82 <= statistics.mean(inside) <= 0.98
    assert statistics.pstdev(errors) < 0.65
