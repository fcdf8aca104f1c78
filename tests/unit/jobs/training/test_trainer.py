"""A small training from rows to a file."""

import msgspec
import pytest
from tests.unit.jobs.training.made_up import EASY, HARD, rows

from smarterrouter.jobs.training.priors import Priors
from smarterrouter.jobs.training.rows import UnreadableData
from smarterrouter.jobs.training.trainer import Recipe, fit, train
from smarterrouter.jobs.training.writing import written
from smarterrouter.routing.hearing import Ear
from smarterrouter.routing.learned.artefact import CATEGORIES, load

SMALL = Recipe(seeds=1, frames=1, lists=5)


def quiet(what: str, done: int, of: int) -> None:
    assert what
    assert 0 <= done <= of


@pytest.fixture(scope="module")
def learned():
    return fit(rows(), {}, SMALL, quiet)


def test_it_learns_which_words_are_hard(learned) -> None:
    ear = Ear(learned)
    assert ear.hear(f"a {HARD} sum").difficulty > ear.hear(f"a {EASY} sum").difficulty + 0.8


def test_it_learns_whose_words_they_are(learned) -> None:
    logits = Ear(learned).hear(f"the {HARD} list of {EASY}").logits
    assert CATEGORIES[logits.index(max(logits))] == "code"


def test_the_predictor_reproduces_shares_of_its_own_questions(learned) -> None:
    made = rows()
    share = sum(row.scores["m2"] for row in made) / len(made)
    priors = Priors(learned)
    ability = priors.matched("mine/code", share)
    assert ability is not None
    assert priors.expected("mine/code", ability.mean) == pytest.approx(share, abs=0.01)


def test_the_same_rows_give_the_same_bytes(learned) -> None:
    assert written(fit(rows(), {}, SMALL, quiet)) == written(learned)


def test_training_writes_the_artefact_and_its_card(tmp_path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "mine.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(rows(120)))
    out = tmp_path / "router.npz"
    result = train(folder, out, quiet, SMALL)
    assert load(out.read_bytes()).notes["questions"] == 120
    card = (tmp_path / "router.md").read_text()
    assert card == result.card
    assert (tmp_path / "router.svg").read_text().count("<circle") > 3
    for words in ("| mine | mit | 120 |", "## Limits", "Reliability", "5 models"):
        assert words in card


def test_rows_without_a_licence_are_not_trained_on(tmp_path) -> None:
    bare = [msgspec.structs.replace(row, licence="") for row in rows(4)]
    (tmp_path / "mine.jsonl").write_bytes(msgspec.json.Encoder().encode_lines(bare))
    with pytest.raises(UnreadableData, match="licence"):
        train(tmp_path, tmp_path / "router.npz", quiet, SMALL)
