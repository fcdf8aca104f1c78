"""Tells an error of the code from a part of Python that the sandbox does not have."""

import builtins
import re

# What only computes. A module that reaches out of the program is refused by design, and that is the code's own fault.
_COMPUTING_MODULES = """
abc array bisect collections copy decimal enum fractions functools heapq itertools math numbers operator queue random re
statistics string textwrap types typing unicodedata
"""
_COMPUTING = frozenset(_COMPUTING_MODULES.split())
_SYNTAX = re.compile(r"NotImplementedError: The monty syntax parser does not yet support ([^\n]{1,100})")
_MODULE = re.compile(r"ModuleNotFoundError: No module named '(\w{1,40})[\w.]{0,60}'")
_NAME = re.compile(r"ImportError: cannot import name '\w{1,60}' from '(\w{1,40})[\w.]{0,60}'")
_ATTRIBUTE = re.compile(r"AttributeError: (?:type object )?'(\w{1,40})' (?:object )?has no attribute '(\w{1,60})'")
_BUILTIN = re.compile(r"(?:NameError: name '(\w{1,40})' is not defined|unknown external function: (\w{1,40})\()")
_ENCLOSED = frozenset(
    {"open", "input", "breakpoint", "exec", "eval", "compile", "globals", "locals", "vars", "help", "exit", "quit"}
)


def reason(output: str) -> str:
    """Why the sandbox could not run the code; empty when the code is at fault. `output` holds the error."""
    end = output[-2_000:]
    if found := _SYNTAX.search(end):
        return f"the sandbox does not know {found[1]}"
    if (found := _MODULE.search(end) or _NAME.search(end)) and found[1] in _COMPUTING:
        return f"the sandbox does not have all of {found[1]}"
    if (found := _ATTRIBUTE.search(end)) and _python_has(found[1], found[2]):
        return f"the sandbox does not have {found[1]}.{found[2]}"
    if found := _BUILTIN.search(end):
        name = found[1] or found[2]
        if hasattr(builtins, name) and name not in _ENCLOSED and not name.startswith("__"):
            return f"the sandbox does not have {name}"
    return ""


def _python_has(kind: str, attribute: str) -> bool:
    return not attribute.startswith("__") and hasattr(getattr(builtins, kind, None), attribute)
