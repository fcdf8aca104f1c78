"""How well profiling tells models apart: simulated models that answer the real item bank, and two real ones.

    python bench/profiling.py                     # the table: about four minutes on two cores
    python bench/profiling.py --json numbers.json
    python bench/profiling.py --quick             # few repeats: shows that it works, not what it finds

Each repeat draws 12 models (general ability uniform in -2 ... 2, one deviation for each skill with sd 0.4) and lets
each answer up to 40 tasks chosen by the profiler's own code, with the plan that the product starts with. Right answers
come out wrong in 5 % of the cases, which the estimator is not told. Neither is it told how steep each task is: slopes
are drawn once for the bank, log-normal with sd 0.35 around 4/3 of what the estimator assumes for tasks of that kind,
so around 1.67 for free answers and 1.27 for choices and function calls. Two-parameter fits to published per-question
results (guessing 2 % or 10 %, slips 3 %, abilities scaled to the spread of -2 ... 2) have these medians and quartiles:
grade-school mathematics 1.7 (1.3 to 2.2), competition mathematics 2.1 (1.6 to 2.6), instructions with checkable
constraints 2.3 (1.7 to 2.8), logic 1.3 (0.9 to 1.8), function calling 1.2 (0.8 to 1.7), multiple choice 1.7 (1.3 to
2.1).

The other rows change one thing each. The settings of the estimator were chosen on seeds 5000 to 5119; what is printed
here uses other seeds.
"""

import argparse
import asyncio
import math
import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from smarterrouter.domain.models import Capabilities, Model
from smarterrouter.profiling.adaptive import Plan, enough, neglected, next_item, plan
from smarterrouter.profiling.bank import Bank, load
from smarterrouter.profiling.base import Answer, Task, Verdict
from smarterrouter.profiling.estimator import GUESS, Item, Posterior
from smarterrouter.profiling.interview import Job
from smarterrouter.profiling.items import items_of
from smarterrouter.profiling.judging import judge
from smarterrouter.profiling.means import Means
from smarterrouter.profiling.profiler import Profiler
from smarterrouter.profiling.sandbox import Sandbox
from smarterrouter.settings.groups_knowledge import Profiling
from smarterrouter.transport.client import HttpClient

MODELS = 12
REPEATS = 100
FIRST_SEED = 1_000_000
DEVIATION = 0.4
SLIPS = 0.05
NINETY = 1.645
STEEPNESS = 4 / 3
"""How much steeper tasks are than the estimator assumes."""
LEAST = Profiling().profile_prompts_per_category
"""Questions about each category, as the product has it from the start."""
FIXED = 15
CHARACTERS_A_TOKEN = 4


class World(Struct, frozen=True):
    """How simulated models answer."""

    name: str
    plan: Plan = plan("normal", LEAST)
    steepness: float = STEEPNESS
    steepness_spread: float = 0.35
    both_ways: bool = False
    """Do slips make wrong answers right as well?"""
    off: float = 0.0
    """Standard deviation of the error in the bank's difficulties."""


WORLDS = (
    World("as it is meant"),
    World("slips both ways", both_ways=True),
    World("difficulties off by 0.5", off=0.5),
    World("tasks that tell little", steepness=0.8),
    World("quick plan", plan=plan("quick", LEAST)),
    World("thorough plan", plan=plan("thorough", LEAST)),
)


class Repeat(Struct):
    """One repeat: 12 models."""

    spearman: float
    """Of the general ability, as it was drawn."""
    spearman_skills: float
    """Of the mean of the skills, deviations included: how good the model really is at these categories."""
    covered: list[bool]
    covered_skills: list[bool]
    answers: list[int]
    tokens: list[int]
    fixed: float
    """Of the share solved of 15 fixed tasks, the same for all models."""


class Simulated:
    """One model that exists only as numbers."""

    def __init__(self, world: World, chance: random.Random, categories: Sequence[str]) -> None:
        self.world = world
        self.chance = chance
        self.ability = chance.uniform(-2, 2)
        self.skills = {name: self.ability + chance.gauss(0, DEVIATION) for name in categories}

    def solves(self, item: Item) -> bool:
        """One answer. Tasks with choices can be guessed; nothing else can."""
        slope, difficulty = truth(self.world, item)
        guess = item.guess if item.guess > GUESS else 0.0
        chance = guess + (1 - guess) / (1 + math.exp(slope * (difficulty - self.skills[item.category])))
        right = self.chance.random() < chance
        slipped = self.chance.random() < SLIPS
        return (not right if self.world.both_ways else False) if slipped else right


