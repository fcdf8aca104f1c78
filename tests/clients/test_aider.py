"""aider, the pair programmer: one message on the command line, one edited file, all through the gateway."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from tests.clients.environments import environment_of
from tests.clients.programs import finish
from tests.doubles.gateway import GatewayProcess, backends_yaml
from tests.doubles.tiny_models import TinyServer

pytestmark = pytest.mark.asyncio(loop_scope="module")
EDIT = ("hello.py\n", "```\n", 'print("edited")', "\n```\n")
"""The whole new file, as aider's edit format `whole` wants it."""
QUIET = ("--no-git", "--no-check-update", "--no-analytics", "--no-show-model-warnings", "--no-show-release-notes")
CONTEXT = 16_384
"""aider's own instructions are about 3,000 tokens of a tiny model."""


class World(NamedTuple):
    """aider's program and the gateway."""

    aider: str
    gateway: GatewayProcess

    async def run(self, folder: Path, model: str, *more: str) -> str:
        """What aider prints when it is given one message about hello.py in `folder`."""
        (folder / "hello.py").write_text('print("as it was")\n')
        command = [self.aider, "--model", f"openai/{model}", "--openai-api-base", self.gateway.base_url]
        command += ["--openai-api-key", "any", "--edit-format", "whole", "--map-tokens", "0", "--yes-always"]
        return await finish([*command, "--no-pretty", *QUIET, *more, "hello.py"], folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[World]:
    aider = environment_of("aider").program("aider")
    async with (
        TinyServer(name="coder", script=EDIT, tool_script=(), context=CONTEXT, parallel=1) as coder,
        TinyServer(name="short", script=EDIT, tool_script=(), context=1024, parallel=1) as short,
        GatewayProcess(backends_yaml(("long", "llama.cpp", coder.url), ("short", "llama.cpp", short.url))) as gateway,
    ):
        yield World(aider, gateway)


@pytest.mark.parametrize("model", ["coder", "auto"])
@pytest.mark.parametrize("way", ["--stream", "--no-stream"])
async def test_edits_a_file(world: World, tmp_path: Path, way: str, model: str) -> None:
    """`auto` has to find the model whose context is long enough."""
    said = await world.run(tmp_path, model, way, "--message", "Change what hello.py prints.")
    assert (tmp_path / "hello.py").read_text() == 'print("edited")\n', said
    assert "Applied edit to hello.py" in said


async def test_answers_a_question_without_editing(world: World, tmp_path: Path) -> None:
    said = await world.run(tmp_path, "coder", "--chat-mode", "ask", "--message", "What would you change?")
    assert 'print("edited")' in said
    assert (tmp_path / "hello.py").read_text() == 'print("as it was")\n'


async def test_knows_our_error_for_a_context_that_is_too_short(world: World, tmp_path: Path) -> None:
    said = await world.run(tmp_path, "short", "--message", "Change what hello.py prints.")
    assert "has hit a token limit" in said
    assert (tmp_path / "hello.py").read_text() == 'print("as it was")\n'
