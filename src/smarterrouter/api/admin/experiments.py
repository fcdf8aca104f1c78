"""/admin/routing/experiments: how many good answers the arms of each split gave, and whether they differ."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from smarterrouter.api.openapi_answers import refusal
from smarterrouter.api.services import Services
from smarterrouter.routing.experiments import experiments
from smarterrouter.settings.strategies import splits
from smarterrouter.store.experiments import DAYS, MOST_DAYS, arm_counts

Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="Requests of so many last days.")]
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: refusal(f"`days` is no number from 1 to {MOST_DAYS}."),
    503: refusal("The database is not available now."),
}


class ComparisonView(BaseModel):
    """One arm against the first arm of its split."""

    model_config = ConfigDict(extra="forbid")
    difference: float
    """Share of good answers minus that of the first arm; drawn towards 0 while there are few."""
    low: float
    high: float
    """The true difference lies between the two, with a confidence of 95 % for all arms and looks at once."""
    p_value: float
    decided: bool
    words: str


class ArmView(BaseModel):
    """One arm of a split."""

    model_config = ConfigDict(extra="forbid")
    arm: str
    requests: int
    rated: int
    """Requests with an outcome that counts: of one voter only some do."""
    voters: int
    share: float | None
    """Of rated answers that were good; null when none was rated."""
    comparison: ComparisonView | None
    """Null for the first arm, with which the others are compared."""


class ExperimentView(BaseModel):
    """One split."""

    model_config = ConfigDict(extra="forbid")
    split: str
    arms: list[ArmView]


class ExperimentsView(BaseModel):
    """Every split that is configured now, or had requests in these days."""

    model_config = ConfigDict(extra="forbid")
    days: int
    experiments: list[ExperimentView]


def router(services: Services, closed: list[Any]) -> APIRouter:
    """The one route; `closed` keeps everybody without the admin key out."""
    found = APIRouter(prefix="/admin/routing", dependencies=closed, tags=["admin"])

    @found.get("/experiments", responses=_REFUSALS)
    async def shown(days: Days = DAYS) -> ExperimentsView:
        """Each split: requests, rated answers and the share of good ones of each arm, compared with the first arm."""
        counts = await arm_counts(services.database, days)
        report = experiments(counts, splits(services.settings.file.routing.strategies))
        return ExperimentsView(days=days, experiments=[ExperimentView(**msgspec.to_builtins(one)) for one in report])

    return found
