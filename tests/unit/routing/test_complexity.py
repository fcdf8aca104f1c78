"""How much a request asks for."""

import pytest
from tests.unit.routing.by_hand import chat

from smarterrouter.domain.intent import Difficulty
from smarterrouter.routing.analysis import read, read_text

TOOL = {"type": "function", "function": {"name": "f"}}


def value(text: str) -> float:
    return read_text(text, 0.5).complexity


@pytest.mark.parametrize(
    ("easier", "harder"),
    [
        ("Hello", "Write a Python function"),
        ("Write a Python function", "Write an optimal concurrent Python function"),
        ("List rivers", "List rivers\n- in Asia\n- in Africa\n- with lengths"),
        ("Name a river", "Name a river. It must be long, should also flow north, without dams"),
        ("Is it so?", "Is it so? Why? How? When?"),
        ("Add 2 to 3", "Add 2 + 3"),
        ("Tell me of rivers", "Tell me of rivers " + "and of all the lakes near them " * 100),
        ("Quick: name a river", "Name a river"),
    ],
)
def test_each_part_counts(easier: str, harder: str) -> None:
    assert value(easier) < value(harder)


def test_every_part_is_bounded() -> None:
    words = "prove rigorous optimal distributed consensus lock-free deadlock concurrency raft paxos theorem lemma"
    assert value(f"{words} must should ensure also handle\n```x```\n1. a\n2. b\n3. c\n4. d\n? ? ?" * 3) <= 1.0
    assert value("hi thanks ok simple quick short basic") == 0.0


def test_buckets() -> None:
    assert read_text("hi", 0.5).difficulty is Difficulty.SIMPLE
    assert read_text("Implement a thread-safe cache in Rust and explain it.", 0.5).difficulty is Difficulty.MEDIUM
    hard = "Design a distributed lock-free queue in Rust, prove its consistency and handle network partitions."
    assert read_text(hard, 0.5).difficulty is Difficulty.HARD


def test_a_sign_of_a_wide_script_weighs_more_than_a_letter() -> None:
    assert value("天" * 300) > value("e" * 300)


def test_tools_json_and_long_conversations_count_a_little() -> None:
    plain = read(chat("Which river is long?"), 0.5).complexity
    assert read(chat("Which river is long?", tools=[TOOL]), 0.5).complexity > plain
    assert read(chat("Which river is long?", response_format={"type": "json_object"}), 0.5).complexity > plain
    long = read(chat(*["Which river is long?"] * 12), 0.5)
    assert long.complexity > plain
    assert "long conversation" in long.evidence


def test_a_long_context_counts() -> None:
    intent = read_text("The river is long. " * 5000, 0.5)
    assert {"long ask", "long context"} <= set(intent.evidence)


def test_easy_words_lose_their_weight_in_a_real_task() -> None:
    task = "Prove that this must hold, and also ensure each case. Let x + 2 = 3."
    assert value("Quick! " + task) == pytest.approx(value(task), abs=0.02)


def test_a_pasted_trace_counts() -> None:
    assert "error trace" in read_text("panic: runtime error", 0.5).evidence
