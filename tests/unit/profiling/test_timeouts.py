"""Limits from size, disk and what was seen."""

import pytest

from smarterrouter.domain.models import Model, Size
from smarterrouter.profiling.timeouts import Limits, Sample, adapted, guessed, loading, rate
from smarterrouter.settings.groups_knowledge import Profiling

LIMITS = Limits()


def model(
    parameters: float | None = None, size_bytes: int | None = None, *, local: bool = True, bits: float | None = None
):
    return Model("b/m", "b", "m", size=Size(parameters, bits=bits), size_bytes=size_bytes, local=local)


@pytest.mark.parametrize(
    ("parameters", "seconds"),
    [
        *[(405.0, 225), (70.6, 225), (65.0, 162), (30.5, 162), (27.0, 126), (14.8, 126), (8.0, 99), (6.7, 99)],
        *[(4.0, 90), (3.2, 72), (0.5, 72), (None, 90)],
    ],
)
def test_the_tiers_of_size(parameters, seconds):
    assert guessed(model(parameters), LIMITS) == pytest.approx(seconds)


def test_reasoning_doubles_the_guess():
    assert guessed(model(8.0), LIMITS, thinks=True) == pytest.approx(198)


def test_loading_takes_the_size_over_the_disk_and_a_start():
    assert loading(model(size_bytes=14 * 10**9), LIMITS) == pytest.approx(310)
    assert loading(model(size_bytes=70 * 10**9), LIMITS) == pytest.approx(1430)
    assert loading(model(size_bytes=700 * 10**9), LIMITS) == 1800
    assert loading(model(size_bytes=10**9), Limits(disk_mb_per_second=1000)) == pytest.approx(31)


def test_loading_without_a_file_size_goes_by_parameters_and_without_anything_waits_longest():
    assert loading(model(8.0, bits=4.0), LIMITS) == pytest.approx(110)
    assert loading(model(8.0), LIMITS) == pytest.approx(190)
    assert loading(model(), LIMITS) == 1800
    assert loading(model(local=False), LIMITS) == 90


def test_before_any_answer_the_guess_counts():
    assert adapted(model(8.0), [], 100, LIMITS) == guessed(model(8.0), LIMITS)


def test_the_guess_is_the_floor_while_screening():
    fast = Sample(1000, 50, 100)
    assert adapted(model(8.0), [fast] * 2, 100, LIMITS) == pytest.approx(99)
    assert adapted(model(8.0), [fast] * 3, 100, LIMITS) == 30


def test_the_higher_of_both_methods_counts_with_the_safety_factor():
    slow_once = [Sample(60_000, 600), Sample(10_000, 100), Sample(10_000, 100)]
    assert adapted(model(8.0), slow_once, 100, LIMITS) == pytest.approx(120)  # the longest seen, twice
    assert adapted(model(8.0), slow_once, 2000, LIMITS) == pytest.approx(400)  # 2000 tokens at 10 a second, twice
    assert adapted(model(8.0), slow_once, 2000, LIMITS, thinks=True) == pytest.approx(800)
    assert adapted(model(8.0), slow_once, 20_000, LIMITS) == 1800


def test_fast_models_get_half_a_minute_and_slow_ones_minutes():
    fast, slow = [Sample(2000, 200, 100)] * 3, [Sample(120_000, 240, 5000)] * 3
    assert 30 <= adapted(model(), fast, 500, LIMITS) <= 60
    assert 300 <= adapted(model(), slow, 500, LIMITS) <= 600


def test_answers_without_counts_or_time_divide_by_nothing():
    empty = [Sample(0.0, 0), Sample(100.0, 0, 100.0), Sample(0.0, 5), Sample(50.0, 1, 50.0)]
    assert rate(empty) is None
    assert rate([]) is None
    assert adapted(model(), empty, 100, LIMITS) == 30


def test_the_rate_leaves_out_the_wait_for_the_first_token():
    assert rate([Sample(1100, 11, 100)]) == pytest.approx(10)
    assert rate([Sample(1000, 10)]) == pytest.approx(10)


def test_settings_become_limits():
    settings = Profiling(
        profile_timeout=10, profile_warmup_disk_speed_mbps=7, profile_warmup_max_timeout=11,
        profile_adaptive_timeout_min=12, profile_adaptive_timeout_max=13, profile_adaptive_safety_factor=3,
    )  # fmt: skip
    assert Limits.of(settings) == Limits(10, 7, 11, 12, 13, 3)
    assert Limits.of(Profiling()) == LIMITS
