"""One timer for everything that takes longer than a moment."""

import asyncio

from tests.doubles.gateway_parts import until

from smarterrouter.api.rounds import Rounds


class One:
    def __init__(self) -> None:
        self.begun = 0

    def begin(self) -> None:
        self.begun += 1


async def test_what_stays_begins_once_and_what_leaves_never():
    rounds, stays, leaves = Rounds(), One(), One()
    rounds.enter(stays)
    rounds.enter(leaves)
    rounds.leave(leaves)
    await until(lambda: stays.begun)
    later = One()
    rounds.enter(later)
    await until(lambda: later.begun)
    assert (stays.begun, leaves.begun, later.begun) == (1, 0, 1)


async def test_what_leaves_in_its_second_moment_never_begins_either():
    rounds, first, second = Rounds(), One(), One()
    rounds.enter(first)
    rounds.enter(second)
    await until(lambda: second in rounds._seen)
    rounds.leave(second)
    await until(lambda: first.begun)
    assert second.begun == 0


async def test_no_timer_runs_while_nobody_is_there():
    loop, timers = asyncio.get_running_loop(), []
    rounds, one = Rounds(), One()
    original = loop.call_later
    loop.call_later = lambda *args: timers.append(args) or original(*args)
    try:
        rounds.enter(one)
        rounds.enter(One())
        await until(lambda: one.begun)
        await asyncio.sleep(0.06)
        ours = [what for _, what, *_ in timers if getattr(what, "__self__", None) is rounds]
        assert len(ours) == 2  # both begin together, a second round after the first
    finally:
        loop.call_later = original
