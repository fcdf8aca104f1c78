"""Prompts made of frames."""

import random
import re

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training.prompts import framed, prompt, read_phrases


def test_every_category_has_many_frames_and_every_slot_is_known() -> None:
    phrases = read_phrases()
    assert phrases.frames.keys() == set(Category)
    assert all(len(frames) >= 15 for frames in phrases.frames.values())
    for frames in phrases.frames.values():
        for frame in frames:
            assert set(re.findall(r"\{([a-z]+)\}", frame)) <= phrases.slots.keys()


def test_the_same_seed_gives_the_same_prompts() -> None:
    assert framed(2, 7) == framed(2, 7) != framed(2, 8)


def test_a_slot_is_filled_anew_each_time() -> None:
    slots = {"x": ["one", "two"]}
    for seed in range(20):
        text = prompt("{x} {x} {unknown}", slots, random.Random(seed))
        assert "one" in text
        assert "two" in text
        assert "{unknown}" in text
