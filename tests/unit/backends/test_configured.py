"""Settings to specs."""

from pathlib import Path

import pytest

from smarterrouter.backends import configured
from smarterrouter.settings.groups import Settings
from smarterrouter.settings.loading import load


def settings(tmp_path: Path, yaml: str = "", **environment: str) -> Settings:
    if yaml:
        (tmp_path / "smarterrouter.yaml").write_text(yaml)
    return load({f"ROUTER_{name}": value for name, value in environment.items()}, tmp_path).settings


def test_nothing_named_means_looking_around(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert configured.specs(found) == []
    assert configured.wants_discovery(found)
    assert configured.embedded_name(found) is None


@pytest.mark.parametrize(
    "environment",
    [
        {"PROVIDER": "ollama"},
        {"OLLAMA_URL": "http://10.0.0.1:11434"},
        {"DISCOVERY_ENABLED": "false"},
        {"OFFLINE": "true"},
    ],
)
def test_what_was_named_or_forbidden_ends_the_looking(tmp_path: Path, environment: dict[str, str]) -> None:
    assert not configured.wants_discovery(settings(tmp_path, **environment))


@pytest.mark.parametrize(
    ("environment", "kind", "url"),
    [
        ({"PROVIDER": "ollama"}, "ollama", "http://localhost:11434"),
        ({"OLLAMA_URL": "http://box:1/v1/"}, "ollama", "http://box:1"),
        ({"PROVIDER": "llama-swap", "LLAMA_CPP_URL": "http://box:1/v1"}, "llama.cpp", "http://box:1"),
        ({"PROVIDER": "openai", "OPENAI_BASE_URL": "http://box:1"}, "compatible", "http://box:1/v1"),
        ({"PROVIDER": "openai", "OPENAI_BASE_URL": "http://box:1/v1/v1"}, "compatible", "http://box:1/v1"),
        ({"OPENAI_API_KEY": "k"}, "openai", "https://api.openai.com/v1"),
        ({"OPENAI_BASE_URL": "https://api.groq.com/openai/v1"}, "groq", "https://api.groq.com/openai/v1"),
    ],
)
def test_the_old_names_still_work(tmp_path: Path, environment: dict[str, str], kind: str, url: str) -> None:
    (spec,) = configured.specs(settings(tmp_path, **environment))
    assert (spec.kind, spec.url) == (kind, url)


def test_a_named_provider_is_the_only_one_but_addresses_alone_add_up(tmp_path: Path) -> None:
    both = {"OLLAMA_URL": "http://a:1", "OPENAI_BASE_URL": "http://b:1/v1"}
    assert [spec.name for spec in configured.specs(settings(tmp_path, **both))] == ["ollama", "openai"]
    assert [spec.name for spec in configured.specs(settings(tmp_path, PROVIDER="openai", **both))] == ["openai"]


def test_prefix_timeout_key_and_keep_alive_reach_the_spec(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        OPENAI_BASE_URL="http://b:1/v1",
        OPENAI_API_KEY="sk-1",
        MODEL_PREFIX="pre-",
        GENERATION_TIMEOUT="7",
        MODEL_KEEP_ALIVE="30",
    )
    (spec,) = configured.specs(found)
    assert (spec.prefix, spec.timeout_seconds, spec.api_key, spec.keep_alive) == ("pre-", 7.0, "sk-1", 30)


YAML = """
backends:
  - name: big
    kind: vllm
    url: http://gpu:8000
    api_key: ${GPU_KEY}
    include: ["qwen*"]
    exclude: ["*-base"]
    headers: {x-team: blue}
    timeout_seconds: 9
    context_tokens: 8192
  - name: cloud
    kind: mistral
    api_key: m
  - name: own
    kind: local
"""


def test_the_file_names_several(tmp_path: Path) -> None:
    (tmp_path / "smarterrouter.yaml").write_text(YAML)
    found = load({"GPU_KEY": "secret"}, tmp_path).settings
    big, cloud = configured.specs(found)
    assert (big.name, big.kind, big.url, big.api_key) == ("big", "vllm", "http://gpu:8000/v1", "secret")
    assert (big.include, big.exclude, big.headers) == (("qwen*",), ("*-base",), {"x-team": "blue"})
    assert (big.timeout_seconds, big.context_tokens) == (9.0, 8192)
    assert (cloud.url, cloud.api_key) == ("https://api.mistral.ai/v1", "m")
    assert configured.embedded_name(found) == "own"
    assert not configured.wants_discovery(found)
