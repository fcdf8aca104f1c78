"""`look`: the bounded part of a text that is read at all, as bytes; and the byte tables that reading needs."""

from string import ascii_letters, ascii_uppercase, digits

HEAD, TAIL = 512, 512
"""Bytes read of a text's start and end. A shorter text is read whole."""
MOST = HEAD + TAIL + 1
PAD = 8
"""Bytes behind the text that are blank, so that eight bytes can be read at every place of it."""

_WORD = frozenset((ascii_letters + digits + "_\\+#").encode()) | frozenset(range(128, 256))


def _folded(byte: int) -> int:
    if chr(byte) in digits:
        return ord("0")
    if chr(byte) in ascii_uppercase:
        return byte + 32
    return 32 if byte < 32 and byte != ord("\n") else byte


FOLD = bytes(_folded(byte) for byte in range(256))
"""Lower case, every digit a zero, control bytes a blank."""
WORD = bytes(byte in _WORD for byte in range(256))
"""1 for the bytes words are made of: letters, digits, a few signs of code, and every byte outside ASCII."""


def look(text: str) -> bytes:
    """At most `MOST` bytes of `text` in UTF-8: its start and its end, a line break between them.

    Half characters at the cuts are kept as they come, lone surrogates become question marks: nobody decodes this again.
    """
    if len(text) <= HEAD + TAIL:
        data = text.encode("utf-8", "replace")
        return data if len(data) < MOST else data[:HEAD] + b"\n" + data[-TAIL:]
    head = text[:HEAD].encode("utf-8", "replace")[:HEAD]
    return head + b"\n" + text[-TAIL:].encode("utf-8", "replace")[-TAIL:]
