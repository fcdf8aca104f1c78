"""Does a cascade give the big model's pass rate for half of its calls? A real gateway, real tasks, simulated models.

    python bench/cascade.py                        # the tables
    python bench/cascade.py --json numbers.json
    python bench/cascade.py --questions 60 --silent 0 0.5     # few: shows that it works, not what it finds

The gateway is the product, in a process of its own, with a strategy of the kind `cascade` as it comes. The tasks are
those of the item bank that have code, JSON or tools in their answers, and their own programs judge what came back
(code is run in the sandbox; where JSON was asked for, the text must parse as it is). The models are simulated
(`pretenders.py`): they know every right answer and give it with a probability that depends on the model and on the
task. So this measures the gateway's checks and what follows from them, and says nothing of any real model.

What decides is a number that nobody knows of your models: the share of wrong answers that are in good form ("silent"),
which no program can tell from right ones. It is swept. The other wrong answers have one of the faults of `mistakes.py`,
all kinds that a task can have being equally likely, and all variants of a kind. Every way of serving gets the same
requests and hears the same answers of the same model. "Perfect checks" is what a cascade would reach that throws away
exactly the answers with such a fault. The claim holds where the cascade calls the big model for at most half of the
requests and its pass rate is not more than 3 points below the big model's, at the unfavourable ends of the 95 %
intervals.

Not measured: waiting (a simulated model answers at once), and learning from answers that were thrown away, which is
off, because it would change the models' standing in the middle of the measurement.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from itertools import groupby
from math import sqrt
from pathlib import Path
from typing import Any, cast

import msgspec
from aiohttp import ClientSession
from msgspec import Struct
from rich.console import Console
from rich.progress import Progress

from mistakes import RIGHT, SILENT, Question, questions
from pretenders import Exchange, Pair, Pretender, Pretenders
from programs import Broken, Gateway, Upstream, ended_by_signals
from smarterrouter.domain.intent import Category
from smarterrouter.gateway.heard import Heard, heard_events, heard_whole
from smarterrouter.profiling.base import Answer, ToolCall
from smarterrouter.profiling.judging import judge
from smarterrouter.profiling.sandbox import Sandbox
from smarterrouter.routing.analysis import read
from smarterrouter.wire.calls import ChatCall

QUESTIONS = 1800
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75)
PAIRS = ((0.6, 0.92), (0.8, 0.92))
"""Shares of the tasks that the small and the big model answer rightly."""
SMALL, BIG = "qwen2.5-7b-instruct", "llama-3.3-70b-instruct"
"""Names that say how large they are: that is all that the router knows of them beside the prices."""
WAYS = {"small alone": SMALL, "big alone": BIG, "cascade": "auto"}
"""Way of serving to the model that is asked for."""
SEED = 30_000
MARGIN = 0.03
"""Points of pass rate that count as the same."""
CALLS = 0.5
AT_ONCE = 8
RESAMPLES = 2000
Z = 1.96
CONFIG = f"""
prices:
  '{SMALL}': {{input_per_million: 0.1, output_per_million: 0.3}}
  '{BIG}': {{input_per_million: 1, output_per_million: 3}}
routing:
  strategies:
    careful: {{kind: cascade}}
  rules:
    - {{name: careful, strategy: careful}}
