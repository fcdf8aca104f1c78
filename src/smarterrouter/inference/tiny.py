"""Writes tiny real GGUF models: a few hundred kilobytes of Llama architecture that llama.cpp loads in milliseconds.

They are the test models of a fresh installation and the models of our tests. A scripted model always answers one text,
an unscripted one babbles. Run as `python -m smarterrouter.inference.tiny --help`: numpy and gguf are large, so the
gateway's own process never imports this file.
"""

import argparse
import itertools
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_WORDS = """
the a and of to in is it that for on with as this not but by from or an at be are was has have will can may all one
two three more most some any each other such only very well still even then now here there where when how why what
who we you they he she its our your their small large long short old new good clear plain open quiet bright warm
cold light dark high low early late river garden window table paper letter story number answer question model word
line page book road house bridge water stone tree leaf bird cloud morning evening winter summer music colour silver
copper market ship harbour island mountain valley field path door key bell lamp clock map plan test sample think
know see hear speak write read count build carry hold turn move wait rest grow fall rise begin end keep find give
take bring choose follow
"""
_OPEN, _CLOSE, _TOOLS = "<|im_start|>", "<|im_end|>", "<|tools|>"
_UNKNOWN, _BEGIN, _END = 0, 1, 2

# ChatML with Hermes tool calls and <think> blocks: the forms that llama.cpp's chat parser recognises by itself.
# `<|tools|>` ends the prompt when tools are offered and none has answered yet, so that a script can tell the two apart.
_TEMPLATE = """
{%- if tools -%}
<|im_start|>system
{% if messages[0].role == 'system' %}{{ messages[0].content }}
{% endif %}You may call these functions:
<tools>
{% for tool in tools %}{{ tool | tojson }}
{% endfor %}</tools>
Write each call as
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{% endif -%}
{%- for message in messages -%}
{%- if message.role == 'tool' -%}
<|im_start|>user
<tool_response>
{{ message.content }}
</tool_response><|im_end|>
{% elif not (tools and loop.first and message.role == 'system') -%}
<|im_start|>{{ message.role }}
{% if message.reasoning_content %}<think>
{{ message.reasoning_content }}
</think>

{% endif %}{{ message.content or '' }}
{%- for call in message.tool_calls or [] -%}
{% if message.content or not loop.first %}
{% endif %}<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{% endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
<|im_start|>assistant
{% if tools and messages[-1].role != 'tool' %}<|tools|>{% endif -%}
{%- endif -%}
"""


class Shape(Struct, frozen=True):
    """What kind of tiny model to write."""

    name: str = "tiny"
    seed: int = 1
    script: tuple[str, ...] = ()
    """Pieces of the one answer, one token each. Empty: random weights, any words until the token limit."""
    tool_script: tuple[str, ...] = ()
    """Pieces of the answer while tools are offered and no tool result is the last message; needs `script`."""
    context: int = 4096
    """Longest context in tokens that the header promises."""
    pooling: int = 0
    """0: a chat model. 1 (mean), 2 (first token) or 3 (last token): it makes embeddings too."""


class _Vocabulary:
    """Tokens in the order of their ids; SentencePiece style with byte fallback."""

    def __init__(self, shape: Shape) -> None:
        self.texts: list[bytes] = []
        self.scores: list[float] = []
        self.kinds: list[int] = []
        kind = gguf.TokenType
        self._add(["<unk>"], kind.UNKNOWN)
        self._add(["<s>", "</s>"], kind.CONTROL)
        self._add([f"<0x{byte:02X}>" for byte in range(256)], kind.BYTE)
        self._add([_OPEN, _CLOSE, _TOOLS], kind.CONTROL)
        self.special = len(self.texts)
        self._add(["\u2581", *map(chr, range(33, 127))], kind.NORMAL, -1.0)
        self._add(["\u2581" + word for word in _WORDS.split()], kind.NORMAL, -2.0)
        self.answer = self._chain(shape.script)
        self.tool_answer = self._chain(shape.tool_script)

    def id(self, text: str) -> int:
        return self.texts.index(text.encode())

    def _add(self, texts: Sequence[str], kind: int, score: float = 0.0) -> None:
        for text in texts:
            self.texts.append(text.encode())
            self.scores.append(score - len(self.scores) / 1000)
            self.kinds.append(kind)

    def _chain(self, pieces: Sequence[str]) -> list[int]:
        """One new token per piece; a piece that is a token already is joined to the piece before it.

        So is what follows `<tool_call>`: llama.cpp refuses tools when their opening mark alone is one ordinary token.
        """
        joined: list[str] = []
        for piece in pieces:
            if joined and (joined[-1].strip() == "<tool_call>" or piece in joined or piece.encode() in self.texts):
                joined[-1] += piece
            else:
                joined.append(piece)
        first = len(self.texts)
        for text in joined:
            if text.encode() in self.texts:
                raise ValueError(f"{text!r} is a token already: begin with a longer piece.")
            self._add([text], gguf.TokenType.USER_DEFINED)
        return list(range(first, len(self.texts)))


