"""Hooks of a model that is served elsewhere do nothing."""

from tests.doubles.pretend_model import HOSTED

from smarterrouter.profiling.questions import Untouched


async def test_untouched_lets_everything_be():
    hooks = Untouched()
    await hooks.gate()
    assert await hooks.load(HOSTED, keep_alive=300, timeout=1) is None
    await hooks.unload(HOSTED)
    assert await hooks.memory_gb(HOSTED) is None
