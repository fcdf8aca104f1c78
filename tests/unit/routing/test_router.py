"""`Router.decide`: eligible, ranked, explained, remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import (
    EMBEDDING,
    HOUSEHOLD,
    LARGE,
    MIDDLE,
    SEEING,
    SMALL,
    TINY_CODER,
    intent,
    model,
)
from tests.unit.routing.by_hand import (
    router as made,
)

from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.intent import Category
from smarterrouter.errors import ContextTooLong, NoEligibleModel, NoModels
from smarterrouter.routing import router as router_module
from smarterrouter.routing.router import Router

HARD_CODE = intent(Category.CODE, 0.8)


@pytest.fixture
def router() -> Router:
    return made()


def keys(decision: Decision) -> list[str]:
    return [candidate.model.key for candidate in decision.candidates]


def test_w19_candidates_stand_in_the_order_of_their_scores(router: Router) -> None:
    decision = router.decide(HARD_CODE, HOUSEHOLD, Moment(), 7)
    totals = [candidate.total for candidate in decision.candidates]
    assert totals == sorted(totals, reverse=True)
    assert EMBEDDING.key not in keys(decision)
    assert keys(decision) != [each.key for each in HOUSEHOLD[:-1]]


def test_w19_fallbacks_for_an_image_can_all_see(router: Router) -> None:
    other = model("pixtral:12b", 12, vision=True)
    decision = router.decide(intent(vision=True), (*HOUSEHOLD, other), Moment(), 1)
    assert set(keys(decision)) == {SEEING.key, other.key}


def test_w06_hard_code_goes_to_a_large_model_and_the_tiny_coder_comes_last(router: Router) -> None:
    decision = router.decide(HARD_CODE, HOUSEHOLD, Moment(), 1)
    assert keys(decision)[0] in {LARGE.key, MIDDLE.key}
    assert keys(decision)[-1] == TINY_CODER.key


def test_w01_tool_and_vision_requests_get_a_decision_of_their_own(router: Router) -> None:
    assert keys(router.decide(intent(Category.TOOLS, 0.1, tools=True), HOUSEHOLD, Moment(), 1))[0] != SEEING.key
    assert keys(router.decide(intent(vision=True), HOUSEHOLD, Moment(), 1)) == [SEEING.key]


def test_the_decision_carries_what_it_was_taken_on(router: Router) -> None:
    decision = router.decide(HARD_CODE, HOUSEHOLD, Moment(), 7)
    assert (decision.snapshot, decision.strategy, decision.intent) == (7, "scored", HARD_CODE)
    assert decision.excluded[EMBEDDING.key]


def test_relaxed_needs_are_told(router: Router) -> None:
    assert router.decide(intent(tools=True), (SEEING,), Moment(), 1).relaxed == ("tools",)


def test_errors_come_through(router: Router) -> None:
    with pytest.raises(NoModels):
        router.decide(intent(), (), Moment(), 1)
    with pytest.raises(NoEligibleModel):
        router.decide(intent(vision=True), (SMALL,), Moment(), 1)
    with pytest.raises(ContextTooLong):
        router.decide(intent(prompt_tokens=9999), (model("a", 1, context_tokens=100),), Moment(), 1)


def test_what_is_remembered_belongs_to_one_snapshot(router: Router) -> None:
    assert keys(router.decide(intent(), (SMALL,), Moment(), 1)) == [SMALL.key]
    assert keys(router.decide(intent(), (LARGE,), Moment(), 1)) == [LARGE.key]
    assert keys(router.decide(intent(), (SMALL,), Moment(), 2)) == [SMALL.key]


def test_the_pool_is_found_once_per_kind_of_request(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    real = router_module.pool_under
    monkeypatch.setattr(router_module, "pool_under", lambda *given: counted.append(given) or real(*given))
    for tokens in (1, 2, 3):
        router.decide(intent(prompt_tokens=tokens), HOUSEHOLD, Moment(), 1)
    assert len(counted) == 1
    router.decide(intent(tools=True), HOUSEHOLD, Moment(), 1)
    assert len(counted) == 2


def test_memory_is_bounded(router: Router) -> None:
    offered = tuple(model(f"m{each}", 8, context_tokens=each) for each in range(10, 700))
    for tokens in range(600):
        router.decide(intent(prompt_tokens=tokens), offered, Moment(), 1)
    assert len(router._pools) <= 256


@given(st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 4000)), min_size=1, max_size=30))
def test_remembering_never_changes_an_answer(requests: list[tuple[int, int]]) -> None:
    offered = tuple(model(f"m{each}", each / 100, context_tokens=each) for each in (300, 500, 1000, 1500))
    warm = made()
    for prompt, answer in requests:
        wanted = intent(prompt_tokens=prompt, answer_tokens=answer)
        cold = made()
        assert outcome(warm, wanted, offered) == outcome(cold, wanted, offered)


def outcome(router: Router, wanted: object, offered: tuple[object, ...]) -> object:
    try:
        decision = router.decide(wanted, offered, Moment(), 1)
    except ContextTooLong as error:
        return error.message
    return keys(decision), decision.excluded, decision.relaxed
