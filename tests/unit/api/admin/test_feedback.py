"""What administrators see of feedback; a whole story is in `tests/journeys/test_feedback.py`."""

from smarterrouter.api.admin.feedback import _moved
from smarterrouter.domain.feedback import Label, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Standing
from smarterrouter.jobs.rate_models import Rated
from smarterrouter.routing.votes import Aged


def aged(voter: str, category: Category | None, verdict: float, sign: Sign = Sign.VOTE) -> Aged:
    return Aged(Label(sign, voter, "r", "a/m", category, 0.0, verdict))


def standing(mean: float) -> Standing:
    return Standing(tuple(Ability(mean, 0.5) for _ in Category))


def test_counts_stand_beside_what_they_moved() -> None:
    labels = [
        aged("ann", Category.CODE, 1.0),
        aged("ann", Category.CODE, -1.0, Sign.REGENERATED),
        aged("bob", Category.CODE, 0.0),
        aged("bob", None, -1.0),
    ]
    unknown, code = _moved(labels, Rated(standing(0.0), standing(0.25)))
    assert (code.category, code.good, code.bad, code.voters) == ("code", 1, 1, 2)
    assert code.signs == {"regenerated": 1, "vote": 2}
    assert code.before is not None
    assert code.after is not None
    assert (code.before.mean, code.after.mean, code.after.sd) == (0.0, 0.25, 0.5)
    assert (unknown.category, unknown.bad, unknown.before, unknown.after) == ("", 1, None, None)


def test_a_model_that_is_gone_has_counts_only() -> None:
    (one,) = _moved([aged("ann", Category.CODE, 1.0)], None)
    assert (one.good, one.before, one.after) == (1, None, None)
