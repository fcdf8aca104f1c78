"""The form of a text in numbers."""

import pytest

from smarterrouter.routing.learned import form
from smarterrouter.routing.learned.words import as_bytes


def numbers(text: str, characters: int | None = None) -> dict[str, int]:
    data = as_bytes(text.lower())
    found = form.measure(data, 3, 2, len(text) if characters is None else characters)
    return dict(zip(form.NAMES, found, strict=True))


def test_what_was_counted_elsewhere_is_passed_on() -> None:
    found = numbers("one\ntwo 12")
    assert (found["bytes"], found["words"], found["digits"], found["lines"]) == (10, 3, 2, 1)
    assert found["length"] == 0


def test_a_longer_text_counts_by_its_bits() -> None:
    assert numbers("x" * 100, 5000)["length"] == 13
    assert numbers("x" * 100, 10_000)["length"] == 14


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("What?", 0),
        ("What?\nA. x\nB. y", 2),
        ("What?\nA) x\nB) y\nC) z\nD) w", 4),
        ("What?\nOptions:\n(A) x\n(B) y\n(D) z\n(G) w", 7),
        ("What?" + "".join(f"\n{letter}. x" for letter in "ABCDEFGHIJ"), 10),
        ("\nand so on", 0),
    ],
)
def test_options(text: str, options: int) -> None:
    assert numbers(text)["options"] == options


def test_the_ask_ends_where_the_options_begin() -> None:
    assert numbers("What?\nA. x\nB. y")["ask"] == 5
    assert numbers("What is it?")["ask"] == 11


def test_nothing_is_no_trouble() -> None:
    assert form.measure(b"", 0, 0, 0) == (0, 0, 0, 0, 0, 0, 0)
