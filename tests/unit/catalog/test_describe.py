"""Offers become models: metadata first, name second, the user's word before both."""

from typing import Any

import pytest

from smarterrouter.catalog.describe import describe
from smarterrouter.domain.models import Offer, Price


def offer(name: str, **rest: Any) -> Offer:
    return Offer(backend="box", name=name, **rest)


def test_identity_and_facts_are_carried_over() -> None:
    model = describe(
        offer("a/b:c", family="fam", digest="d", size_bytes=7, created=9, loaded=True, local=False, price=Price(1, 2))
    )
    assert (model.key, model.backend, model.name) == ("box/a/b:c", "box", "a/b:c")
    assert (model.family, model.digest, model.size_bytes, model.created) == ("fam", "d", 7, 9)
    assert (model.loaded, model.local, model.price) == (True, False, Price(1, 2))


def test_metadata_of_size_beats_the_name() -> None:
    size = describe(offer("llama3:8b-q4_0", parameters_b=8.03, quantisation="Q6_K")).size
    assert (size.parameters_b, size.active_b, size.quantisation, size.bits) == (8.03, 8.03, "Q6_K", 6.56)


def test_name_fills_what_metadata_leaves_open() -> None:
    size = describe(offer("qwen3:30b-a3b-q4_K_M", parameters_b=30.5)).size
    assert (size.parameters_b, size.active_b, size.quantisation) == (30.5, 3, "Q4_K_M")


def test_metadata_of_active_parameters_counts() -> None:
    assert describe(offer("mystery", parameters_b=100, active_b=8)).size.active_b == 8


def test_more_active_than_all_parameters_is_impossible() -> None:
    assert describe(offer("qwen3:30b-a3b", parameters_b=2.0)).size.active_b == 2.0


def test_unknown_mixture_stays_open_and_unknown_dense_is_dense() -> None:
    assert describe(offer("newmoe-12b", parameters_b=12.2)).size.active_b is None
    assert describe(offer("mystery", parameters_b=12.2)).size.active_b == 12.2


def test_bits_are_measured_where_nobody_names_them() -> None:
    assert describe(offer("tiny-a", parameters_b=437632 / 1e9, size_bytes=1_750_528)).size.bits == pytest.approx(
        32, abs=0.1
    )
    assert describe(offer("broken", parameters_b=70, size_bytes=1000)).size.bits is None
    assert describe(offer("llama3:8b")).size.bits is None


def test_what_the_backend_says_of_capabilities_beats_the_name() -> None:
    can = describe(offer("llava:7b", capabilities=frozenset({"chat", "tools"}), denied=frozenset({"vision"}))).can
    assert (can.vision, can.tools, can.thinking) == (False, True, None)


def test_denial_counts_without_any_statement() -> None:
    assert describe(offer("gemma3:4b", denied=frozenset({"vision"}))).can.vision is False


def test_silence_of_the_backend_lets_the_name_speak() -> None:
    can = describe(offer("llava:7b", capabilities=frozenset({"chat"}))).can
    assert can.vision is True


def test_json_is_known_from_metadata_only() -> None:
    assert describe(offer("gpt-4o")).can.json is None
    assert describe(offer("gpt-4o", capabilities=frozenset({"json"}))).can.json is True
    assert describe(offer("gpt-4o", denied=frozenset({"json"}))).can.json is False


def test_the_users_patterns_beat_everybody() -> None:
    can = describe(
        offer("cam-7b", capabilities=frozenset({"chat"}), denied=frozenset({"vision"})), {"vision": ["cam"]}
    ).can
    assert can.vision is True


def test_w09_embedding_models_are_no_chat_models() -> None:
    said = describe(offer("mystery", capabilities=frozenset({"embeddings"}))).can
    named = describe(offer("nomic-embed-text")).can
    mistaken = describe(offer("qwen3-embedding:0.6b", capabilities=frozenset({"chat"}))).can
    for can in (said, named, mistaken):
        assert (can.chat, can.embeddings) == (False, True)


def test_a_model_that_does_both_does_both() -> None:
    can = describe(offer("mystery", capabilities=frozenset({"chat", "embeddings"}))).can
    assert (can.chat, can.embeddings) == (True, True)


def test_user_may_insist_on_chat() -> None:
    assert describe(offer("embed-and-chat"), {"chat": ["embed-and-chat"]}).can.chat is True


def test_denied_chat_is_no_chat() -> None:
    assert describe(offer("mystery", denied=frozenset({"chat"}))).can.chat is False


def test_context_of_metadata_beats_the_name() -> None:
    assert describe(offer("Phi-3-mini-128k-instruct", context_tokens=4096)).can.context_tokens == 4096
    assert describe(offer("Phi-3-mini-128k-instruct")).can.context_tokens == 131_072
    assert describe(offer("mystery")).can.context_tokens is None


def test_test_models_are_labelled() -> None:
    assert describe(offer("tiny", test=True)).label == "test model"
    assert describe(offer("tiny", test=True)).test
    assert describe(offer("tiny")).label == ""


def test_guards_are_only_by_name() -> None:
    assert describe(offer("llama-guard3:8b", capabilities=frozenset({"chat"}))).only_by_name


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ({"box/gpt-x": Price(1, 1), "gpt-x": Price(2, 2), "gpt-*": Price(3, 3)}, Price(1, 1)),
        ({"gpt-*": Price(3, 3), "gpt-x": Price(2, 2)}, Price(2, 2)),
        ({"GPT-*": Price(3, 3)}, Price(3, 3)),
        ({"box/*": Price(4, 4)}, Price(4, 4)),
        ({"other/*": Price(4, 4)}, Price(9, 9)),
        ({}, Price(9, 9)),
    ],
)
def test_prices(prices: dict[str, Price], expected: Price) -> None:
    assert describe(offer("gpt-x", price=Price(9, 9)), {}, prices).price == expected
