"""Prompts of a given length, facts hidden in them, shares with honest errors."""

import pytest

from smarterrouter.profiling.speed import (
    FIRST_TOKEN_LENGTHS,
    NEEDLE_LENGTHS,
    NEEDLES,
    filler,
    lengths,
    medians,
    reading,
    search,
    share,
)


@pytest.mark.parametrize("tokens", [128, 1024, 4096])
def test_prompts_have_about_the_length_asked_for(tokens):
    for ratio in (1.25, 3.0):
        assert len(reading(tokens, 1, ratio)[0]["content"].split()) == pytest.approx(tokens / ratio, abs=10)
        assert len(search(tokens, 1, ratio).messages[0]["content"].split()) == pytest.approx(
            max(tokens / ratio, 50), abs=40
        )
    assert len(filler(-5, 1)) == 1


def test_prompts_of_different_seeds_share_no_beginning():
    assert reading(500, 1) == reading(500, 1)
    starts = {tuple(filler(500, seed)[:6]) for seed in range(50)}
    assert len(starts) == 50


def test_all_facts_are_in_the_text_and_asked_for():
    task = search(2000, seed=4)
    content = task.messages[0]["content"]
    assert len(task.codes) == NEEDLES
    positions = [content.index(f"is {code}.") / len(content) for code in task.codes]
    assert positions == sorted(positions)
    assert positions[0] < 0.4
    assert positions[-1] > 0.6
    assert content.endswith("separated by spaces.")


def test_only_all_facts_together_count():
    task = search(500, seed=4)
    assert task.found(" ".join(task.codes))
    assert not task.found(" ".join(task.codes[:-1]))
    assert not task.found("")


@pytest.mark.parametrize(
    ("wanted", "context", "longest", "expected"),
    [
        (FIRST_TOKEN_LENGTHS, None, 4096, [128, 1024, 4096]),
        (FIRST_TOKEN_LENGTHS, 2048, 4096, [128, 1024, 1984]),
        (FIRST_TOKEN_LENGTHS, 256, 4096, [128, 192]),
        (FIRST_TOKEN_LENGTHS, 32, 4096, []),
        (NEEDLE_LENGTHS, 8192, 32768, [1024, 2048, 4096, 8128]),
        (NEEDLE_LENGTHS, None, 2048, [1024, 2048]),
        ((), None, 10, []),
    ],
)
def test_lengths_fit_the_context(wanted, context, longest, expected):
    assert lengths(wanted, context, longest=longest) == expected


def test_medians_by_length():
    assert medians([(10, 3.0), (10, 1.0), (10, 2.0), (5, 9.0)]) == {5: 9.0, 10: 2.0}
    assert medians([]) == {}


def test_shares_never_claim_certainty_and_nothing_is_no_share():
    assert share([]) is None
    full, half = share([True] * 3), share([True, False] * 20)
    assert full is not None
    assert half is not None
    assert 0.7 < full.mean < 1
    assert full.sd > half.sd > 0
    assert half.mean == pytest.approx(0.5)
