"""Reads the header of a GGUF file: what the model is, without loading it and without the `gguf` package.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Files come from anywhere, so every length is checked
against the file's size and against a limit before anything is read.
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

from msgspec import Struct

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9
_MOST_ENTRIES, _MOST_TENSORS, _MOST_ITEMS = 4096, 65_536, 4_000_000
_LONGEST_TEXT = 1 << 20
"""Chat templates are the longest texts; real ones have up to some 30,000 characters."""
_KEPT = ("general.", "tokenizer.chat_template", "split.")
_FILE_TYPES = [
    *("F32", "F16", "Q4_0", "Q4_1", None, None, None, "Q8_0", "Q5_0", "Q5_1", "Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L"),
    *("Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "IQ2_XXS", "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S"),
    *("IQ4_NL", "IQ3_S", "IQ3_M", "IQ2_S", "IQ2_M", "IQ4_XS", "IQ1_M", "BF16", None, None, None, "TQ1_0", "TQ2_0"),
    "MXFP4_MOE",
]
"""`general.file_type`, counted as in llama.cpp's `enum llama_ftype`; None for numbers no longer in use."""


class NotGguf(Exception):
    """The file is not a GGUF file of version 2 or 3, or its header contradicts itself; the text says how."""


class Header(Struct, frozen=True):
    """What a GGUF header says. None: it does not say."""

    architecture: str
    kind: str
    """model, adapter, mmproj or another word of `general.type`."""
    context_tokens: int | None
    """The longest context that the model was made for."""
    parameters: int
    """Weights of this one file."""
    active: int
    """Weights that one token uses: less than `parameters` for a mixture of experts."""
    parts: int
    """Over how many files the model is spread."""
    quantisation: str | None
    template: str
    """The chat template; empty when there is none."""
    pooling: int
    """How token vectors become one embedding; 0 for models that are not made for embeddings."""

    @property
    def embeds(self) -> bool:
        """Is it made for embeddings?"""
        return self.pooling > 0

    @property
    def chats(self) -> bool:
        """Is it made for conversation, or at least for text?"""
        return bool(self.template) or not self.embeds

    @property
    def tools(self) -> bool:
        """Does its template know tools?"""
        return "tools" in self.template

    @property
    def thinks(self) -> bool:
        """Does its template know thoughts before the answer?"""
        return any(word in self.template for word in ("<think>", "reasoning_content", "enable_thinking"))


def read(path: Path) -> Header:
    """The header of one file. Raise `NotGguf`, or `OSError` when it cannot be read."""
    with path.open("rb") as file:
        return _Reader(file, path.stat().st_size).header()


class _Reader:
    """Walks a header from front to back; never reads past the file's end."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.left = size

    def header(self) -> Header:
        if self.take(4) != b"GGUF":
            raise NotGguf("It does not begin with GGUF.")
        version = self.number("<I")
        if version not in {2, 3}:
            raise NotGguf(f"Version {version} of the format is not known.")
        tensors = self.count(_MOST_TENSORS)
        entries = self.count(_MOST_ENTRIES)
        values = dict(self.entry() for _ in range(entries))
        architecture = str(values.get("general.architecture", ""))
        return _header(architecture, values, *self.weights(tensors, _Values(values).experts(architecture)))

    def entry(self) -> tuple[str, Any]:
        name = self.text()
        kind = self.number("<I")
        if kind == _ARRAY:
            self.skip_array()
            return name, None
        if kind == _TEXT:
            length = self.number("<Q")
            if length <= _LONGEST_TEXT and name.startswith(_KEPT):
                return name, self.take(length).decode(errors="replace")
            self.skip(length)
            return name, None
        return name, self.number(self.scalar(kind))

    def weights(self, tensors: int, experts: tuple[int, int]) -> tuple[int, int]:
        """All weights, and those that one token uses."""
        total = shared = 0
        for _ in range(tensors):
            name = self.text()
            size = 1
            for _ in range(self.count(8, "<I")):
                size *= self.number("<Q")
            self.skip(12)  # type and offset
            total += size
            shared += 0 if "_exps" in name else size
        used, of = experts
        return total, shared + (total - shared) * used // of

    def skip_array(self) -> None:
        kind = self.number("<I")
        items = self.count(_MOST_ITEMS)
        if kind == _TEXT:
            for _ in range(items):
                self.skip(self.number("<Q"))
        else:
            self.skip(items * struct.calcsize(self.scalar(kind)))

    def scalar(self, kind: int) -> str:
        if kind not in _SCALARS:
            raise NotGguf(f"Value type {kind} is not known here.")
        return _SCALARS[kind]

    def text(self) -> str:
        return self.take(self.count(_LONGEST_TEXT)).decode(errors="replace")

    def count(self, most: int, form: str = "<Q") -> int:
        value: int = self.number(form)
        if value > most:
            raise NotGguf(f"A count of {value} is more than any model has.")
        return value

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def take(self, length: int) -> bytes:
        self.reserve(length)
        data = self.file.read(length)
        if len(data) < length:
            raise NotGguf("It ends in the middle of its header.")
        return data

    def skip(self, length: int) -> None:
        self.reserve(length)
        self.file.seek(length, 1)

    def reserve(self, length: int) -> None:
        if length > self.left:
            raise NotGguf("It ends in the middle of its header.")
        self.left -= length


class _Values(dict[str, Any]):
    """The entries, read with care for their types."""

    def whole(self, name: str) -> int:
        value = self.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

    def words(self, name: str) -> str:
        value = self.get(name)
        return value if isinstance(value, str) else ""

    def quantisation(self) -> str | None:
        number = self.get("general.file_type")
        return _FILE_TYPES[number] if isinstance(number, int) and 0 <= number < len(_FILE_TYPES) else None

    def experts(self, architecture: str) -> tuple[int, int]:
        """Experts used for a token, and experts altogether; (1, 1) for dense models."""
        used, of = self.whole(f"{architecture}.expert_used_count"), self.whole(f"{architecture}.expert_count")
        return (used, of) if 0 < used <= of else (1, 1)


def _header(architecture: str, entries: dict[str, Any], parameters: int, active: int) -> Header:
    values = _Values(entries)
    return Header(
        architecture=architecture,
        kind=values.words("general.type") or "model",
        context_tokens=values.whole(f"{architecture}.context_length") or None,
        parameters=parameters,
        active=active,
        parts=values.whole("split.count") or 1,
        quantisation=values.quantisation(),
        template=values.words("tokenizer.chat_template"),
        pooling=values.whole(f"{architecture}.pooling_type"),
    )
