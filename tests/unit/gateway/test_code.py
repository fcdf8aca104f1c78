"""Do the code blocks of an answer parse?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.gateway.code import Block, blocks, fault


def fenced(text: str, language: str = "python") -> str:
    return f"Look:\n\n```{language}\n{text}\n```\n\nThat is all."


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x",
        "    def indented(self):\n        return self",
        "x = await fetch()\nasync for y in x: print(y)",
        "%pip install numpy\n!ls\nimport numpy",
        "$ pip install x",
        ">>> 1 +\n... 1\n2",
        "class A: ...",
        "print('\\d')",
        "",
    ],
)
def test_python_that_parses_is_well(text: str) -> None:
    assert fault(fenced(text)) == ""


@pytest.mark.parametrize(
    "text",
    ["def f(x)\n    return x", "if x:\nreturn", "print('a", "x = (1,", "f(" * 300, "x = '\0'", "-" * 12_000 + "1"],
)
def test_python_that_does_not_parse_is_a_fault(text: str) -> None:
    assert "block of Python does not parse" in fault(fenced(text, "py"))


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "[1, 2]", '{"a": 1}\n{"a": 2}', '{"a": 1, ...}', '{"a": 1 // one\n}', "", '"x"']
)
def test_json_that_parses_or_illustrates_is_well(text: str) -> None:
    assert fault(fenced(text, "json")) == ""


@pytest.mark.parametrize("text", ['{"a": 1', "{'a': 1}", '{"a": 1,}'])
def test_json_that_does_not_parse_is_a_fault(text: str) -> None:
    assert fault(fenced(text, "JSON")) == "a block of JSON does not parse"


def test_other_languages_are_believed() -> None:
    assert fault(fenced("fn main( {", "rust")) == ""
    assert fault(fenced("def f(", "")) == ""


def test_an_open_fence_is_a_fault() -> None:
    assert fault("```rust\nfn main() {}") == "a code block is not closed"


def test_what_is_too_long_to_parse_is_believed() -> None:
    assert fault(fenced("x = (\n" * 8000)) == ""


def test_blocks_are_found_as_markdown_has_them() -> None:
    text = "a\n~~~~ python title=x\n```\nx\n```\n~~~~\n  ```js\ny\n  ```"
    assert blocks(text) == [Block("python", "```\nx\n```"), Block("js", "y")]
    assert blocks("inline ```python code``` is none") == []


@given(st.text(alphabet=st.sampled_from("`~ \nabpython(){}[]:'\"\\\0\x0c=#…"), max_size=200))
def test_any_text_gives_an_answer(text: str) -> None:
    assert isinstance(fault(text), str)
    assert isinstance(fault(fenced(text)), str)
