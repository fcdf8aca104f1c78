import signal
from pathlib import Path

import psutil
import pytest
from tests.doubles.tiny_models import tiny_model

from smarterrouter.errors import BackendTimeout, BackendUnreachable
from smarterrouter.inference.child import Child
from smarterrouter.inference.engines.base import Plan


@pytest.fixture
def plan(tmp_path):
    return Plan("tiny", str(tiny_model()), 256, socket=str(tmp_path / "0.sock"), api_key="k")


async def test_it_starts_and_ends_and_leaves_nothing(plan):
    child = Child(plan)
    assert child.process_id is None
    await child.start(60)
    number = child.process_id
    assert psutil.pid_exists(number)
    assert Path(plan.socket).is_socket()
    await child.stop(30)
    assert await child.ended() == -signal.SIGTERM
    assert not psutil.pid_exists(number)
    assert not Path(plan.socket).exists()


async def test_what_was_left_by_a_killed_one_does_not_hinder_the_next(plan):
    first = Child(plan)
    await first.start(60)
    psutil.Process(first.process_id).kill()
    assert await first.ended() == -signal.SIGKILL
    assert Path(plan.socket).exists()
    second = Child(plan)
    await second.start(60)
    await second.stop(30)
    await first.stop(30)


async def test_what_does_not_end_is_killed(plan):
    child = Child(plan)
    await child.start(60)
    psutil.Process(child.process_id).suspend()  # a suspended process does not act on SIGTERM
    await child.stop(0.05)
    assert await child.ended() == -signal.SIGKILL


async def test_a_failed_start_tells_first_and_last_words(tmp_path, plan):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")
    child = Child(Plan("broken", str(broken), 256, socket=plan.socket))
    with pytest.raises(BackendUnreachable, match="ended while loading.*cannot load.*gguf_init"):
        await child.start(60)
    await child.stop(30)


async def test_a_slow_start_is_a_timeout(plan):
    child = Child(plan)
    with pytest.raises(BackendTimeout, match="not loaded within"):
        await child.start(0.001)
    await child.stop(30)


async def test_stopping_what_never_started_does_nothing(plan):
    child = Child(plan)
    await child.stop(1)
    assert await child.ended() == 0
    assert child.last_words == "It said nothing."