"""


class Outcome(Struct, frozen=True):
    """What one request gave."""

    passed: bool
    streamed: bool
    group: str
    asked: tuple[Exchange, ...]
    """What the models were asked for it, in order."""
    escalated: str = ""
    """What the gateway says that it threw away, and why."""

    @property
    def big(self) -> bool:
        """Was the big model called?"""
        return any(one.model == BIG for one in self.asked)


Run = dict[str, list[Outcome]]
"""Way of serving to the outcomes, all in the same order."""


class Checked(Struct, frozen=True):
    """One answer of the small model that the cascade has seen."""

    kind: str
    variant: str
    right: bool
    thrown_away: bool

    @property
    def broken(self) -> bool:
        """Could a program see the fault?"""
        return self.kind not in {RIGHT, SILENT}


class Asker:
    """Asks the gateway and judges what comes back; a judgement is remembered, because code takes long to run."""

    def __init__(self, session: ClientSession, url: str, pretenders: Pretenders) -> None:
        self._session = session
        self._url = url
        self._pretenders = pretenders
        self._sandbox = Sandbox()
        self._judged: dict[tuple[str, Answer], bool] = {}

    async def outcomes(self, asked: Sequence[Question], way: str, progress: Progress, bar: Any) -> list[Outcome]:
        """Ask all of them in one of `WAYS`, some at once."""
        self._pretenders.forget()
        waiting = asyncio.Semaphore(AT_ONCE)

        async def one(question: Question) -> Outcome:
            async with waiting:
                outcome = await self._outcome(question, way)
            progress.advance(bar)
            return outcome

        return list(await asyncio.gather(*map(one, asked)))

    async def _outcome(self, question: Question, way: str) -> Outcome:
        headers = {"authorization": f"Bearer {way} {self._pretenders.silent} {question.task.id}"}  # no shared talks
        async with self._session.post(self._url, json=question.body(WAYS[way]), headers=headers) as reply:
            body = await reply.read()
            if reply.status != 200:
                raise Broken(f"the gateway answered {reply.status} to {question.task.id}: {body[:500]!r}")
            escalated = reply.headers.get("x-smarterrouter-escalated", "")
        answer = answer_of(heard_events(body) if question.streamed else heard_whole(body))
        exchanges = tuple(self._pretenders.asked[question.task.id])
        return Outcome(await self._passed(question, answer), question.streamed, question.group, exchanges, escalated)

    async def _passed(self, question: Question, answer: Answer) -> bool:
        key = question.task.id, answer
        if key not in self._judged:
            verdict = await judge(question.task, answer, self._sandbox)
            self._judged[key] = verdict.passed and (question.group != "json" or parses(answer.text))
        return self._judged[key]


def answer_of(heard: Heard) -> Answer:
    """What the caller has in hand."""
    calls = tuple(ToolCall(one.name, one.arguments) for one in heard.calls)
    return Answer(heard.text, calls, heard.finish or "stop")


def parses(text: str) -> bool:
    """Can a client that asked for JSON read it?"""
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return True


# Numbers.


def wilson(hits: int, of: int) -> list[float]:
    """A share with the ends of its 95 % interval."""
    if not of:
        return [0.0, 0.0, 1.0]
    share, least = hits / of, Z * Z / of
    middle = (share + least / 2) / (1 + least)
    half = Z * sqrt(share * (1 - share) / of + least / of / 4) / (1 + least)
    return [share, max(middle - half, 0.0), min(middle + half, 1.0)]


def difference(one: Sequence[bool], other: Sequence[bool], resamples: int = RESAMPLES) -> list[float]:
    """How much more often `one` is true, both for the same requests, with a 95 % interval by bootstrap."""
    steps = [int(a) - int(b) for a, b in zip(one, other, strict=True)]
    rng = random.Random(SEED)
    means = sorted(sum(rng.choices(steps, k=len(steps))) / len(steps) for _ in range(resamples))
    return [sum(steps) / len(steps), means[int(0.025 * resamples)], means[int(0.975 * resamples)]]


def share(flags: Iterable[bool]) -> list[float]:
    """`wilson` of truth values."""
    values = list(flags)
    return wilson(sum(values), len(values))


def dollars(outcomes: Iterable[Outcome], models: dict[str, Pretender]) -> float:
    """What all answers cost, those that were thrown away as well."""
    spent = 0.0
    for exchange in (one for outcome in outcomes for one in outcome.asked):
        model = models[exchange.model]
        spent += exchange.prompt_tokens * model.input_price + exchange.completion_tokens * model.output_price
    return spent / 1e6


def tokens(outcomes: Iterable[Outcome]) -> int:
    """Tokens of all answers and their prompts."""
    return sum(one.prompt_tokens + one.completion_tokens for outcome in outcomes for one in outcome.asked)


def checked(run: Run) -> list[Checked]:
    """What became of the small model's answers; those that went to the big model at once are left out."""
    pairs = zip(run["small alone"], run["cascade"], strict=True)
    return [
        Checked(one.asked[0].said.kind, one.asked[0].said.variant, alone.passed, bool(one.escalated))
        for alone, one in pairs
        if one.asked[0].model == SMALL
    ]


