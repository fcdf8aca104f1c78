"""The explain report and the sentence."""

import json
import math

import msgspec
import pytest
from tests.unit.routing.by_hand import EMBEDDING, HOUSEHOLD, SMALL, intent, router

from smarterrouter.domain.decisions import Candidate, Decision, Moment
from smarterrouter.domain.intent import Category
from smarterrouter.routing.analysis import read_text
from smarterrouter.routing.explain import confidence, report, sentence
from smarterrouter.routing.learned import steps
from smarterrouter.routing.weights import RoutingWeights


def decided(text: str = "Implement a lock-free queue in Rust and prove its consistency.") -> Decision:
    return router().decide(read_text(text, 0.5), HOUSEHOLD, Moment(), 3)


def with_totals(*totals: float) -> Decision:
    return Decision(tuple(Candidate(SMALL, total) for total in totals), intent(), "scored", 1)


def test_the_report_is_plain_data_and_complete() -> None:
    decision = decided()
    told = json.loads(json.dumps(report(decision)))
    assert told["selected_model"] == decision.candidates[0].model.key
    assert told["category"] == "code"
    assert told["difficulty"] == str(decision.intent.difficulty)
    assert told["reason"] == sentence(decision.intent, decision.candidates)
    assert told["evidence"] == list(decision.intent.evidence)
    assert told["needs"]["prompt_tokens"] > 0
    assert EMBEDDING.key in told["excluded"]
    assert told["weights"] == {"preference": 0.5, "quality": 1.0, "speed": 0.5}
    assert len(told["candidates"]) == len(HOUSEHOLD) - 1


def test_contributions_add_up_to_the_total() -> None:
    for line in report(decided())["candidates"]:
        assert sum(line["signals"].values()) == pytest.approx(line["total"], abs=1e-3)


def test_weights_are_listed_when_given() -> None:
    assert report(decided(), RoutingWeights())["weights"]["smaller"] == RoutingWeights().smaller


def test_w26_confidence_is_a_share_and_no_sum() -> None:
    for text in ("hi", "Prove the theorem rigorously.", "Implement Raft in Go, lock-free and fault-tolerant."):
        assert 0 < confidence(decided(text)) <= 1
    assert confidence(with_totals(1000.0)) == 1.0
    assert confidence(with_totals(2.0, 2.0)) == 0.5
    assert confidence(with_totals(5000.0, -5000.0)) == pytest.approx(1.0)
    assert confidence(with_totals(1.0, 0.0)) == pytest.approx(1 / (1 + math.exp(-1)))


def test_the_sentence_names_model_task_and_strongest_reasons() -> None:
    best = Candidate(SMALL, 1.0, {"size": 0.1, "affinity": 0.7, "speed": -0.9})
    said = sentence(intent(Category.INSTRUCTIONS, 0.3), (best,))
    assert said == "o/llama3.2:1b for an instructions request that is medium: speed -0.90, affinity +0.70."


def test_the_sentence_without_reasons() -> None:
    assert (
        sentence(intent(Category.CODE, 0.9), (Candidate(SMALL, 0.0),))
        == "o/llama3.2:1b for a code request that is hard."
    )


def test_confidence_is_the_chance_of_a_good_answer_where_one_is_expected() -> None:
    lines = (Candidate(SMALL, 0.4, quality=0.73), Candidate(SMALL, 0.4, quality=0.5))
    assert confidence(Decision(lines, intent(), "scored", 1)) == 0.73


def test_the_report_tells_what_was_read_what_is_expected_and_who_else_had_a_say() -> None:
    read = steps.reading([0.1, 0.6, 0, 0, 0.3, 0, 0, 0], 0.5, familiarity=0.25)
    line = Candidate(SMALL, 0.4, quality=0.73, dollars=0.00012, seconds=3.25)
    wanted = msgspec.structs.replace(intent(), reading=read)
    told = report(Decision((line,), wanted, "scored", 1, rules=("ours",), held="it is warm"))
    assert list(told["reading"]["categories"])[:2] == ["code", "logic"]
    assert (told["reading"]["difficulty"], told["reading"]["familiarity"]) == (0.5, 0.25)
    first = told["candidates"][0]
    assert (first["quality"], first["dollars"], first["seconds"]) == (0.73, 0.00012, 3.25)
    assert (told["rules"], told["held"]) == (["ours"], "it is warm")
    assert told["reason"] == sentence(wanted, (line,))
    assert report(Decision((line,), intent(), "scored", 1, reason="so"))["reason"] == "so"
