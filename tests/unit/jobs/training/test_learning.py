"""From examples to an artefact."""

import numpy as np
from tests.unit.jobs.training.made_up import rows

from smarterrouter.jobs.training.examples import Strengths, build
from smarterrouter.jobs.training.learning import Penalties, learn
from smarterrouter.jobs.training.questions import fitted
from smarterrouter.routing.learned.artefact import DIFFICULTY, POINTS
from smarterrouter.routing.learned.packing import SILENT

LOOKED = build(fitted(rows(160), {}, 1.0), [], [], Strengths())


def learned(penalties: Penalties):
    return learn(LOOKED, {"all": range(160), "one": [3]}, penalties, {}, lambda done, of: None)


def test_what_is_left_out_has_no_weight() -> None:
    form_only = learned(Penalties(words=0))
    assert set(form_only.grams) == {SILENT}
    assert np.abs(form_only.forms).max() > 0
    words_only = learned(Penalties(form=0))
    assert np.abs(words_only.forms).max() == 0
    assert len(set(words_only.grams)) > 10


def test_words_and_pairs_are_those_of_the_texts() -> None:
    found = learned(Penalties())
    assert {b"recursive", b"simple", b"sum"} <= set(found.words)
    assert len(found.grams) == len(found.words) + len(found.pairs)
    assert 0.1 <= found.usual <= 1


def test_the_points_of_a_benchmark_rise_and_fit_its_questions() -> None:
    found = learned(Penalties())
    assert len(found.benchmarks["all"]) == POINTS
    assert (np.diff(found.benchmarks["all"]) >= 0).all()
    assert np.ptp(found.benchmarks["one"]) == 0
    assert (
        abs(
            np.mean(found.benchmarks["all"])
            - np.average(LOOKED.targets[:, DIFFICULTY], weights=LOOKED.weights[:, DIFFICULTY])
        )
        < 0.3
    )


def test_more_that_no_text_tells_makes_the_curve_flatter() -> None:
    assert learned(Penalties(unpredictable=4)).slope < learned(Penalties(unpredictable=0.1)).slope
