"""Has a model lost itself in a loop? Looked for at the end of an answer only, in linear time."""

_TAILS = (400, 1200)
"""Characters at the end that are looked at. A loop never ends by itself, so that is where it shows; the shorter piece
finds loops of some words soon after they began, the longer one those of whole sentences."""
_TIMES = 6
"""A passage that fills such a piece so many times is a loop; refrains and rulers are shorter."""
_WORDS = 120
_FRESH = 0.25
"""Share of different groups of three words below which the end says nothing new, although numbers in it may count."""


def degenerate(text: str) -> bool:
    """Does the text end in a loop?"""
    return any(_looped(text[-tail:]) for tail in _TAILS if len(text) >= tail) or _stale(text[-_TAILS[-1] :])


def _looped(piece: str) -> bool:
    return _period(piece) * _TIMES <= len(piece)


def _period(text: str) -> int:
    """The length of the shortest passage whose repetition gives the text (Knuth, Morris and Pratt); the last is cut."""
    fallback = [0] * len(text)
    matched = 0
    for at in range(1, len(text)):
        while matched and text[at] != text[matched]:
            matched = fallback[matched - 1]
        matched += text[at] == text[matched]
        fallback[at] = matched
    return len(text) - fallback[-1]


def _stale(piece: str) -> bool:
    words = piece.split()
    if len(words) < _WORDS:
        return False
    groups = list(zip(words, words[1:], words[2:], strict=False))
    return len(set(groups)) < _FRESH * len(groups)
