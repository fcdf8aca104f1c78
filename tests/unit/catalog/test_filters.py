"""Include and exclude globs."""

import pytest

from smarterrouter.catalog.filters import Filters
from smarterrouter.domain.models import Offer


def offer(name: str, backend: str = "ollama") -> Offer:
    return Offer(backend=backend, name=name)


@pytest.mark.parametrize(
    ("include", "exclude", "name", "kept"),
    [
        ([], [], "llama3:8b", True),
        (["llama*"], [], "llama3:8b", True),
        (["LLAMA*"], [], "llama3:8b", True),
        (["llama*"], [], "Llama3:8b", True),
        (["qwen*"], [], "llama3:8b", False),
        (["*:8?"], [], "llama3:8b", True),
        (["*:8?"], [], "llama3:70b", False),
        (["llama[23]:*"], [], "llama2:7b", True),
        (["llama[23]:*"], [], "llama4:7b", False),
        (["llama[!2]:*"], [], "llama2:7b", False),
        (["*"], ["*embed*"], "nomic-embed-text", False),
        (["nomic-embed-text"], ["*embed*"], "nomic-embed-text", False),
        (["ollama/*"], [], "llama3:8b", True),
        (["other/*"], [], "llama3:8b", False),
        ([], ["ollama/llama3*"], "llama3:8b", False),
        (["llama3"], [], "llama3:latest", True),
        (["ollama/llama3"], [], "llama3:latest", True),
        (["llama3"], [], "llama3:8b", False),
        (["", "  "], [" "], "llama3:8b", True),
        (["hf.co/*/*"], [], "hf.co/org/model:Q4_K_M", True),
    ],
)
def test_keep(include: list[str], exclude: list[str], name: str, kept: bool) -> None:
    assert Filters.of(include, exclude).keep(offer(name)) is kept
