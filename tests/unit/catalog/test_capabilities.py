"""Capabilities read from names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.catalog import capabilities

SEES = [
    "llava:13b", "bakllava", "llava-llama3", "pixtral-12b-2409", "gpt-4o", "gpt-4o-mini", "chatgpt-4o-latest",
    "gpt-4-turbo", "gpt-4.1-nano", "gpt-5-mini", "o1", "o3", "o4-mini", "claude-3-opus-20240229",
    "claude-3-5-haiku-20241022", "anthropic/claude-3.5-sonnet", "claude-sonnet-4-20250514", "gemini-1.5-pro",
    "gemini-2.5-flash", "google/gemini-2.0-flash-001", "qwen2.5vl:7b", "Qwen/Qwen2.5-VL-7B-Instruct-AWQ",
    "qwen3-vl:8b", "qwen2-vl", "gemma3:4b", "gemma-3-27b-it", "gemma3", "gemma4:e2b", "gemma4:e4b", "gemma4:26b",
    "gemma4:31b", "google/gemma-4-E4B-it", "gemma-4-26B-A4B-it", "minicpm-v:8b", "openbmb/MiniCPM-V-2_6",
    "moondream", "vikhyatk/moondream2", "llama3.2-vision:11b", "meta-llama/Llama-3.2-11B-Vision-Instruct",
    "meta-llama/Llama-4-Scout-17B-16E-Instruct", "mistral-small3.1",
    "mistralai/Mistral-Small-3.1-24B-Instruct-2503", "granite3.2-vision", "microsoft/Phi-3.5-vision-instruct",
    "Phi-4-multimodal-instruct", "SmolVLM-256M-Instruct", "InternVL3-78B", "glm-4.5v", "qvq",
]  # fmt: skip
BLIND = [
    "gpt-4", "gpt-3.5-turbo", "o1-mini", "o3-mini", "llama3:70b", "llama3.2:3b", "gemma3:1b",
    "google/gemma-3-270m-it", "gemma2:9b", "phi4-mini", "qwen2.5:7b", "qwen3:32b", "mistral:7b", "mixtral:8x7b",
    "codellama:34b", "deepseek-r1:8b", "gpt-oss:20b", "mistral-large-latest", "tinyllama", "command-r-plus",
    "visionary-7b", "medgemma-27b-text-it",
]  # fmt: skip
USES_TOOLS = [
    "gpt-4", "gpt-4o", "gpt-3.5-turbo", "gpt-5", "o3-mini", "claude-3-haiku", "claude-opus-4-1", "gemini-2.5-pro",
    "mistral-large-latest", "mistral-large-2411", "qwen2.5:7b", "qwen2.5-coder:32b", "qwen3:32b", "llama3.1:8b",
    "llama3.2:3b", "llama-3.3-70b-versatile", "command-r-plus", "gemma4:e2b", "gemma4:e4b", "gemma4:26b",
    "gemma4:31b", "gpt-oss:20b", "phi4-mini", "hermes3", "granite3.3:8b", "kimi-k2", "glm-4.6", "devstral",
]  # fmt: skip
NO_TOOLS = [
    "llama3:70b", "llama2", "gemma2:9b", "gemma3:4b", "tinyllama", "codellama:34b", "chatgpt-4o-latest",
    "o1-mini", "phi3:mini", "mistral:7b", "llama3.2-vision:11b",
]  # fmt: skip
EMBEDS = [
    "nomic-embed-text", "nomic-embed-text:v1.5", "mxbai-embed-large", "text-embedding-3-small",
    "text-embedding-ada-002", "bge-m3", "BAAI/bge-large-en-v1.5", "all-minilm:33m",
    "sentence-transformers/all-MiniLM-L6-v2", "intfloat/e5-mistral-7b-instruct", "multilingual-e5-large",
    "thenlper/gte-large", "Alibaba-NLP/gte-Qwen2-7B-instruct", "snowflake-arctic-embed2", "qwen3-embedding:0.6b",
    "embeddinggemma", "jina-embeddings-v3", "gemini-embedding-001", "granite-embedding:30m", "mistral-embed",
    "voyage-3", "embed-english-v3.0", "hf.co/Qwen/Qwen3-Embedding-0.6B-GGUF:Q8_0", "paraphrase-multilingual",
]  # fmt: skip
NEITHER = [
    "bge-reranker-v2-m3", "jinaai/jina-reranker-v2", "qwen3-reranker-0.6b", "rerank-2", "ms-marco-MiniLM-L-6-v2",
    "mxbai-rerank-large", "whisper-1", "openai/whisper-large-v3", "distil-whisper", "tts-1", "tts-1-hd",
    "gpt-4o-mini-tts", "gpt-4o-transcribe", "kokoro", "dall-e-3", "gpt-image-1", "stable-diffusion-3.5-large",
    "sdxl", "flux.1-dev", "imagen-4.0-generate-001", "omni-moderation-latest", "gpt-3.5-turbo-instruct",
    "davinci-002", "google-bert/bert-base-uncased", "sora-2", "gpt-4o-realtime-preview",
]  # fmt: skip
THINKS = [
    "deepseek-r1:8b", "deepseek-reasoner", "qwq", "magistral", "gpt-oss:20b", "o1-mini", "o3-mini", "gpt-5",
    "qwen3:32b", "gemini-2.5-pro", "claude-3-7-sonnet-latest", "claude-sonnet-4-20250514",
    "qwen3-30b-a3b-thinking-2507", "phi4-reasoning", "openthinker:32b", "glm-4.6",
]  # fmt: skip
JUST_ANSWERS = [
    "llama3:70b", "gpt-4o", "claude-3-5-sonnet-20241022", "gemini-1.5-pro", "qwen2.5:7b",
    "qwen3-30b-a3b-instruct-2507", "qwen3-coder:30b", "mistral-large-latest", "gemma3:4b", "gpt-5-chat-latest",
]  # fmt: skip


@pytest.mark.parametrize("name", SEES)
def test_vision(name: str) -> None:
    assert capabilities.read_name(name, {}).vision is True


@pytest.mark.parametrize("name", BLIND)
def test_no_word_of_vision(name: str) -> None:
    assert capabilities.read_name(name, {}).vision is None


@pytest.mark.parametrize("name", USES_TOOLS)
def test_tools(name: str) -> None:
    assert capabilities.read_name(name, {}).tools is True


@pytest.mark.parametrize("name", NO_TOOLS)
def test_no_word_of_tools(name: str) -> None:
    assert capabilities.read_name(name, {}).tools is None


@pytest.mark.parametrize("name", THINKS)
def test_thinking(name: str) -> None:
    assert capabilities.read_name(name, {}).thinking is True


@pytest.mark.parametrize("name", JUST_ANSWERS)
def test_no_word_of_thinking(name: str) -> None:
    assert capabilities.read_name(name, {}).thinking is None


@pytest.mark.parametrize("name", EMBEDS)
def test_w09_an_embedding_model_is_no_chat_model(name: str) -> None:
    hints = capabilities.read_name(name, {})
    assert hints.embeddings
    assert not hints.chat
    assert hints.tools is hints.vision is False


@pytest.mark.parametrize("name", NEITHER)
def test_neither_chat_nor_embeddings(name: str) -> None:
    hints = capabilities.read_name(name, {})
    assert not hints.chat
    assert not hints.embeddings


@pytest.mark.parametrize(
    "name", [*SEES, *BLIND, *USES_TOOLS, *NO_TOOLS, *THINKS, "nomic-ai/gpt4all-falcon", "robert-7b"]
)
def test_chat_models_stay_chat_models(name: str) -> None:
    hints = capabilities.read_name(name, {})
    assert hints.chat
    assert not hints.embeddings
    assert not hints.only_by_name


@pytest.mark.parametrize(
    "name",
    ["llama-guard3:8b", "shieldgemma:2b", "granite3-guardian:8b", "meta-llama/Llama-Guard-4-12B",
     "qwen2.5-coder:7b-base", "llama3:8b-text-q4_0", "llama3:text", "functiongemma:270m", "gpt-oss-safeguard:20b"],
)  # fmt: skip
def test_specialists_are_only_for_who_names_them(name: str) -> None:
    assert capabilities.read_name(name, {}).only_by_name


@pytest.mark.parametrize(
    ("custom", "name", "stated"),
    [
        ({"vision": ["my-cam-*"]}, "my-cam-7b", {"vision"}),
        ({"vision": ["my-cam-*"]}, "org/My-Cam-7b", {"vision"}),
        ({"vision": ["my-cam-*"]}, "not-my-cam-7b", set()),
        ({"tools": ["worker"]}, "home-worker:7b", {"tools"}),
        ({"Embedding": ["vec"]}, "vec-large", {"embeddings"}),
        ({"reasoning": ["deep?"]}, "deep1", {"thinking"}),
        ({"vision": ["x"], "tools": ["x"]}, "xyz", {"vision", "tools"}),
        ({"vision": [""]}, "anything", set()),
        ({"flying": ["x"]}, "xyz", set()),
    ],
)
def test_patterns_of_the_users_own(custom: dict[str, list[str]], name: str, stated: set[str]) -> None:
    assert capabilities.read_name(name, custom).stated == stated


def test_words_that_are_no_capability_are_named() -> None:
    assert capabilities.unknown({"vision": [], "flying": [], "Embedding": [], "talks": []}) == ["flying", "talks"]


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    hints = capabilities.read_name(text, {"vision": ["*[", "a?"]})
    assert hints.chat or hints.vision is False
