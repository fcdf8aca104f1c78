from smarterrouter.observability.stopwatch import Stopwatch


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_overhead_is_the_total_without_the_upstreams_time() -> None:
    clock = Clock()
    watch = Stopwatch(clock)
    clock.now += 1
    watch.away()
    clock.now += 10
    assert watch.overhead == 1
    watch.away()
    clock.now += 10
    watch.back()
    clock.now += 2
    watch.back()
    assert (watch.total, watch.upstream, watch.overhead) == (23, 20, 3)


def test_it_runs_on_a_real_clock() -> None:
    watch = Stopwatch()
    assert 0 <= watch.overhead <= watch.total
