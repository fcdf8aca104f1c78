"""Who can serve: hard needs refuse, soft needs give way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import EMBEDDING, HOUSEHOLD, LARGE, MIDDLE, SEEING, SMALL, intent, model

from smarterrouter.errors import ContextTooLong, NoEligibleModel, NoModels
from smarterrouter.routing.eligibility import breakpoints, eligible


def test_nothing_to_choose_from() -> None:
    with pytest.raises(NoModels):
        eligible(intent(), ())


def test_w19_embedding_models_are_never_candidates() -> None:
    pool = eligible(intent(), HOUSEHOLD)
    assert pool.models == HOUSEHOLD[:-1]
    assert "embedding" in pool.excluded[EMBEDDING.key]
    with pytest.raises(NoEligibleModel):
        eligible(intent(), (EMBEDDING,))


def test_models_that_serve_by_name_only_are_never_chosen() -> None:
    guard = model("llama-guard3:8b", 8, only_by_name=True)
    pool = eligible(intent(), (guard, LARGE))
    assert pool.models == (LARGE,)
    assert "name" in pool.excluded[guard.key]
    with pytest.raises(NoEligibleModel):
        eligible(intent(), (guard,))


def test_w01_images_go_only_to_models_known_to_see() -> None:
    pool = eligible(intent(vision=True), HOUSEHOLD)
    assert pool.models == (SEEING,)
    assert set(pool.excluded) == {each.key for each in HOUSEHOLD if each is not SEEING}


def test_w19_no_image_is_sent_to_a_text_model() -> None:
    with pytest.raises(NoEligibleModel, match="holds an image") as raised:
        eligible(intent(vision=True), (SMALL, MIDDLE))
    assert raised.value.param == "messages"
    assert raised.value.status == 400


def test_w01_tools_keep_models_that_may_call_them() -> None:
    unknown = model("unknown", 8)
    pool = eligible(intent(tools=True), (SMALL, SEEING, unknown))
    assert pool.models == (SMALL, unknown)
    assert "tools" in pool.excluded[SEEING.key]
    assert pool.relaxed == ()


def test_tools_are_given_up_when_nobody_says_that_it_can() -> None:
    unknown = model("unknown", 8)
    maybe = eligible(intent(tools=True), (SEEING, unknown))
    assert (maybe.models, maybe.relaxed) == ((unknown,), ("tools",))
    never = eligible(intent(tools=True), (SEEING,))
    assert (never.models, never.relaxed) == ((SEEING,), ("tools",))


def test_json_is_soft() -> None:
    strict, loose = model("strict", 8, json=True), model("loose", 8, json=False)
    assert eligible(intent(json=True), (strict, loose)).models == (strict,)
    assert eligible(intent(json=True), (loose,)).relaxed == ("json",)
    assert eligible(intent(), (strict, loose)).models == (strict, loose)


@pytest.mark.parametrize("state", ["missing", "unreachable"])
def test_models_that_do_not_answer_wait_until_nothing_else_remains(state: str) -> None:
    gone = model("gone", 8, **{state: True})
    pool = eligible(intent(), (gone, SMALL))
    assert pool.models == (SMALL,)
    assert gone.key in pool.excluded
    alone = eligible(intent(), (gone, EMBEDDING))
    assert (alone.models, alone.relaxed) == ((gone,), ("reachable",))


def test_test_models_serve_only_when_no_real_model_can() -> None:
    sample = model("sample", 0.01, test=True, vision=True)
    assert eligible(intent(), (sample, SMALL)).models == (SMALL,)
    assert eligible(intent(vision=True), (sample, SMALL)).models == (sample,)
    assert eligible(intent(), (sample,)).relaxed == ("real model",)
    gone = model("gone", 8, unreachable=True)
    assert eligible(intent(), (sample, gone)).models == (sample,)


def test_prompt_and_one_token_of_answer_must_fit() -> None:
    short, long, unknown = (
        model("short", 8, context_tokens=1000),
        model("long", 8, context_tokens=9000),
        model("unknown", 8),
    )
    assert eligible(intent(prompt_tokens=999), (short, long, unknown)).models == (short, long, unknown)
    pool = eligible(intent(prompt_tokens=1000), (short, long, unknown))
    assert pool.models == (long, unknown)
    assert "short" in pool.excluded[short.key]


def test_what_fits_nowhere_is_refused_with_the_longest_context() -> None:
    short, long = model("short", 8, context_tokens=1000), model("long", 8, context_tokens=9000)
    with pytest.raises(ContextTooLong, match="9000") as raised:
        eligible(intent(prompt_tokens=50_000), (short, long))
    assert raised.value.code == "context_length_exceeded"


def test_an_estimate_alone_does_not_refuse_what_an_exact_count_may_let_pass() -> None:
    short, long = model("short", 8, context_tokens=1000), model("long", 8, context_tokens=9000)
    pool = eligible(intent(prompt_tokens=12_000), (short, long))
    assert (pool.models, pool.relaxed) == ((long,), ("context",))


def test_room_for_the_answer_is_soft() -> None:
    short, long = model("short", 8, context_tokens=1000), model("long", 8, context_tokens=9000)
    wanted = intent(prompt_tokens=500, answer_tokens=800)
    assert eligible(wanted, (short, long)).models == (long,)
    assert eligible(wanted, (short,)).relaxed == ("room for the answer",)


models = st.builds(
    model,
    st.uuids().map(str),
    st.just(8.0),
    chat=st.booleans(),
    vision=st.sampled_from([None, True, False]),
    tools=st.sampled_from([None, True, False]),
    json=st.sampled_from([None, True, False]),
    context_tokens=st.sampled_from([None, 100, 1000, 5000]),
    missing=st.booleans(),
    unreachable=st.booleans(),
    test=st.booleans(),
    only_by_name=st.booleans(),
)
intents = st.builds(
    intent,
    vision=st.booleans(),
    tools=st.booleans(),
    json=st.booleans(),
    prompt_tokens=st.integers(0, 20_000),
    answer_tokens=st.integers(0, 9000),
)


@given(intents, st.lists(models, min_size=1, max_size=8))
def test_every_model_is_either_in_the_pool_or_excluded_with_a_reason(wanted: object, offered: list[object]) -> None:
    try:
        pool = eligible(wanted, offered)
    except (NoEligibleModel, ContextTooLong):
        return
    kept = {each.key for each in pool.models}
    assert kept
    assert not kept & pool.excluded.keys()
    assert kept | pool.excluded.keys() == {each.key for each in offered}
    assert all(each.can.chat and (each.can.vision or not wanted.needs.vision) for each in pool.models)


def test_breakpoints_are_where_the_pool_changes() -> None:
    offered = (model("a", 1, context_tokens=1000), model("b", 1, context_tokens=4000), model("c", 1))
    assert breakpoints(offered) == [1000, 2500, 4000, 10_000]
