import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarterrouter.profiling import numbers


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_come_back(n):
    for text in (str(n), f"{n:,}", f"x = {n}", f"{n} km", f"${n}$"):
        assert numbers.matches(numbers.quantity(text), n, 0, "")


@settings(deadline=None)
@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)))
def test_decimals_come_back(value):
    assert numbers.matches(numbers.quantity(f"{value:.4f}"), value, 0, "")
    assert not numbers.matches(numbers.quantity(f"{value + 1:.4f}"), value, 0, "")


@settings(deadline=None)
@given(st.integers(-999, 999), st.integers(1, 999))
def test_fractions_come_back(top, bottom):
    for text in (f"{top}/{bottom}", f"{top} / {bottom}"):
        assert numbers.matches(numbers.quantity(text), top / bottom, 1e-9, "")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1.5 kV", 1500, "V"),
        ("36 km/h", 10, "m/s"),
        ("250 mA", 0.25, "A"),
        ("2 h", 7200, "s"),
        ("2.5 \u00d7 10^3 Pa", 2.5, "kPa"),
        ("3·10^{-2} m", 0.03, "m"),
        ("−7", -7, ""),  # noqa: RUF001
        ("20 °C", 20, ""),
        ("½", 0.5, ""),
        ("5 µg", 5, "g"),
    ],
)
def test_units_and_powers(text, value, unit):
    assert numbers.matches(numbers.quantity(text), value, 1e-9, unit)


def test_nothing_to_read():
    assert numbers.quantity("none") is None
    assert numbers.quantity("") is None


def test_the_last_number_of_a_sentence():
    assert numbers.quantity("2 times 3 is 6", last=True).readings == (6.0,)
    assert numbers.quantity("it is 3/4", last=True).readings == (0.75,)


@settings(deadline=None)
@given(st.text(), st.booleans())
def test_no_text_crashes(text, last):
    numbers.quantity(text, last=last)
