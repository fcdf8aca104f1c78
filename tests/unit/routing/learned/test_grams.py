"""Hashing all words at once gives the same as hashing them one by one."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned import grams
from smarterrouter.routing.learned.window import FOLD, WORD, look


def slow_words(folded: bytes) -> list[bytes]:
    marks = bytes(byte for byte in range(256) if WORD[byte])
    return re.findall(b"[" + re.escape(marks) + b"]+", folded)


def slow_hash(word: bytes) -> int:
    return sum(byte * pow(grams.BASE, place, 2**32) for place, byte in enumerate(word)) % 2**32


def slow_row(value: int) -> int:
    return (value * grams.GOLDEN % 2**32) >> (32 - grams.BITS)


def first(folded: bytes, start: int, kept: int) -> int:
    return int.from_bytes((folded + b" " * 8)[start : start + kept], "little")


def slow_rows(folded: bytes) -> list[int]:
    hashes = [slow_hash(word) for word in slow_words(folded)]
    pairs = [left * grams.PAIR_LEFT + right * grams.PAIR_RIGHT for left, right in pairwise(hashes)]
    starts = [place for place in range(len(folded)) if WORD[folded[place]] and not (place and WORD[folded[place - 1]])]
    stems = [first(folded, start, grams.STEM) * grams.STEM_MIX for start in starts]
    letters = [first(folded, place, 6) << 16 for place, byte in enumerate(folded) if byte >= grams.WIDE]
    wide = [letter * grams.WIDE_MIX % 2**64 >> 32 for letter in letters]
    return [slow_row(value % 2**32) for value in (*hashes, *pairs, *stems, *wide)]


@given(st.text(max_size=300))
def test_rows_are_those_of_the_slow_way(text: str) -> None:
    folded = look(text).translate(FOLD)
    rows, words = grams.rows(folded)
    assert rows.tolist() == slow_rows(folded)
    assert words == len(slow_words(folded))


@given(st.text(min_size=1000, max_size=3000))
def test_rows_lie_in_the_table_and_are_bounded_in_number(text: str) -> None:
    rows, _ = grams.rows(look(text).translate(FOLD))
    assert len(rows) < 4 * 1025
    assert not len(rows) or 0 <= rows.min() <= rows.max() < grams.TOTAL


def test_digits_and_capitals_make_no_difference() -> None:
    assert (
        grams.rows(b"Pay 17 Euros".translate(FOLD))[0].tolist()
        == grams.rows(b"pay 42 euros".translate(FOLD))[0].tolist()
    )