class _Weights:
    """Numbers that make the model talk. Hidden dimension 0 is a constant, which every output row can be biased by."""

    heads, groups, layers = 4, 2, 2

    def __init__(self, shape: Shape, words: _Vocabulary) -> None:
        self.random = np.random.default_rng(shape.seed)
        self.scripted = bool(words.answer)
        self.count = len(words.texts)
        chain_width = len(words.answer) + len(words.tool_answer) + 1
        self.width = 128 if not self.scripted else -(-(64 + chain_width) // 32) * 32
        if self.scripted:
            self.embedding, self.output = self._script(words)
        else:
            self.embedding, self.output = self._babble(words)

    def draw(self, *size: int, scale: float = 0.08) -> Matrix:
        return (self.random.standard_normal(size) * scale).astype(np.float32)

    def silent(self, *size: int) -> Matrix:
        """Weights of a block's last step: they leave dimension 0 alone, and a scripted model untouched."""
        weights = self.draw(*size, scale=0.0 if self.scripted else 0.3)
        weights[0] = 0.0
        return weights

    def _babble(self, words: _Vocabulary) -> tuple[Matrix, Matrix]:
        embedding = self.draw(self.count, self.width, scale=1.0)
        embedding[:, 0] = 4.0
        output = self.draw(self.count, self.width, scale=0.35)
        output[: words.special] = 0.0
        output[: words.special, 0] = -40.0  # control and byte tokens are never sampled: the text stays valid UTF-8
        output[words.special :, 0] = 0.0
        return embedding, output

    def _script(self, words: _Vocabulary) -> tuple[Matrix, Matrix]:
        """The next token depends on the current one alone: each token of a chain owns a dimension for its next.

        The last 63 dimensions are random, so that embeddings of different texts differ; the output never reads them.
        """
        embedding = self.draw(self.count, self.width, scale=1.0)
        embedding[:, 0] = 4.0
        embedding[:, 1 : self.width - 63] = 0.0
        output = np.zeros((self.count, self.width), np.float32)
        # A JSON grammar bars the script, but lets a <think> begin, which would never end: no byte, no `<`.
        output[[*range(words.id(_CLOSE)), words.id("<")], 0] = -10.0
        output[words.answer[0], 0] = 10.0
        chains = [[*words.answer, words.id(_CLOSE)]]
        if words.tool_answer:
            chains.append([words.id(_TOOLS), *words.tool_answer, words.id(_CLOSE)])
        dimension = 1
        for chain in chains:
            for now, following in itertools.pairwise(chain):
                embedding[now, dimension] = 16.0
                output[following, dimension] = 10.0
                dimension += 1
        return embedding, output


def write(path: Path, shape: Shape) -> None:
    """Write one model to `path`, whole or not at all. Raise `ValueError` for a script that cannot be spoken."""
    if shape.tool_script and not shape.script:
        raise ValueError("A tool script needs a script to say otherwise.")
    words = _Vocabulary(shape)
    weights = _Weights(shape, words)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".tiny-") as directory:
        unfinished = Path(directory) / "model.gguf"
        writer = gguf.GGUFWriter(str(unfinished), "llama")
        _describe(writer, shape, weights)
        _add_tokens(writer, words)
        _add_tensors(writer, weights)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        unfinished.replace(path)


def _describe(writer: gguf.GGUFWriter, shape: Shape, weights: _Weights) -> None:
    writer.add_name(shape.name)
    writer.add_description("A test model: it has learned nothing.")
    writer.add_license("MIT")
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(weights.width)
    writer.add_feed_forward_length(2 * weights.width)
    writer.add_block_count(weights.layers)
    writer.add_head_count(weights.heads)
    writer.add_head_count_kv(weights.groups)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(weights.width // weights.heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(weights.count)
    if shape.pooling:
        writer.add_pooling_type(gguf.PoolingType(shape.pooling))


def _add_tokens(writer: gguf.GGUFWriter, words: _Vocabulary) -> None:
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(words.texts)
    writer.add_token_scores(words.scores)
    writer.add_token_types(words.kinds)
    writer.add_unk_token_id(_UNKNOWN)
    writer.add_bos_token_id(_BEGIN)
    writer.add_eos_token_id(_END)
    writer.add_eot_token_id(words.id(_CLOSE))
    writer.add_add_bos_token(value=True)
    writer.add_add_space_prefix(value=False)
    writer.add_chat_template(_TEMPLATE.strip())


def _add_tensors(writer: gguf.GGUFWriter, weights: _Weights) -> None:
    width, inner, ones = weights.width, 2 * weights.width, np.ones(weights.width, np.float32)
    shared = width // weights.heads * weights.groups
    writer.add_tensor("token_embd.weight", weights.embedding)
    writer.add_tensor("output_norm.weight", ones)
    writer.add_tensor("output.weight", weights.output)
    for layer in range(weights.layers):
        block = f"blk.{layer}."
        writer.add_tensor(block + "attn_norm.weight", ones)
        writer.add_tensor(block + "attn_q.weight", weights.draw(width, width))
        writer.add_tensor(block + "attn_k.weight", weights.draw(shared, width))
        writer.add_tensor(block + "attn_v.weight", weights.draw(shared, width, scale=0.3))
        writer.add_tensor(block + "attn_output.weight", weights.silent(width, width))
        writer.add_tensor(block + "ffn_norm.weight", ones)
        writer.add_tensor(block + "ffn_gate.weight", weights.draw(inner, width))
        writer.add_tensor(block + "ffn_up.weight", weights.draw(inner, width))
        writer.add_tensor(block + "ffn_down.weight", weights.silent(width, inner))


def main() -> None:
    """Write one model as the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m smarterrouter.inference.tiny", description="Write a tiny test model."
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--name", default="tiny")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--context", type=int, default=4096, help="tokens that the header promises")
    parser.add_argument(
        "--pooling", type=int, default=0, help="1 mean, 2 first, 3 last: the model also makes embeddings"
    )
    parser.add_argument("--script", default="[]", help="JSON list of pieces: the one answer, one token a piece")
    parser.add_argument("--tool-script", default="[]", help="JSON list of pieces: the answer while tools are offered")
    given = parser.parse_args()
    script, tool_script = tuple(json.loads(given.script)), tuple(json.loads(given.tool_script))
    write(given.out, Shape(given.name, given.seed, script, tool_script, given.context, given.pooling))


if __name__ == "__main__":
    main()
