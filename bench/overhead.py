"""What the gateway costs: CPU time per request beside a bare relay measured in turn, memory, start and import time.

A fake model server answers at once, so what is left is the price of standing between client and model. Relay and
gateway get the same requests, one after the other in every round, so that noise of the machine hits both; the ratio is
taken round by round. Exit code 1: an answer was wrong, a program failed, or (with --check) a ratio is more than 20 %
over its target, or something is more than 20 % worse than in baseline.json.
"""

import argparse
import datetime
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.progress import Progress

import meter
import upstream
from baseline import known_misses, regressions
from load import Plan
from programs import START_LIMIT_SECONDS, Broken, Gateway, Load, Relay, Server, Upstream, ended_by_signals
from report import Comparison, Fact, Report, Sample

MODEL = upstream.MODELS[0]
SETTLE_SECONDS = 0.25
"""After each run, so that work put off by the server (its journal) is counted with the requests that caused it."""
REST_SECONDS = 7.0
"""Longer than the gateway takes to return memory that a burst has used."""
RSS_TARGET_MB = 120.0
START_TARGET_SECONDS = 1.5
IMPORT_TARGET_SECONDS = 0.2


class Scenario(NamedTuple):
    """One kind of load."""

    name: str
    title: str
    count: int
    """Requests per server and round."""
    model: str = MODEL
    stream: bool = False
    gap_ms: float = 0.0
    kilobytes: int = 1
    concurrency: int = 32
    target: float | None = None


SCENARIOS = (
    Scenario("json", "JSON, explicit model", 2500, target=2.0),
    Scenario("json-auto", "JSON, auto", 2500, model="auto", target=3.0),
    Scenario("stream", "stream, 50 chunks at once", 1500, stream=True, target=1.8),
    Scenario("stream-auto", "stream, 50 chunks at once, auto", 1500, model="auto", stream=True),
    Scenario("stream-gap", "stream, 50 chunks 2 ms apart", 320, stream=True, gap_ms=2.0, target=1.8),
    Scenario("json-100k", "JSON 100 KB, explicit model", 320, kilobytes=100),
    Scenario("json-100k-auto", "JSON 100 KB, auto", 320, model="auto", kilobytes=100),
    Scenario("json-1m", "JSON 1 MB, explicit model", 64, kilobytes=1000, concurrency=8),
    Scenario("json-1m-auto", "JSON 1 MB, auto", 64, model="auto", kilobytes=1000, concurrency=8),
)


class Options(NamedTuple):
    """How much to measure."""

    scenarios: list[Scenario]
    rounds: int
    starts: int
    imports: int
    gateway_command: str | None


