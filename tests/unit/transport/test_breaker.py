import logging

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from smarterrouter.transport.breaker import Breaker, Guard, NeverOpen, Rules, State


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


RULES = Rules(
    failure_threshold=3, reset_timeout=10, half_open_max_attempts=2, sliding_window_size=5, quota_reset_timeout=100
)


def made(rules: Rules = RULES) -> tuple[Breaker, Clock]:
    clock = Clock()
    return Breaker("ollama", rules, clock=clock), clock


def opened() -> tuple[Breaker, Clock]:
    breaker, clock = made()
    for _ in range(RULES.failure_threshold):
        breaker.failed()
    return breaker, clock


def test_it_opens_at_the_threshold_and_not_before() -> None:
    breaker, _ = made()
    breaker.failed()
    breaker.failed()
    assert breaker.allow()
    breaker.failed()
    assert breaker.state is State.OPEN
    assert not breaker.allow()


def test_only_the_window_counts() -> None:
    breaker, _ = made()
    breaker.failed()
    breaker.failed()
    for _ in range(4):
        breaker.succeeded()
    breaker.failed()
    assert breaker.state is State.CLOSED
    breaker.failed()
    breaker.failed()
    assert breaker.state is State.OPEN


def test_a_window_shorter_than_the_threshold_opens_when_it_is_full_of_failures() -> None:
    breaker, _ = made(Rules(failure_threshold=50, sliding_window_size=2))
    breaker.failed()
    assert breaker.state is State.CLOSED
    breaker.failed()
    assert breaker.state is State.OPEN


def test_callers_who_left_are_no_failures() -> None:
    breaker, _ = made()
    for _ in range(50):
        assert breaker.allow()
        breaker.released()
    assert breaker.state is State.CLOSED


def test_after_its_time_a_few_probes_go_through() -> None:
    breaker, clock = opened()
    clock.now += 9.5
    assert not breaker.allow()
    assert breaker.retry_after == 0.5
    clock.now += 0.5
    assert breaker.state is State.HALF_OPEN
    assert breaker.retry_after == 0
    assert [breaker.allow() for _ in range(3)] == [True, True, False]
    assert breaker.retry_after > 0


def test_a_cancelled_probe_makes_room_for_another() -> None:
    breaker, clock = opened()
    clock.now += 10
    assert [breaker.allow() for _ in range(3)] == [True, True, False]
    breaker.released()
    assert [breaker.allow() for _ in range(2)] == [True, False]


def test_the_first_probe_decides() -> None:
    breaker, clock = opened()
    clock.now += 10
    assert breaker.allow()
    breaker.failed()
    assert breaker.state is State.OPEN
    assert breaker.retry_after == 10
    clock.now += 10
    assert breaker.allow()
    breaker.succeeded()
    assert breaker.state is State.CLOSED
    breaker.failed()
    breaker.failed()
    assert breaker.state is State.CLOSED  # what was before is forgotten


def test_a_used_up_quota_opens_at_once_and_for_longer() -> None:
    breaker, clock = made()
    breaker.failed(quota=True)
    assert breaker.state is State.OPEN
    assert breaker.retry_after == 100
    clock.now += 99
    assert not breaker.allow()
    clock.now += 1
    assert breaker.allow()


def test_late_reports_change_nothing_while_open_except_for_a_quota() -> None:
    breaker, _ = opened()
    breaker.succeeded()
    breaker.failed()
    assert breaker.state is State.OPEN
    assert breaker.retry_after == 10
    breaker.failed(quota=True)
    assert breaker.retry_after == 100


def test_a_listener_hears_of_every_change() -> None:
    clock, heard = Clock(), []
    breaker = Breaker("x", RULES, clock=clock, listener=lambda before, after: heard.append((before, after)))
    for _ in range(3):
        breaker.failed()
    clock.now += 10
    breaker.allow()
    breaker.succeeded()
    assert heard == [
        (State.CLOSED, State.OPEN),
        (State.OPEN, State.HALF_OPEN),
        (State.HALF_OPEN, State.CLOSED),
    ]


def test_a_failing_listener_is_logged_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def listener(before: State, after: State) -> None:
        raise RuntimeError(f"no ears for {before} {after}")

    breaker = Breaker("x", Rules(failure_threshold=1), listener=listener)
    with caplog.at_level(logging.ERROR):
        breaker.failed()
    assert breaker.state is State.OPEN
    assert "a listener of the breaker of x failed" in caplog.text
    assert "no ears" in caplog.text


def test_an_opening_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        opened()
    assert "the breaker of ollama is open, was closed" in caplog.text


def test_switched_off_it_never_opens() -> None:
    guard: Guard = NeverOpen()
    for _ in range(1000):
        guard.failed(quota=True)
        guard.released()
        guard.succeeded()
    assert guard.allow()
    assert (guard.state, guard.retry_after) == (State.CLOSED, 0.0)


class BreakerMachine(RuleBasedStateMachine):
    """Random calls and times against a plain, slow description of what a breaker promises."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.clock = made()
        self.running = 0  # calls let through and not reported
        self.recent: list[bool] = []
        self.closed = True
        self.until = 0.0
        self.probes = 0

    @rule(seconds=st.sampled_from([0.5, 3.0, 10.0, 100.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def a_call_asks(self) -> None:
        allowed = self.breaker.allow()
        waiting = self.clock.now < self.until
        if not self.closed and not waiting and self.until:
            self.until = 0.0  # the first call after the time is over begins a round of probes
            self.probes = 0
        assert allowed is (self.closed or (not waiting and self.probes < RULES.half_open_max_attempts))
        self.running += allowed
        self.probes += allowed and not self.closed

    @precondition(lambda self: self.running)
    @rule()
    def a_call_succeeds(self) -> None:
        self.running -= 1
        self.breaker.succeeded()
        if self.closed:
            self.recent = [*self.recent, False][-RULES.sliding_window_size :]
        elif not self.until:
            self.closed, self.recent = True, []

    @precondition(lambda self: self.running)
    @rule(quota=st.booleans())
    def a_call_fails(self, *, quota: bool) -> None:
        self.running -= 1
        self.breaker.failed(quota=quota)
        if self.closed:
            self.recent = [*self.recent, True][-RULES.sliding_window_size :]
        half_open = not self.closed and not self.until
        if quota or half_open or (self.closed and sum(self.recent) >= RULES.failure_threshold):
            seconds = RULES.quota_reset_timeout if quota else RULES.reset_timeout
            self.until = max(self.until, self.clock.now + seconds)
            self.closed, self.recent = False, []

    @precondition(lambda self: self.running)
    @rule()
    def a_caller_leaves(self) -> None:
        self.running -= 1
        self.breaker.released()
        self.probes = max(self.probes - 1, 0)

    @invariant()
    def the_state_tells_what_the_next_call_can_expect(self) -> None:
        waiting = self.clock.now < self.until
        expected = State.CLOSED if self.closed else State.OPEN if waiting else State.HALF_OPEN
        assert self.breaker.state is expected
        assert (self.breaker.retry_after > 0) is (
            waiting or (not self.closed and not self.until and self.probes >= RULES.half_open_max_attempts)
        )


TestBreakerMachine = BreakerMachine.TestCase
TestBreakerMachine.settings = settings(max_examples=60, stateful_step_count=40)
