import msgspec
import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.profiling.base import FLAGS, Answer, Task, Verdict
from smarterrouter.profiling.checks import Number


def test_a_task_knows_its_template():
    task = Task("logic/seats-1#-4", Category.LOGIC, 0.5, (), Number(1))
    assert task.template == "logic/seats-1"
    assert task.flags <= FLAGS


def test_values_cannot_be_changed():
    for value in (Answer(), Verdict(passed=True)):
        with pytest.raises(AttributeError):
            value.text = "x"


def test_tasks_can_be_stored():
    task = Task("a#1", Category.CODE, -1.0, ({"role": "user", "content": "x"},), Number(2.5, 0.1, "m"))
    assert msgspec.json.decode(msgspec.json.encode(task), type=Task) == task
