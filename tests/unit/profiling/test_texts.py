import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.profiling import texts


@pytest.mark.parametrize(
    "text",
    [
        "<think>much</think>done",
        "<thinking>\nmuch\n</thinking>\n\ndone",
        "much</think>done",
        "<think>a</think><think>b</think>done",
        "<|channel|>analysis<|message|>much<|end|><|channel|>final<|message|>done<|return|>",
        "[THINK]much[/THINK]done",
        " done ",
        "done<think>more",
    ],
)
def test_thinking_is_taken_off(text):
    assert texts.spoken(text) == "done"


def test_thinking_that_never_ends_is_no_answer():
    assert texts.spoken("<think>the answer may be 42") == ""


def test_the_longest_fence_counts():
    assert texts.unfenced("Use:\n```sh\npip\n```\nand\n```python\ndef f():\n    pass\n```\nOk?") == "def f():\n    pass"
    assert texts.unfenced("```python\nx = 1") == "x = 1"
    assert texts.unfenced("no fence ``` here") == "no fence ``` here"


def test_final_prefers_the_last_marked_line():
    assert texts.final("Answer: 1\nAnswer: 2\nthanks") == ("2", True)
    assert texts.final("first\nlast") == ("last", False)
    assert texts.final("Answer:\n- a\n- b") == ("- a\n- b", True)
    assert texts.final("") == ("", False)
    assert texts.final("the answer to all: 5\nAnswer = 7") == ("7", True)


def test_words_sentences_and_paragraphs_are_counted():
    text = "It's a well-known fact. Is it? Yes!\n\nPrices rose by 3.5 percent… “Really?” he said."
    assert texts.words("It's a well-known fact.") == ["It's", "a", "well-known", "fact"]
    assert len(texts.sentences(text)) == 6
    assert len(texts.paragraphs(text)) == 2
    assert texts.lines("a\n\n b \n") == ["a", "b"]
    assert texts.sentences("!!! ???") == []


@pytest.mark.parametrize("other", ["The Hague", "the hague.", " HAGUE ", "“Hague”", "**Hague**"])
def test_plain_forgets_what_does_not_matter(other):
    assert texts.plain(other) == "hague"


@settings(deadline=None)
@given(st.text())
def test_nothing_crashes_and_plain_is_stable(text):
    for function in (
        texts.spoken,
        texts.unfenced,
        texts.final,
        texts.exactly,
        texts.block,
        texts.prose,
        texts.sentences,
    ):
        function(text)
    assert len(texts.words(text)) >= len(texts.sentences(text))
