import asyncio

import pytest
from tests.doubles.in_process import ScriptedBackend, model
from tests.doubles.ollama_double import DoubleModel, OllamaDouble

from smarterrouter.backends.ollama import Ollama
from smarterrouter.backends.spec import BackendSpec
from smarterrouter.errors import BackendTimeout, BackendUnreachable
from smarterrouter.jobs.profiling_hooks import Loader, MemoryLooks, ProfilingHooks
from smarterrouter.settings.groups_knowledge import Profiling
from smarterrouter.transport.client import HttpClient

NAME = "qwen2.5:7b"


def hooks(*backends, busy=lambda: False, **more):
    by_name = {backend.name: backend for backend in backends}
    return ProfilingHooks(lambda: by_name, busy, **more)


class Slow(ScriptedBackend):
    """Can be told to load, and does not."""

    works = True

    async def load(self, model):
        if self.works:
            await asyncio.Event().wait()
        return False

    async def unload(self, model):
        return True

    async def loaded(self):
        return []


@pytest.fixture
async def ollama():
    client = HttpClient(verify_tls=True)
    async with OllamaDouble([DoubleModel(NAME)]) as double:
        yield Ollama(BackendSpec(name="one", kind="ollama", url=double.url), client)
    await client.close()


async def test_a_model_of_ollama_is_loaded_measured_and_unloaded(ollama):
    backend = ollama
    found = hooks(backend)
    one = model(f"one/{NAME}")
    assert await found.memory_gb(one) is None
    assert await found.load(one, keep_alive=300, timeout=30) > 0
    (running,) = await backend.loaded()
    assert await found.memory_gb(one) == (pytest.approx(running.vram_bytes / 1e9) if running.vram_bytes else None)
    assert await hooks(backend, vram=False).memory_gb(one) is None
    await found.unload(one)
    assert await backend.loaded() == []


async def test_readings_are_averaged_and_empty_ones_left_out():
    sizes = [0, 2_000_000_000, 4_000_000_000]

    class Growing(Slow):
        async def loaded(self):
            return [type("Running", (), {"name": "a", "vram_bytes": sizes.pop(0)})]

    assert await hooks(Growing("one"), looks=MemoryLooks(3, 0.0)).memory_gb(model()) == 3.0


def test_the_settings_say_how_memory_is_read():
    assert MemoryLooks.of(Profiling(profile_vram_samples=5, profile_vram_sample_delay=0.5)) == MemoryLooks(5, 0.5)


async def test_a_backend_that_loads_by_itself_is_left_alone():
    backend = ScriptedBackend("one")
    assert not isinstance(backend, Loader)
    found = hooks(backend)
    assert await found.load(model(), keep_alive=1, timeout=1) is None
    assert await found.memory_gb(model()) is None
    await found.unload(model())
    assert await hooks().load(model(), keep_alive=1, timeout=1) is None


async def test_loading_that_takes_too_long_or_fails_is_one_of_our_errors():
    slow = Slow("one")
    with pytest.raises(BackendTimeout):
        await hooks(slow).load(model(), keep_alive=1, timeout=0.05)
    slow.works = False
    with pytest.raises(BackendUnreachable):
        await hooks(slow).load(model(), keep_alive=1, timeout=5)


async def test_users_go_first():
    serving = [True]
    waiting = asyncio.ensure_future(hooks(busy=lambda: serving[0]).gate())
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    serving[0] = False
    await waiting


async def test_users_who_never_pause_do_not_stop_profiling_for_ever():
    await hooks(busy=lambda: True, patience=0.1).gate()
