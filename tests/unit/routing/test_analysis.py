"""`read`: category, needs, and the bounded look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.routing.by_hand import chat

from smarterrouter.domain.intent import Category, Difficulty
from smarterrouter.routing import complexity
from smarterrouter.routing.analysis import read, read_text
from smarterrouter.wire import tokens

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TOOL = {"type": "function", "function": {"name": "find_trains", "parameters": {"type": "object"}}}
FILLER = "The committee met again on Tuesday to hear the report of the harbour office. "


def test_w06_let_me_know_is_not_code() -> None:
    intent = read_text("Please let me know when you have time.", 0.5)
    assert intent.category is Category.CHAT
    assert Category.CODE not in dict(intent.weights)


def test_w06_capital_does_not_mean_api() -> None:
    intent = read_text("What is the capital of Peru?", 0.5)
    assert intent.category is Category.KNOWLEDGE
    assert Category.CODE not in dict(intent.weights)


def test_w06_a_chinese_request_to_sort_is_code() -> None:
    assert read_text("写一个函数对列表进行排序", 0.5).category is Category.CODE


def test_w25_a_question_after_16000_characters_decides() -> None:
    document = FILLER * 210
    assert len(document) > 16_000
    code = read_text(document + "\nWrite a Python function that parses this.", 0.5)
    poem = read_text(document + "\nWrite a poem about this, with rhymes.", 0.5)
    assert code.category is Category.CODE
    assert poem.category is Category.CHAT
    fenced = read_text(document + "\n```python\ndef f(x):\n    return x\n```\nWhat does this do?", 0.5)
    assert fenced.category is Category.CODE
    assert "program text" in fenced.evidence


def test_w25_the_whole_prompt_is_counted() -> None:
    assert read_text(FILLER * 1000, 0.5).needs.prompt_tokens > 10_000


def test_w27_one_rule_decides_the_category() -> None:
    intent = read(chat("Prove the theorem in Python code", tools=[TOOL]), 0.5)
    assert intent.category is intent.weights[0][0]
    strengths = [strength for _, strength in intent.weights]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 < strength < 1 for strength in strengths)


def test_w01_needs_come_from_the_form_and_never_become_a_category() -> None:
    intent = read(chat({"role": "user", "content": [IMAGE, {"type": "text", "text": "Who painted this?"}]}), 0.5)
    assert intent.needs.vision
    assert intent.category is Category.KNOWLEDGE
    assert "image" in intent.evidence
    assert not read(chat("I have a vision of tools"), 0.5).needs.vision


def test_tools_decide_where_the_text_says_little_and_not_where_it_is_clear() -> None:
    assert read(chat("Is there something on the way to Turin?", tools=[TOOL]), 0.5).category is Category.TOOLS
    assert read(chat("Refactor this Python function, it has a bug", tools=[TOOL]), 0.5).category is Category.CODE


def test_tools_are_needed_with_history_and_not_when_forbidden() -> None:
    assert read(chat("hi", tools=[TOOL]), 0.5).needs.tools
    assert not read(chat("hi", tools=[TOOL], tool_choice="none"), 0.5).needs.tools
    answered = {"role": "tool", "tool_call_id": "a", "content": "42"}
    assert read(chat("hi", answered), 0.5).needs.tools


def test_json_is_a_need() -> None:
    intent = read(chat("Name three rivers", response_format={"type": "json_object"}), 0.5)
    assert intent.needs.json
    assert "JSON" in intent.evidence
    assert not read(chat("Name three rivers", response_format={"type": "text"}), 0.5).needs.json


@pytest.mark.parametrize("said", [None, "", [], [IMAGE], "   ", "\x00\x07", "\ufffd"])
def test_a_message_without_words_is_simple_chat(said: object) -> None:
    intent = read(chat({"role": "user", "content": said}), 0.5)
    assert intent.category is Category.CHAT
    assert intent.difficulty is Difficulty.SIMPLE


def test_no_user_message_at_all() -> None:
    assert read(chat({"role": "assistant", "content": "Hello"}), 0.5).category is Category.CHAT


def test_the_margin_is_added_to_the_estimate() -> None:
    call = chat(FILLER * 60)
    plain, wide = read(call, 0.5, 0.0).needs, read(call, 0.5, 0.5).needs
    assert plain.prompt_tokens == tokens.estimate(call)
    assert wide.prompt_tokens == pytest.approx(1.5 * plain.prompt_tokens, abs=1)


def test_answer_tokens_and_preference_are_carried() -> None:
    intent = read(chat("hi", max_tokens=77), 0.8)
    assert (intent.needs.answer_tokens, intent.preference) == (77, 0.8)
    assert read_text("hi", 0.2, answer_tokens=5).needs.answer_tokens == 5


def test_the_system_prompt_and_first_question_help_a_short_follow_up() -> None:
    system = {"role": "system", "content": "You are an expert Python programmer. You debug code."}
    assert read(chat(system, "And the second one?"), 0.5).category is Category.CODE
    reply = {"role": "assistant", "content": "ok"}
    followed = chat("Solve the equation x^2 = 4", reply, "go on", reply, "and then")
    assert read(followed, 0.5).category is Category.MATHEMATICS


def test_the_last_message_outweighs_the_system_prompt() -> None:
    system = {"role": "system", "content": "You are an expert Python programmer."}
    assert read(chat(system, "Translate the sentence into French"), 0.5).category is Category.INSTRUCTIONS


def test_a_pasted_trace_is_code() -> None:
    intent = read_text("Traceback (most recent call last):\n  File x\nKeyError: 'a'\nwhy", 0.5)
    assert intent.category is Category.CODE
    assert "error trace" in intent.evidence


def test_a_list_of_orders_is_instructions() -> None:
    assert read_text("Do this:\n- be polite\n- stay calm\n- end with a wish", 0.5).category is Category.INSTRUCTIONS


@given(st.text(max_size=4000), st.floats(0, 1))
def test_any_text_gives_a_sound_intent(text: str, preference: float) -> None:
    intent = read_text(text, preference)
    assert 0 <= intent.complexity <= 1
    assert set(intent.evidence) <= set(complexity.EVIDENCE)


def test_what_an_embedding_says_is_heard_in_chats_and_texts() -> None:
    sensed = [0.0 if category is Category.LOGIC else -6.0 for category in Category]
    text = "Something about bananas and the harbour office that one cannot place anywhere."
    place = list(Category).index(Category.LOGIC)
    for without, with_it in (
        (read_text(text, 0.5), read_text(text, 0.5, sensed=sensed)),
        (read(chat(text), 0.5), read(chat(text), 0.5, sensed=sensed)),
    ):
        assert without.reading is not None
        assert with_it.reading is not None
        assert with_it.reading.categories[place] > without.reading.categories[place]
        assert with_it.reading.difficulty == without.reading.difficulty
