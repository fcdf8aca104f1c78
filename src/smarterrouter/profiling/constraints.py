"""The rules that a text can be checked against, one function each. `Rule.rule` is the name in `RULES`."""

import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from smarterrouter.profiling import texts
from smarterrouter.profiling.checks import Rule

_UNITS: dict[str, Callable[[str], list[str]]] = {
    "lines": texts.lines,
    "sentences": texts.sentences,
    "paragraphs": texts.paragraphs,
    "words": texts.words,
}
_BULLETS = ("- ", "* ", "• ")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOPWORDS = {
    "de": _set("der die das und ist nicht ein eine ich du wir sie mit auf für im den zu von wird es am"),
    "fr": _set("le la les et est pas un une je tu nous vous avec sur pour dans des du que il elle au ce"),
    "es": _set("el la los las y es no un una yo tu con en por para del que se de al muy su más está"),
    "it": _set("il la gli le e è non un una io con su per nel del che si di al molto sono alla i da"),
    "en": _set("the and is not a an i you we they with on for in of to it that was are at this"),
}


def broken(rules: tuple[Rule, ...], text: str) -> str:
    """The first rule that `text` breaks, in words; empty when it keeps all."""
    if not texts.words(text):
        return "the answer is empty"
    for rule in rules:
        if not RULES[rule.rule](rule, text):
            return _said(rule)
    return ""


def _said(rule: Rule) -> str:
    parts = [
        f"{rule.low}…{'' if rule.high is None else rule.high}" if rule.low is not None or rule.high is not None else "",
        ", ".join(rule.words),
        rule.text,
        ", ".join(map(str, rule.counts)),
    ]
    return f"breaks the rule {rule.rule}: {' '.join(part for part in parts if part)}".rstrip(": ")


def _within(rule: Rule, count: int) -> bool:
    return (rule.low or 0) <= count <= (count if rule.high is None else rule.high)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")  # noqa: RUF001


def _parts(rule: Rule, text: str) -> list[str]:
    return _UNITS[rule.unit](text)


def _first_letter(part: str) -> str:
    found = texts.words(part)
    return _fold(found[0])[:1] if found else ""


def _count(rule: Rule, text: str) -> bool:
    return _within(rule, len(_parts(rule, text)))


def _characters(rule: Rule, text: str) -> bool:
    return _within(rule, len(text))


def _bullets(rule: Rule, text: str) -> bool:
    return _within(rule, sum(line.startswith(_BULLETS) for line in texts.lines(text)))


def _numbered(rule: Rule, text: str) -> bool:
    found = [line for line in texts.lines(text) if line[:1].isdigit()]
    in_order = all(line.startswith((f"{n}.", f"{n})")) for n, line in enumerate(found, 1))
    return in_order and _within(rule, len(found))


def _questions(rule: Rule, text: str) -> bool:
    return _within(rule, text.count("?"))


def _include(rule: Rule, text: str) -> bool:
    """Each of the words, as a whole word, `low` to `high` times (at least once when neither is said)."""
    said = _fold(f" {' '.join(texts.words(text))} ")
    counts = [said.count(f" {' '.join(texts.words(_fold(word)))} ") for word in rule.words]
    return all(_within(rule, count) if rule.low is not None else count > 0 for count in counts)


def _exclude(rule: Rule, text: str) -> bool:
    said = _fold(f" {' '.join(texts.words(text))} ")
    return not any(f" {_fold(word)} " in said for word in rule.words)


def _without(rule: Rule, text: str) -> bool:
    """None of these characters, in any case."""
    return not set(_fold(rule.text)) & set(_fold(text))


def _letters(rule: Rule, text: str) -> bool:
    """Each of these letters somewhere."""
    return set(_fold(rule.text)) <= set(_fold(text))


def _letter_count(rule: Rule, text: str) -> bool:
    return _within(rule, _fold(text).count(_fold(rule.text)))


def _starts(rule: Rule, text: str) -> bool:
    return _fold(text).startswith(_fold(rule.text))


