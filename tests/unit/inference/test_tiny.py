import json
import subprocess
import sys

import gguf
import pytest
from tests.doubles.tiny_models import TinyServer

from smarterrouter.inference import tiny


def test_the_command_writes_the_same_as_the_function(tmp_path):
    script = ["Well", ", done", "."]
    command = [sys.executable, "-m", "smarterrouter.inference.tiny", str(tmp_path / "deep" / "a.gguf")]
    subprocess.run([*command, "--name", "x", "--seed", "3", "--script", json.dumps(script)], check=True)
    tiny.write(tmp_path / "b.gguf", tiny.Shape("x", seed=3, script=tuple(script)))
    assert (tmp_path / "deep" / "a.gguf").read_bytes() == (tmp_path / "b.gguf").read_bytes()
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.gguf"]


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    with pytest.raises(ValueError, match="token already"):
        tiny.write(tmp_path / "a.gguf", tiny.Shape(script=("a",)))
    with pytest.raises(ValueError, match="needs a script"):
        tiny.write(tmp_path / "a.gguf", tiny.Shape(tool_script=("call",)))
    assert list(tmp_path.iterdir()) == []


def test_pieces_that_are_tokens_join_the_piece_before(tmp_path):
    tiny.write(tmp_path / "a.gguf", tiny.Shape(script=("Hello", "!", " there", "Hello", ".")))
    tokens = gguf.GGUFReader(tmp_path / "a.gguf").fields["tokenizer.ggml.tokens"].contents()
    assert tokens[-3:] == ["Hello!", " there", "Hello."]


async def test_random_models_differ_by_seed_and_babble_valid_text():
    texts = []
    for seed in (1, 2):
        async with TinyServer(script=(), seed=seed) as server:
            texts.append(await server.ask("/v1/completions", {"prompt": "one", "max_tokens": 60, "temperature": 0}))
    first, second = (text["choices"][0]["text"] for text in texts)
    assert first != second
    assert first.isprintable()
    assert [text["usage"]["completion_tokens"] for text in texts] == [60, 60]


@pytest.mark.parametrize("temperature", [0, 1, 2])
async def test_a_script_is_spoken_at_any_temperature(temperature):
    async with TinyServer(script=("Always", " the same", " words.")) as server:
        for question in ("Hello", "Always", "the same words. Always the", "\u4f60\u597d"):
            said = await server.ask(
                "/v1/chat/completions",
                {"messages": [{"role": "user", "content": question}], "temperature": temperature},
            )
            assert said["choices"][0]["message"]["content"] == "Always the same words."
            assert said["choices"][0]["finish_reason"] == "stop"


async def test_different_texts_get_different_vectors():
    """Also side by side: llama.cpp pools only a part of the longer text when it embeds several at once."""
    async with TinyServer(pooling=1, parallel=4) as server:
        said = await server.ask("/v1/embeddings", {"input": ["the bridge", "the river", "the bridge"]})
        alone = await server.ask("/v1/embeddings", {"input": "the bridge"})
        one, two, again = (row["embedding"] for row in said["data"])
        assert one == pytest.approx(again)
        assert one == pytest.approx(alone["data"][0]["embedding"])
        assert one != pytest.approx(two)
