"""The bench of profiling, run as the program that it is, with bounds that chance does not reach."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench"


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What a quick run writes."""
    file = tmp_path_factory.mktemp("bench") / "numbers.json"
    command = [sys.executable, str(BENCH / "profiling.py"), "--quick", "--no-real", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=BENCH.parent)
    assert "median rho" in done.stdout
    return json.loads(file.read_text())


def test_simulated_models_come_out_in_their_order(numbers):
    assert numbers["spearman"] > 0.88
    assert numbers["spearman"] > numbers["fixed15_spearman"] - 0.02
    assert numbers["spearman_worst"] <= numbers["spearman"] <= 1


def test_stated_intervals_hold_the_truth(numbers):
    assert 0.8 < numbers["coverage90"] <= 1
    assert 0.8 < numbers["coverage90_skills"] <= 1


def test_no_model_answers_more_than_planned(numbers):
    assert 8 <= numbers["answers_mean"] <= numbers["answers_max"] <= 40
    assert numbers["tokens_mean"] > numbers["tokens_fixed15"] > 0


def test_the_shipped_bank_is_what_is_answered(numbers):
    assert numbers["tasks"] >= 250
    assert numbers["models"] == 12


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1, 2, 3], [10, 20, 30], 1.0),
        ([1, 2, 3], [3, 2, 1], -1.0),
        ([1, 2, 3, 4], [1, 1, 2, 2], 0.8944),
        ([1, 2], [5, 5], 0.0),
    ],
)
def test_rank_correlation(one, other, expected):
    program = f"from profiling import spearman; print(spearman({one}, {other}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=BENCH)
    assert float(done.stdout) == pytest.approx(expected, abs=1e-4)
