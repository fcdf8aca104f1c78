"""Reads a number with its unit as people write it: `1,234.5`, `3/4`, `\\frac{3}{4}`, `1.2 x 10^5`, `5 km`."""

import re
import unicodedata

from msgspec import Struct

_LONGEST = 400
_FRACTION = re.compile(r"\\[dt]?frac\{\s?([^{}]{1,40})\}\{\s?([^{}]{1,40})\}")
_TEXT = re.compile(r"\\(?:text|mathrm|mathbf|,|;|!|left|right|approx|\(|\)|\[|\])")
_NUMBER = re.compile(
    r"[-+]?(?:\d{1,3}(?:[ ,'\u2009\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)(?:e[-+]?\d{1,3})?", re.I
)
_POWER = re.compile(r"\s?(?:[x*·]|\\times|\\cdot)\s?10\s?(?:\^|\*\*)\s?[{(]?([-+]?\d{1,3})[})]?")
_OVER = re.compile(r"\s?/\s?(\d{1,15})(?!\d)")

_UNITS: dict[str, tuple[str, float]] = {
    **{name: ("length", size) for name, size in {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "nm": 1e-9}.items()},
    **{name: ("mass", size) for name, size in {"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3}.items()},
    **{
        name: ("time", size)
        for name, size in {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "years": 31557600.0}.items()
    },
    **{name: ("volume", size) for name, size in {"ml": 1e-3, "l": 1.0}.items()},
    **{name: ("amount", size) for name, size in {"mmol": 1e-3, "mol": 1.0}.items()},
    **{name: ("energy", size) for name, size in {"j": 1.0, "kj": 1e3}.items()},
    **{name: ("power", size) for name, size in {"mw": 1e-3, "w": 1.0, "kw": 1e3}.items()},
    **{name: ("voltage", size) for name, size in {"mv": 1e-3, "v": 1.0, "kv": 1e3}.items()},
    **{name: ("current", size) for name, size in {"ma": 1e-3, "a": 1.0}.items()},
    **{name: ("pressure", size) for name, size in {"pa": 1.0, "kpa": 1e3}.items()},
    **{name: ("speed", size) for name, size in {"m/s": 1.0, "km/h": 1 / 3.6, "km/s": 1e3}.items()},
    **{name: ("frequency", size) for name, size in {"hz": 1.0, "khz": 1e3}.items()},
    "n": ("force", 1.0),
    "k": ("temperature", 1.0),
    "ohm": ("resistance", 1.0),
    "kohm": ("resistance", 1e3),
}
"""What it measures, and how many of the first unit of its kind it is."""

_SPELLINGS = {
    "metres": "m", "meters": "m", "metre": "m", "meter": "m", "kilometres": "km", "kilometers": "km",
    "centimetres": "cm", "centimeters": "cm", "millimetres": "mm", "millimeters": "mm",
    "grams": "g", "gram": "g", "kilograms": "kg", "milligrams": "mg", "seconds": "s", "second": "s", "sec": "s",
    "minutes": "min", "minute": "min", "hours": "h", "hour": "h", "hr": "h", "year": "years", "yr": "years",
    "litres": "l", "liters": "l", "litre": "l", "liter": "l", "moles": "mol", "mole": "mol",
    "joules": "j", "kilojoules": "kj", "watts": "w", "kilowatts": "kw", "volts": "v", "volt": "v", "amps": "a",
    "amperes": "a", "ampere": "a", "pascals": "pa", "kilopascals": "kpa", "newtons": "n", "kelvin": "k",
    "ohms": "ohm", "ω": "ohm", "kω": "kohm", "hertz": "hz", "kmh": "km/h", "m s^-1": "m/s",
}  # fmt: skip


class Quantity(Struct, frozen=True):
    """A number, as every reading of its digits that makes sense, and the words behind it."""

    readings: tuple[float, ...]
    behind: str


def quantity(text: str, *, last: bool = False) -> Quantity | None:
    """The first number of `text`, or its last; None when it has none."""
    text = _tidy(text)
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    if not last:
        return _read(text, found[0])
    place = len(found) - 1
    while place and _continues(text, found[place - 1], found[place]):
        place -= 1
    return _read(text, found[place])


def matches(found: Quantity, value: float, tolerance: float, unit: str) -> bool:
    """Is it `value`, after changing units where both are known?"""
    said = _known(found.behind)
    meant = _known(unit)
    if said and meant and _UNITS[said][0] != _UNITS[meant][0]:
        return False
    factor = _UNITS[said][1] / _UNITS[meant][1] if said and meant else 1.0
    near = max(tolerance, 1e-9) * abs(value) if value else max(tolerance, 1e-9)
    return any(abs(reading * factor - value) <= near for reading in found.readings)


def _tidy(text: str) -> str:
    # The middle dot and the multiplication sign become one letter before NFKC would make a dot of them.
    text = text[:_LONGEST].replace("×", "x").replace("⋅", "·").replace("−", "-").replace("–", "-")  # noqa: RUF001
    text = text.replace("²", "^2").replace("³", "^3").replace("⁻", "^-")
    text = unicodedata.normalize("NFKC", text).replace("\N{FRACTION SLASH}", "/")
    text = _FRACTION.sub(r" \1/\2 ", text)
    text = _TEXT.sub(" ", text).replace("$", " ").replace("{,}", ",")
    for mark in ("≈", "="):
        text = text.rpartition(mark)[2]
    return text.strip()


def _continues(text: str, one: re.Match[str], two: re.Match[str]) -> bool:
    """Is `two` the power of ten, the denominator or an exponent of `one`'s unit?"""
    between = text[one.end() : two.start()].strip()
    return between in {"/", "x", "*", "^", "\\times", "^{", "10^"} or between.endswith("^")


def _read(text: str, found: re.Match[str]) -> Quantity:
    readings = _readings(found[0])
    behind = text[found.end() :]
    if power := _POWER.match(behind):
        return Quantity(tuple(value * 10.0 ** int(power[1]) for value in readings), behind[power.end() :])
    if (over := _OVER.match(behind)) and int(over[1]):
        return Quantity(tuple(value / int(over[1]) for value in readings), behind[over.end() :])
    return Quantity(readings, behind)


def _readings(digits: str) -> tuple[float, ...]:
    """`1,234` is a thousand to some and one and a bit to others: both readings count."""
    bare = re.sub(r"[ '\u2009\u202f]", "", digits[:60])
    found = {bare.replace(",", "")}
    if bare.count(",") == 1 and "." not in bare:
        found.add(bare.replace(",", "."))
    return tuple(float(one) for one in sorted(found))


def _known(behind: str) -> str:
    """The unit that the text begins with, when it is one we can convert."""
    word = behind.strip(" \t.,;:()[]{}*_`\\").casefold()
    for length in (2, 1):
        name = " ".join(word.split()[:length]).strip(".,;:()[]{}*\\")
        name = _SPELLINGS.get(name, name)
        if name in _UNITS:
            return name
    return ""
