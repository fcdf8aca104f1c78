"""What a measurement of our overhead found, and how it is shown to people."""

from statistics import median
from typing import Self

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

TOLERANCE = 1.2
"""`--check` lets a ratio be this many times its target before it fails: machines differ and are never quiet."""


class Spread(msgspec.Struct):
    """The middle of several rounds and their extremes."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Self:
        """The spread of at least one value."""
        return cls(median(values), min(values), max(values))


class Sample(msgspec.Struct):
    """One server in one round of one scenario."""

    cpu_us: float
    """CPU time of the server process per request, user and system, in microseconds."""
    rps: float
    p50_ms: float
    p99_ms: float
    ttft_p50_ms: float
    arrivals: int


class Cost(msgspec.Struct):
    """One server in one scenario: the spread of its CPU time and the medians of the rest."""

    cpu_us: Spread
    rps: float
    p50_ms: float
    p99_ms: float
    ttft_p50_ms: float
    arrivals: int

    @classmethod
    def of(cls, samples: list[Sample]) -> Self:
        """The medians of several rounds."""
        return cls(
            Spread.of([each.cpu_us for each in samples]),
            *(median(getattr(each, name) for each in samples) for name in ("rps", "p50_ms", "p99_ms", "ttft_p50_ms")),
            arrivals=int(median(each.arrivals for each in samples)),
        )


class Comparison(msgspec.Struct):
    """One scenario: the bare relay and the gateway, measured in turn."""

    name: str
    title: str
    relay: Cost
    gateway: Cost
    ratio: Spread
    """CPU time of the gateway over that of the relay, round by round."""
    target: float | None

    @classmethod
    def of(cls, name: str, title: str, target: float | None, pairs: list[tuple[Sample, Sample]]) -> Self:
        """Compare (relay, gateway) of at least one round."""
        relay, gateway = (list(column) for column in zip(*pairs, strict=True))
        ratio = Spread.of([ours.cpu_us / floor.cpu_us for floor, ours in pairs])
        return cls(name, title, Cost.of(relay), Cost.of(gateway), ratio, target)

    @property
    def far_over(self) -> bool:
        """Over its target by more than is forgiven."""
        return self.target is not None and self.ratio.median > self.target * TOLERANCE


class Fact(msgspec.Struct):
    """One number of the gateway alone."""

    name: str
    title: str
    value: float
    unit: str
    target: float | None = None


class Report(msgspec.Struct):
    """Everything that one run of the bench found."""

    date: str
    command: str
    machine: dict[str, str | int]
    rounds: int
    comparisons: list[Comparison]
    facts: list[Fact]

    def show(self, console: Console) -> None:
        """Print the tables."""
        console.print(self._scenarios(), self._facts())
        console.print(", ".join(f"{name} {value}" for name, value in self.machine.items()), style="dim")

    def _scenarios(self) -> Table:
        table = Table(title="CPU time of the server process per request, in µs", box=box.SIMPLE_HEAD)
        table.add_column("scenario")
        for column in (
            "relay",
            "gateway",
            "ratio",
            "min-max",
            "target",
            "",
            "rps",
            "(relay)",
            "p50 ms",
            "p99 ms",
            "ttft ms",
        ):
            table.add_column(column, justify="right", no_wrap=True)
        for each in self.comparisons:
            ours, floor = each.gateway, each.relay
            table.add_row(
                each.title,
                f"{floor.cpu_us.median:,.0f}",
                f"{ours.cpu_us.median:,.0f}",
                f"{each.ratio.median:.2f}x",
                f"{each.ratio.low:.2f}-{each.ratio.high:.2f}",
                f"≤ {each.target:.1f}x" if each.target else "",
                mark(each.ratio.median, each.target),
                f"{ours.rps:,.0f}",
                f"{floor.rps:,.0f}",
                f"{ours.p50_ms:.1f}",
                f"{ours.p99_ms:.1f}",
                f"{ours.ttft_p50_ms:.1f}" if ours.ttft_p50_ms else "",
            )
        return table

    def _facts(self) -> Table:
        table = Table(box=box.SIMPLE_HEAD)
        for column in ("gateway alone", "measured", "target", ""):
            table.add_column(column, justify="left" if column == "gateway alone" else "right", no_wrap=True)
        for fact in self.facts:
            target = f"≤ {fact.target:g} {fact.unit}" if fact.target else ""
            table.add_row(fact.title, f"{fact.value:,.3g} {fact.unit}", target, mark(fact.value, fact.target))
        return table


def mark(value: float, target: float | None) -> str:
    """Whether `value` keeps to `target`, for a table."""
    if target is None:
        return ""
    return "[green]pass[/]" if value <= target else "[red]miss[/]"
