"""A `Decision` for people: one sentence, and a report ready for JSON."""

from math import exp
from typing import Any

import msgspec

from smarterrouter.domain.decisions import Candidate, Decision
from smarterrouter.domain.intent import Category, Intent
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
    """The chance, 0 to 1, that the first candidate answers well, as the learned model sees it.

    Its calibration is shown in the model card. Where a strategy expects nothing, it is the first candidate's share of
    exp(total) among all, which only tells a clear choice from a close one.
    """
    best = decision.candidates[0]
    if best.quality:
        return min(max(best.quality, 0.0), 1.0)
    return 1.0 / sum(exp(max(candidate.total - best.total, -50.0)) for candidate in decision.candidates)


def report(decision: Decision, weights: RoutingWeights | None = None) -> dict[str, Any]:
    """The decision as plain data: what was chosen, why, who else could serve, who could not and why not."""
    intent = decision.intent
    return {
        "selected_model": decision.candidates[0].model.key,
        "reason": decision.reason or sentence(intent, decision.candidates),
        "confidence": round(confidence(decision), 4),
        "strategy": decision.strategy,
        "snapshot": decision.snapshot,
        "category": str(intent.category),
        "difficulty": str(intent.difficulty),
        "complexity": intent.complexity,
        "evidence": list(intent.evidence),
        "categories": {str(category): round(share, 3) for category, share in intent.weights},
        "needs": msgspec.structs.asdict(intent.needs),
        "reading": _reading(intent),
        "rules": list(decision.rules),
        "held": decision.held,
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
        "quality": round(candidate.quality, 4),
        "dollars": round(candidate.dollars, 8),
        "seconds": round(candidate.seconds, 3),
    }


def _reading(intent: Intent) -> dict[str, Any] | None:
    """What the learned model read: probabilities by category, likeliest first, and the difficulty in logits."""
    reading = intent.reading
    if reading is None:
        return None
    read = sorted(zip(Category, reading.categories, strict=True), key=lambda entry: -entry[1])
    return {
        "categories": {str(category): round(share, 4) for category, share in read},
        "difficulty": round(reading.difficulty, 3),
        "familiarity": round(reading.familiarity, 3),
    }


def _weights(preference: float, weights: RoutingWeights | None) -> dict[str, float]:
    shares = {"preference": preference, "quality": quality_weight(preference), "speed": speed_weight(preference)}
    return {**shares, **(msgspec.structs.asdict(weights) if weights else {})}
