"""Policy tests: what an operator wants to stay true of routing, tried and told in words."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from smarterrouter.domain.decisions import Decision
from smarterrouter.domain.models import Model
from smarterrouter.errors import GatewayError, NoModels
from smarterrouter.routing.patterns import Patterns
from smarterrouter.settings.rules import ExpectEntry, TestEntry

Decide = Callable[[TestEntry], Decision]
"""What would be decided for a test's prompt, asked for by its alias and with its header. May raise `GatewayError`."""
_SHOWN = 40
"""Characters of a prompt that name its test."""


class Outcome(StrEnum):
    """How a policy test ended."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "cannot be judged"
    """A model that it needs is not there now."""


class Trial(Struct, frozen=True):
    """How one policy test ended, and why in words."""

    title: str
    outcome: Outcome
    words: str = ""
    """Empty when it passed."""

    def __str__(self) -> str:
        return f"{self.title}: {self.words}" if self.words else self.title


def tried(tests: Sequence[TestEntry], decide: Decide, models: Sequence[Model]) -> tuple[Trial, ...]:
    """A trial for each test, in order. `models` are those of the snapshot that `decide` decides on."""
    here = [model for model in models if not (model.missing or model.unreachable)]
    titled = ((f"test {place} ({_short(test.prompt)})", test) for place, test in enumerate(tests, 1))
    return tuple(_tried(title, test, decide, here) for title, test in titled)


def _tried(title: str, test: TestEntry, decide: Decide, here: Sequence[Model]) -> Trial:
    wanted = Patterns.of(test.expect.model or ())
    if test.expect.model is not None and not any(wanted.hit(model) for model in here):
        return Trial(title, Outcome.OPEN, f"cannot be judged: no model like {wanted} answers now")
    try:
        decision = decide(test)
    except NoModels as error:
        return Trial(title, Outcome.OPEN, f"cannot be judged: {error.message}")
    except GatewayError as error:
        return Trial(title, Outcome.FAILED, f"nothing can answer: {error.message}")
    faults = "; ".join(_faults(test.expect, decision))
    return Trial(title, Outcome.FAILED if faults else Outcome.PASSED, faults)


def _faults(expect: ExpectEntry, decision: Decision) -> Iterator[str]:
    intent, model = decision.intent, decision.candidates[0].model
    if expect.category is not None and intent.category != expect.category:
        yield f"the category is {intent.category}, expected was {expect.category}"
    if expect.difficulty is not None and intent.difficulty != expect.difficulty:
        yield f"the difficulty is {intent.difficulty} ({intent.complexity:.2f}), expected was {expect.difficulty}"
    wanted = Patterns.of(expect.model or ())
    if expect.model is not None and not wanted.hit(model):
        yield f"{model.key} would answer, expected was a model like {wanted}{_why_not(wanted, decision)}"
    unwanted = Patterns.of(expect.not_model or ())
    if unwanted.hit(model):
        yield f"{model.key} would answer, expected was none like {unwanted}"


def _why_not(wanted: Patterns, decision: Decision) -> str:
    """What became of the best model that was expected."""
    for place, candidate in enumerate(decision.candidates, 1):
        if wanted.hit(candidate.model):
            return f" ({candidate.model.key} is number {place})"
    out = next(((key, why) for key, why in decision.excluded.items() if wanted.hit(_called(key))), None)
    return f" ({out[0]}: {out[1]})" if out else ""


def _called(key: str) -> Model:
    backend, _, name = key.partition("/")
    return Model(key, backend, name)


def _short(prompt: str) -> str:
    text = " ".join(prompt.split())
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
