"""Sizes read from names: a long table of real spellings, and what must never be guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import sizes
from smarterrouter.catalog.known_sizes import DEFAULTS, MIXTURES

DENSE = {
    # Ollama tags
    "llama3:70b": 70, "llama3.1:405b": 405, "llama3.1:8b-instruct-q4_K_M": 8, "llama3.2:1b": 1, "llama3.2:3b": 3,
    "llama3.3:70b": 70, "gemma3:27b": 27, "gemma3:12b-it-qat": 12, "gemma3:1b": 1, "gemma3:270m": 0.27, "gemma2:2b": 2,
    "gemma2:9b": 9, "gemma:7b": 7, "deepseek-r1:1.5b": 1.5, "deepseek-r1:14b-qwen-distill-q4_K_M": 14,
    "deepseek-r1:8b-0528-qwen3-q8_0": 8, "deepseek-r1:70b": 70, "deepseek-coder:6.7b": 6.7, "mistral:7b": 7,
    "mistral:7b-instruct-v0.3-q4_0": 7, "qwen3:32b": 32, "qwen3:0.6b": 0.6, "qwen3:1.7b-q8_0": 1.7, "qwen2.5:0.5b": 0.5,
    "qwen2.5:72b-instruct": 72, "qwen2.5-coder:0.5b": 0.5, "qwen2.5-coder:32b-instruct-q8_0": 32, "qwen2.5vl:7b": 7,
    "qwen:110b": 110, "codellama:34b": 34, "codellama:70b-python": 70, "llama2:13b-chat": 13, "llava:34b": 34,
    "phi3:14b": 14, "phi4:14b": 14, "smollm2:135m": 0.135, "smollm:360m": 0.36, "falcon3:10b": 10, "solar:10.7b": 10.7,
    "yi:34b": 34, "starcoder2:15b": 15, "command-r:35b": 35, "command-r-plus:104b": 104, "command-r7b:7b": 7,
    "hermes3:405b": 405, "granite3.3:8b": 8, "exaone3.5:7.8b": 7.8, "internlm2:1.8b": 1.8, "cogito:70b": 70,
    "deepscaler:1.5b": 1.5, "mistral-small:24b": 24, "mistral-large:123b": 123, "llama3.2-vision:90b": 90,
    "all-minilm:33m": 0.033, "snowflake-arctic-embed:22m": 0.022, "qwen3-embedding:0.6b": 0.6, "stablelm2:12b": 12,
    # Hugging Face repositories
    "meta-llama/Llama-3.1-8B-Instruct": 8, "meta-llama/Meta-Llama-3-70B": 70, "Qwen/Qwen2.5-VL-7B-Instruct-AWQ": 7,
    "Qwen/Qwen2.5-7B-Instruct-1M": 7, "THUDM/glm-4-9b-chat-1m": 9, "mistralai/Mistral-7B-Instruct-v0.3": 7,
    "mistralai/Mistral-Small-3.1-24B-Instruct-2503": 24, "mistralai/Ministral-8B-Instruct-2410": 8,
    "mistralai/Pixtral-12B-2409": 12, "google/gemma-3-27b-it": 27, "google/gemma-4-31B-it": 31,
    "google/gemma-2-2b-it": 2,
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B": 1.5, "deepseek-ai/DeepSeek-R1-Distill-Llama-70B": 70,
    "deepseek-ai/DeepSeek-R1-0528-Qwen3-8B": 8, "TheBloke/Llama-2-70B-GPTQ": 70, "01-ai/Yi-1.5-34B-Chat-16K": 34,
    "nvidia/Llama-3_3-Nemotron-Super-49B-v1": 49, "nvidia/Llama-3.1-Nemotron-70B-Instruct-HF": 70,
    "HuggingFaceTB/SmolLM2-1.7B-Instruct": 1.7, "HuggingFaceTB/SmolVLM-256M-Instruct": 0.256,
    "allenai/OLMo-2-1124-7B": 7,
    "allenai/OLMo-2-0425-1B-stage1-step10000-tokens21B": 1, "internlm/internlm2_5-7b-chat": 7,
    "OpenGVLab/InternVL3-78B": 78,
    "mlx-community/Llama-3.2-3B-Instruct-4bit": 3, "neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8-dynamic": 8,
    "RedHatAI/Qwen2.5-7B-quantized.w4a16": 7, "tiiuae/falcon-180B": 180, "LGAI-EXAONE/EXAONE-4.0-1.2B": 1.2,
    "NousResearch/Yarn-Mistral-7b-128k": 7, "TinyLlama/TinyLlama-1.1B-intermediate-step-1431k-3T": 1.1,
    "bigscience/bloom-7b1": 7.1, "RWKV/rwkv-4-world-1b5": 1.5, "EleutherAI/pythia-70m": 0.07,
    "facebook/opt-125m": 0.125,
    "EleutherAI/gpt-j-6B": 6, "EleutherAI/gpt-neox-20b": 20, "intfloat/e5-mistral-7b-instruct": 7, "Qwen/QwQ-32B": 32,
    # references and files
    "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M": 3, "huggingface.co/unsloth/Qwen3-8B-GGUF:UD-Q4_K_XL": 8,
    "llama-2-7b-chat.Q4_K_M.gguf": 7, "Llama-3.2-3B-Instruct-Q4_K_M.gguf": 3, "mistral-7b-v0.1.Q5_K_M.gguf": 7,
    "/models/Qwen2.5-14B-Instruct-Q6_K-00001-of-00002.gguf": 14, "C:\\llm\\gemma-2-9b-it-IQ4_XS.gguf": 9,
    "ggml-org/models/tinyllama-1.1b/ggml-model-q4_0.gguf": 1.1, "stories15M-q4_0.gguf": 0.015,
    "stories260K.gguf": 0.00026,
    # hosted names
    "llama-3.1-70b-versatile": 70, "llama3-70b-8192": 70, "gemma2-9b-it": 9, "ministral-3b-latest": 3,
    "accounts/fireworks/models/llama-v3p1-70b-instruct": 70, "meta.llama3-70b-instruct-v1:0": 70,
    "@cf/meta/llama-3.1-8b-instruct": 8, "meta-llama/llama-3.1-70b-instruct:free": 70, "mistral7b": 7,
    "deepseek67b": 67,
    "qwen2_5_7b": 7,
    # nicknames and defaults
    "phi3:mini": 3.8, "phi3:medium": 14, "microsoft/Phi-3-mini-128k-instruct": 3.8, "Phi-3.5-mini-instruct": 3.8,
    "Phi-3-small-8k-instruct": 7, "microsoft/Phi-3-medium-4k-instruct": 14, "phi-4-mini-instruct": 3.8, "phi-4": 14.7,
    "microsoft/Phi-4-multimodal-instruct": 5.6, "phi-2": 2.7, "mistral": 7, "mistral:latest": 7, "llama3": 8,
    "llama3.2": 3,
    "llama3.3:latest": 70, "codellama": 7, "qwq": 32, "tinyllama": 1.1, "mistral-nemo": 12, "open-mistral-nemo": 12,
    "command-r7b": 7, "c4ai-command-r-plus": 104, "command-r-08-2024": 32, "mistral-small3.1": 24,
    "devstral-small-2505": 24,
    "pixtral-large-2411": 124, "nomic-embed-text": 0.137, "nomic-embed-text:v1.5": 0.137, "mxbai-embed-large": 0.335,
    "BAAI/bge-m3": 0.567, "sentence-transformers/all-MiniLM-L6-v2": 0.023, "intfloat/multilingual-e5-large": 0.56,
}  # fmt: skip

MIXED = {
    "mixtral": (46.7, 12.9), "mixtral:8x7b": (46.7, 12.9), "mixtral:8x22b-instruct-v0.1-q4_K_M": (141, 39),
    "TheBloke/Mixtral-8x7B-Instruct-v0.1-GGUF": (46.7, 12.9), "open-mixtral-8x22b": (141, 39),
    "mixtral-8x7b-32768": (46.7, 12.9), "dolphin-mixtral:8x7b-v2.7-q4_K_M": (46.7, 12.9),
    "nous-hermes2-mixtral": (46.7, 12.9),
    "mistral.mixtral-8x7b-instruct-v0:1": (46.7, 12.9), "wizardlm2:8x22b": (141, 39),
    "qwen3:30b-a3b": (30, 3), "qwen3:30b": (30, 3.3), "qwen3:235b": (235, 22),
    "Qwen/Qwen3-235B-A22B-Instruct-2507": (235, 22),
    "Qwen3-30B-A3B-UD-Q4_K_XL.gguf": (30, 3), "qwen3-coder:30b": (30, 3.3), "qwen3-coder:480b-cloud": (480, 35),
    "Qwen/Qwen3-Next-80B-A3B-Instruct": (80, 3), "Qwen/Qwen1.5-MoE-A2.7B-Chat": (14.3, 2.7), "Qwen2-57B-A14B": (57, 14),
    "gpt-oss:20b": (20, 3.6), "openai/gpt-oss-120b": (120, 5.1), "gpt-oss": (20.9, 3.6),
    "gpt-oss:120b-cloud": (120, 5.1),
    "deepseek-v3": (671, 37), "deepseek-v3.1:671b-cloud": (671, 37), "deepseek-r1:671b": (671, 37),
    "deepseek-ai/DeepSeek-V3-0324": (671, 37), "deepseek-ai/DeepSeek-R1-0528": (671, 37),
    "deepseek-coder-v2:16b": (16, 2.4),
    "deepseek-ai/DeepSeek-Coder-V2-Lite-Instruct": (15.7, 2.4), "deepseek-v2.5": (236, 21),
    "meta-llama/Llama-4-Scout-17B-16E-Instruct": (109, 17), "llama4:16x17b": (109, 17), "llama4:scout": (109, 17),
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8": (400, 17), "llama4": (109, 17),
    "allenai/OLMoE-1B-7B-0924": (6.9, 1.3), "granite-3.1-1b-a400m-instruct": (1, 0.4),
    "moonshotai/Kimi-K2-Instruct": (1000, 32),
    "glm-4.5-air": (106, 12), "zai-org/GLM-4.6": (355, 32), "MiniMaxAI/MiniMax-M2": (230, 10), "dbrx": (132, 36),
    "ai21labs/AI21-Jamba-1.5-Mini": (52, 12), "tencent/Hunyuan-A13B-Instruct": (80, 13), "LiquidAI/LFM2-8B-A1B": (8, 1),
    "baidu/ERNIE-4.5-21B-A3B-PT": (21, 3), "inclusionAI/Ring-1T": (1000, 50),
    "microsoft/Phi-3.5-MoE-instruct": (41.9, 6.6),
    "gemma3n:e2b": (5, 2), "google/gemma-3n-E4B-it": (8, 4), "gemma4:26b": (26, 3.8),
    "google/gemma-4-26B-A4B-it": (26, 4),
    "gemma4:e2b": (5.1, 2), "gemma4": (8, 4.5),
    "DavidAU/Llama-3.2-8X3B-MOE-Dark-Champion-Instruct-18.4B": (18.4, 5.3),
}  # fmt: skip

NOBODY_KNOWS = [
    "gemini-1.5-pro", "gemini-2.5-flash", "gemini-mini", "gemini", "gpt-4o", "gpt-4o-mini", "gpt-4.1-nano",
    "gpt-5-mini",
    "gpt-3.5-turbo-16k", "o3-mini", "o1", "claude-3-5-haiku-20241022", "claude-3-opus", "claude-sonnet-4-20250514",
    "mistral-large-latest", "mistral-medium-2505", "qwen-max", "qwen-turbo", "deepseek-r1", "deepseek/deepseek-r1",
    "deepseek-chat", "deepseek-reasoner", "grok-4", "command-nightly", "text-embedding-3-small", "whisper-1",
    "tts-1-hd",
    "dall-e-3", "moonshot-v1-128k", "kimi-latest", "glm-4.5-flash", "sonar-pro", "TinyStories-1M", "my-model",
    "qwen_1_5b",
    "some-2b-or-7b", "org/mistral-finetune", "v1.5", "model-2507", "", "///", "a3",
]  # fmt: skip


@pytest.mark.parametrize(("name", "billions"), DENSE.items())
def test_dense_models(name: str, billions: float) -> None:
    size = sizes.read_name(name)
    assert size.parameters_b == pytest.approx(billions)
    assert size.active_b == pytest.approx(billions)


@pytest.mark.parametrize(("name", "billions"), MIXED.items())
def test_mixtures_of_experts(name: str, billions: tuple[float, float]) -> None:
    size = sizes.read_name(name)
    assert (size.parameters_b, size.active_b) == pytest.approx(billions)


@pytest.mark.parametrize("name", NOBODY_KNOWS)
def test_none_beats_wrong(name: str) -> None:
    size = sizes.read_name(name)
    assert size.parameters_b is None
    assert size.active_b is None


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("llama3:70b", 70), ("llama3.1:405b", 405), ("gemma3:27b", 27), ("gemma2:2b", 2), ("deepseek-r1:1.5b", 1.5),
        ("gemini-2.5-pro", None), ("mistral:7b", 7), ("qwen3:32b", 32), ("mixtral", 46.7), ("codellama:34b", 34),
    ],
)  # fmt: skip
def test_w07_sizes_that_used_to_be_read_wrong(name: str, billions: float | None) -> None:
    assert sizes.read_name(name).parameters_b == billions


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(DENSE) + len(MIXED) >= 120


@pytest.mark.parametrize(("count", "each"), [(2, 7), (4, 7), (4, 8), (8, 8)])
def test_unknown_mixtures_lie_between_one_expert_and_all_of_them(count: int, each: int) -> None:
    size = sizes.read_name(f"someone/Frankenstein-{count}x{each}B")
    assert size.parameters_b is not None
    assert size.active_b is not None
    assert each < size.parameters_b < count * each
    assert each < size.active_b <= size.parameters_b


def test_estimate_is_near_what_is_known() -> None:
    assert sizes._from_experts(8, 7.24, None)[0] == pytest.approx(46.7, rel=0.03)
    assert sizes._from_experts(4, 7.24, None)[0] == pytest.approx(24.2, rel=0.03)


def test_effective_parameters_of_unknown_models_say_nothing_of_the_total() -> None:
    size = sizes.read_name("newmodel-e4b")
    assert (size.parameters_b, size.active_b) == (None, 4)


def test_unknown_mixture_keeps_its_active_parameters_open() -> None:
    size = sizes.read_name("newmoe-12b")
    assert (size.parameters_b, size.active_b) == (12, None)


def test_quantisation_comes_along() -> None:
    size = sizes.read_name("hf.co/unsloth/Qwen3-30B-A3B-GGUF:Q4_K_M")
    assert (size.quantisation, size.bits) == ("Q4_K_M", pytest.approx(4.89))
    assert sizes.read_name("gpt-oss:20b").quantisation == "MXFP4"
    assert sizes.read_name("gpt-oss-20b-F16.gguf").quantisation == "F16"
    assert sizes.read_name("llama3:70b").bits is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    size = sizes.read_name(text)
    assert size.parameters_b is None or size.parameters_b >= 0


@given(
    family=st.sampled_from(["foo", "bar-chat", "llama3.1", "qwen2.5", "x"]),
    billions=st.integers(1, 999) | st.sampled_from([0.5, 1.5, 1.7, 6.7, 7.8, 10.7]),
    quantisation=st.sampled_from(["", "-q4_K_M", "-Q8_0", "-fp16", "-4bit"]),
    rest=st.sampled_from(["", "-instruct", "-chat-2507", "-it-v0.3"]),
)
def test_written_numbers_are_found_in_every_spelling(
    family: str, billions: float, quantisation: str, rest: str
) -> None:
    for name in (
        f"{family}:{billions:g}b{rest}{quantisation}",
        f"org/{family}-{billions:g}B{rest}{quantisation}",
        f"hf.co/org/{family}-{billions:g}B{rest}-GGUF:Q4_K_M",
        f"/models/{family}-{billions:g}b{rest}{quantisation}.gguf",
    ):
        assert sizes.read_name(name).parameters_b == pytest.approx(billions), name


def test_tables_are_consistent() -> None:
    assert all(0 < row.active <= row.total for _, row in MIXTURES)
    assert all(0 < row.active <= row.total for row in DEFAULTS.values())
    assert "deepseek-r1" not in DEFAULTS
