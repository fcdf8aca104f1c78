"""`reliability`: what was said against what came, as an SVG picture for the model card."""

from collections.abc import Mapping, Sequence
from html import escape
from math import sqrt

_SIDE, _EDGE, _RIGHT = 320, 48, 170
_COLOURS = ("#2b6cb0", "#c05621", "#2f855a")
_WHOLE = 5
"""Ticks of each axis, 0 not counted."""

Points = Sequence[tuple[float, float, int]]
"""Mean chance that was said, share that was solved, answers."""


def reliability(curves: Mapping[str, Points]) -> str:
    """One curve for each entry; on the diagonal what was said came true. The larger a dot, the more answers."""
    width, height = _SIDE + _EDGE + _RIGHT, _SIDE + 2 * _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        *_axes(),
    ]
    for place, (name, points) in enumerate(curves.items()):
        parts += _curve(name, points, place)
    return "\n".join([*parts, "</svg>", ""])


def _axes() -> list[str]:
    parts = [
        f'<rect x="{_x(0)}" y="{_y(1)}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#9aa5b1"/>',
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#9aa5b1" stroke-dasharray="4"/>',
        f'<text x="{_x(0.5)}" y="{_y(0) + 36}" text-anchor="middle">chance that was said</text>',
        f'<text x="{_x(0)}" y="{_y(1) - 10}">share of answers that were good</text>',
    ]
    for tick in range(_WHOLE + 1):
        share = tick / _WHOLE
        parts.append(f'<text x="{_x(share)}" y="{_y(0) + 16}" text-anchor="middle">{share:.1f}</text>')
        parts.append(f'<text x="{_x(0) - 6}" y="{_y(share) + 4}" text-anchor="end">{share:.1f}</text>')
    return parts


def _curve(name: str, points: Points, place: int) -> list[str]:
    colour = _COLOURS[place % len(_COLOURS)]
    line = " ".join([f"{_x(said)},{_y(came)}" for said, came, _ in points])
    most, label = max([count for _, _, count in points], default=1), _y(1) + 16 + 20 * place
    return [
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
        *[
            f'<circle cx="{_x(said)}" cy="{_y(came)}" r="{2 + 5 * sqrt(count / most):.1f}" fill="{colour}"/>'
            for said, came, count in points
        ],
        f'<text x="{_x(1) + 12}" y="{label}" fill="{colour}">{escape(name)}</text>',
    ]


def _x(share: float) -> float:
    return round(_EDGE + share * _SIDE, 1)


def _y(share: float) -> float:
    return round(_EDGE + (1 - share) * _SIDE, 1)
