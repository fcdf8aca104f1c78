import asyncio
import logging
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.doubles.tiny_models import tiny_model

from smarterrouter.errors import BackendBusy, BackendUnreachable, ModelGone
from smarterrouter.inference.manager import Manager
from smarterrouter.inference.seats import Runtime


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def models(tmp_path):
    directory = tmp_path / "models"
    directory.mkdir()
    for name in ("a", "b", "c"):
        shutil.copy(tiny_model(), directory / f"{name}.gguf")
    (directory / "broken.gguf").write_bytes(tiny_model().read_bytes()[:-400_000])
    return directory


BESIDE: list[psutil.Process] = []
"""Processes of other tests, such as a server that a whole file shares."""


def workers():
    return [process for process in psutil.Process().children() if process not in BESIDE]


@pytest.fixture
async def manage(models):
    """Makes managers and sees to it that nothing of theirs is left."""
    made = []

    def manage(**more):
        clock = more.pop("clock", Clock())
        made.append(Manager(Runtime(**{"models": models, "workers": 2, "context": 256, **more}), clock=clock))
        return made[-1]

    before = set(psutil.Process().children(recursive=True))
    BESIDE[:] = before
    yield manage
    for manager in made:
        await manager.stop()
        assert manager.running() == {}
        assert manager._directory is None or not manager._directory.exists()
    assert set(psutil.Process().children(recursive=True)) <= before
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def until(condition):
    for _ in range(6000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within a minute")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


async def healthy(hold):
    reader, writer = await asyncio.open_unix_connection(hold.socket)
    writer.write(f"GET /props HTTP/1.0\r\nAuthorization: Bearer {hold.api_key}\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return b"200 OK" in answer


async def test_nothing_starts_before_it_is_asked_for(manage):
    manager = manage()
    offers = await manager.offers("local")
    assert {offer.name for offer in offers} == {"a", "b", "c", "broken"}
    assert not any(offer.loaded for offer in offers)
    assert manager.running() == {}


async def test_a_hold_answers_at_its_private_socket(manage):
    manager = manage()
    hold = await manager.hold("a")
    assert await healthy(hold)
    assert manager.held() == {"a": 1}
    assert mode(Path(hold.socket).parent) == 0o700
    assert len(hold.socket) < 104
    assert [offer.name for offer in await manager.offers("local") if offer.loaded] == ["a"]
    hold.release()
    assert manager.held() == {}
    assert set(manager.running()) == {"a"}


async def test_many_callers_start_one_worker(manage):
    manager = manage()
    holds = await asyncio.gather(*(manager.hold("a") for _ in range(50)))
    assert len({hold.socket for hold in holds}) == 1
    assert len(manager.running()) == 1
    assert len(workers()) == 1
    assert manager.held() == {"a": 50}
    for hold in holds:
        hold.release()


async def test_the_least_recently_used_makes_room(manage):
    clock = Clock()
    manager = manage(clock=clock)
    for name in ("a", "b", "a", "c"):
        clock.now += 1
        (await manager.hold(name)).release()
    assert set(manager.running()) == {"a", "c"}
    assert len(workers()) == 2


async def test_what_is_in_use_never_goes(manage):
    manager = manage()
    first, second = await manager.hold("a"), await manager.hold("b")
    with pytest.raises(BackendBusy, match="All 2 workers are in use") as raised:
        await manager.hold("c")
    assert raised.value.retry_after
    assert set(manager.running()) == {"a", "b"}
    assert manager.held() == {"a": 1, "b": 1}
    second.release()
    third = await manager.hold("c")
    assert set(manager.running()) == {"a", "c"}
    first.release()
    third.release()


async def test_many_models_at_once_never_exceed_the_bound(manage):
    manager = manage(workers=1)
    seen = []

    async def use(name):
        try:
            hold = await manager.hold(name)
        except BackendBusy:
            return 0
        seen.append(len(manager.running()))
        await asyncio.sleep(0)
        hold.release()
        return 1

    for _ in range(3):
        assert sum(await asyncio.gather(*(use(name) for name in "abcabc"))) >= 1
    assert set(seen) == {1}


async def test_a_killed_worker_is_replaced_at_the_same_address(manage, caplog):
    manager = manage()
    before = await manager.hold("a")
    number = manager.running()["a"]
    psutil.Process(number).kill()
    await until(lambda: "a" not in manager.running())
    after = await manager.hold("a")
    assert manager.running()["a"] != number
    assert (after.socket, after.api_key) == (before.socket, before.api_key)
    assert await healthy(after)
    assert "ended with status -9" in caplog.text
    before.release()
    after.release()


async def test_what_keeps_crashing_has_to_wait(manage):
    clock = Clock()
    manager = manage(clock=clock)
    for _ in range(2):
        (await manager.hold("a")).release()
        psutil.Process(manager.running()["a"]).kill()
        await until(lambda: "a" not in manager.running() and manager._seats["a"].stopping is None)
        await asyncio.sleep(0)
    await until(lambda: manager._seats["a"].failures == 2)
    with pytest.raises(BackendBusy, match=r"keeps failing\..*status -9") as raised:
        await manager.hold("a")
    assert raised.value.retry_after == pytest.approx(0.5)
    clock.now += 1
    (await manager.hold("a")).release()


async def test_a_worker_that_lived_long_is_forgiven(manage):
    clock = Clock()
    manager = manage(clock=clock)
    for failures in (1, 1, 1):
        (await manager.hold("a")).release()
        clock.now += 60
        psutil.Process(manager.running()["a"]).kill()
        await until(lambda: "a" not in manager.running() and manager._seats["a"].failures)
        assert manager._seats["a"].failures == failures


async def test_a_broken_model_tells_the_workers_last_words(manage, caplog):
    manager = manage()
    with pytest.raises(BackendUnreachable, match=r"llama.cpp cannot load .*broken.gguf"):
        await manager.hold("broken")
    assert manager.held() == {}
    (await manager.hold("a")).release()  # its place is free again
    (await manager.hold("b")).release()


async def test_an_unknown_model_is_gone(manage):
    with pytest.raises(ModelGone):
        await manage().hold("nobody")


async def test_a_model_that_came_later_is_found(manage, models):
    manager = manage()
    await manager.offers("local")
    shutil.copy(tiny_model(), models / "later.gguf")
    (await manager.hold("later")).release()


async def test_a_caller_that_leaves_neither_holds_nor_stops_the_start(manage):
    manager = manage()
    leaving = asyncio.ensure_future(manager.hold("a"))
    await until(lambda: manager._seats.get("a") is not None and manager._seats["a"].starting is not None)
    staying = asyncio.ensure_future(manager.hold("a"))
    await asyncio.sleep(0)
    leaving.cancel()
    hold = await staying
    assert leaving.cancelled()
    assert manager.held() == {"a": 1}
    hold.release()


async def test_an_idle_worker_goes_and_a_held_one_stays(manage):
    manager = manage(idle_seconds=0.01)
    kept = await manager.hold("a")
    (await manager.hold("b")).release()
    await until(lambda: "b" not in manager.running())
    assert set(manager.running()) == {"a"}
    kept.release()
    again = await manager.hold("a")  # holding it again calls the end off
    await asyncio.sleep(0.05)
    assert set(manager.running()) == {"a"}
    again.release()
    await until(lambda: not manager.running())


async def test_stop_ends_all_also_what_is_in_use_or_starting(manage):
    manager = manage()
    await manager.hold("a")
    starting = asyncio.ensure_future(manager.hold("b"))
    await until(lambda: "b" in manager._occupied)
    await manager.stop()
    with pytest.raises(BackendUnreachable, match="stopping"):
        await starting
    with pytest.raises(BackendUnreachable, match="stopping"):
        await manager.hold("a")
    assert workers() == []


async def test_the_context_is_the_one_that_was_offered(manage):
    manager = manage(context=600, parallel=3)
    (offer,) = [offer for offer in await manager.offers("local") if offer.name == "a"]
    assert offer.context_tokens == 768
    hold = await manager.hold("a")
    reader, writer = await asyncio.open_unix_connection(hold.socket)
    writer.write(f"GET /props HTTP/1.0\r\nAuthorization: Bearer {hold.api_key}\r\n\r\n".encode())
    assert b'"n_ctx":768' in await reader.read()
    writer.close()
    await writer.wait_closed()
    hold.release()


async def test_the_first_look_writes_the_test_models(manage, tmp_path):
    manager = manage(models=None, samples=tmp_path / "samples")
    names = [[offer.name for offer in await manager.offers("local")] for _ in range(2)]
    assert names == [["test-tiny-a", "test-tiny-b"]] * 2
    hold = await manager.hold("test-tiny-b")
    assert await healthy(hold)
    hold.release()


async def test_without_room_for_test_models_the_rest_is_offered(manage, tmp_path, caplog):
    (tmp_path / "file").write_text("x")
    offers = await manage(samples=tmp_path / "file").offers("local")
    assert {offer.name for offer in offers} >= {"a", "b", "c"}
    assert "There will be no test models" in caplog.text


async def test_without_an_engine_there_are_no_models(manage, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    assert await manage(samples=tmp_path / "samples").offers("local") == []
    assert not (tmp_path / "samples").exists()


async def test_the_key_is_in_no_log(manage, caplog):
    caplog.set_level(logging.DEBUG)
    manager = manage()
    (await manager.hold("a")).release()
    assert manager._seats["a"].api_key not in caplog.text


def test_the_gateways_process_stays_small():
    """Engine and numeric packages belong to the worker processes."""
    code = (
        "import sys; import smarterrouter.inference.manager, smarterrouter.backends.local;"
        "print(*({'numpy', 'gguf', 'xllamacpp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b""