def shares_thrown_away(seen: Sequence[Checked]) -> dict[str, list[float]]:
    """Of the broken answers, of the silent ones and of the right ones."""
    return {
        "caught": share(one.thrown_away for one in seen if one.broken),
        "silent_caught": share(one.thrown_away for one in seen if one.kind == SILENT),
        "false_alarms": share(one.thrown_away for one in seen if one.right),
    }


def perfect(run: Run) -> list[bool]:
    """Would a cascade pass that throws away exactly what a program can see?"""
    pairs = zip(run["small alone"], run["big alone"], strict=True)
    return [(small if small.asked[0].said.kind in {RIGHT, SILENT} else big).passed for small, big in pairs]


def point(run: Run, models: dict[str, Pretender]) -> dict[str, Any]:
    """The numbers of one share of silent faults."""
    cascade, big = run["cascade"], run["big alone"]
    gap = difference([one.passed for one in cascade], [one.passed for one in big])
    calls = share(one.big for one in cascade)
    return {
        "requests": len(cascade),
        "passed": {way: share(one.passed for one in outcomes) for way, outcomes in run.items()},
        "difference": gap,
        "big_calls": calls,
        "big_first": sum(one.asked[0].model == BIG for one in cascade) / len(cascade),
        "tokens": tokens(cascade) / tokens(big),
        "cost": dollars(cascade, models) / dollars(big, models),
        "perfect": share(perfect(run)),
        **shares_thrown_away(checked(run)),
        "holds": gap[1] >= -MARGIN and calls[2] <= CALLS,
    }


def by_kind(run: Run) -> list[dict[str, Any]]:
    """What became of the small model's answers of each kind, and of each variant of it."""
    given, thrown = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in checked(run):
        for name in {(one.kind, ""), (one.kind, one.variant)}:
            given[name] += 1
            thrown[name] += one.thrown_away
    return [
        {"kind": kind, "variant": variant, "given": given[kind, variant], "thrown_away": thrown[kind, variant]}
        for kind, variant in sorted(given)
    ]


PARTS: dict[str, Callable[[Outcome], bool]] = {
    "whole": lambda one: not one.streamed,
    "streamed": lambda one: one.streamed,
    "code": lambda one: one.group == "code",
    "JSON": lambda one: one.group == "json",
    "tools": lambda one: one.group == "tools",
}


def by_part(run: Run) -> list[dict[str, Any]]:
    """The same for streams and whole answers, and for each group of tasks."""
    rows = []
    for name, chosen in PARTS.items():
        seen = checked({way: [one for one in outcomes if chosen(one)] for way, outcomes in run.items()})
        rows.append({"requests": name, "answers": len(seen), **shares_thrown_away(seen)})
    return rows


def read_as_code(asked: Sequence[Question]) -> list[float]:
    """Share of the code tasks that the router reads as code: of others, blocks of code are not checked."""
    bodies = (question.body("auto") for question in asked if question.group == "code")
    calls = (ChatCall.decode(msgspec.json.encode(body)) for body in bodies)
    return share(read(call, 0.5).category is Category.CODE for call in calls)


# The run.


