import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.errors import (
    BackendBusy,
    BackendError,
    BackendRefused,
    BackendTimeout,
    BackendUnreachable,
    BadRequest,
    GatewayError,
)
from smarterrouter.transport.retries import RetryPolicy

POLICY = RetryPolicy(max_retries=4, base_delay=1, max_delay=5)


@given(st.integers(0, 2000), st.floats(0, 60), st.floats(0, 60), st.integers())
def test_waits_stay_within_their_bounds(retries: int, base: float, most: float, seed: int) -> None:
    delays = RetryPolicy(retries, base, most).delays(random.Random(seed).random)
    given_out = []
    while (delay := delays.after(BackendBusy("busy"))) is not None:
        given_out.append(delay)
    assert len(given_out) == retries
    assert all(0 <= delay <= min(most, base * 2.0 ** min(n, 62)) for n, delay in enumerate(given_out))


def test_the_longest_wait_doubles_up_to_the_limit() -> None:
    delays = POLICY.delays(lambda: 1.0)
    assert [delays.after(BackendUnreachable("gone")) for _ in range(5)] == [1, 2, 4, 5, None]


def test_callers_that_failed_together_do_not_come_back_together() -> None:
    waits = {POLICY.delays().after(BackendUnreachable("gone")) for _ in range(50)}
    assert len(waits) > 40


def test_the_backends_own_word_counts() -> None:
    delays = POLICY.delays(lambda: 0.0)
    assert delays.after(BackendBusy("busy", retry_after=3.0)) == 3.0
    assert delays.after(BackendBusy("busy", retry_after=5.5)) is None


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (BackendUnreachable("x"), True),
        (BackendBusy("x"), True),
        (BackendError("x"), True),
        (BackendTimeout("x"), False),
        (BackendRefused("x", status=400), False),
        (BadRequest("x"), False),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(error: GatewayError, *, again: bool) -> None:
    assert (POLICY.delays().after(error) is not None) is again
