"""Writes a tiny model as Hugging Face directories hold them, for servers that read no GGUF: vLLM and mlx-lm.

It is the scripted model of `smarterrouter.inference.tiny` in another dress: the next token depends on the current one
alone, so it always answers the same text, or the tool call while tools are offered. One byte of a prompt is one token.
"""

import itertools
import json
import struct
from pathlib import Path

import numpy as np
from tests.doubles.tiny_models import SCRIPT

from smarterrouter.inference import tiny

ANSWER = (*SCRIPT[:-2], "".join(SCRIPT[-2:]))
"""What it says, one token a piece; a single character is a token already, so the last one is joined."""
TOOL_ANSWER = ("<tool_call>", '\n{"name": "get_weather", "arguments": ', '{"city": "Paris"}', "}\n", "</tool_call>")
"""What it says while tools are offered."""
_END, _TOOLS = "<|im_end|>", "<|tools|>"
_MARKS = {"<|im_start|>": True, _END: True, _TOOLS: True, "<tool_call>": False, "</tool_call>": False}
"""Tokens that are found in prompts too, and whether they are hidden in answers. mlx-lm knows a call by such tokens."""
_WIDTH, _HEADS, _HEAD = 128, 2, 64
"""A head of 64 numbers is the smallest that vLLM's code for processors takes."""


def write(folder: Path, context: int) -> Path:
    """Write the model to a new folder; `context` is the longest that it takes, in tokens. Returns the folder."""
    said = [piece for piece in (*ANSWER, *TOOL_ANSWER) if piece not in _MARKS]
    pieces = [*_letters(), *map(_lettered, said)]
    numbers = {text: number for number, text in enumerate([*said, *_MARKS], start=256)}
    weights = _weights(_chains(numbers), len(pieces) + len(_MARKS))
    folder.mkdir(parents=True)
    _write_json(folder / "config.json", _config(len(weights["lm_head.weight"]), numbers[_END], context))
    _write_json(folder / "generation_config.json", {"eos_token_id": numbers[_END], "do_sample": False})
    _write_json(folder / "tokenizer.json", _tokenizer(pieces, numbers))
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(context))
    _write_json(folder / "model.safetensors.index.json", {"weight_map": dict.fromkeys(weights, "model.safetensors")})
    (folder / "model.safetensors").write_bytes(_safetensors(weights))
    return folder


def _letters() -> list[str]:
    """The sign that stands for each byte in byte-level vocabularies: itself where it can be printed.

    Source: `bytes_to_unicode` of https://github.com/openai/gpt-2/blob/master/src/encoder.py.
    """
    printed = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = itertools.count(0x100)
    return [chr(byte) if byte in printed else chr(next(others)) for byte in range(256)]


def _lettered(text: str) -> str:
    letters = _letters()
    return "".join(letters[byte] for byte in text.encode())


def _chains(numbers: dict[str, int]) -> list[list[int]]:
    """Token ids in the order in which they follow each other; the first of the first is the answer to anything."""
    chains = ((*ANSWER, _END), (_TOOLS, *TOOL_ANSWER, _END))
    return [[numbers[piece] for piece in chain] for chain in chains]


def _weights(chains: list[list[int]], count: int) -> dict[str, np.ndarray]:
    """Dimension 0 is a constant; each token of a chain owns a dimension for its next. The block itself adds nothing."""
    embedding, output = np.zeros((count, _WIDTH), np.float32), np.zeros((count, _WIDTH), np.float32)
    embedding[:, 0] = 4.0
    output[chains[0][0], 0] = 10.0
    for dimension, (now, following) in enumerate(itertools.chain(*map(itertools.pairwise, chains)), start=1):
        embedding[now, dimension] = 16.0
        output[following, dimension] = 10.0
    ones, silence = np.ones(_WIDTH, np.float32), np.zeros((_WIDTH, _WIDTH), np.float32)
    block = "model.layers.0."
    steps = ("self_attn.q", "self_attn.k", "self_attn.v", "self_attn.o", "mlp.gate", "mlp.up", "mlp.down")
    return {
        "model.embed_tokens.weight": embedding,
        "model.norm.weight": ones,
        "lm_head.weight": output,
        block + "input_layernorm.weight": ones,
        block + "post_attention_layernorm.weight": ones,
        **{f"{block}{step}_proj.weight": silence for step in steps},
    }


def _safetensors(weights: dict[str, np.ndarray]) -> bytes:
    """Length of the header, header, numbers. Source: https://github.com/huggingface/safetensors#format."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, numbers in weights.items():
        end = len(data) + numbers.nbytes
        header[name] = {"dtype": "F32", "shape": list(numbers.shape), "data_offsets": [len(data), end]}
        data += numbers.tobytes()
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + data


def _config(vocabulary: int, end: int, context: int) -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": vocabulary,
        "hidden_size": _WIDTH,
        "intermediate_size": _WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": _HEADS,
        "num_key_value_heads": _HEADS,
        "head_dim": _HEAD,
        "max_position_embeddings": context,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "eos_token_id": end,
        "torch_dtype": "float32",
    }


def _tokenizer(pieces: list[str], numbers: dict[str, int]) -> dict[str, object]:
    """Byte-level BPE without a single merge: only the model itself ever uses a piece longer than a byte."""
    options = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    marks = [{"id": numbers[text], "content": text, "special": hidden, **options} for text, hidden in _MARKS.items()]
    bytewise = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}
    return {
        "version": "1.0",
        "added_tokens": marks,
        "pre_tokenizer": bytewise,
        "decoder": bytewise,
        "model": {"type": "BPE", "vocab": {piece: number for number, piece in enumerate(pieces)}, "merges": []},
    }


def _tokenizer_config(context: int) -> dict[str, object]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": _END,
        "model_max_length": context,
        "clean_up_tokenization_spaces": False,
        "chat_template": tiny._TEMPLATE.strip(),
        "tool_parser_type": "json_tools",  # read by mlx-lm alone
    }


def _write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False))
