import pytest

from smarterrouter.profiling.checks import Run
from smarterrouter.profiling.sandbox import Sandbox

LACKING = [
    "def f():\n    yield 1",
    "import heapq\ndef f():\n    return heapq.nsmallest(1, [1])[0]",
    "from collections.abc import Iterable\ndef f():\n    return 1",
    "def f():\n    return (1).bit_length()",
    "def f():\n    x = [1, 2]\n    del x[0]\n    return x[0] - 1",
    "def f():\n    return bytearray(b'a')[0] - 96",
    "class E(Exception):\n    pass\ndef f():\n    return 1",
]
WRONG = [
    "import socket\ndef f():\n    return 1",
    "def f():\n    return [].no_such_thing",
    "def f():\n    return undefined_name",
    "def f():\n    return open('x')",
    "def f():\n    return ().__class__",
    "def f():\n    return 1 / 0",
    "def f(:\n    return 1",
    "import nosuchmodule\ndef f():\n    return 1",
]


@pytest.mark.parametrize("code", LACKING)
async def test_what_python_has_and_the_sandbox_has_not_is_void(code):
    outcome = await Sandbox().run(code, "f", [Run((), 1)])
    assert not outcome.passed
    assert outcome.void
    assert outcome.detail.startswith("the sandbox does not")


@pytest.mark.parametrize("code", WRONG)
async def test_what_is_wrong_everywhere_is_wrong(code):
    outcome = await Sandbox().run(code, "f", [Run((), 1)])
    assert not outcome.passed
    assert not outcome.void
