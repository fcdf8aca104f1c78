"""What it is worth that conversations stay together: simulated conversations through the product's own router.

    python bench/stickiness.py                     # the table: some seconds
    python bench/stickiness.py --json numbers.json
    python bench/stickiness.py --conversations 50  # few: shows that it works, not what it finds

Three ways to serve the same conversations: each turn alone (the router's order), together (the router's order with
`gateway/conversations.py` on top) and never switching (whoever answered first answers all). `talks.py` draws the
conversations and the models and says how.

A model has read what it was sent or wrote in this conversation, for ten minutes; these tokens take no time and a
quarter of their price. Tokens "read again" were part of the conversation before, but not read by the model that
answers, or not in the last ten minutes. Utility is what the router maximises: the true chance of a good answer, less
money and waiting at the rates of the preference. A tool round that another model has begun costs nothing extra here,
although its thoughts and call ids may be useless to the newcomer: such rounds have a column of their own. Switches are
counted among the requests after the first of a conversation, everything else among all requests.
"""

import argparse
import math
import random
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from smarterrouter.domain.decisions import Decision, Moment
from smarterrouter.domain.intent import Category
from smarterrouter.domain.models import Model, Price
from smarterrouter.gateway.conversation_keys import key_of
from smarterrouter.gateway.conversations import Conversations
from smarterrouter.routing.hearing import shipped_ear
from smarterrouter.routing.preference import Rates, rates
from smarterrouter.routing.quality import Quality
from smarterrouter.routing.router import Router
from smarterrouter.routing.strategies.registry import Strategies
from smarterrouter.routing.strategies.scored import Scored
from smarterrouter.routing.waiting import pace
from smarterrouter.routing.weights import RoutingWeights
from talks import POOLS, Conversation, Turn, pool_of

CONVERSATIONS = 300
SEED = 20_000
SLOPE = 1.2
KEPT_SECONDS = 600.0
KEPT_PRICE = 0.25
COLUMNS = (
    "models", "preference", "policy", "turns switched", "tool rounds broken", "tokens read again a turn", "quality",
    "cents", "seconds", "utility", "against alone",
)  # fmt: skip
POLICIES = ("alone", "together", "never switching")
WEIGHTS = RoutingWeights()


class Seen(Struct):
    """What one way of serving did with one conversation; sums over its turns."""

    turns: int = 0
    later: int = 0
    switched: int = 0
    rounds: int = 0
    broken: int = 0
    prompt: int = 0
    again: int = 0
    quality: float = 0.0
    dollars: float = 0.0
    seconds: float = 0.0
    utility: float = 0.0


def router() -> Router:
    """The product's router, as `bootstrap` makes it."""
    return Router(Strategies(Scored(WEIGHTS, Quality(shipped_ear().slope))))


class World:
    """One pool and what serving a turn with one of its models really gives."""

    def __init__(self, models: tuple[Model, ...], truth: dict[str, list[float]], price: Rates) -> None:
        self.models = models
        self._truth = truth
        self._price = price
        self._places = {category: place for place, category in enumerate(Category)}
        self._paces = {model.key: pace(model, WEIGHTS) for model in models}

    def serve(self, turn: Turn, model: Model, warm: int, seen: Seen) -> None:
        """Count what this turn gives and takes when `model`, which has read `warm` tokens of it, answers."""
        speed, price = self._paces[model.key], model.price or Price()
        skill = self._truth[model.key][self._places[turn.category]]
        quality = 1 / (1 + math.exp(-SLOPE * (skill - turn.difficulty)))
        cold = turn.prompt - warm
        dollars = (cold + KEPT_PRICE * warm) * price.input_per_million + turn.answer * price.output_per_million
        seconds = speed.first + cold * speed.prompt + turn.answer * speed.answer
        seen.turns += 1
        seen.prompt += turn.prompt
        seen.again += max(turn.known - warm, 0)
        seen.quality += quality
        seen.dollars += dollars / 1e6
        seen.seconds += seconds
        seen.utility += quality - dollars / 1e6 * self._price.dollar - seconds * self._price.second


