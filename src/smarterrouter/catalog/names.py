"""Model names: which are allowed, and one spelling for the many that mean the same model."""

import re
from collections.abc import Iterable
from typing import TypeVar

from smarterrouter.errors import BadRequest

T = TypeVar("T")

LONGEST = 256
_ALLOWED = re.compile(r"[A-Za-z0-9\-_:./@+ ]+")
_ENDINGS = (".gguf", ".ggml", ".llamafile", ".safetensors", ".bin")
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")
_SAYS_NOTHING = re.compile(r"(?:ggml-)?model(?:[-._].*)?")
"""File names such as `ggml-model-q4_0`, where the folder names the model."""
_SEPARATORS = re.compile(r"[\s_:-]+")
_LOOSE_VERSION = re.compile(r"(?<=[a-z])-(?=[1-9]\d?(?:\.\d+)?[nov]?(?:-|$))")
"""The dash in `llama-3.1`, `gemma-3n` and `gpt-4o`, which others leave out; not the one in `llama-7b` or `r-08`."""


def check(name: str) -> None:
    """Raise `BadRequest` unless `name` could be a model name: up to 256 letters, digits, spaces and `- _ : . / @ +`."""
    if len(name) > LONGEST:
        raise BadRequest(f"A model name has at most {LONGEST} characters.", param="model")
    if not name.strip() or not _ALLOWED.fullmatch(name):
        raise BadRequest("A model name consists of letters, digits, spaces and - _ : . / @ +.", param="model")


def leaf(name: str) -> str:
    """What names the model itself, in lower case: no owner, folder, file ending or shard number; the tag stays.

    `hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M` gives `qwen3-8b-gguf:q4_k_m`.
    """
    parts = [part for part in name.strip().lower().replace("\\", "/").split("/") if part] or [""]
    text = parts[-1]
    for ending in _ENDINGS:
        text = text.removesuffix(ending)
    text = _SHARD.sub("", text)
    return f"{parts[-2]}-{text}" if len(parts) > 1 and _SAYS_NOTHING.fullmatch(text) else text


def canonical(name: str) -> str:
    """One spelling for all: `Llama-3.1-8B_Instruct` and `llama3.1:8b-instruct` both give `llama3.1-8b-instruct`."""
    return _LOOSE_VERSION.sub("", _SEPARATORS.sub("-", leaf(name)).strip("-"))


def tokens(*patterns: str) -> re.Pattern[str]:
    """A pattern for canonical names that matches whole words: `mini` is not in `gemini`, `phi3` is not in `phi3.5`."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(patterns)})(?![a-z0-9]|\.\d)")


def first_match(text: str, rows: Iterable[tuple[re.Pattern[str], T]]) -> T | None:
    """The value beside the first pattern found in `text`."""
    return next((value for pattern, value in rows if pattern.search(text)), None)
