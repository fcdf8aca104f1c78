import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError

from smarterrouter.settings import kinds
from smarterrouter.settings.kinds import read_list, read_object

ITEM = st.text(min_size=1).filter(lambda text: "," not in text and text == text.strip() and not text.startswith("["))


class Sample(BaseModel):
    origins: kinds.Origins = ()
    networks: kinds.Networks = ()
    patterns: kinds.Patterns = {}
    provider: kinds.Provider | None = None
    secret: kinds.Secret = SecretStr("")
    signature: kinds.Signature = ""


def refused(**values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Sample(**values)
    return str(caught.value)


@given(st.lists(ITEM))
def test_comma_form_and_json_form_mean_the_same(items: list[str]) -> None:
    assert read_list(", ".join(items)) == items
    assert read_list(json.dumps(items)) == items
    assert read_list(items) == items


@given(st.text())
def test_any_text_is_a_list_or_a_clear_refusal(text: str) -> None:
    try:
        found = read_list(text)
    except ValueError as error:
        found = [str(error)]
    assert all(isinstance(item, str) and item for item in found)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("gemma*,mistral*", ["gemma*", "mistral*"]),
        (" a , ,b, ", ["a", "b"]),
        ("[]", []),
        ('["a, b"]', ["a, b"]),
        ("[ab]*,c?", ["[ab]*", "c?"]),
        ("[ab]*", ["[ab]*"]),
    ],
)
def test_lists_as_people_write_them(text: str, items: list[str]) -> None:
    assert read_list(text) == items


@pytest.mark.parametrize("text", ['["a"', '["a",]', "[1, 2]", '["a", null]'])
def test_broken_json_is_not_taken_for_a_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|texts"):
        read_list(text)


def test_deep_nesting_is_refused_quietly() -> None:
    with pytest.raises(ValueError, match="JSON"):
        read_object('{"a":' * 100_000)


@pytest.mark.parametrize("text", ["[]", "5", "null", "{", "a=b"])
def test_a_mapping_is_a_json_object(text: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        read_object(text)


def test_patterns_know_the_capabilities_and_their_older_names() -> None:
    typed = '{"vision": ["my-vlm*"], "Tool_Calling": "a*, b*", "embedding": ["e"]}'
    assert Sample(patterns=typed).patterns == {"vision": ("my-vlm*",), "tools": ("a*", "b*"), "embeddings": ("e",)}
    assert "'sight' is not a capability; known are chat" in refused(patterns='{"sight": ["x"]}')


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(" Ollama ", "ollama"), ("llama-cpp", "llama.cpp"), ("llamacpp", "llama.cpp"), ("llamaswap", "llama.cpp"),
     ("llama-swap", "llama.cpp"), ("LLAMA.CPP", "llama.cpp"), ("openai", "openai"), ("local", "local")],
)  # fmt: skip
def test_providers_have_other_names(typed: str, meant: str) -> None:
    assert Sample(provider=typed).provider == meant


def test_networks_are_addresses_or_ranges() -> None:
    assert Sample(networks="127.0.0.1, ::1, 10.0.0.5/8").networks == ("127.0.0.1", "::1", "10.0.0.5/8")
    assert "'10.0.0' is neither" in refused(networks="127.0.0.1, 10.0.0")


def test_origins_include_apps_and_lose_their_slash() -> None:
    typed = "http://localhost:3000/, *, app://obsidian.md, null"
    assert Sample(origins=typed).origins == ("http://localhost:3000", "*", "app://obsidian.md", "null")
    assert "is not an origin" in refused(origins="localhost:3000")


def test_secrets_fit_into_a_header_and_stay_hidden() -> None:
    assert "line breaks" in refused(secret="a\r\nX-Evil: 1")
    assert "hunter2" not in repr(Sample(secret="hunter2"))


def test_signatures_take_typed_line_breaks_and_only_the_model() -> None:
    assert Sample(signature=r"\n\t{model} {{x}}").signature == "\n\t{model} {{x}}"
    for wrong in ("{", "{x}", "{model.__class__}", "{model!r}", "{model:>9}", "{}", "{0}"):
        assert "signature" in refused(signature=wrong)
