"""The mapping of Artificial Analysis' names, its shipped example included."""

import pytest

from smarterrouter.benchmarks.aa_mapping import EXAMPLE, Mapped, read_mapping


def test_w16_the_shipped_example_is_read_and_means_what_it_says():
    mapped = read_mapping(EXAMPLE)
    assert mapped.models({"slug": "llama-3-3-instruct-70b", "name": "Llama 3.3 Instruct 70B"}) == ("llama3.3:70b",)
    assert mapped.models({"slug": "x", "name": "Llama 3.1 Instruct 8B"}) == (
        "llama3.1:8b",
        "llama3.1:8b-instruct-q4_K_M",
    )
    text = EXAMPLE.read_text(encoding="utf-8").lower()
    assert all(family in text for family in ("llama", "phi", "qwen", "gemma", "mistral"))
    assert "curl" in text


def test_id_goes_before_slug_and_slug_before_name():
    mapped = Mapped({"1": ("by-id",), "s": ("by-slug",), "n": ("by-name",)})
    assert mapped.models({"id": "1", "slug": "s", "name": "n"}) == ("by-id",)
    assert mapped.models({"id": "2", "slug": "S", "name": "n"}) == ("by-slug",)
    assert mapped.models({"id": "2", "slug": "t", "name": "N"}) == ("by-name",)


def test_what_is_not_mentioned_keeps_its_own_name():
    mapped = Mapped({})
    assert mapped.models({"slug": "a-b", "name": "A B"}) == ("A B",)
    assert mapped.models({"slug": "a-b", "name": None}) == ("a-b",)
    assert mapped.models({"name": 7}) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models: [a, b]", "needs a member `models`"),
        ("llama: x", "needs a member `models`"),
        ("", "needs a member `models`"),
        ("models: {a: }", "'a' needs the name of a model"),
        ("models: {a: []}", "'a' needs the name of a model"),
        ("models: {a: {b: c}}", "'a' needs the name of a model"),
        ("models: {a: [x, 7]}", "'a' needs the name of a model"),
        ("models: {a", "not YAML"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, text, words):
    path = tmp_path / "mapping.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=words):
        read_mapping(path)
