"""A bar chart with intervals, as SVG."""

from collections.abc import Mapping
from html import escape

_WIDTH, _ROW, _LEFT, _TOP = 720, 22, 150, 30
_LOW, _HIGH = -40.0, 60.0
_COLOUR, _OURS = "#9aa5b1", "#2b6cb0"

Bars = Mapping[str, tuple[float, float, float]]
"""By label: the value and both ends of its interval."""


def bars(groups: Mapping[str, Bars]) -> str:
    """One group of bars under another; the first bar of each stands out. Values beyond -40 and 60 are cut."""
    parts, y = [], _TOP
    for title, group in groups.items():
        parts.append(f'<text x="8" y="{y}" font-weight="bold">held out: {escape(title)}</text>')
        y += 8
        for number, (label, values) in enumerate(group.items()):
            parts.append(_bar(label, values, y, _OURS if number == 0 else _COLOUR))
            y += _ROW
        y += _TOP
    zero = _x(0)
    axis = f'<line x1="{zero}" y1="10" x2="{zero}" y2="{y - _TOP}" stroke="black"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y}" font-size="12">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, axis, "</svg>", ""])


def _bar(label: str, values: tuple[float, float, float], y: int, colour: str) -> str:
    value, low, high = (_x(one) for one in values)
    left, right, middle = min(value, _x(0)), max(value, _x(0)), y + _ROW / 2
    return (
        f'<text x="8" y="{middle + 4}">{escape(label)}</text>'
        f'<rect x="{left}" y="{y + 3}" width="{right - left}" height="{_ROW - 6}" fill="{colour}"/>'
        f'<line x1="{low}" y1="{middle}" x2="{high}" y2="{middle}" stroke="black"/>'
        f'<text x="{max(right, high) + 6}" y="{middle + 4}">{values[0]:.1f} %</text>'
    )


def _x(value: float) -> float:
    inside = min(max(value, _LOW), _HIGH)
    return round(_LEFT + (inside - _LOW) / (_HIGH - _LOW) * (_WIDTH - _LEFT - 60), 1)
