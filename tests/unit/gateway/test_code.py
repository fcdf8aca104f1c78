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
        'x = ("%s"\n  %y)',
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
    [
        "def f(x)\n    return x",
        "def f(\n    x,\n) -> int  # one\n\n    return x",
        "if x:\nreturn",
        "def f(x):\nreturn x",
        "print('a",
        "x = (1,",
        "def f(",
        "def f(:",
        "def f(x:\n    return x",
        "x = {'a': [1, 2)}",
        "f(" * 300,
        's = """half\nof it',
    ],
)
def test_python_that_is_broken_is_a_fault(text: str) -> None:
    assert "block of Python does not parse" in fault(fenced(text, "py"))


@pytest.mark.parametrize(
    "text",
    [
        "type P = int",
        "def f[T](x: T) -> T:\n    return x",
        "class A[T]:\n    pass",
        'print(f"{x["a"]}")',
        'print(f"{d["it\'s"]}")',
        'x = f"a {\', \'.join(a)} {", ".join(b)} c"',
        'x = f"{\n    a\n}"',
        "try:\n    x\nexcept A, B:\n    pass",
        't"{x["a"]}"',
    ],
)
def test_syntax_that_is_newer_than_the_parser_is_well(text: str) -> None:
    assert fault(fenced(text)) == ""
    assert fault(fenced("import x\n\n" + text + "\n\ny = 1")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "if count > 3:",
        "elif x:\n    y()",
        "else:\n    y()",
        "@cache",
        "def f(x) -> int",
        "API_KEY = <your key>",
        "API_KEY = <the user's key>",
        "def f():\n    # here it comes",
        "def f():\n    # here it comes\n\nf()",
        "class A:\n    def f(self):\n    def g(self):",
        "if x:\nelse:\n    y()",
        "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-def f(\n+def f(a,",
        "-x = (1\n+x = (2",
        'Traceback (most recent call last):\n  File "x.py", line 3\n    f(\nSyntaxError: never closed',
        "if the user's input is fine:\n    go on",
        "app = App(\n    a=1,\n    ...",
        "    debug=True,\n)",
        "print 'x'",
        "x = '\0'",
        "-" * 5_000 + "1",
    ],
)
def test_what_is_no_whole_program_is_believed(text: str) -> None:
    assert fault(fenced(text)) == ""


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        "[1, 2]",
        '{"a": 1}\n{"a": 2}',
        '{"a": 1, ...}',
        '{"a": 1 // one\n}',
        '{"a": 1  # one\n}',
        '{"a": 1,}',
        "{'a': '['}",
        '{"a": <your key>}',
        '"a": 1,\n"b": 2',
        '    "a": 1\n}',
        "",
        '"x"',
    ],
)
def test_json_that_parses_or_illustrates_is_well(text: str) -> None:
    assert fault(fenced(text, "json")) == ""


@pytest.mark.parametrize("text", ['{"a": 1', "[1, 2}", '{"a": "b', '{"url": "http://x", "b": [', "[" * 3000])
def test_json_that_is_cut_off_is_a_fault(text: str) -> None:
    assert fault(fenced(text, "JSON")) == "a block of JSON does not parse"


def test_other_languages_are_believed() -> None:
    assert fault(fenced("fn main( {", "rust")) == ""
    assert fault(fenced("def f(", "")) == ""


def test_where_python_was_asked_for_a_block_without_a_language_is_read_if_it_looks_like_it() -> None:
    assert fault(fenced("def f(", ""), python=True)
    assert fault(fenced("def f(x)\n    end = x\n    return g('<{', '>}')", ""), python=True)
    assert fault(fenced("from x import y\nprint(y", ""), python=True)
    assert fault("def f(x)\n    return x", python=True)
    for well in ("def f(x):\n    return x", "def f(x)\n  x\nend", "def f(x) {\n  x", "$ pip install (", "Usage: f ["):
        assert fault(fenced(well, ""), python=True) == ""
    for well in ("def f(x):\n    return x\n\nIt isn't :( slow.", "def is a word (of Python", "Look: ("):
        assert fault(well, python=True) == ""


@pytest.mark.parametrize("text", ["def f(x)", "def f(x):", "def f(x):\n    return (x +", "def f(x):\n    return x +"])
def test_an_open_fence_is_a_fault_where_the_code_is_cut_off(text: str) -> None:
    assert fault(f"```python\n{text}") != ""
    assert fault('```json\n{"a":') != ""


@pytest.mark.parametrize(
    "text",
    ["```rust\nfn main() {}", "```python\nx = 1", '```json\n{"a": 1}', "```python\ntype P = int\nx = 1", "```\na ("],
)
def test_a_model_may_forget_the_last_fence(text: str) -> None:
    assert fault(text) == ""
    assert fault(f"{text}\n") == ""


def test_fences_may_be_indented_unlike_each_other() -> None:
    assert fault("1. Do this:\n   ```python\n   x = 1\n    ```\n2. Then this (and (that") == ""
    assert blocks("   ```js\n   x\n    ```\ny") == [Block("js", "   x")]
    assert blocks("```js\nx\n    ```\n```") == [Block("js", "x\n    ```")]


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
    assert isinstance(fault(fenced(text, ""), python=True), str)
    assert isinstance(fault(fenced(text, "json")), str)
    assert isinstance(fault("def f(x" + text, python=True), str)
    assert isinstance(fault("```python\n" + text), str)