class Clock:
    """The time of the simulation."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def serve(turns: list[Turn], world: World, choose: Callable[[Turn], Model]) -> Seen:
    """One conversation, served one way."""
    seen, read, last = Seen(), dict[str, tuple[int, float]](), ""
    for turn in turns:
        model = choose(turn)
        tokens, at = read.get(model.key, (0, 0.0))
        world.serve(turn, model, tokens if turn.at - at <= KEPT_SECONDS else 0, seen)
        read[model.key] = (turn.prompt + turn.answer, turn.at)
        if last:
            seen.later += 1
            seen.switched += model.key != last
            seen.rounds += turn.tool_round
            seen.broken += turn.tool_round and model.key != last
        last = model.key
    return seen


def choosers(world: World, price: Rates) -> dict[str, Callable[[Turn], Model]]:
    """How each policy chooses; fresh for each conversation."""
    decider, moment, clock = router(), Moment(), Clock()
    memory, first = Conversations(WEIGHTS, clock), list[Model]()

    def decide(turn: Turn) -> Decision:
        return decider.decide(turn.seen, world.models, moment, 1)

    def alone(turn: Turn) -> Model:
        return decide(turn).candidates[0].model

    def together(turn: Turn) -> Model:
        clock.now = turn.at
        key = key_of(turn.call, ())
        decision = memory.hold(key, turn.call, decide(turn), price)
        model = decision.candidates[0].model
        memory.remember(key, model.key, decision)
        return model

    def never(turn: Turn) -> Model:
        if not first:
            first.append(alone(turn))
        return first[0]

    return dict(zip(POLICIES, (alone, together, never), strict=True))


def run(name: str, conversations: int, preference: float) -> dict[str, list[Seen]]:
    """What each policy did with each conversation; every tenth conversation draws the models' skills anew."""
    draw = random.Random(f"{SEED} {name} {preference}")
    price = rates(preference, WEIGHTS)
    results: dict[str, list[Seen]] = {policy: [] for policy in POLICIES}
    for number in range(conversations):
        if number % 10 == 0:
            world = World(*pool_of(POOLS[name], draw), price)
        turns = list(Conversation(draw, preference, number).turns())
        for policy, choose in choosers(world, price).items():
            results[policy].append(serve(turns, world, choose))
    return results


def summed(results: list[Seen]) -> dict[str, float]:
    """Means over turns."""
    total = {field: sum(getattr(seen, field) for seen in results) for field in Seen.__struct_fields__}
    turns = total["turns"]
    return {
        "turns": turns,
        "switched": total["switched"] / max(total["later"], 1),
        "rounds_broken": total["broken"] / max(total["rounds"], 1),
        "read_again": total["again"] / turns,
        "read_again_share": total["again"] / total["prompt"],
        "quality": total["quality"] / turns,
        "dollars": total["dollars"] / turns,
        "seconds": total["seconds"] / turns,
        "utility": total["utility"] / turns,
    }


def gain(results: list[Seen], base: list[Seen]) -> tuple[float, float]:
    """Utility per turn above `base`, and half of its 95 % interval: conversations are drawn, turns are not."""
    turns = sum(seen.turns for seen in base)
    differences = [one.utility - other.utility for one, other in zip(results, base, strict=True)]
    half = 1.96 * statistics.stdev(differences) * math.sqrt(len(differences)) / turns
    return sum(differences) / turns, half


def table(report: list[dict[str, Any]]) -> str:
    """The report in Markdown."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" * len(COLUMNS) + "|"]
    for row in report:
        again = f"{row['read_again']:.0f} ({row['read_again_share']:.0%})"
        cells: tuple[str, ...] = (row["pool"], str(row["preference"]), row["policy"], f"{row['switched']:.1%}")
        cells += (f"{row['rounds_broken']:.1%}", again, f"{row['quality']:.3f}", f"{row['dollars'] * 100:.3f}")
        cells += (f"{row['seconds']:.1f}", f"{row['utility']:.4f}", f"{row['gain']:+.4f} ± {row['gain_half']:.4f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Simulate, print the table, write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS, help="for each pool and preference")
    parser.add_argument("--preference", type=float, nargs="*", default=[0.2, 0.5, 0.8])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there")
    chosen = parser.parse_args(arguments)
    report = []
    for name in POOLS:
        for preference in chosen.preference:
            results = run(name, chosen.conversations, preference)
            for policy in POLICIES:
                above, half = gain(results[policy], results["alone"])
                row = {"pool": name, "preference": preference, "policy": policy, **summed(results[policy])}
                report.append({**row, "gain": above, "gain_half": half})
    print(table(report))
    if chosen.json:
        chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
