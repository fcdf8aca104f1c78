"""From rows to difficulties on the scale of profiles."""

import json

import numpy as np
import pytest
from tests.unit.jobs.training.made_up import rows

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training.questions import fitted, kind_of, read_public
from smarterrouter.jobs.training.rows import Row

ROWS = rows(120)


def test_hard_questions_are_found_harder() -> None:
    known = fitted(ROWS, {}, 1.0)
    assert known.difficulty[1::2].mean() > known.difficulty[::2].mean() + 2
    assert (known.weight > 0).all()
    assert set(known.categories) == {"code"}


def test_the_yardsticks_are_moved_to_zero() -> None:
    share = sum(row.scores["m3"] for row in ROWS) / len(ROWS)
    public = {
        "mine": {"llama-3.1-8b": {"code": {"mean": share, "n": 120}}, "gemma-2-9b": {"code": {"mean": 1, "n": 3}}}
    }
    free, tied = fitted(ROWS, {}, 1.0), fitted(ROWS, public, 1.0)
    ability = free.fit.ability[3, 0]
    assert tied.difficulty[0] - free.difficulty[0] == pytest.approx(-ability - 0.1, abs=0.25)
    assert np.ptp(tied.difficulty - free.difficulty) < 1e-9


def test_public_scores_are_optional(tmp_path) -> None:
    assert read_public(tmp_path) == {}
    (tmp_path / "public_scores.json").write_text(json.dumps({"a": {}}))
    assert read_public(tmp_path) == {"a": {}}


@pytest.mark.parametrize(
    ("task", "category", "kind"),
    [("gsm8k", "", Category.MATHEMATICS), ("gsm8k", "code", Category.CODE), ("mine", "", Category.KNOWLEDGE)],
)
def test_a_row_says_its_category_or_its_task_does(task: str, category: str, kind: Category) -> None:
    assert kind_of(Row("q", "mine", task, "text", category=category)) is kind
