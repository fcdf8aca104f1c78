"""Hashed words, pairs of words and stems: every n-gram of a text becomes the number of a row in a table.

A word w of n bytes has the hash sum(w[j] * B^j) mod 2^32, worked out for all words at once: running sums of the whole
text, differenced at the borders of words and divided by the power of B at their start (B is odd, so it has an inverse
mod 2^32). Source: Karp and Rabin (1987), Efficient randomized pattern-matching algorithms; the last step spreads the
hash over the table by a multiplication, Knuth, The Art of Computer Programming 3, 6.4.

A stem is the first four bytes of a word, so that a typo or an ending further on changes nothing. Scripts that write
without blanks give pairs of neighbouring letters instead. All kinds share one table.
"""

import numpy as np
from numpy.typing import NDArray

from smarterrouter.routing.learned.window import MOST, PAD, WORD

U32 = NDArray[np.uint32]

BITS = 17
TOTAL = 1 << BITS
"""Rows of the table."""
STEM = 4
"""Bytes in a stem."""
WIDE = 0xE0
"""First bytes of letters from here on begin three or four bytes; two such letters are hashed by their first six."""
WIDE_PAIR = 6

BASE = 0x01000193
GOLDEN = 0x9E3779B1
PAIR_LEFT, PAIR_RIGHT = 0x85EBCA6B, 0xC2B2AE35
STEM_MIX = 0x27D4EB2F
WIDE_MIX = 0x9E3779B97F4A7C15
_FOUR, _EIGHT = np.dtype("<u4"), np.dtype("<u8")


def _powers(base: int, count: int) -> U32:
    values, power = [], 1
    for _ in range(count):
        values.append(power)
        power = power * base % 2**32
    return np.array(values, np.uint32)


_UP = _powers(BASE, MOST)
_DOWN = _powers(pow(BASE, -1, 2**32), MOST)
_PADDING = b" " * PAD


def rows(folded: bytes) -> tuple[U32, int]:
    """Rows of all n-grams of `folded`: words, then pairs, then stems; and how many words there are.

    `folded` is what `FOLD` made of at most 1025 bytes. n words give n - 1 pairs and n stems; every letter of a wide
    script gives one stem more.
    """
    size = len(folded)
    inside = np.frombuffer(b"\0" + folded.translate(WORD) + b"\0", np.uint8)
    borders = (inside[1:] != inside[:-1]).nonzero()[0]
    starts = borders[::2]
    count = len(starts)
    sums = np.zeros(size + 1, np.uint32)
    np.multiply(np.frombuffer(folded, np.uint8), _UP[:size], out=sums[1:])
    at_borders = np.add.accumulate(sums, out=sums).take(borders)
    hashes = np.empty(3 * count - 1 if count else 0, np.uint32)
    words = hashes[:count]
    np.multiply(at_borders[1::2] - at_borders[::2], _DOWN.take(starts), out=words)
    np.add(words[:-1] * PAIR_LEFT, words[1:] * PAIR_RIGHT, out=hashes[count : 2 * count - 1])
    four = np.ndarray((size,), _FOUR, folded + _PADDING, 0, (1,))
    np.multiply(four.take(starts), STEM_MIX, out=hashes[len(hashes) - count :])
    if not folded.isascii():
        hashes = np.concatenate((hashes, _wide(folded)))
    hashes *= GOLDEN
    hashes >>= 32 - BITS
    return hashes, count


def _wide(folded: bytes) -> U32:
    """Hashes of pairs of letters of wide scripts: the upper half of a product of eight bytes."""
    eight = np.ndarray((len(folded),), _EIGHT, folded + _PADDING, 0, (1,))
    wide = (np.frombuffer(folded, np.uint8) >= WIDE).nonzero()[0]
    products = np.left_shift(eight.take(wide), 8 * (8 - WIDE_PAIR))
    products *= WIDE_MIX
    hashes: U32 = (products >> 32).astype(np.uint32)
    return hashes
