"""/admin/routing: the operator's rules in force, and reading them again."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from smarterrouter.api.openapi_answers import refusal
from smarterrouter.gateway.reloading import Reloading
from smarterrouter.routing.expectations import Trial

_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: refusal("The file has mistakes; the rules stay as they were."),
    409: refusal("The file's rules break a policy test; the rules stay as they were."),
}


class TrialView(BaseModel):
    """How one policy test ended."""

    model_config = ConfigDict(extra="forbid")
    test: str
    outcome: str
    words: str

    @classmethod
    def of(cls, trial: Trial) -> "TrialView":
        """The view of one trial."""
        return cls(test=trial.title, outcome=str(trial.outcome), words=trial.words)


class RulesView(BaseModel):
    """The rules in force, in their order."""

    model_config = ConfigDict(extra="forbid")
    hash: str
    """Empty when there are no rules."""
    rules: list[dict[str, Any]]
    tests: list[TrialView]
    remarks: list[str]
    """What is odd about the rules, seen with the models that are known now."""


def router(reloading: Reloading, closed: list[Any]) -> APIRouter:
    """All routes about rules; `closed` keeps everybody without the admin key out."""
    found = APIRouter(prefix="/admin/routing", dependencies=closed, tags=["admin"])

    @found.get("")
    async def rules() -> RulesView:
        """The rules in force, what their policy tests say now, and what is odd about them."""
        return _view(reloading, reloading.tried(reloading.policies.current))

    @found.post("/reload", responses=_REFUSALS)
    async def reload() -> RulesView:
        """Read the rules from the file again. Mistakes and failing policy tests are all named, and change nothing."""
        return _view(reloading, reloading.reload())

    return found


def _view(reloading: Reloading, trials: tuple[Trial, ...]) -> RulesView:
    policy = reloading.policies.current
    return RulesView(
        hash=policy.hash,
        rules=[rule.entry.model_dump(mode="json", exclude_unset=True) for rule in policy.rules],
        tests=[TrialView.of(trial) for trial in trials],
        remarks=reloading.remarks(),
    )
