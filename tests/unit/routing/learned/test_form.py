"""The form of a text in numbers."""

import pytest

from smarterrouter.routing.learned import form, grams
from smarterrouter.routing.learned.window import FOLD, look


def numbers(text: str) -> dict[str, float]:
    data = look(text)
    folded = data.translate(FOLD)
    return dict(zip(form.NAMES, form.measure(data, folded, grams.rows(folded)[1], len(text))[0].tolist(), strict=True))


def test_shares_are_of_the_bytes() -> None:
    found = numbers("AB12")
    assert found["upper"] == found["digits"] == pytest.approx(2 / 5)
    assert found["lower"] == 0


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
    assert numbers(text)["option_lines"] == options


@pytest.mark.parametrize("text", ["why?", "why? ", "why?\n"])
def test_it_ends_asking(text: str) -> None:
    assert numbers(text)["ends_asking"] == 1


def test_nothing_is_no_trouble() -> None:
    assert all(value == value for value in numbers("").values())  # noqa: PLR0124 - no NaN
