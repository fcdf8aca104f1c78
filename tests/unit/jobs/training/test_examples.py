"""What each text teaches."""

import numpy as np
from tests.unit.jobs.training.made_up import rows

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training.examples import Strengths, build
from smarterrouter.jobs.training.questions import fitted
from smarterrouter.routing.learned.artefact import CATEGORIES, DIFFICULTY, KINDS

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


def test_edges_rise_and_every_text_has_its_rows() -> None:
    assert (np.diff(MADE.edges, axis=1) >= 0).all()
    assert (np.diff(MADE.matrix.starts) > 0).all()
