"""What the form of a text says, in some twenty numbers: its length, its signs, its options, its script.

All are sums over the histogram of its bytes or counts that C code makes; what words mean is left to the hashed n-grams.
"""

from math import log, log1p
from string import ascii_lowercase, ascii_uppercase, digits

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SCRIPTS = ("latin", "cyrillic", "greek", "hebrew", "arabic", "indic", "cjk", "kana", "hangul", "emoji")
"""Scripts that are told apart, by the first bytes of their letters in UTF-8."""
_LEADS: dict[str, tuple[int, ...]] = {
    "latin": (0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB),
    "cyrillic": (0xD0, 0xD1, 0xD2, 0xD3),
    "greek": (0xCE, 0xCF),
    "hebrew": (0xD6, 0xD7),
    "arabic": (0xD8, 0xD9, 0xDA, 0xDB),
    "indic": (0xE0,),
    "cjk": (0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9),
    "kana": (0xE3,),
    "hangul": (0xEA, 0xEB, 0xEC, 0xED),
    "emoji": (0xF0,),
}
_KINDS: tuple[tuple[int, ...], ...] = (
    tuple(ascii_lowercase.encode()),
    tuple(ascii_uppercase.encode()),
    tuple(digits.encode()),
    tuple(b"\n"),
    tuple(b"?"),
    tuple(b","),
    tuple(b".!;"),
    tuple(b"\"'`"),
    tuple(b"()[]{}<>"),
    tuple(b"+-*/^=|&%"),
    tuple(b"\\"),
    tuple(b"$"),
    tuple(b"_"),
    tuple(range(128, 256)),
    (*(byte for byte in range(32) if byte not in b"\n\r\t"), 127),
)
_ASCII_LETTERS = tuple((ascii_lowercase + ascii_uppercase).encode())

NAMES = (
    *("lower", "upper", "digits", "lines", "questions", "commas", "stops", "quotes", "brackets", "operators"),
    *("backslashes", "dollars", "blanks", "beyond_ascii", "control"),
    *("log_length", "log_words", "word_length", "log_digits", "log_lines", "question_marks"),
    *("option_lines", "ask_length", "option_length", "ends_asking"),
)
"""What each number is, in order. The first fifteen are shares of the bytes that were read."""
COUNT = len(NAMES)
_SHARES = len(_KINDS)


def _table() -> Floats:
    table = np.zeros((256, _SHARES + len(SCRIPTS)), np.float32)
    for column, kind in enumerate(_KINDS):
        table[list(kind), column] = 1.0
    for column, script in enumerate(SCRIPTS, _SHARES):
        table[list(_LEADS[script]), column] = 1.0
    table[list(_ASCII_LETTERS), _SHARES] = 1.0
    return table


_TABLE = _table()


def measure(data: bytes, folded: bytes, words: int, characters: int) -> tuple[Floats, Floats]:
    """The numbers of `NAMES`, and how many letters of each of `SCRIPTS` there are.

    `data` is what was read, `folded` the same in lower case, `words` how many words are in it, `characters` the length
    of the whole text.
    """
    sums = np.bincount(np.frombuffer(data, np.uint8), minlength=256).astype(np.float32) @ _TABLE
    size = len(data) + 1
    numbers = np.empty(COUNT, np.float32)
    np.multiply(sums[:_SHARES], 1 / size, out=numbers[:_SHARES])
    options, ask, option = _options(folded, size)
    numbers[_SHARES:] = (
        log(characters + 1),
        log(words + 1),
        size / (words + 1),
        log1p(sums[2]),
        log1p(sums[3]),
        sums[4],
        options,
        ask,
        option,
        folded.endswith((b"?", b"? ", b"?\n")),
    )
    return numbers, sums[_SHARES:]


def _options(folded: bytes, size: int) -> tuple[int, float, float]:
    """How many options are offered (0, 2, 4, 7, 10), logarithm of the length before them, and of one of them."""
    start = folded.find(b"\na")
    if start < 0 or folded[start + 2 : start + 3] not in {b".", b")", b":"}:
        start = folded.find(b"\n(a)")
    if start < 0:
        return 0, log(size), 0.0
    offered = next((count for letter, count in ((b"j", 10), (b"g", 7), (b"d", 4)) if _offers(folded, letter)), 2)
    return offered, log(start + 1), log((size - start) / offered)


def _offers(folded: bytes, letter: bytes) -> bool:
    return b"\n" + letter + b"." in folded or b"\n" + letter + b")" in folded or b"\n(" + letter + b")" in folded
