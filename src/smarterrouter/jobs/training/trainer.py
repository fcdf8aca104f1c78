"""`train`: a folder of rows in, the router's artefact and its model card out. The same data give the same bytes."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training import card, evaluation, examples, labels, learning, plot, prompts, questions
from smarterrouter.jobs.training.rows import Row, UnreadableData, read_folder
from smarterrouter.jobs.training.writing import written
from smarterrouter.routing.learned.artefact import Artefact

SEED = 20260101

_COLUMNS = {
    "gsm8k": ("gsm8k", "ulab/gsm8k"),
    "math_lvl_5": ("math-l5",),
    "math": ("ulab/math",),
    "math_500": ("ulab/math",),
    "arc_challenge": ("rb/arc_challenge", "ulab/arc_challenge"),
    "mbpp": ("ulab/mbpp", "rb/mbpp"),
}
_PREFIXES = {"mmlu": "mmlu/", "mmlu_pro": "mmlupro/"}
Progress = Callable[[str, int, int], None]
"""Hears what is being done, how far, and of how much."""


class Recipe(Struct, frozen=True):
    """Everything that training may be told. The defaults made the weights that are given away."""

    seeds: int = 3
    """Prompts made of each of our templates."""
    frames: int = 12
    """Prompts made of each frame."""
    lists: int = 150
    """Lists of words for each category."""
    strengths: examples.Strengths = examples.Strengths()
    penalties: learning.Penalties = learning.Penalties()


SHIPPED = Recipe()


class Result(Struct, frozen=True):
    """What training made."""

    artefact: Artefact
    card: str
    """Markdown."""


def train(folder: Path, out: Path, progress: Progress, recipe: Recipe = SHIPPED) -> Result:
    """Train on the free rows of `folder`; write the artefact to `out`, the model card and its picture beside it.

    The card ends in `.md`, the picture in `.svg`.

    Raises `UnreadableData` when the folder holds no row that may be used, or one that cannot be read.
    """
    everything = read_folder(folder)
    rows = [row for row in everything if row.free and row.scores]
    if not rows:
        raise UnreadableData(f"No row of {folder} has scores and a licence under which weights may be given away.")
    public = questions.read_public(folder)

    def part(kept: Sequence[Row]) -> Artefact:
        return fit(kept, public, recipe, lambda what, done, of: progress(f"{what}, to check", done, of))

    checks = {
        "questions": evaluation.held_out(rows, evaluation.by_question, part),
        "tasks": evaluation.held_out(rows, evaluation.by_task, part),
    }
    artefact = fit(rows, public, recipe, progress)
    text = card.write(rows, len(everything) - len(rows), checks, artefact, out.with_suffix(".svg").name)
    out.write_bytes(written(artefact))
    out.with_suffix(".md").write_text(text, "utf-8")
    curves = {f"{name} held out": evaluation.reliability(held) for name, held in checks.items() if held is not None}
    out.with_suffix(".svg").write_text(plot.reliability(curves), "utf-8")
    return Result(artefact, text)


def fit(rows: Sequence[Row], public: questions.Public, recipe: Recipe, progress: Progress) -> Artefact:
    """Train on `rows`, all of which must have scores."""
    progress("difficulties", 0, 1)
    known = questions.fitted(rows, public, recipe.penalties.unpredictable)
    progress("difficulties", 1, 1)
    own = labels.own_prompts(recipe.seeds, SEED % 1000) + prompts.framed(recipe.frames, SEED)
    words = labels.word_prompts(recipe.lists, SEED)
    progress("texts", 0, 1)
    looked = examples.build(known, own, words, recipe.strengths)
    progress("texts", 1, 1)
    notes = {"questions": len(rows), "seed": SEED}
    places = benchmarks(known, own)
    return learning.learn(looked, places, recipe.penalties, notes, lambda done, of: progress("weights", done, of))


def benchmarks(known: questions.Questions, own: examples.Labelled) -> dict[str, list[int]]:
    """By name, the places of the texts whose difficulty stands for it: columns, data set and category, category."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, (row, category) in enumerate(zip(known.rows, known.categories, strict=True)):
        found[f"{row.dataset}/{category}"].append(place)
        found[category].append(place)
        for name, tasks in _COLUMNS.items():
            if row.task in tasks:
                found[name].append(place)
        for name, prefix in _PREFIXES.items():
            if row.task.startswith(prefix):
                found[name].append(place)
    for category in Category:
        if category not in found:
            found[category] = [len(known.rows) + place for place, (_, kind) in enumerate(own) if kind is category]
    return {str(name): places for name, places in sorted(found.items()) if places}
