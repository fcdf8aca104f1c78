"""What the form of a text says to the learned model, in seven whole numbers: its length, its digits, its options."""

from smarterrouter.routing.learned.words import LONGEST

NAMES = ("bytes", "length", "words", "digits", "lines", "options", "ask")
"""What each number is, in order: bytes that were read; bits of the length of a longer text; different words; digits;
line breaks; options that are offered (0, 2, 4, 7, 10); bytes before them."""
COUNT = len(NAMES)
MOST = LONGEST
"""No number is above it."""

Numbers = tuple[int, int, int, int, int, int, int]


def measure(data: bytes, words: int, digits: int, characters: int) -> Numbers:
    """The numbers of `NAMES`. `data` is what was read, `characters` the length of the whole text."""
    size, lines = len(data), data.count(b"\n")
    start = _start(data) if lines else -1
    longer = characters.bit_length() if characters > size else 0
    if start < 0:
        return size, longer, words, digits, lines, 0, size
    return size, longer, words, digits, lines, _offered(data), start


def _start(data: bytes) -> int:
    """Where the first of several options begins; -1 where there are none."""
    start = data.find(b"\na")
    if start < 0 or data[start + 2 : start + 3] not in _ENDS:
        start = data.find(b"\n(a)")
    return start


_ENDS = frozenset({b".", b")", b":"})


def _offered(data: bytes) -> int:
    for letter, count in ((b"j", 10), (b"g", 7), (b"d", 4)):
        if b"\n" + letter + b"." in data or b"\n" + letter + b")" in data or b"\n(" + letter + b")" in data:
            return count
    return 2
