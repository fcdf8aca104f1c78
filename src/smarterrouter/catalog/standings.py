"""From everything that is known of a model to its `Standing`: skills and speeds, ready for routing."""

from collections.abc import Mapping

from smarterrouter.catalog.abilities import Basis, beliefs
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Knowledge, Profile, Standing
from smarterrouter.domain.models import Model

USUAL_PROMPT = 1000
"""Tokens of the prompt whose time to the first token is taken, where several were measured."""
_STRENGTH = (Basis.PROFILE, Basis.PUBLISHED, Basis.SIZE)


def standing(model: Model, known: Knowledge | None = None, reference: Mapping[str, float] | None = None) -> Standing:
    """What to believe of `model`. Without anything known the size decides."""
    knowledge = known or Knowledge()
    skills = beliefs(model.size, knowledge, reference or {})
    bases = {belief.basis for belief in skills.values()}
    rate, first = _speeds(model, knowledge)
    profile = knowledge.profile
    return Standing(
        skills=tuple(skills[category].ability for category in Category),
        basis=next((basis for basis in _STRENGTH if basis in bases), Basis.NOTHING).value,
        tokens_per_second=rate,
        first_token_seconds=first,
        load_seconds=profile.load_seconds if profile is not None else None,
    )


def first_guess(model: Model) -> Standing:
    """What its size alone says of `model`: takes microseconds."""
    return rounded(standing(model))


def rounded(said: Standing) -> Standing:
    """To the hundredth of a logit and three digits: what is no change to a decision is no news to the catalog."""
    return Standing(
        skills=tuple(Ability(round(one.mean, 2) + 0.0, round(one.sd, 2)) for one in said.skills),
        basis=said.basis,
        tokens_per_second=_digits(said.tokens_per_second),
        first_token_seconds=_digits(said.first_token_seconds),
        load_seconds=_digits(said.load_seconds),
    )


def _speeds(model: Model, known: Knowledge) -> tuple[float | None, float | None]:
    """Tokens a second and seconds to the first token: measured here, else published, which speaks of hosted models."""
    profile = known.profile or Profile(model=model.key, overall=Ability(0.0, 0.0))
    published = {} if model.local else {row.column: row.value for row in known.published if row.value > 0}
    return (
        profile.tokens_per_second or published.get("tokens_per_second"),
        _first_seconds(profile.first_token_ms) or published.get("first_token_seconds"),
    )


def _first_seconds(measured: Mapping[int, float]) -> float | None:
    if not measured:
        return None
    nearest = min(measured, key=lambda tokens: (abs(tokens - USUAL_PROMPT), tokens))
    return measured[nearest] / 1000


def _digits(value: float | None) -> float | None:
    return float(f"{value:.3g}") if value is not None else None
