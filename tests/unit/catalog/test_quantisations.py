"""Quantisation names and their bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import quantisations


@pytest.mark.parametrize(
    ("name", "label", "low", "high"),
    [
        ("llama3:8b-instruct-q2_K", "Q2_K", 2.6, 3.4),
        ("llama-2-7b-chat.Q3_K_M.gguf", "Q3_K_M", 3.8, 4.1),
        ("hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M", "Q4_K_M", 4.8, 4.95),
        ("ggml-model-q4_0.gguf", "Q4_0", 4.5, 4.7),
        ("x-Q5_K_S", "Q5_K_S", 5.4, 5.6),
        ("x-Q5_1", "Q5_1", 5.9, 6.1),
        ("x.i1-Q6_K.gguf", "Q6_K", 6.5, 6.6),
        ("x-Q6_K_L.gguf", "Q6_K_L", 6.6, 7.0),
        ("gemma2:9b-instruct-q8_0", "Q8_0", 8.4, 8.6),
        ("x-IQ1_S", "IQ1_S", 1.5, 2.1),
        ("x-IQ2_XXS.gguf", "IQ2_XXS", 2.0, 2.5),
        ("x-IQ3_M", "IQ3_M", 3.6, 3.9),
        ("x-IQ4_XS", "IQ4_XS", 4.2, 4.5),
        ("x-IQ4_NL", "IQ4_NL", 4.5, 4.8),
        ("x-UD-Q4_K_XL.gguf", "Q4_K_XL", 4.8, 5.2),
        ("x-TQ1_0", "TQ1_0", 1.6, 1.8),
        ("llama-3-8b-q4-k-m", "Q4_K_M", 4.8, 4.95),
        ("x-F16.gguf", "F16", 16, 16),
        ("x-fp16", "FP16", 16, 16),
        ("x-BF16", "BF16", 16, 16),
        ("x-f32", "F32", 32, 32),
        ("x-FP8-dynamic", "FP8", 8, 8),
        ("x-fp8_e4m3", "FP8", 8, 8),
        ("x-MXFP4_MOE.gguf", "MXFP4", 4.2, 4.3),
        ("x-NVFP4", "NVFP4", 4.4, 4.6),
        ("x-AWQ", "AWQ", 4.1, 4.3),
        ("x-AWQ-4bit", "AWQ", 4.1, 4.3),
        ("x-GPTQ", "GPTQ", 4.1, 4.3),
        ("x-GPTQ-Int4", "GPTQ", 4.1, 4.3),
        ("x-GPTQ-Int8", "GPTQ", 8.0, 8.3),
        ("x-4bit-AWQ", "AWQ", 4.1, 4.3),
        ("x-w4a16", "W4A16", 4.0, 4.3),
        ("x-quantized.w8a8", "W8A8", 8, 8),
        ("x-4bit", "4BIT", 4.0, 4.6),
        ("x-bnb-4bit", "4BIT", 4.0, 4.6),
        ("x-8bit", "8BIT", 8.0, 8.6),
        ("x-4bit-DWQ", "4BIT", 4.0, 4.6),
        ("x-exl2-4.65bpw", "4.65BPW", 4.65, 4.65),
        ("x-6_0bpw-h6-exl2", "6.0BPW", 6.0, 6.0),
        ("x-q4f16_1-MLC", "Q4F16_1", 4.0, 4.6),
        ("x-int4", "INT4", 4.0, 4.3),
        ("gemma3:27b-it-qat", "Q4_0", 4.5, 4.7),
    ],
)
def test_read_name(name: str, label: str, low: float, high: float) -> None:
    found = quantisations.read_name(name)
    assert found is not None
    assert found[0] == label
    assert found[1] is not None
    assert low <= found[1] <= high


@pytest.mark.parametrize(
    "name",
    [
        "llama3:70b",
        "gpt-4o",
        "qwen3-235b-a22b-instruct-2507",
        "gemma-3-27b-it-qat-int4-unquantized",
        "q4pilot",
        "awqaf",
    ],
)
def test_names_that_say_nothing(name: str) -> None:
    assert quantisations.read_name(name) is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Q4_K_M", "Q4_K_M"),
        ("q8_0", "Q8_0"),
        ("Q4_K - Medium", "Q4_K_M"),
        ("Q3_K - Large", "Q3_K_L"),
        ("all F32", "F32"),
        ("mostly Q4_0", "Q4_0"),
        ("fp8", "FP8"),
        ("compressed-tensors", "COMPRESSED-TENSORS"),
        ("unknown", None),
        ("", None),
        (None, None),
    ],
)
def test_what_backends_say(label: str | None, expected: str | None) -> None:
    found = quantisations.read_label(label)
    assert (found and found[0]) == expected


def test_more_bits_within_a_family_are_more_bits() -> None:
    order = ["Q2_K", "Q3_K_S", "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0", "F16", "F32"]
    bits = [quantisations.BITS[name] for name in order]
    assert bits == sorted(bits)


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = quantisations.read_name(text)
    assert found is None or found[1] is None or found[1] >= 0
    quantisations.read_label(text)
