import signal
import sys
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


def bound(plan):
    return Path(plan.socket).exists()


async def test_it_starts_and_ends_and_leaves_nothing(plan):
    child = Child(plan)
    assert child.process_id is None
    await child.start(60)
    number = child.process_id
    assert psutil.pid_exists(number)
    assert bound(plan)
    await child.stop(30)
    assert await child.ended() == -signal.SIGTERM
    assert not psutil.pid_exists(number)
    assert not bound(plan)


async def test_what_was_left_by_a_killed_one_does_not_hinder_the_next(plan):
    first = Child(plan)
    await first.start(60)
    psutil.Process(first.process_id).kill()
    assert await first.ended() == -signal.SIGKILL
    assert bound(plan)
    second = Child(plan)
    await second.start(60)
    await second.stop(30)
    await first.stop(30)


async def test_what_does_not_end_is_killed(plan, tmp_path, monkeypatch):
    deaf = tmp_path / "deaf"
    deaf.write_text(f"#!/bin/sh\ntrap '' TERM\nexec {sys.executable} \"$@\"\n")
    deaf.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(deaf))
    child = Child(plan)
    await child.start(60)
    await child.stop(0.05)
    assert await child.ended() == -signal.SIGKILL


async def test_a_failed_start_tells_first_and_last_words(tmp_path, plan):
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF but not really")
    child = Child(Plan("broken", str(broken), 256, socket=plan.socket))
    # llama.cpp's own log is written by a thread of its own, and its last line may come behind ours
    with pytest.raises(BackendUnreachable, match=r"ended while loading\..*(cannot load|loading error).*gguf_init"):
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


async def test_where_no_process_can_be_started_it_says_so(plan, tmp_path, monkeypatch):
    child = Child(plan)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    with pytest.raises(BackendUnreachable, match="No worker can be started for tiny: No such file"):
        await child.start(60)
    await child.stop(1)
