import subprocess
import sys

import pytest

from smarterrouter.observability import memory


@pytest.mark.parametrize(
    "machine",
    [
        "pass",
        "sys.platform = 'darwin'; ctypes.CDLL = None",  # nothing of glibc may be asked for there
        "ctypes.CDLL = lambda name: object()",  # musl
    ],
)
def test_what_was_built_is_settled_on_every_machine(machine):
    """In a process of its own: the collector of the tests is to stay as it is."""
    code = (
        "import ctypes, gc, sys\n"
        "from smarterrouter.observability.memory import settle\n"
        f"before = gc.get_threshold()\n{machine}\nsettle()\n"
        "print(gc.get_freeze_count() > 1000, gc.get_threshold()[0] > before[0], len(bytes(2**20)))\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "True True 1048576\n"


def test_memory_can_be_given_back_and_is_known():
    memory.give_back()
    assert memory.resident_bytes() > 2**20


def test_a_system_that_says_nothing_has_no_size(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_STATM", tmp_path / "nothing")
    assert memory.resident_bytes() == 0
