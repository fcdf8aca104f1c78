"""What vectors mean: learned from examples, sure only as far as they are told apart, unmoved by what is no vector."""

from math import exp, inf, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.domain.intent import Category
from smarterrouter.routing.meaning import MOST_DIMENSIONS, Meaningless, learn, unit

KINDS = list(Category)
WIDTH = 24


def examples(each: int = 10, spread: float = 0.3) -> tuple[list[list[float]], list[Category]]:
    """Every category lies around a direction of its own."""
    random = np.random.default_rng(1)
    vectors, kinds = [], []
    for place, kind in enumerate(KINDS):
        for _ in range(each):
            vector = spread * random.standard_normal(WIDTH)
            vector[place] += 1
            vectors.append(vector.tolist())
            kinds.append(kind)
    return vectors, kinds


LEARNED = learn(*examples())


def pointing(place: int, length: float = 1.0) -> list[float]:
    return [length * (at == place) for at in range(WIDTH)]


@pytest.mark.parametrize("place", range(len(KINDS)))
def test_each_category_is_found_in_its_direction(place: int) -> None:
    said = LEARNED.evidence(pointing(place))
    assert said is not None
    assert said.index(max(said)) == place
    assert max(said) == 0.0
    assert min(said) >= log(1e-3)


def test_only_the_direction_counts() -> None:
    assert (
        LEARNED.evidence(pointing(2, 1e-200)) == LEARNED.evidence(pointing(2, 1e200)) == LEARNED.evidence(pointing(2))
    )


def test_it_knows_how_right_it_is_without_the_example_itself() -> None:
    assert LEARNED.right > 0.7
    assert learn(*examples(spread=3.0)).right < LEARNED.right


def test_leaving_one_out_in_closed_form_is_nearly_what_leaving_it_out_gives() -> None:
    vectors, kinds = examples(each=6, spread=0.7)
    hits = 0
    for at, kind in enumerate(kinds):
        said = learn(vectors[:at] + vectors[at + 1 :], kinds[:at] + kinds[at + 1 :]).evidence(vectors[at])
        hits += said is not None and said.index(max(said)) == KINDS.index(kind)
    assert abs(learn(vectors, kinds).right - hits / len(kinds)) < 0.08


def test_vectors_that_mean_nothing_are_given_no_say() -> None:
    random = np.random.default_rng(2)
    _, kinds = examples()
    said = learn([random.standard_normal(WIDTH).tolist() for _ in kinds], kinds).evidence(pointing(0))
    assert said is not None
    assert min(said) > -1.0
    same = learn([pointing(3)] * len(kinds), kinds).evidence(pointing(0))
    assert same == (0.0,) * len(KINDS)


def test_many_examples_of_one_category_do_not_make_it_likelier() -> None:
    vectors, kinds = examples(each=10)
    lopsided = learn(vectors + vectors[:10] * 9, kinds + kinds[:10] * 9)
    said = lopsided.evidence([1.0] * len(KINDS) + [0.0] * (WIDTH - len(KINDS)))
    assert said is not None
    assert exp(said[0]) / sum(map(exp, said)) < 0.5


def test_a_category_without_examples_is_not_seen_anywhere() -> None:
    vectors, kinds = examples()
    said = learn(vectors[:20], kinds[:20]).evidence(pointing(1))
    assert said is not None
    assert said.index(max(said)) == 1


@pytest.mark.parametrize("vector", [[], [0.0] * WIDTH, [nan] * WIDTH, [inf] + [0.0] * (WIDTH - 1), [1.0] * (WIDTH + 1)])
def test_what_is_no_vector_of_this_model_says_nothing(vector: list[float]) -> None:
    assert LEARNED.evidence(vector) is None


@pytest.mark.parametrize(
    ("vectors", "kinds"),
    [
        ([], []),
        ([[1.0, 2.0]], [Category.CODE]),
        ([[1.0, 2.0], [2.0, 1.0]], [Category.CODE, Category.CODE]),
        ([[1.0, 2.0], [2.0, 1.0]], [Category.CODE]),
        ([[1.0, 2.0], [2.0]], [Category.CODE, Category.CHAT]),
        ([[1.0, 2.0], [nan, 1.0]], [Category.CODE, Category.CHAT]),
        ([[1.0, 2.0], [0.0, 0.0]], [Category.CODE, Category.CHAT]),
    ],
)
def test_what_cannot_be_learned_from(vectors: list[list[float]], kinds: list[Category]) -> None:
    with pytest.raises(Meaningless):
        learn(vectors, kinds)


def test_a_vector_has_its_longest() -> None:
    assert unit([1.0] * MOST_DIMENSIONS) is not None
    assert unit([1.0] * (MOST_DIMENSIONS + 1)) is None


@given(st.lists(st.floats(), min_size=1, max_size=WIDTH + 2))
def test_whatever_comes_it_never_fails(vector: list[float]) -> None:
    said = LEARNED.evidence(vector)
    assert said is None or (len(said) == len(KINDS) and max(said) == 0.0 and min(said) >= log(1e-3))


def test_the_same_examples_teach_the_same() -> None:
    assert learn(*examples()) == LEARNED
    assert LEARNED.dimension == WIDTH


def test_it_is_ridge_regression() -> None:
    vectors, kinds = examples(each=3)
    rows = np.array([unit(vector) for vector in vectors])
    centred = rows - rows.mean(0)
    targets = np.eye(len(KINDS))[[KINDS.index(kind) for kind in kinds]] - 1 / len(KINDS)
    by_numpy = centred.T @ np.linalg.inv(centred @ centred.T + np.eye(len(rows))) @ targets
    found = np.array(learn(vectors, kinds).directions).T
    assert np.allclose(found / np.abs(found).max(), by_numpy / np.abs(by_numpy).max())
