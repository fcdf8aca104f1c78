"""Commands as people call them, in a folder of their own and without the settings of whoever runs the tests."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from smarterrouter.cli.main import group

Command = Callable[..., Awaitable[Result]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder; logs are as before when the test has ended."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):  # noqa: TID251
        if name.startswith("ROUTER_"):
            monkeypatch.delenv(name)
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield tmp_path
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def command(folder: Path) -> Command:
    """Runs `smarterrouter …` beside the loop of the test, so that the test can be a server meanwhile."""

    async def run(*arguments: str, typed: str = "", **environment: str) -> Result:
        runner = CliRunner(env={"ROUTER_OFFLINE": "true", "COLUMNS": "200", **environment})
        return await asyncio.to_thread(runner.invoke, group, list(arguments), input=typed)

    return run
