"""/admin/feedback: what was said of which model, and what it moved."""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from smarterrouter.api.services import Services
from smarterrouter.domain.feedback import Aged, Sign
from smarterrouter.domain.intent import Category
from smarterrouter.jobs.rate_models import Rated

_PLACE = {category: place for place, category in enumerate(Category)}


class SkillView(BaseModel):
    """One skill in logits: 0 is a good model of 8 billion parameters; a 90 % interval is mean +- 1.645 sd."""

    model_config = ConfigDict(extra="forbid")
    mean: float
    sd: float


class MovedView(BaseModel):
    """What was said of one model in one category."""

    model_config = ConfigDict(extra="forbid")
    category: str
    """Empty where nobody looked what kind of work it was."""
    good: int
    bad: int
    voters: int
    signs: dict[str, int]
    before: SkillView | None
    """None where the model is gone, or the category is empty."""
    after: SkillView | None


class FeedbackView(BaseModel):
    """What was said of one model."""

    model_config = ConfigDict(extra="forbid")
    model: str
    categories: list[MovedView]


class AllFeedbackView(BaseModel):
    """Everything that counts."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool
    labels: int
    models: list[FeedbackView]


def router(services: Services, closed: list[Any]) -> APIRouter:
    """The one route; `closed` keeps everybody without the admin key out."""
    found = APIRouter(prefix="/admin", dependencies=closed, tags=["admin"])

    @found.get("/feedback")
    async def feedback() -> AllFeedbackView:
        """Votes and other signs by model and category, with the skills before and after them."""
        tallied, rated = services.tally.tallied, services.rating.rated
        models = [
            FeedbackView(model=key, categories=_moved(tallied.get(key, ()), rated.get(key))) for key in sorted(tallied)
        ]
        return AllFeedbackView(
            enabled=services.tally.enabled, labels=sum(len(one) for one in tallied.values()), models=models
        )

    return found


def _moved(labels: Sequence[Aged], rated: Rated | None) -> list[MovedView]:
    by_category: dict[str, list[Aged]] = {}
    for one in labels:
        by_category.setdefault(one.label.category or "", []).append(one)
    return [_view(category, by_category[category], rated) for category in sorted(by_category)]


def _view(category: str, labels: Sequence[Aged], rated: Rated | None) -> MovedView:
    before, after = (None, None) if rated is None or not category else _skills(Category(category), rated)
    return MovedView(
        category=category,
        good=sum(one.label.verdict > 0 for one in labels),
        bad=sum(one.label.verdict < 0 for one in labels),
        voters=len({one.label.voter for one in labels}),
        signs=_counts(one.label.sign for one in labels),
        before=before,
        after=after,
    )


def _skills(category: Category, rated: Rated) -> tuple[SkillView, SkillView]:
    before, after = rated.before.skills[_PLACE[category]], rated.after.skills[_PLACE[category]]
    return SkillView(mean=before.mean, sd=before.sd), SkillView(mean=after.mean, sd=after.sd)


def _counts(signs: Iterable[Sign]) -> dict[str, int]:
    found: dict[str, int] = {}
    for sign in signs:
        found[sign.value] = found.get(sign.value, 0) + 1
    return dict(sorted(found.items()))