class Bench:
    """The running programs and what they have shown so far."""

    def __init__(self, options: Options, folder: Path, stack: ExitStack) -> None:
        """Start everything. The gateway is started several times; the last one stays."""
        self.options = options
        self.folder = folder
        self.sent = 0
        self.upstream = stack.enter_context(Upstream(self._folder("upstream")))
        self.upstream.wait_for("/v1/models")
        self.relay = stack.enter_context(Relay(self._folder("relay"), self.upstream))
        self.relay.wait_for("/health")
        self.start_seconds = [self._start_once(number) for number in range(1, options.starts)]
        self.gateway = stack.enter_context(self._gateway(0))
        self.start_seconds.append(self.gateway.wait_for("/health"))
        if options.gateway_command is None:
            self.gateway.wait_for_model(MODEL)
        self.start_peak_mb = self._peak_until_alone()
        self.memory_idle = meter.memory(self.gateway.pid)
        self.load = stack.enter_context(Load(self._folder("load")))

    def _folder(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir()
        return path

    def _gateway(self, number: int) -> Gateway:
        return Gateway(self._folder(f"gateway{number}"), self.upstream, self.options.gateway_command)

    def _start_once(self, number: int) -> float:
        with self._gateway(number) as gateway:
            return gateway.wait_for("/health")

    def _peak_until_alone(self) -> float:
        """The most memory until the children that the gateway starts with (one migrates the database) have gone."""
        peak, quiet = 0.0, 0
        while quiet < 10 and time.perf_counter() - self.gateway.started_at < START_LIMIT_SECONDS:
            quiet = 0 if len(meter.tree(self.gateway.pid)) > 1 else quiet + 1
            peak = max(peak, meter.memory(self.gateway.pid).rss_mb)
            time.sleep(0.05)
        return peak

    def compare(self, progress: Progress) -> list[Comparison]:
        """Drive both servers through all rounds."""
        scenarios = self.options.scenarios
        steps = progress.add_task("warm up", total=self.options.rounds * len(scenarios))
        self._warm_up()
        pairs: dict[str, list[tuple[Sample, Sample]]] = {scenario.name: [] for scenario in scenarios}
        for number in range(self.options.rounds):
            for scenario in scenarios:
                progress.update(steps, description=f"round {number + 1}: {scenario.title}")
                pairs[scenario.name].append(self._round(scenario, relay_first=number % 2 == 0))
                progress.advance(steps)
        return [Comparison.of(each.name, each.title, each.target, pairs[each.name]) for each in scenarios]

    def _warm_up(self) -> None:
        for scenario in SCENARIOS[:3]:
            self._round(scenario._replace(count=200), relay_first=True)

    def _round(self, scenario: Scenario, *, relay_first: bool) -> tuple[Sample, Sample]:
        """Both servers with the same requests: relay and gateway."""
        self.upstream.post("/pace", {"chunks": 50, "gap_ms": scenario.gap_ms})
        order: list[Server] = [self.relay, self.gateway]
        samples = {server.name: self._sample(server, scenario) for server in (order if relay_first else order[::-1])}
        self.sent += scenario.count
        return samples["relay"], samples["gateway"]

    def _sample(self, server: Server, scenario: Scenario) -> Sample:
        plan = Plan(
            port=server.port,
            model=scenario.model,
            stream=scenario.stream,
            kilobytes=scenario.kilobytes,
            count=scenario.count,
            concurrency=scenario.concurrency,
            offset=self.sent,
        )
        before = meter.cpu_seconds(server.pid)
        result = self.load.perform(plan)
        time.sleep(SETTLE_SECONDS)
        spent = meter.cpu_seconds(server.pid) - before
        if result.errors:
            raise server.broken(
                f"{scenario.title}: {result.errors} of {plan.count} failed, first: {result.first_error}"
            )
        cpu_us = 1e6 * spent / scenario.count
        return Sample(cpu_us, result.rps, result.p50_ms, result.p99_ms, result.ttft_p50_ms, result.arrivals)

    def facts(self, comparisons: list[Comparison]) -> Iterator[Fact]:
        """The numbers of the gateway alone."""
        memory = meter.memory(self.gateway.pid)
        yield Fact("start", "process start to first /health 200", median(self.start_seconds), "s", START_TARGET_SECONDS)
        yield Fact("rss_idle", "resident memory after start", self.memory_idle.rss_mb, "MB", RSS_TARGET_MB)
        yield Fact("rss_start_peak", "most while starting, with its child processes", self.start_peak_mb, "MB")
        yield Fact("rss_burst", "resident memory right after the last 1 MB requests", memory.rss_mb, "MB")
        time.sleep(REST_SECONDS)
        rested = meter.memory(self.gateway.pid)
        yield Fact("rss", "resident memory after the load, seven seconds later", rested.rss_mb, "MB", RSS_TARGET_MB)
        yield Fact("rss_peak", "most resident memory under load", memory.peak_mb, "MB")
        if self.options.gateway_command is None:
            seconds = import_seconds("smarterrouter.cli.main", self.options.imports)
            yield Fact("cli_import", "import of the command line", seconds, "s", IMPORT_TARGET_SECONDS)
        costs = {each.name: each.gateway.cpu_us.median for each in comparisons}
        for kind in ("", "-auto"):
            names = [f"json{size}{kind}" for size in ("", "-100k", "-1m")]
            if all(name in costs for name in names):
                small, middle, large = (costs[name] for name in names)
                title = f"cost of another KB{', auto' if kind else ''}"
                yield Fact(f"per_kb_to_100k{kind}", f"{title}: 1 KB to 100 KB", (middle - small) / 99, "µs")
                yield Fact(f"per_kb_to_1m{kind}", f"{title}: 100 KB to 1 MB", (large - middle) / 900, "µs")


def import_seconds(module: str, times: int) -> float:
    """Median time that a new Python needs for `module`, less what it needs for nothing. Raises `Broken`."""
    return median(run_seconds(f"import {module}") - run_seconds("pass") for _ in range(times))


def run_seconds(code: str) -> float:
    """Wall time of a new Python that runs `code`. Raises `Broken`."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise Broken(f"python -c {shlex.quote(code)} failed:\n{done.stderr.decode(errors='replace')}")
    return seconds


def machine() -> dict[str, str | int]:
    """Where this was measured."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return {
        "CPUs": len(os.sched_getaffinity(0)),
        "processor": processor,
        "Python": platform.python_version(),
        "Linux": platform.release(),
    }


def measure(options: Options, console: Console) -> Report:
    """Run the whole bench. Raises `Broken`; nothing that was started outlives it."""
    with ended_by_signals(), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smarterrouter-bench-")))
        progress = stack.enter_context(Progress(console=console, transient=True))
        bench = Bench(options, folder, stack)
        comparisons = bench.compare(progress)
        facts = list(bench.facts(comparisons))
    return Report(
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        command=shlex.join(["python", *sys.argv]),
        machine=machine(),
        rounds=options.rounds,
        comparisons=comparisons,
        facts=facts,
    )


def options_of(arguments: argparse.Namespace) -> Options:
    """The command line as options."""
    wanted = arguments.scenario or [scenario.name for scenario in SCENARIOS]
    scenarios = [scenario for scenario in SCENARIOS if scenario.name in wanted]
    if arguments.quick:
        scenarios = [scenario._replace(count=max(scenario.count // 5, 16)) for scenario in scenarios]
    rounds = arguments.rounds or (2 if arguments.quick else 7)
    starts, imports = (1, 3) if arguments.quick else (3, 5)
    return Options(scenarios, rounds, starts, imports, arguments.gateway_command)


def main() -> int:
    """Measure, show, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the numbers here too")
    parser.add_argument("--quick", action="store_true", help="few requests: shows that it works, not what it costs")
    parser.add_argument("--rounds", type=int, help="how often each scenario is measured")
    parser.add_argument("--scenario", action="append", choices=[each.name for each in SCENARIOS], help="only this one")
    parser.add_argument(
        "--check", action="store_true", help="exit with 1 for a ratio newly 20 %% over its target, or 20 %% worse"
    )
    parser.add_argument(
        "--gateway-command", help="measure this instead; {python}, {port}, {upstream}, {bench} are filled in"
    )
    arguments = parser.parse_args()
    try:
        report = measure(options_of(arguments), Console(stderr=True))
    except Broken as error:
        print(error, file=sys.stderr)
        return 1
    console = Console()
    report.show(console if console.is_terminal else Console(width=150))
    if arguments.json:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    worse = regressions(report) if arguments.check else []
    for sentence in worse:
        print(f"regression: {sentence}", file=sys.stderr)
    missed = [each for each in report.comparisons if each.far_over and each.name not in known_misses()]
    return int(arguments.check and bool(worse or missed))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
