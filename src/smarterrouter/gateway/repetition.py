"""Has a model lost itself in a loop? Looked for at the end of an answer only, in linear time.

Tables, lists of records and boards repeat themselves as much as any loop does, so it depends on how the answer ended.
What ran into its limit is lost, whatever it repeats. While an answer still comes, only words count, and blank space.
One that the model has ended itself is a loop only where it says one sentence again and again in one line.
"""

import re
from itertools import pairwise

_TAILS = (400, 1200)
"""Characters at the end that are looked at. A loop never ends by itself, so that is where it shows; the shorter piece
finds loops of some words soon after they began, the longer one those of whole sentences."""
_TIMES = 6
"""A passage that fills such a piece so many times is a loop; refrains and rulers are shorter."""
_SENTENCE = 4
"""Different words of a passage that is no cell of a table."""
_DATA = re.compile(r"[\[\]{}<>|=\"\\`\t;@_]|(?<!\w)'|,(?=[^\s\d])|[^\W\d][0-9]")
_FULL_STOP = re.compile(r"[^\W\d][.!?…]\s|。")
_NUMBER = re.compile(r"[0-9]+")
_IDEOGRAPH = re.compile(r"[\u2e80-\ud7ff]")
"""Scripts without blanks between words: one sign counts as a word."""
_CUT = "length"


def degenerate(text: str, finish: str = _CUT) -> bool:
    """Does the text end in a loop? `finish` says why the answer ended; it is empty while there is more to come."""
    pieces = [text[-tail:] for tail in _TAILS if len(text) >= tail]
    looped = _cut_off_in_loop if finish == _CUT else _said_in_one_line if finish else _running
    return any(looped(piece) for piece in pieces)


def _cut_off_in_loop(piece: str) -> bool:
    return bool(_passage(piece)) or _counts(piece)


def _running(piece: str) -> bool:
    passage = _passage(piece)
    says = _is_prose if "\n" in passage else _is_sentence
    return not piece.strip() or says(passage) or _is_babble(passage) or _counts(piece)


def _said_in_one_line(piece: str) -> bool:
    passage = _passage(piece)
    return "\n" not in passage and _is_sentence(passage)


def _counts(piece: str) -> bool:
    """Is it a loop but for one number that goes up by one each time? In records other things change as well."""
    passage = _passage(_NUMBER.sub("0", piece))
    if passage.count("0") != 1 or not _is_prose(passage):
        return False
    numbers = [int(number) for number in _NUMBER.findall(piece)][1:-1]  # the outer ones may be cut
    return {later - number for number, later in pairwise(numbers)} <= {0, 1}


def _passage(piece: str) -> str:
    """What the piece repeats from end to end; empty where it does not."""
    period = _period(piece)
    return piece[:period] if period * _TIMES <= len(piece) else ""


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


def _is_sentence(passage: str) -> bool:
    return _DATA.search(passage) is None and len(_words(passage)) >= _SENTENCE


def _is_prose(passage: str) -> bool:
    """Is it a sentence that ends as one?"""
    return _is_sentence(passage) and _FULL_STOP.search(passage * 2) is not None


def _is_babble(passage: str) -> bool:
    """Is it nothing but words, however few?"""
    return passage.replace(" ", "").isalpha() and bool(_words(passage))


def _words(passage: str) -> set[str]:
    whole = (passage * 3).split()[1:-1]  # the passage may begin within a word
    return {word for word in whole if sum(map(str.isalpha, word)) > 1} | set(_IDEOGRAPH.findall(passage))
