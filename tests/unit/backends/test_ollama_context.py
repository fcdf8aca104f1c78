"""How much context is asked for, and when a cut is suspected."""

import logging

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.backends.ollama_context import UNKNOWN, Contexts, Need, looks_cut, rounded
from smarterrouter.domain.models import Capabilities, Model
from smarterrouter.wire.calls import ChatCall


def model(context: int | None = None) -> Model:
    return Model(key="o/m", backend="o", name="m", can=Capabilities(context_tokens=context))


@given(st.integers(min_value=-5, max_value=10**7))
def test_a_step_holds_what_is_needed_and_wastes_little(tokens: int) -> None:
    step = rounded(tokens)
    assert step >= max(tokens, 4096)
    assert step <= max(4096, tokens * 2, tokens + 16384)


@given(st.integers(min_value=1, max_value=10**6), st.integers(min_value=1, max_value=10**6))
def test_steps_never_fall(first: int, second: int) -> None:
    assert (rounded(first) <= rounded(second)) or first > second


def test_steps_are_few() -> None:
    assert [rounded(n) for n in (1, 4096, 4097, 9000, 32768, 32769)] == [4096, 4096, 8192, 16384, 32768, 49152]


def test_the_model_and_the_operator_limit_it() -> None:
    assert Contexts(None).grant(model(2048), 3000) == 2048
    assert Contexts(6000).grant(model(32768), 30000) == 6000
    assert Contexts(6000).grant(model(4000), 30000) == 4000
    assert Contexts(None).grant(model(None), 2**31) == UNKNOWN


def test_it_grows_and_does_not_shrink_while_loaded() -> None:
    contexts = Contexts(None)
    asked = [contexts.grant(model(131072), tokens) for tokens in (100, 20000, 100)]
    assert asked == [4096, 32768, 32768]
    contexts.saw({"other": 8192})
    assert contexts.grant(model(131072), 100) == 4096


def test_what_the_server_reports_is_taken_over() -> None:
    contexts = Contexts(None)
    contexts.saw({"m": 16384})
    assert contexts.grant(model(131072), 100) == 16384
    contexts.saw({"m": None})
    assert contexts.grant(model(131072), 100) == 16384
    contexts.forget("m")
    assert contexts.grant(model(131072), 100) == 4096


def test_the_callers_own_wish_counts_within_the_limits() -> None:
    assert Contexts(None).grant(model(32768), 20000, 2048) == 2048
    assert Contexts(4096).grant(model(32768), 100, 9999) == 4096


def test_a_cut_is_suspected_only_where_the_count_is_far_too_low() -> None:
    assert looks_cut(10000, 4096)
    assert not looks_cut(10000, 0)
    assert not looks_cut(10000, 6000)
    assert not looks_cut(500, 10)


def test_the_warning_comes_once_for_each_model(caplog: pytest.LogCaptureFixture) -> None:
    contexts = Contexts(None)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            contexts.check("m", 10000, 4096)
        contexts.check("n", 10000, 4096)
    assert [record.args[0] for record in caplog.records if isinstance(record.args, tuple)] == ["m", "n"]


def test_a_need_has_a_margin_and_a_bound() -> None:
    need = Need.of_texts(["word " * 1000, "x"])
    assert need.estimate < need.likely <= need.bound
    assert need.bound >= 5000


def test_nothing_is_concluded_from_counts_of_images() -> None:
    content = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]
    call = ChatCall.decode(msgspec.json.encode({"messages": [{"role": "user", "content": content}]}))
    need = Need.of_chat(call)
    assert need.estimate == 0
    assert need.likely >= 1000
