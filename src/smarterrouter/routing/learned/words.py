"""A text as words: what dictionaries of what words say are asked for.

Words are found by passes of C code over bytes: lower case, Latin-1, a table, blanks. Latin-1 holds every letter of the
languages that are known by words; what it cannot hold ends a word. Every digit is a zero, so that numbers of one length
are one word.
"""

from string import ascii_letters, digits

LONGEST = 1023
"""Bytes of a text that are looked at; whoever asks has cut it already (`routing/glimpse.py`)."""

_LETTERS = frozenset((ascii_letters + "_+#").encode()) | frozenset(range(0xC0, 0x100)) - {0xD7, 0xF7}


def _folded(byte: int) -> int:
    if chr(byte) in digits:
        return ord("0")
    return byte if byte in _LETTERS else ord(" ")


_FOLD = bytes(_folded(byte) for byte in range(256))


def as_bytes(lowered: str) -> bytes:
    """At most `LONGEST` bytes of a text in lower case; a sign outside Latin-1 is a question mark."""
    return lowered.encode("latin-1", "replace")[:LONGEST]


def words_of(data: bytes) -> list[bytes]:
    """The words of what `as_bytes` made, in their order."""
    return data.translate(_FOLD).split()


def word(text: str) -> bytes:
    """A single word as `words_of` gives it: what a dictionary is keyed by."""
    return text.encode("latin-1").translate(_FOLD)
