"""The bench of conversations, run as the program that it is, with bounds that chance does not reach."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"
POOLS = ("own hardware", "hosted", "both", "alike")


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict]:
    """What a short run writes, by pool and policy."""
    file = tmp_path_factory.mktemp("bench") / "numbers.json"
    program = [sys.executable, str(BENCH / "stickiness.py")]
    command = [*program, "--conversations", "60", "--preference", "0.5", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=BENCH.parent)
    assert done.stdout.count("\n| ") == len(POOLS) * 3
    return {(row["pool"], row["policy"]): row for row in json.loads(file.read_text())}


@pytest.mark.parametrize("pool", POOLS)
def test_together_changes_less_and_reads_less_again_than_alone(rows, pool):
    alone, together, never = (rows[pool, policy] for policy in ("alone", "together", "never switching"))
    assert alone["turns"] == together["turns"] == never["turns"]
    assert never["switched"] == 0 < together["switched"] < alone["switched"]
    assert together["read_again"] < alone["read_again"]


@pytest.mark.parametrize("pool", POOLS)
def test_together_never_breaks_a_tool_round(rows, pool):
    assert rows[pool, "together"]["rounds_broken"] == 0 <= rows[pool, "alone"]["rounds_broken"]


@pytest.mark.parametrize("pool", POOLS)
def test_together_is_worth_about_as_much_as_alone_or_more(rows, pool):
    row = rows[pool, "together"]
    assert row["gain"] == pytest.approx(row["utility"] - rows[pool, "alone"]["utility"])
    assert row["gain"] + row["gain_half"] > -0.005
