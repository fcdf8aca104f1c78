"""Newer models, gently (ROUTER_PREFER_NEWER_MODELS)."""

from typing import ClassVar

from smarterrouter.domain.decisions import Moment
from smarterrouter.domain.intent import Intent
from smarterrouter.domain.models import Model

_MIDDLE = 1_735_689_600
"""2025-01-01: a fixed scale instead of today's date, so that a request decides alike on every day."""
_HALF_SPAN = 2 * 365 * 86_400


class Freshness:
    """By the date the backend gives: -1 two years before 2025 began, 1 two years after."""

    name: ClassVar[str] = "freshness"
    live: ClassVar[bool] = False

    def score(self, intent: Intent, model: Model, moment: Moment) -> float:
        """-1 to 1; 0 when the date is unknown."""
        return max(-1.0, min((model.created - _MIDDLE) / _HALF_SPAN, 1.0)) if model.created > 0 else 0.0
