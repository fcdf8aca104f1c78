"""What an earlier run found, and what has become worse since: more than 20 % fails `overhead.py --check`."""

from pathlib import Path

import msgspec

from report import TOLERANCE, Report

PATH = Path(__file__).parent / "baseline.json"
"""The numbers behind docs/measurements.md, renewed by `overhead.py --json bench/baseline.json`."""
JUDGED_FACTS = frozenset({"start", "rss_idle", "cli_import"})
"""Facts that hardly depend on the load before them. The rest is shown and judged by its target alone."""
_SLACK = {"cli_import": 0.05}
"""Seconds that may be added beside the share: of very small numbers a fifth is noise."""


def known_misses(path: Path = PATH) -> frozenset[str]:
    """Names of comparisons that were far over their target already: only what has become worse is news."""
    if not path.exists():
        return frozenset()
    before = msgspec.json.decode(path.read_bytes(), type=Report)
    return frozenset(each.name for each in before.comparisons if each.far_over)


def regressions(report: Report, path: Path = PATH) -> list[str]:
    """Sentences for everything that is more than 20 % worse than in the file. Nothing without a file."""
    if not path.exists():
        return []
    before = msgspec.json.decode(path.read_bytes(), type=Report)
    ratios = {each.name: each.ratio.median for each in before.comparisons}
    facts = {each.name: each.value for each in before.facts}
    found = [
        _sentence(each.title, ratios[each.name], each.ratio.median, "x")
        for each in report.comparisons
        if each.name in ratios and each.ratio.median > ratios[each.name] * TOLERANCE
    ]
    found += [
        _sentence(each.title, facts[each.name], each.value, f" {each.unit}")
        for each in report.facts
        if each.name in JUDGED_FACTS & facts.keys()
        and each.value > facts[each.name] * TOLERANCE + _SLACK.get(each.name, 0.0)
    ]
    return found


def _sentence(title: str, before: float, now: float, unit: str) -> str:
    return f"{title}: {now:.3g}{unit}, was {before:.3g}{unit}"