def truth(world: World, item: Item) -> tuple[float, float]:
    """What a task is really like; the same in every repeat."""
    chance = random.Random(item.id)
    slope = item.slope * world.steepness * math.exp(chance.gauss(0, world.steepness_spread))
    return slope, item.difficulty + chance.gauss(0, world.off)


@cache
def shipped() -> Bank:
    """The item bank of the package."""
    return load()


@cache
def bank() -> tuple[list[Item], dict[str, int]]:
    """The shipped tasks, and about how many tokens each takes: the prompt and a right answer, four characters each."""
    templates = shipped().templates
    return items_of(templates), {template.id: _tokens(template) for template in templates}


def _tokens(template: Any) -> int:
    task = template.make(0)
    spoken = msgspec.json.encode((task.messages, task.tools, template.reference(task)))
    return len(spoken) // CHARACTERS_A_TOKEN


@cache
def fixed_test() -> tuple[Item, ...]:
    """15 tasks with difficulties spread evenly from -2 to 2, categories in turn."""
    items, _ = bank()
    categories = sorted({item.category for item in items})
    chosen: list[Item] = []
    for number in range(FIXED):
        wanted, category = -2 + 4 * number / (FIXED - 1), categories[number % len(categories)]
        left = [item for item in items if item.category == category and item not in chosen]
        chosen.append(min(left, key=lambda item: abs(item.difficulty - wanted)))
    return tuple(chosen)


def repeat(world: World, seed: int) -> Repeat:
    """12 models, profiled one after the other."""
    items, tokens = bank()
    categories = sorted({item.category for item in items})
    chance = random.Random(seed)
    result = Repeat(0.0, 0.0, [], [], [], [], 0.0)
    models = [Simulated(world, chance, categories) for _ in range(MODELS)]
    found, means, shares = [], [], []
    for number, model in enumerate(models):
        posterior, asked = profile(model, items, categories, world.plan, seed * MODELS + number)
        found.append(posterior.overall.mean)
        means.append(statistics.mean(posterior.skill(name).mean for name in categories))
        result.covered.append(_holds(posterior.overall, model.ability))
        result.covered_skills += [_holds(posterior.skill(name), model.skills[name]) for name in categories]
        result.answers.append(len(asked))
        result.tokens.append(sum(tokens[item.id] for item in asked))
        shares.append(sum(model.solves(item) for item in fixed_test()))
    drawn = [model.ability for model in models]
    result.spearman, result.fixed = spearman(drawn, found), spearman(drawn, shares)
    result.spearman_skills = spearman([statistics.mean(model.skills.values()) for model in models], means)
    return result


def profile(
    model: Simulated, items: Sequence[Item], categories: Sequence[str], plan: Plan, seed: int
) -> tuple[Posterior, list[Item]]:
    """What the profiler would find, by its own choice of tasks and its own rule to stop."""
    posterior, asked = Posterior(), []
    while not enough(posterior, categories, len(asked), plan, neglected=neglected(items, asked, plan.least)):
        item = next_item(items, posterior, asked, seed, plan.least)
        if item is None:
            break
        posterior.update(item, model.solves(item))
        asked.append(item)
    return posterior, asked


