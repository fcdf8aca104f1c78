import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import Answer, Task
from smarterrouter.profiling.checks import Code, Number, Run
from smarterrouter.profiling.judging import judge
from smarterrouter.profiling.sandbox import Sandbox, SandboxBroken

DOUBLE = Task("t#1", Category.CODE, 0.0, ({"role": "user", "content": "?"},), Code("double", (Run((4,), 8),)))


@pytest.mark.parametrize(
    "text",
    [
        "```python\ndef double(n):\n    return n * 2\n```",
        "def double(n):\n    return n * 2",
        "<think>def double(n): return 0</think>Sure:\n\n```py\ndef double(n):\n    return n + n\n```\nIt doubles.",
        "```\ndef double(n: int) -> int:\n    return n << 1",
    ],
)
async def test_code_is_run(text):
    assert (await judge(DOUBLE, Answer(text=text), Sandbox())).passed


@pytest.mark.parametrize("text", ["", "```python\ndef double(n):\n    return n\n```", "I cannot."])
async def test_wrong_code_fails(text):
    verdict = await judge(DOUBLE, Answer(text=text), Sandbox())
    assert (verdict.passed, verdict.void) == (False, False)


async def test_void_comes_through():
    verdict = await judge(DOUBLE, Answer(text="import heapq\ndef double(n): return 2 * n"), Sandbox())
    assert verdict.void


async def test_everything_else_needs_no_sandbox(tmp_path):
    task = Task("t#1", Category.LOGIC, 0.0, ({"role": "user", "content": "?"},), Number(3))
    assert (await judge(task, Answer(text="Answer: 3"), Sandbox(tmp_path / "none"))).passed


async def test_w09_code_is_really_run_rather_than_scored_alike():
    right = await judge(DOUBLE, Answer(text="def double(n): return n * 2"), Sandbox())
    wrong = await judge(DOUBLE, Answer(text="def double(n): return n * 3"), Sandbox())
    assert right.passed is not wrong.passed


async def test_a_sandbox_that_does_not_start_is_not_the_models_fault(tmp_path):
    with pytest.raises(SandboxBroken, match="does not start"):
        await judge(DOUBLE, Answer(text="def double(n): return 8"), Sandbox(tmp_path / "none"))
