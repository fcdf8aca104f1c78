"""How weights are stored: the name of a quantisation and its mean bits per weight."""

import re
from collections.abc import Callable

from smarterrouter.catalog import names

BITS = {
    "IQ1_S": 2.0, "IQ1_M": 2.15, "IQ2_XXS": 2.38, "IQ2_XS": 2.59, "IQ2_S": 2.74, "IQ2_M": 2.93,
    "IQ3_XXS": 3.25, "IQ3_XS": 3.5, "IQ3_S": 3.66, "IQ3_M": 3.76, "IQ4_XS": 4.46, "IQ4_NL": 4.68,
    "TQ1_0": 1.69, "TQ2_0": 2.06,
    "Q2_K_S": 2.97, "Q2_K": 3.16, "Q2_K_L": 3.68, "Q2_K_XL": 3.4,
    "Q3_K_S": 3.64, "Q3_K_M": 4.0, "Q3_K": 4.0, "Q3_K_L": 4.3, "Q3_K_XL": 4.5,
    "Q4_0": 4.64, "Q4_1": 5.11, "Q4_K_S": 4.67, "Q4_K_M": 4.89, "Q4_K": 4.89, "Q4_K_L": 5.29, "Q4_K_XL": 5.0,
    "Q5_0": 5.57, "Q5_1": 6.04, "Q5_K_S": 5.57, "Q5_K_M": 5.7, "Q5_K": 5.7, "Q5_K_L": 6.04, "Q5_K_XL": 5.75,
    "Q6_K": 6.56, "Q6_K_L": 6.83, "Q6_K_XL": 7.3, "Q8_0": 8.5, "Q8_1": 9.0, "Q8_K_XL": 10.6,
    "F64": 64.0, "F32": 32.0, "FP32": 32.0, "F16": 16.0, "FP16": 16.0, "BF16": 16.0,
    "FP8": 8.0, "F8": 8.0, "INT8": 8.0, "MXFP8": 8.25, "NVFP4": 4.5, "MXFP4": 4.25,
    "FP4": 4.25, "NF4": 4.5, "INT4": 4.2, "AWQ": 4.2, "GPTQ": 4.2, "HQQ": 4.5,
}  # fmt: skip
"""Mean over all weights of an 8B model, so the few tensors kept at a higher precision are in it.

Sources: the table in https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md (Llama 3.1 8B), the
file sizes that `llama-quantize --help` prints, file sizes of published GGUF models for the L and XL variants; AWQ, GPTQ
with groups of 128 (one 16-bit scale and one zero point each); MXFP4 is 4 bits and one 8-bit scale for 32 weights.
"""

Found = tuple[str, float | None]
_WORDS = re.compile(r"[\s.-]+")
_SIZES_IN_WORDS = {"_-_SMALL": "_S", "_-_MEDIUM": "_M", "_-_LARGE": "_L"}


def _token(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


def _gguf(match: re.Match[str]) -> Found:
    name = _WORDS.sub("_", match[1]).upper()
    return (name, BITS.get(name))


def _bits_a_weight(match: re.Match[str]) -> Found:
    return (f"{match[1].replace('_', '.')}BPW", float(match[1].replace("_", ".")))


def _grouped(match: re.Match[str]) -> Found:
    """AWQ, GPTQ and HQQ are 4-bit unless they say otherwise; a scale and a zero point cost about 0.2 bits a weight."""
    digits = match["before"] or match["after"]
    name = match["kind"].upper()
    return (name, int(digits) + 0.2) if digits else (name, BITS[name])


def _weights_activations(match: re.Match[str]) -> Found:
    return (f"W{match[1]}A{match[2]}", {"4": 4.2, "8": 8.0}.get(match[1], float(match[1])))


def _plain_bits(match: re.Match[str]) -> Found:
    """MLX and bitsandbytes: groups of 64 with two 16-bit constants, or one of 32, cost half a bit a weight."""
    return (f"{match[1]}BIT", int(match[1]) + 0.5 if int(match[1]) < 16 else 16.0)


def _named(match: re.Match[str]) -> Found:
    return (match[1].upper(), BITS[match[1].upper()])


def _mlc(match: re.Match[str]) -> Found:
    """MLC's `q4f16_1`: 4-bit groups of 32 with a 16-bit scale; `q0f16` is not quantised."""
    return (match[0].upper(), int(match[1]) + 0.5 if match[1] != "0" else float(match[2]))


_ROWS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Found]], ...] = (
    (_token(r"(iq[1-4][_-](?:xxs|xs|s|m|nl))"), _gguf),
    (_token(r"(tq[12][_-]0)"), _gguf),
    (_token(r"(q[2-8][_-]k(?:[_-](?:xl|s|m|l))?)"), _gguf),
    (_token(r"(q[458][_-][01])(?:_\d_\d)?"), _gguf),
    (re.compile(r"(?<![0-9._])(\d(?:[._]\d{1,2})?)\s?bpw"), _bits_a_weight),
    (
        re.compile(
            r"(?<![a-z0-9])(?:(?:int|w)?(?P<before>[2348])(?:bit)?[_-])?(?P<kind>awq|gptq|hqq)(?![a-z])"
            r"(?:[_-](?:int|w|b)?(?P<after>[2348])[_-]?(?:bits?)?(?![a-z0-9]))?"
        ),
        _grouped,
    ),
    (_token(r"(nvfp4|mxfp4|mxfp8)(?:_moe)?"), _named),
    (_token(r"w(\d{1,2})a(\d{1,2})(?:_?fp8)?"), _weights_activations),
    (_token(r"q([0348])f(16|32)(?:_\d)?"), _mlc),
    (_token(r"([2-8]|16)-?bits?"), _plain_bits),
    (re.compile(r"(?<![a-z0-9])(fp8|fp4|nf4|int4|int8)(?![0-9])"), _named),
    (_token(r"(bf16|fp16|f16|fp32|f32)"), _named),
)
_UNQUANTISED = _token("unquantized|unquantised")
_TRAINED_FOR_Q4 = re.compile(r"gemma.*-qat(?![a-z0-9])")
"""Gemma's quantisation-aware trained models are published as Q4_0."""


def read_name(name: str) -> Found | None:
    """Quantisation and bits that a model name speaks of, or None. Bits are None for a variant not in the table."""
    text = names.leaf(name)
    if _UNQUANTISED.search(text):
        return None
    for pattern, found in _ROWS:
        if (match := pattern.search(text)) is not None:
            return found(match)
    return ("Q4_0", BITS["Q4_0"]) if _TRAINED_FOR_Q4.search(text) else None


def read_label(label: str | None) -> Found | None:
    """The same for what a backend says: `Q4_K_M`, `Q4_K - Medium`, `all F32`; None for nothing and for `unknown`."""
    if not label or label.strip().lower() in {"unknown", "none", "default", "auto"}:
        return None
    text = label.strip().upper().replace(" ", "_").removeprefix("ALL_").removeprefix("MOSTLY_")
    for words, letter in _SIZES_IN_WORDS.items():
        text = text.replace(words, letter)
    if text in BITS:
        return (text, BITS[text])
    read = read_name(text)
    return (text, read[1] if read else None)
