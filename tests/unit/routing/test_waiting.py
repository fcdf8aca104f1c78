"""How fast a model answers."""

from tests.unit.routing.by_hand import model

from smarterrouter.domain.knowledge import Standing
from smarterrouter.routing.waiting import THINKING, pace
from smarterrouter.routing.weights import RoutingWeights

WEIGHTS = RoutingWeights()


def test_large_models_write_more_slowly_and_read_much_faster_than_they_write() -> None:
    small, large = pace(model("a", 3), WEIGHTS), pace(model("b", 70), WEIGHTS)
    assert large.answer > 5 * small.answer
    assert large.prompt < large.answer / 10


def test_what_was_measured_counts() -> None:
    measured = model("a", 70, standing=Standing(tokens_per_second=50.0, first_token_seconds=1.5))
    found = pace(measured, WEIGHTS)
    assert (found.answer, found.first) == (1 / 50, 1.5)


def test_a_local_model_that_is_not_in_memory_is_loaded_first() -> None:
    assert pace(model("a", 7, loaded=True), WEIGHTS).load == 0
    assert pace(model("a", 7, loaded=None), WEIGHTS).load == 0
    assert pace(model("a", 7, loaded=False, size_bytes=4_000_000_000), WEIGHTS).load == 8.0
    assert pace(model("a", 7, loaded=False, standing=Standing(load_seconds=3.0)), WEIGHTS).load == 3.0
    assert pace(model("a", 7, loaded=False, local=False), WEIGHTS).load == 0


def test_thinking_takes_its_time() -> None:
    from_hand = model("a", 7)
    thinking = model("a", 7)
    thinking = type(thinking)(**{**_members(thinking), "can": type(thinking.can)(thinking=True)})
    assert pace(thinking, WEIGHTS).answer == THINKING * pace(from_hand, WEIGHTS).answer


def _members(found: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__struct_fields__}  # type: ignore[attr-defined]
