"""Which category a task is, and prompts of our own whose category is known: templates, and words of the lexicon."""

import random

from smarterrouter.domain.intent import Category
from smarterrouter.jobs.training import prompts
from smarterrouter.profiling import bank
from smarterrouter.profiling.base import Task
from smarterrouter.routing import lexicon

_MATHS, _STEM, _KNOWLEDGE = Category.MATHEMATICS, Category.STEM, Category.KNOWLEDGE
_LOGIC, _CODE = Category.LOGIC, Category.CODE

TASKS: dict[str, Category] = {
    "gsm8k": _MATHS,
    "math-l5": _MATHS,
    "ulab/gsm8k": _MATHS,
    "ulab/math": _MATHS,
    "ulab/agentverse-mgsm": _MATHS,
    "ulab/mbpp": _CODE,
    "ulab/humaneval": _CODE,
    "rb/mbpp": _CODE,
    "mmlupro/math": _MATHS,
    "mmlupro/physics": _STEM,
    "mmlupro/chemistry": _STEM,
    "mmlupro/engineering": _STEM,
    "mmlupro/computer science": _STEM,
    "mmlu/formal_logic": _LOGIC,
    "mmlu/logical_fallacies": _LOGIC,
}
_PREFIXES = {"mmlupro/": _KNOWLEDGE, "mmlu/": _KNOWLEDGE, "ulab/": _KNOWLEDGE, "rb/": _KNOWLEDGE}
_HARD_SCIENCES = (
    *("mathematics", "abstract_algebra", "statistics", "physics", "chemistry", "electrical_engineering"),
    *("astronomy", "computer", "machine_learning"),
)
"""Parts of names of MMLU's subjects: what is asked there with options goes with science, not with word problems."""


def category_of(task: str) -> Category | None:
    """The category of a task of the known data sets; None when unknown."""
    known = TASKS.get(task)
    if known is not None:
        return known
    if task.startswith("mmlu/") and any(name in task for name in _HARD_SCIENCES):
        return _STEM
    return next((category for prefix, category in _PREFIXES.items() if task.startswith(prefix)), None)


def own_prompts(seeds: int, seed: int) -> list[tuple[str, Category]]:
    """Prompts made by the templates of profiling, `seeds` of each template. All text is ours."""
    found = []
    for template in bank.load().templates:
        for number in range(seeds):
            task = template.make(seed * 1000 + number)
            found.append((_ask(task), task.category))
    return found


def few_of_each(most: int, seed: int) -> list[tuple[str, Category]]:
    """At most `most` prompts of each category, drawn from those of frames and templates. The same seed, the same ones.

    For learning from few examples what some hundreds cannot be afforded for.
    """
    rng = random.Random(seed)  # noqa: S311 - examples, no secrets
    everything = prompts.framed(1, seed) + own_prompts(1, seed)
    found = []
    for category in Category:
        texts = [text for text, kind in everything if kind is category]
        found += [(text, category) for text in rng.sample(texts, min(most, len(texts)))]
    return found


def _ask(task: Task) -> str:
    texts = [message.get("content") for message in task.messages if message["role"] == "user"]
    return next((text for text in reversed(texts) if isinstance(text, str)), "")


def word_prompts(each: int, seed: int) -> list[tuple[str, Category]]:
    """`each` lists of words for every category, drawn from the lexicon: clear words often, hints seldom."""
    rng = random.Random(seed)  # noqa: S311 - examples, no secrets
    found = []
    for category, blocks in sorted(lexicon.WORDS.items()):
        words = [(word, weight) for weight, block in sorted(blocks.items()) for word in block.split()]
        for _ in range(each):
            drawn = rng.choices([word for word, _ in words], [weight for _, weight in words], k=rng.randint(2, 6))
            found.append((" ".join(drawn), category))
    return found
