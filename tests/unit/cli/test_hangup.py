"""SIGHUP in a process of its own: reload with or without a terminal, end when the terminal is closed."""

import asyncio
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PROGRAM = """
import asyncio, os, sys
from smarterrouter.cli.hangup import on_hangup

async def main():
    os.write(int(sys.argv[1]), b"ready\\n")
    await asyncio.sleep(60)

def reload():
    os.write(int(sys.argv[1]), b"reloaded\\n")

on_hangup(reload)
asyncio.run(main())
"""


class Program:
    """`PROGRAM`, with a terminal or without."""

    def __init__(self, terminal: bool) -> None:
        self.heard, said = os.pipe()
        self.master, slave = pty.openpty() if terminal else (None, None)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(said)],
            stdin=slave if terminal else subprocess.DEVNULL,
            pass_fds=[said],
            start_new_session=True,
            preexec_fn=_own_terminal if terminal else None,  # noqa: PLW1509  # the test has no threads of its own
        )
        os.close(said)
        if slave is not None:
            os.close(slave)
        assert self.line() == b"ready\n"

    def line(self) -> bytes:
        return os.read(self.heard, 100)

    def close_terminal(self) -> None:
        os.close(self.master)
        self.master = None

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.heard)
        if self.master is not None:
            os.close(self.master)


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture(params=[False, True], ids=["as a service", "on a terminal"])
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    made = Program(request.param)
    yield made
    made.end()


def test_a_hangup_reloads_as_often_as_it_comes(program: Program) -> None:
    for _ in range(3):
        program.process.send_signal(signal.SIGHUP)
        assert program.line() == b"reloaded\n"
    assert program.process.poll() is None


@pytest.mark.parametrize("program", [True], indirect=True)
def test_closing_the_terminal_ends_it(program: Program) -> None:
    program.close_terminal()
    assert program.process.wait(30) == -signal.SIGTERM
    assert program.line() == b""


def test_before_and_after_the_loop_it_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    from smarterrouter.cli.hangup import on_hangup

    usual = signal.getsignal(signal.SIGHUP)
    called: list[int] = []
    try:
        on_hangup(lambda: called.append(1))
        signal.raise_signal(signal.SIGHUP)
        assert called == []
        asyncio.run(_hung_up())
        assert called == [1]
    finally:
        signal.signal(signal.SIGHUP, usual)


async def _hung_up() -> None:
    signal.raise_signal(signal.SIGHUP)
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def test_there_are_systems_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from smarterrouter.cli import hangup

    monkeypatch.delattr(signal, "SIGHUP")
    monkeypatch.setattr(signal, "signal", None)
    hangup.on_hangup(lambda: None)
