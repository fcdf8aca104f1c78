import asyncio
import json

import pytest

from smarterrouter.errors import BackendUnreachable
from smarterrouter.inference import gguf, samples


async def test_both_are_written_once(tmp_path):
    await samples.write_missing(tmp_path / "deep" / "samples")
    paths = sorted((tmp_path / "deep" / "samples").iterdir())
    assert [path.stem for path in paths] == ["test-tiny-a", "test-tiny-b"]
    before = [path.stat().st_ino for path in paths]
    await samples.write_missing(tmp_path / "deep" / "samples")
    assert [path.stat().st_ino for path in paths] == before
    first, second = (gguf.read(path) for path in paths)
    assert (first.chats, first.embeds) == (True, False)
    assert (second.chats, second.embeds) == (True, True)


async def test_several_processes_may_write_at_once(tmp_path):
    await asyncio.gather(*(samples.write_missing(tmp_path) for _ in range(3)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test-tiny-a.gguf", "test-tiny-b.gguf"]
    assert gguf.read(tmp_path / "test-tiny-a.gguf").architecture == "llama"


async def test_a_directory_that_cannot_be_written_says_why(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BackendUnreachable, match="test-tiny-a could not be written: FileExistsError"):
        await samples.write_missing(tmp_path / "file")


async def test_a_caller_that_leaves_ends_the_writing(tmp_path):
    writing = asyncio.ensure_future(samples.write_missing(tmp_path))
    await asyncio.sleep(0.05)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing


def test_both_say_that_they_are_test_models_and_what_to_do():
    for script in samples.SCRIPTS.values():
        said = "".join(json.loads(script[1]))
        assert "test model" in said
        assert "Connect Ollama, llama.cpp or any OpenAI-compatible server to get real answers." in said