def _ends(rule: Rule, text: str) -> bool:
    return _fold(text).rstrip().endswith(_fold(rule.text))


def _each_starts(rule: Rule, text: str) -> bool:
    """Every word (line, sentence, paragraph) begins with this letter."""
    return all(_first_letter(part) == _fold(rule.text) for part in _parts(rule, text))


def _acrostic(rule: Rule, text: str) -> bool:
    return "".join(_first_letter(part) for part in _parts(rule, text)) == _fold(rule.text)


def _openings(rule: Rule, text: str) -> bool:
    """The parts begin with these words, in order."""
    parts = _parts(rule, text)
    return len(parts) == len(rule.words) and all(
        _fold(part).lstrip("-*• \"'").startswith(_fold(word)) for part, word in zip(parts, rule.words, strict=True)
    )


def _endings(rule: Rule, text: str) -> bool:
    """The last words of the parts are these, in order."""
    last = [_fold(found[-1]) for part in _parts(rule, text) if (found := texts.words(part))]
    return last == [_fold(word) for word in rule.words]


def _counts(rule: Rule, text: str) -> bool:
    """The parts have exactly these numbers of words."""
    return tuple(len(texts.words(part)) for part in _parts(rule, text)) == rule.counts


def _each_count(rule: Rule, text: str) -> bool:
    return all(_within(rule, len(texts.words(part))) for part in _parts(rule, text))


def _growing(rule: Rule, text: str) -> bool:
    found = [len(texts.words(part)) for part in _parts(rule, text)]
    return all(one < two for one, two in pairwise(found))


def _word_letters(rule: Rule, text: str) -> bool:
    """Every word has this many letters."""
    return all(_within(rule, len(word)) for word in texts.words(text))


def _lengths(rule: Rule, text: str) -> bool:
    """The words have exactly these numbers of letters, in order."""
    return tuple(len(word) for word in texts.words(text)) == rule.counts


def _case(rule: Rule, text: str) -> bool:
    return text == (text.upper() if rule.text == "upper" else text.lower())


def _rising(rule: Rule, text: str) -> bool:
    """The first letters of the parts go up the alphabet, none twice."""
    found = [_first_letter(part) for part in _parts(rule, text)]
    return all(one < two for one, two in pairwise(found))


def _distinct(rule: Rule, text: str) -> bool:
    """No word comes more than `high` times (once, when not said)."""
    counts = Counter(_fold(word) for word in texts.words(text))
    return max(counts.values()) <= (rule.high or 1)


def _language(rule: Rule, text: str) -> bool:
    """More of the small words of this language than of any other we know, and at least one."""
    said = Counter(_fold(word) for word in texts.words(text))
    score = {name: sum(said[word] for word in words) for name, words in _STOPWORDS.items()}
    return score[rule.text] > 0 and score[rule.text] == max(score.values())


def _speakers(rule: Rule, text: str) -> bool:
    """Every line is said by the next of these, in turn: `Name: …`."""
    return all(
        _fold(line.lstrip("- ")).startswith(f"{_fold(rule.words[number % len(rule.words)])}:")
        for number, line in enumerate(texts.lines(text))
    )


RULES: dict[str, Callable[[Rule, str], bool]] = {
    "count": _count,
    "characters": _characters,
    "bullets": _bullets,
    "numbered": _numbered,
    "questions": _questions,
    "include": _include,
    "exclude": _exclude,
    "without": _without,
    "letters": _letters,
    "letter_count": _letter_count,
    "starts": _starts,
    "ends": _ends,
    "each_starts": _each_starts,
    "acrostic": _acrostic,
    "openings": _openings,
    "endings": _endings,
    "counts": _counts,
    "each_count": _each_count,
    "growing": _growing,
    "word_letters": _word_letters,
    "lengths": _lengths,
    "case": _case,
    "rising": _rising,
    "distinct": _distinct,
    "language": _language,
    "speakers": _speakers,
}
"""By name. A user's own task may use each of them."""

UNITS = frozenset(_UNITS)
LANGUAGES = frozenset(_STOPWORDS)
