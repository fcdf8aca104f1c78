"""One process that serves one model: `python -m smarterrouter.inference.worker NAME`, a `Plan` in JSON on its stdin.

It says `{"address": …}` on stdout when the model answers. It ends when stdin does, when its parent dies, or by SIGTERM.
The plan comes through stdin because it holds the API key, which a command line would show to every user of the machine.
"""

import ctypes
import os
import signal
import sys
from typing import NoReturn

import msgspec

from smarterrouter.inference.engines.base import EngineFailed, Plan
from smarterrouter.inference.engines.registry import engine

_PR_SET_PDEATHSIG = 1
"""`prctl` option of Linux: the kernel sends this signal when the parent dies (man 2 prctl)."""


def main() -> None:
    """Serve until told to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the parent, which then ends its workers
    plan = _plan()
    _die_with(plan.parent)
    try:
        serving = engine(plan.engine)
        address = serving.serve(plan)
    except EngineFailed as failure:
        _leave(1, str(failure))
    sys.stdout.buffer.write(msgspec.json.encode({"address": address}) + b"\n")
    sys.stdout.buffer.flush()
    while sys.stdin.buffer.read(4096):
        pass
    _leave(0)


def _plan() -> Plan:
    try:
        return msgspec.json.decode(sys.stdin.buffer.readline(), type=Plan)
    except msgspec.DecodeError as error:
        _leave(2, f"The first line of standard input is not a plan: {error}")


def _die_with(parent: int) -> None:
    if not parent:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        _leave(0)  # it died before we had asked to be told


def _leave(status: int, reason: str = "") -> NoReturn:
    """End without tearing down the interpreter, which may abort while llama.cpp's threads still run."""
    if reason:
        sys.stderr.write(reason + "\n")
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
