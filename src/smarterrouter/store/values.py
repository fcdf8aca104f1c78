"""What every database can keep: text, times and lists of complaints, looked at before they are sent."""

from collections.abc import Sequence
from datetime import UTC, datetime

NAME_BYTES = 512
"""Longest name, in UTF-8: PostgreSQL's keys have room for 2,700 bytes, and some are made of several names."""
_SHOWN = 60


def text_fault(text: object, most_bytes: int = NAME_BYTES) -> str:
    """Why `text` cannot be kept, as the end of a sentence; empty when it can."""
    if not isinstance(text, str):
        return "is not text"
    if "\0" in text:
        return "has a NUL in it"
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "is not valid Unicode"
    return f"is longer than {most_bytes} bytes" if size > most_bytes else ""


def name_fault(text: object) -> str:
    """The same for a name, which cannot be empty."""
    return text_fault(text) if text else "is empty"


def searched(name: str) -> str:
    """What to search for: a name that cannot be kept is the name of nothing, and a server would not take it."""
    return "" if text_fault(name) else name


def shown(text: object) -> str:
    """Somebody else's text, short and on one line."""
    return ascii(text)[:_SHOWN]


def utc(at: datetime) -> datetime:
    """`at` with its zone. A time that comes without one is taken as UTC, so that all times compare."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def first_of(problems: Sequence[str], most: int) -> tuple[str, ...]:
    """The first `most` problems, and how many more there are."""
    left = len(problems) - most
    return (*problems[:most], f"and {left} more") if left > 0 else tuple(problems)
