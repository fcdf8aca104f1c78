"""How a task that asks for a function is put together from a solution and arguments to try."""

import inspect
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from smarterrouter.profiling.base import Answer
from smarterrouter.profiling.checks import Code, Run
from smarterrouter.profiling.drafts import Draft

_HOW = (
    "Use only built-in functions and types: no imports, no classes, no yield. Reply with the function in "
    "one code block, "
    "without explanations or examples."
)


@cache
def source(function: Callable[..., Any]) -> str:
    """The text of a solution, under the name `solved`."""
    return inspect.getsource(function).replace(f"def {function.__name__}(", "def solved(")


def writing_code(
    name: str, text: str, solution: Callable[..., Any], runs: Sequence[tuple[Any, ...]], constants: tuple[Any, ...] = ()
) -> Draft:
    """A function of the arguments in `runs`; `constants` are what the text says and the solution is given."""
    names = list(inspect.signature(solution).parameters)[: len(runs[0])]
    expected = [solution(*deepcopy(arguments), *constants) for arguments in runs]
    called = ", ".join([*names, *map(repr, constants)])
    head = f"def {name}({', '.join(names)}):\n"
    right = f"{source(solution)}\n\n{head}    return solved({called})"
    wrong = (f"{head}    return {expected[0]!r}", f"{head}    return None", f"{head}    return {names[0]}[0](")
    return Draft(
        prompt=f"Write a Python function `{name}({', '.join(names)})`. {text}\n{_HOW}",
        check=Code(name, tuple(Run(arguments, value) for arguments, value in zip(runs, expected, strict=True))),
        answer=Answer(text=f"```python\n{right}\n```"),
        wrong=tuple(Answer(text=f"```python\n{one}\n```") for one in wrong),
        max_tokens=400,
    )