async def measure(chosen: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Everything for every pair of models. Raises `Broken`; nothing that was started outlives it."""
    asked = questions(chosen.questions)
    pairs = chosen.pair or PAIRS
    bar = progress.add_task("starting", total=len(pairs) * len(chosen.silent) * len(WAYS) * len(asked))
    report: list[dict[str, Any]] = []
    runs: list[Run] = []
    for small, big in pairs:
        models = (Pretender(SMALL, small, 0.1, 0.3), Pretender(BIG, big, 1.0, 3.0))
        pair = Pair(models, asked, SEED)
        for silent, run in zip(chosen.silent, await sweep(pair, asked, chosen.silent, progress, bar), strict=True):
            runs.append(run)
            report.append({"small": small, "big": big, "silent": silent, **point(run, pair.models)})
    return {
        "questions": dict(Counter(question.group for question in asked)),
        "read_as_code": read_as_code(asked),
        "points": report,
        "kinds": by_kind(runs[0]),
        "parts": by_part(runs[0]),
    }


async def sweep(
    pair: Pair, asked: Sequence[Question], shares: Sequence[float], progress: Progress, bar: Any
) -> list[Run]:
    """All ways of serving at each share of silent faults, through one gateway."""
    runs: list[Run] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smarterrouter-bench-")))
        pretenders = await stack.enter_async_context(Pretenders(pair, asked))
        gateway = stack.enter_context(gateway_for(pretenders, folder))
        await asyncio.to_thread(gateway.wait_for_model, BIG)
        session = await stack.enter_async_context(ClientSession())
        asker = Asker(session, f"http://127.0.0.1:{gateway.port}/v1/chat/completions", pretenders)
        for pretenders.silent in shares:
            run: Run = {}
            for way in WAYS:
                progress.update(bar, description=f"{pretenders.silent:.0%} silent: {way}")
                run[way] = await asker.outcomes(asked, way, progress, bar)
            runs.append(run)
    return runs


def gateway_for(pretenders: Pretenders, folder: Path) -> Gateway:
    """A gateway with both models behind it, not started yet."""
    (folder / "smarterrouter.yaml").write_text(CONFIG)
    gateway = Gateway(folder, cast(Upstream, pretenders.address))  # it asks for nothing but the address
    gateway.environment["ROUTER_FEEDBACK_ENABLED"] = "false"
    return gateway


# What people read.


def percent(value: Sequence[float]) -> str:
    """A share with its interval."""
    middle, low, high = (100 * one for one in value)
    return f"{middle:.1f} % ({low:.1f} to {high:.1f})"


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    head = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    return "\n".join(head + ["| " + " | ".join(row) + " |" for row in rows])


def points_table(points: Sequence[dict[str, Any]]) -> str:
    """One row for each share of silent faults."""
    columns = (
        "silent",
        *WAYS,
        "cascade less big, points",
        "perfect checks",
        "called the big model",
        "tokens",
        "cost",
        "claim",
    )
    rows = []
    for row in points:
        gap, low, high = (100 * one for one in row["difference"])
        passed = [percent(row["passed"][way]) for way in WAYS]
        cells = [f"{row['silent']:.0%}", *passed, f"{gap:+.1f} ({low:+.1f} to {high:+.1f})"]
        cells += [f"{100 * row['perfect'][0]:.1f} %", percent(row["big_calls"])]
        rows.append([*cells, f"{row['tokens']:.2f}", f"{row['cost']:.2f}", "holds" if row["holds"] else "fails"])
    return markdown(columns, rows)


def tables(report: dict[str, Any]) -> str:
    """The report in Markdown."""
    parts = []
    for (small, big), points in groupby(report["points"], key=lambda row: (row["small"], row["big"])):
        parts += [f"Small model {small:.0%}, big model {big:.0%} of the tasks:", points_table(list(points))]
    kinds = [
        (row["kind"], row["variant"] or "all", f"{row['given']}", f"{row['thrown_away'] / row['given']:.1%}")
        for row in report["kinds"]
    ]
    shares = [
        (row["requests"], f"{row['answers']}", percent(row["caught"]), percent(row["false_alarms"]))
        for row in report["parts"]
    ]
    parts.append("What became of the small model's answers in the first row:")
    parts.append(markdown(("answers", "variant", "given", "thrown away"), kinds))
    parts.append(markdown(("requests", "answers checked", "broken ones caught", "right ones thrown away"), shares))
    parts.append(f"Code tasks that the router reads as code: {percent(report['read_as_code'])}.")
    return "\n\n".join(parts)


def pair_of(text: str) -> tuple[float, float]:
    """Two shares with a comma between them."""
    small, big = map(float, text.split(","))
    if not 0 < small < big < 1:
        raise argparse.ArgumentTypeError("two shares between 0 and 1, the smaller first, as in 0.6,0.92")
    return small, big


def main(arguments: list[str]) -> int:
    """Measure, print the tables, write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="for each share and way of serving")
    parser.add_argument("--silent", type=float, nargs="*", default=list(SHARES), help="shares of silent faults")
    parser.add_argument("--pair", type=pair_of, action="append", metavar="SMALL,BIG", help="what the models solve")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there")
    chosen = parser.parse_args(arguments)
    try:
        with ended_by_signals(), Progress(console=Console(stderr=True), transient=True) as progress:
            report = asyncio.run(measure(chosen, progress))
    except Broken as error:
        print(error, file=sys.stderr)
        return 1
    print(tables(report))
    if chosen.json:
        chosen.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
