"""Where a model's name leads: the route, the account it is published under, and the name proper with its tag."""

import re
from typing import NamedTuple

from smarterrouter.catalog.families import MOVED_TAGS, OLLAMA_MEANS, OWNERS, REPACKERS, ROUTES
from smarterrouter.catalog.known_sizes import DEFAULTS

_URL = re.compile(r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|ollama\.com|registry\.ollama\.ai)/")
_PATH = re.compile(r"^(?:[/~.]|[a-z]:[\\/])")
_REGION = re.compile(r"[a-z]{2}-[a-z]+-\d|\*|\d+-month-commitment")
_ENDING = re.compile(r"(?:-\d{5}-of-\d{5})?\.(?:gguf|ggml|llamafile|safetensors|bin)$")
_UNDERSCORED = re.compile(r"([a-z0-9-]+)_(?=[a-z])")
_BEDROCK_REGION = re.compile(r"^(?:us|eu|apac|jp|au|ca|global)\.(?=[a-z0-9]+\.)")
_BEDROCK_MAKER = re.compile(r"^([a-z][a-z0-9]+)\.(?=[a-z])")
_BEDROCK_MINOR = re.compile(r"-v0:(\d)$")
_BEDROCK_VERSION = re.compile(r"-(?:v[1-9](?::\d+)?|\d:\d)$")
_PACKED = re.compile(r"(?<![a-z0-9])(?:gguf|ggml|gptq|awq|exl[23]|mlx|[2-8]bit|bnb|fp8)(?![a-z0-9])")
_QUANTISED_TAIL = re.compile(r"-?(?:ud-)?(?:i?q\d\w*|fp16|bf16|f16|mxfp4|nvfp4|int[48])$")
_OFFERS = frozenset({"free", "beta", "extended", "nitro", "floor", "online", "exacto", "thinking", "cloud"})
"""What OpenRouter and Ollama's cloud write behind the colon: the way a model is served."""
_OTHERS_USE_IT = frozenset({"deepseek-v2", "deepseek-coder-v2"})
"""Bare names of Ollama's library that mean a larger model everywhere else."""


class Address(NamedTuple):
    """A name without its route."""

    text: str
    """The name proper, tag included; short tags of Ollama's library are spelled out. Lower case."""
    owner: str
    """The account, when it stands in the name and is no way of serving."""
    library: bool
    """A name of Ollama's library, where a bare name is a tuned model."""
    moved: bool
    """A tag whose meaning has changed since it was first published."""
    packed: bool
    """The name says that it is a conversion or quantisation of something else."""
    latest: bool
    hub: bool
    """May be a repository of a hub: no gateway stands before it."""


def read(name: str) -> Address:
    """Find what names the model itself in any spelling of its address."""
    text = name.strip().lower()
    segments = [part for part in _URL.sub("", text).replace("\\", "/").split("/") if part] or [""]
    owner = "" if _PATH.match(text) is not None or len(segments) < 2 else _owner(segments[-2])
    stem, tag = _stem_and_tag(_ENDING.sub("", segments[-1]))
    packed = _PACKED.search(segments[-1]) is not None or _PACKED.search(owner) is not None
    match = _UNDERSCORED.match(stem) if not owner or owner in REPACKERS else None
    if match is not None and match[1] in OWNERS:
        owner, stem = match[1], stem[match.end() :]
    library = not owner and "hf.co" not in text and (bool(tag) or stem in DEFAULTS or stem in OLLAMA_MEANS)
    plain = _QUANTISED_TAIL.sub("", f"{stem}:{tag}" if tag else stem).removesuffix(":")
    return Address(
        text=_spelled_out(stem, tag, plain) if library else f"{stem}:{tag}" if tag else stem,
        owner=owner,
        library=library,
        moved=library and plain in MOVED_TAGS,
        packed=packed,
        latest=tag == "latest" or stem.endswith("-latest"),
        hub=bool(owner) and len(segments) == 2,
    )


def stranger(address: Address) -> bool:
    """Published by somebody of whom we do not know that he makes models or repacks those of others."""
    known = address.owner in OWNERS or address.owner in REPACKERS
    return bool(address.owner) and not known and not address.packed


def _owner(segment: str) -> str:
    return "" if segment in ROUTES or _REGION.fullmatch(segment) else segment


def _stem_and_tag(leaf: str) -> tuple[str, str]:
    stem, _, tag = _without_bedrock(leaf).partition(":")
    tag = tag.removesuffix("-cloud")
    if tag in _OFFERS:
        return (f"{stem}-thinking" if tag == "thinking" else stem, "")
    return stem, tag


def _without_bedrock(leaf: str) -> str:
    """`us.meta.llama3-1-8b-instruct-v1:0` gives `llama3-1-8b-instruct`."""
    text = _BEDROCK_REGION.sub("", leaf)
    maker = _BEDROCK_MAKER.match(text)
    if maker is not None and (maker[1] in OWNERS):
        text = text[maker.end() :]
        text = f"deepseek-{text}" if maker[1] == "deepseek" and not text.startswith("deepseek") else text
        text = _BEDROCK_VERSION.sub("", text)
    return _BEDROCK_VERSION.sub("", _BEDROCK_MINOR.sub(r"-v0.\1", text)) if ":" in text else text


def _spelled_out(stem: str, tag: str, plain: str) -> str:
    if plain in OLLAMA_MEANS and not (not tag and stem in _OTHERS_USE_IT):
        return OLLAMA_MEANS[plain]
    default = DEFAULTS.get(stem) if tag in {"", "latest"} and stem not in _OTHERS_USE_IT else None
    if default is not None:
        return OLLAMA_MEANS.get(stem, f"{stem}:{default.total:g}b")
    return f"{stem}:{tag}" if tag else stem
