"""SIGHUP: read the routing rules again; end when it came because the terminal was closed."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType


def on_hangup(reload: Callable[[], None]) -> None:
    """From now on SIGHUP calls `reload` on the running event loop. Does nothing where there is no such signal.

    A process that was told to ignore the signal (`nohup`) also outlives its terminal.
    """
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None:
        return
    ends = _on_terminal() and signal.getsignal(hangup) is not signal.SIG_IGN

    def heard(number: int, frame: FrameType | None) -> None:
        if ends and not _on_terminal():
            signal.raise_signal(signal.SIGTERM)
            return
        with suppress(RuntimeError):  # no loop yet, or no longer: the file is read at the start anyway
            asyncio.get_running_loop().call_soon_threadsafe(reload)

    signal.signal(hangup, heard)


def _on_terminal() -> bool:
    """Does this process have a terminal? One that was closed is none any more."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
