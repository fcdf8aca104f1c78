"""From examples to an artefact."""

import numpy as np
from tests.unit.jobs.training.made_up import rows

from smarterrouter.jobs.training.examples import Strengths, build
from smarterrouter.jobs.training.learning import Penalties, learn
from smarterrouter.jobs.training.questions import fitted
from smarterrouter.routing.learned import grams
from smarterrouter.routing.learned.artefact import DIFFICULTY, POINTS, SEEN

LOOKED = build(fitted(rows(160), {}, 1.0), [], [], Strengths())


def learned(penalties: Penalties):
    return learn(LOOKED, {"all": range(160), "one": [3]}, penalties, {}, lambda done, of: None)


def test_what_is_left_out_has_no_weight() -> None:
    form_only = learned(Penalties(words=0))
    assert (form_only.table[: grams.TOTAL, :SEEN] == 0).all()
    assert np.abs(form_only.table[grams.TOTAL :]).max() > 0
    words_only = learned(Penalties(form=0))
    assert (words_only.table[grams.TOTAL :] == 0).all()


def test_rare_n_grams_have_no_weight_but_count_as_seen() -> None:
    found = learned(Penalties(fewest=1000))
    assert (found.table[: grams.TOTAL, :SEEN] == 0).all()
    assert 0 < found.table[:, SEEN].sum() < grams.TOTAL


def test_the_points_of_a_benchmark_rise_and_fit_its_questions() -> None:
    found = learned(Penalties())
    assert found.benchmarks["all"].shape == (POINTS,)
    assert (np.diff(found.benchmarks["all"]) >= 0).all()
    assert np.ptp(found.benchmarks["one"]) == 0
    assert (
        abs(
            found.benchmarks["all"].mean()
            - np.average(LOOKED.targets[:, DIFFICULTY], weights=LOOKED.weights[:, DIFFICULTY])
        )
        < 0.3
    )


def test_more_that_no_text_tells_makes_the_curve_flatter() -> None:
    assert learned(Penalties(unpredictable=4)).slope < learned(Penalties(unpredictable=0.1)).slope
