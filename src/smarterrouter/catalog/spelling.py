"""Takes a model's name apart: the route to it, owner, tag, date, sizes, quantisation, and the words that are left.

Nothing is decided here about what the parts mean; `identity.parse` does that.
"""

import re
from typing import NamedTuple

from smarterrouter.catalog.families import MOVED_TAGS, OLLAMA_MEANS, OWNERS, REPACKERS
from smarterrouter.catalog.known_sizes import DEFAULTS


class Parts(NamedTuple):
    """What stands in a name."""

    words: tuple[str, ...]
    """Lower case, in their order, without versions, sizes, dates, formats and quantisation."""
    versions: tuple[str, ...]
    date: str
    """`20241022`, `2410` (a month, or month and day), or empty."""
    sized: str
    """The name without route and date, for reading sizes; empty where it writes none."""
    vendor: str
    """Whose account it is published under; empty when unknown or when it is a repacker's."""
    latest: bool
    tag: bool
    """Has an Ollama tag, or is a bare name of Ollama's library."""


_URL = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|ollama\.com|registry\.ollama\.ai)/", re.IGNORECASE
)
_REGION = re.compile(r"^(?:[a-z]{2}-[a-z]+-\d|\*|\d+-month-commitment)$")
_BEDROCK_REGION = re.compile(r"^(?:us|eu|apac|jp|au|ca|global)\.(?=[a-z0-9]+\.)")
_BEDROCK_MAKER = re.compile(r"^([a-z][a-z0-9]+)\.(?=[a-z])")
_BEDROCK_VERSION = re.compile(r"-(?:v(?!0)\d+|\d)(?::\d+[a-z]*)?$")
_BEDROCK_MINOR = re.compile(r"-v(0):(\d)$")
_ENDING = re.compile(r"(?:-\d{5}-of-\d{5})?\.(?:gguf|ggml|llamafile|safetensors|bin)$")
_OFFERS = frozenset({"free", "beta", "extended", "nitro", "floor", "online", "exacto", "thinking", "cloud"})
"""What OpenRouter and Ollama's cloud write behind the colon: the way it is served."""
_PATH = re.compile(r"^(?:[/~.]|[a-z]:[\\/])", re.IGNORECASE)
_FORMATS = frozenset(
    [
        "gguf",
        "ggml",
        "gptq",
        "awq",
        "exl2",
        "exl3",
        "mlx",
        "hqq",
        "bnb",
        "quantized",
        "quantised",
        "dynamic",
        "imat",
        "imatrix",
        "i1",
        "ud",
        "qat",
        "hf",
        "tput",
        "autoround",
        "fp8",
        "static",
        "channelwise",
        "novita",
        "latest",
        "effort",
        "4096",
        "8192",
        "32768",
        "16384",
    ]
)
"""How it is packed or served: says nothing about which model it is."""
_QUANTISATION = re.compile(
    r"(?<![a-z0-9.])(?:(?:iq|tq|q)\d[-_](?:k|[01]|xxs|xs|s|m|nl|l)(?:[-_](?:xxs|xs|xl|s|m|l))?(?:_\d_\d)?|q\df\d+(?:_\d)?"
    r"|\d(?:[._]\d+)?\s?bpw|w\d+a\d+|(?:int|w)\d+|bf16|fp16|f16|fp32|f32|fp8|fp4|nf4|nvfp4|mxfp[48]|[2-8]-?bits?|g?128g"
    r"|q\d(?:k[ms]?|km))(?![a-z0-9])"
)
_FULL_DATE = re.compile(r"(?<!\d)(20[12]\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)20(2\d)[-_.]?(0[1-9]|1[0-2])(?!\d)")
_MONTH_YEAR = re.compile(r"(?<!\d)(0[1-9]|1[0-2])[-_.]20(2\d)(?!\d)")
_MONTH_NAME = re.compile(r"(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-_ ]*'?(?:20)?(2\d)(?!\d)")
_MONTH_DAY = re.compile(r"(?<=preview[-_])(\d\d)[-_](\d\d)(?!\d)|(?<=exp[-_])(\d\d)[-_](\d\d)(?!\d)")
_SHORT_DATE = re.compile(r"(?<![\d.])(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|2[3-9](?:0[1-9]|1[0-2]))(?![\d.a-z])")
_MONTHS = {name: f"{index:02}" for index, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip

_SPLIT = re.compile(r"[^a-z0-9.']+")
_SIZE = re.compile(r"(?:\d+x)?\d+(?:\.\d+)?b|\d{2,}(?:\.\d+)?m|a\d+(?:\.\d+)?[bm]|e\d+b|\d+e|\d+(?:\.\d+)?t")
_NUMBER = re.compile(r"v?(\d+(?:[.p]\d+)*)")
_SMALL = re.compile(r"0|[1-9]\d?")
_WORD_NUMBER = re.compile(r"([a-z]{2,})((?:\d+x)?\d+(?:\.\d+)?)([a-z]*)")
_LETTER_NUMBER = re.compile(r"[a-uw-z]\d{1,2}")
_CALLING = frozenset({"fc", "auto", "any"})
"""How a benchmark of function calls asked: natively, forced, or not."""


def read(name: str) -> Parts | None:
    """The parts of `name`; None where no word is left that could name a model."""
    text = _URL.sub("", name.strip()).lower().replace("\\", "/")
    owner, leaf = _owner_and_leaf(text, is_path=_PATH.match(name) is not None)
    stem, tag, served = _tag(leaf)
    plain = f"{stem}:{tag}" if tag else stem
    library = not owner and (bool(tag) or stem in DEFAULTS or stem in OLLAMA_MEANS)
    packed = _is_packed(leaf)
    if library and plain in MOVED_TAGS and (tag or stem == name.strip()):
        return Parts((stem, "moved tag", tag), (), "", "", "", False, True) if tag else _parts(stem, "", served)
    if library:
        plain = _spelled_out(stem, tag)
    parts = _parts(plain, OWNERS.get(owner, ""), served)
    if parts is None:
        return None
    stranger = owner and owner not in OWNERS and owner not in REPACKERS and not (packed and not tag_of_user(tag))
    words = (*parts.words, f"by {owner}") if stranger else parts.words
    return parts._replace(words=words, tag=library, latest=parts.latest or tag == "latest")
