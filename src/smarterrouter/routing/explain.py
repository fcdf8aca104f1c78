"""A `Decision` for people: one sentence, and a report ready for JSON."""

from math import exp
from typing import Any

import msgspec

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Intent
from smarterrouter.routing.weights import RoutingWeights, quality_weight, speed_weight

_STRONGEST = 2
"""Signals that the sentence names."""


def sentence(intent: Intent, candidates: tuple[Candidate, ...]) -> str:
    """Why the first candidate was chosen, in one sentence."""
    best = candidates[0]
    article = "an" if intent.category[0] in "aeiou" else "a"
    why = _strongest(best)
    said = f"{best.model.key} for {article} {intent.category} request that is {intent.difficulty}"
    return f"{said}: {why}." if why else f"{said}."


def _strongest(best: Candidate) -> str:
    named = sorted(best.signals.items(), key=_by_weight)[:_STRONGEST]
    return ", ".join(f"{name} {value:+.2f}" for name, value in named)


def _by_weight(entry: tuple[str, float]) -> float:
    return -abs(entry[1])


def confidence(decision: Decision) -> float:
    """The first candidate's share of exp(total) among all: 0 to 1, 1 when nobody else can serve.

    It tells a clear choice from a close one. It is not calibrated: 0.8 does not mean right in eight of ten cases.
    """
    best = decision.candidates[0].total
    return 1.0 / sum(exp(max(candidate.total - best, -50.0)) for candidate in decision.candidates)


def report(decision: Decision, weights: RoutingWeights | None = None) -> dict[str, Any]:
    """The decision as plain data: what was chosen, why, who else could serve, who could not and why not."""
    intent = decision.intent
    return {
        "selected_model": decision.candidates[0].model.key,
        "reason": decision.reason,
        "confidence": round(confidence(decision), 4),
        "strategy": decision.strategy,
        "snapshot": decision.snapshot,
        "category": str(intent.category),
        "difficulty": str(intent.difficulty),
        "complexity": intent.complexity,
        "evidence": list(intent.evidence),
        "categories": {str(category): strength for category, strength in intent.weights},
        "needs": msgspec.structs.asdict(intent.needs),
        "relaxed": list(decision.relaxed),
        "candidates": [_line(candidate) for candidate in decision.candidates],
        "excluded": dict(decision.excluded),
        "weights": _weights(intent.preference, weights),
    }


def _line(candidate: Candidate) -> dict[str, Any]:
    return {
        "model": candidate.model.key,
        "total": round(candidate.total, 4),
        "signals": {name: round(value, 4) for name, value in candidate.signals.items()},
    }


def _weights(preference: float, weights: RoutingWeights | None) -> dict[str, float]:
    shares = {"preference": preference, "quality": quality_weight(preference), "speed": speed_weight(preference)}
    return {**shares, **(msgspec.structs.asdict(weights) if weights else {})}
