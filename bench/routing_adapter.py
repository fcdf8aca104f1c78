"""`factory`: the router as an object that a judging program can ask, by the product's own code.

`register(model, public, ask)` turns public category scores into abilities through the artefact's predictor. (The
gateway places published scores by reference models instead, `catalog/abilities.py`, because its columns are others.)
`quality(prompt, tools, models)` reads the prompt as the gateway does and scores the models. Which benchmark a score
comes from is not told with it, so the prompts of `routing_items.json.gz` are asked, at most thirty:
only the benchmarks that a model was measured on have answers. The answers themselves are not used.
"""

import gzip
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from smarterrouter.domain.intent import Category, Intent
from smarterrouter.domain.knowledge import Ability
from smarterrouter.jobs.training import skills
from smarterrouter.jobs.training.levels import LEVELS
from smarterrouter.jobs.training.priors import Priors, by_size, compared
from smarterrouter.routing.analysis import read, read_text
from smarterrouter.routing.hearing import Ear
from smarterrouter.routing.learned import artefact
from smarterrouter.routing.learned.scoring import Chances
from smarterrouter.wire.calls import ChatCall

HERE = Path(__file__).parent
ARTEFACT = Path(artefact.__file__).with_name("router.npz")
ITEMS = HERE / "routing_items.json.gz"

CATEGORIES = {
    "math": Category.MATHEMATICS,
    "know": Category.KNOWLEDGE,
    "stem": Category.STEM,
    "code": Category.CODE,
    "logic": Category.LOGIC,
    "if": Category.INSTRUCTIONS,
    "tools": Category.TOOLS,
    "chat": Category.CHAT,
    **{str(category): category for category in Category},
}
"""What the data call their categories."""
_LEVELS = {Category.LOGIC: "bbh", Category.INSTRUCTIONS: "ifeval", Category.TOOLS: "bfcl", Category.CHAT: "arena_hard"}
_SOME_TOOL = {"type": "function", "function": {"name": "f"}}
Items = Mapping[str, Mapping[str, Sequence[str]]]
"""By data set and benchmark: ids of some prompts. The benchmark is a column that the artefact knows, or empty."""
Ask = Callable[[list[str]], Mapping[str, float]]


class Adapter:
    """Keeps what was registered; the caller is its owner."""

    def __init__(self, learned: artefact.Artefact, items: Items) -> None:
        """`items` may be empty: then nothing is asked."""
        self._ear = Ear(learned)
        self._priors = Priors(learned)
        self._items = items
        self._slope = learned.slope
        self._beliefs: dict[str, dict[Category, Ability]] = {}
        self._chances: dict[tuple[str, ...], Chances] = {}

    def register(self, model: str, public: Mapping[str, float], ask: Ask) -> None:
        """Learn of a model what its public scores say."""
        source = self._source(ask) if public else ""
        evidence = [
            (CATEGORIES[name], self._ability(source, CATEGORIES[name], share))
            for name, share in sorted(public.items())
            if name in CATEGORIES
        ]
        self._beliefs[model] = skills.combine(by_size(None), evidence)
        self._chances.clear()

    def quality(self, prompt: str, tools: str | None, models: Sequence[str]) -> dict[str, float]:
        """Expected quality of each model at the prompt, 0 to 1."""
        reading = self._intent(prompt, tools).reading
        if reading is None:
            return dict.fromkeys(models, 0.5)
        found = self._known(tuple(models)).at(reading.categories, reading.difficulty, reading.familiarity)
        return dict(zip(models, found, strict=True))

    def _intent(self, prompt: str, tools: str | None) -> Intent:
        if not tools:
            return read_text(prompt, 0.5, ear=self._ear)
        body = {"messages": [{"role": "user", "content": prompt}], "tools": [_SOME_TOOL]}
        return read(ChatCall.decode(msgspec.json.encode(body)), 0.5, ear=self._ear)

    def _known(self, models: tuple[str, ...]) -> Chances:
        if models not in self._chances:
            believed = skills.stack([self._beliefs.get(model, {}) for model in models])
            self._chances[models] = Chances(believed, self._slope)
        return self._chances[models]

    def _source(self, ask: Ask) -> str:
        """What public scores were measured on: a data set, or the only benchmark of it that was asked; else empty."""
        wanted = [name for benchmarks in self._items.values() for ids in benchmarks.values() for name in ids]
        answered = ask(wanted) if wanted else {}
        for dataset, benchmarks in self._items.items():
            known = [benchmark for benchmark, ids in benchmarks.items() if any(name in answered for name in ids)]
            if known:
                return known[0] if len(known) == 1 < len(benchmarks) else dataset
        return ""

    def _ability(self, source: str, category: Category, share: float) -> Ability:
        names = [source, f"{source}/{category}", *([] if category in _LEVELS else [category])]
        matched = next((found for name in names if (found := self._priors.matched(name, share))), None)
        return matched or compared(100 * share, LEVELS[_LEVELS.get(category, "coding")])


def factory() -> Adapter:
    """The adapter with what is shipped, or with the files that `ROUTER_ARTEFACT` and `ROUTER_ITEMS` name."""
    # A bench is a program of its own: its environment is read here, not in the settings.
    path = Path(os.environ.get("ROUTER_ARTEFACT", ARTEFACT))  # noqa: TID251
    items = Path(os.environ.get("ROUTER_ITEMS", ITEMS))  # noqa: TID251
    known = json.loads(gzip.decompress(items.read_bytes())) if items.is_file() else {}
    return Adapter(artefact.load(path.read_bytes()), known)