def _holds(ability: Any, truth_: float) -> bool:
    return abs(ability.mean - truth_) <= NINETY * ability.sd


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Rank correlation; equal values share their mean rank."""
    first, second = _ranks(one), _ranks(other)
    return statistics.correlation(first, second) if len(set(first)) > 1 < len(set(second)) else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    return [sum(other < value for other in values) + (values.count(value) - 1) / 2 for value in values]


def summary(world: World, repeats: Sequence[Repeat]) -> dict[str, Any]:
    """The numbers of one row."""
    rho = [each.spearman for each in repeats]
    answers = [count for each in repeats for count in each.answers]
    return {
        "name": world.name,
        "repeats": len(repeats),
        "spearman": statistics.median(rho),
        "spearman_mean": statistics.mean(rho),
        "spearman_worst": min(rho),
        "spearman_skills": statistics.median(each.spearman_skills for each in repeats),
        "coverage90": statistics.mean(held for each in repeats for held in each.covered),
        "coverage90_worst": min(statistics.mean(each.covered) for each in repeats),
        "coverage90_skills": statistics.mean(held for each in repeats for held in each.covered_skills),
        "answers_mean": statistics.mean(answers),
        "answers_max": max(answers),
        "tokens_mean": statistics.mean(count for each in repeats for count in each.tokens),
        "fixed15_spearman": statistics.median(each.fixed for each in repeats),
        "fixed15_spearman_worst": min(each.fixed for each in repeats),
    }


def simulate(worlds: Sequence[World], repeats: int, first_seed: int) -> list[dict[str, Any]]:
    """One row for each world, on all cores but not more than four."""
    seeds = range(first_seed, first_seed + repeats)
    with ProcessPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        return [summary(world, list(pool.map(partial(repeat, world), seeds, chunksize=5))) for world in worlds]


async def real_models() -> list[dict[str, Any]]:
    """Two real llama.cpp servers with scripted models, through the whole profiler: does it run, what does it cost?"""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.doubles.http_ask import HttpAsk  # noqa: PLC0415 - the doubles lie beside the bench, not on its path
    from tests.doubles.tiny_models import TinyServer  # noqa: PLC0415

    rows = []
    for name, script in {"says 7": ("Answer", ": 7"), "chats": ("Well", ", who", " knows", ".")}.items():
        client = HttpClient()
        async with TinyServer(script=script, tool_script=(), name="tiny", context=4096) as server:
            rows.append(await _real(name, HttpAsk(client, server.base_url), server.context))
        await client.close()
    return rows


async def _real(name: str, ask: Any, context: int) -> dict[str, Any]:
    items, _ = bank()
    model = Model(f"real/{name}", "real", name, can=Capabilities(context_tokens=context), loaded=True)

    found = await Profiler(shipped(), items, Means(ask, _check, sleep=_ignore)).profile(Job(model), _ignore)
    assert found is not None, "a real server was asked and gave no answer at all"
    return {
        "name": name,
        "overall": found.overall.mean,
        "sd": found.overall.sd,
        "answers": found.answers,
        "tokens": found.tokens,
        "tokens_per_second": found.tokens_per_second,
        "first_token_ms": {str(length): wait for length, wait in found.first_token_ms.items()},
    }


async def _ignore(_: object) -> None:
    """Nobody watches the events, and a server of our own needs no rest before it is asked again."""


async def _check(task: Task, answer: Answer) -> Verdict:
    return await judge(task, answer, Sandbox())


def table(rows: Sequence[dict[str, Any]], real: Sequence[dict[str, Any]], tokens_fixed: int) -> str:
    """What people read."""
    columns: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("median rho", lambda row: f"{row['spearman']:.3f}"),
        ("worst", lambda row: f"{row['spearman_worst']:.3f}"),
        ("of skills", lambda row: f"{row['spearman_skills']:.3f}"),
        ("90 % holds", lambda row: f"{row['coverage90']:.1%}"),
        ("skills", lambda row: f"{row['coverage90_skills']:.1%}"),
        ("answers", lambda row: f"{row['answers_mean']:.1f}"),
        ("tokens", lambda row: f"{row['tokens_mean']:.0f}"),
        ("15 fixed", lambda row: f"{row['fixed15_spearman']:.3f}"),
    ]
    lines = [f"{'simulated models':34}" + "".join(f"{title:>12}" for title, _ in columns)]
    lines += [f"{row['name']:34}" + "".join(f"{show(row):>12}" for _, show in columns) for row in rows]
    lines += ["", f"15 fixed tasks take {tokens_fixed} tokens; asked three times each, as before, {3 * tokens_fixed}."]
    for row in real:
        speed = f"{row['tokens_per_second'] or 0:.0f} tokens/s"
        lines.append(
            f"real model {row['name']!r}: {row['overall']:+.2f} ± {row['sd']:.2f}, {row['answers']} answers, {speed}"
        )
    return "\n".join(lines)


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the numbers there")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="seed of the first repeat")
    parser.add_argument("--quick", action="store_true", help="four repeats of the first row only")
    parser.add_argument("--no-real", action="store_true", help="leave out the two real models")
    given = parser.parse_args()
    worlds, repeats = (WORLDS[:1], 4) if given.quick else (WORLDS, given.repeats)
    rows = simulate(worlds, repeats, given.seed)
    real = [] if given.no_real else asyncio.run(real_models())
    items, tokens = bank()
    tokens_fixed = sum(tokens[item.id] for item in fixed_test())
    print(f"{len(items)} tasks, {MODELS} models, {repeats} repeats from seed {given.seed}\n")
    print(table(rows, real, tokens_fixed))
    if given.json:
        numbers = {**rows[0], "tasks": len(items), "models": MODELS, "seed": given.seed, "tokens_fixed15": tokens_fixed}
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode({**numbers, "rows": rows, "real": real})))


if __name__ == "__main__":
    main()
