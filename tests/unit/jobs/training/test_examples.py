"""What each text teaches."""

import numpy as np
from tests.unit.jobs.training.made_up import rows

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training.examples import Strengths, build, columns_of
from smarterrouter.jobs.training.questions import fitted
from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.artefact import CATEGORIES, DIFFICULTY, KINDS
from smarterrouter.routing.learned.features import features_of

OWN = [("solve this", Category.MATHEMATICS), ("hello there", Category.CHAT), ("hi", Category.CHAT)]
MADE = build(fitted(rows(40), {}, 1.0), OWN, [("def", Category.CODE)], Strengths())


def test_questions_teach_difficulty_and_category_and_other_prompts_only_a_category() -> None:
    assert MADE.targets.shape == (44, KINDS + 1)
    assert (MADE.weights[:40, DIFFICULTY] > 0).all()
    assert (MADE.weights[40:, DIFFICULTY] == 0).all()
    assert (MADE.weights[:, :KINDS] > 0).all()
    assert MADE.targets[:, :KINDS].sum(1).tolist() == [1.0] * 44
    assert MADE.targets[40, CATEGORIES.index(Category.MATHEMATICS)] == 1


def test_a_rare_category_counts_more_per_text() -> None:
    assert MADE.weights[40, 0] > MADE.weights[41, 0]


def test_edges_rise_and_every_text_has_its_columns() -> None:
    assert (np.diff(MADE.columns.edges, axis=1) >= 0).all()
    assert (np.diff(MADE.matrix.starts) >= form.COUNT).all()
    assert MADE.matrix.columns.max() < MADE.columns.width


def test_only_what_is_in_several_texts_has_a_column() -> None:
    texts = ["every text is its own"] * 4 + ["one text is alone"]
    columns = columns_of([features_of(text) for text in texts], 5)
    assert list(columns.words) == [b"is", b"text", b"every", b"its", b"own"]  # the commonest first
    assert list(columns.pairs) == [(b"text", b"is")]
    assert columns.grams == 6
    assert MADE.known.min() >= 0
