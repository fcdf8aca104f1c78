"""What makes an answer right: plain values, which `verifiers` reads. They can be written in YAML as well."""

from typing import Any

from msgspec import Struct


class Exact(Struct, frozen=True, tag="exact", tag_field="kind"):
    """The answer is one of these texts."""

    accept: tuple[str, ...]
    case: bool = False
    """Do capital letters and punctuation matter?"""
    whole: bool = False
    """Is it the whole answer that counts, line by line, rather than its last `Answer:` line?"""


class Number(Struct, frozen=True, tag="number", tag_field="kind"):
    """The answer is this number."""

    value: float
    tolerance: float = 0.0
    """Relative to the value: 0.01 is one percent. 0 allows only what rounding in floating point does."""
    unit: str = ""
    """Of `value`. An answer in another unit of the same kind is converted; without a unit it is taken as this."""


class Choice(Struct, frozen=True, tag="choice", tag_field="kind"):
    """The answer is the letter of one of several options."""

    letter: str
    options: tuple[str, ...] = ()
    """The texts of the options, from A on; an answer that repeats the right text counts too."""


class Items(Struct, frozen=True, tag="items", tag_field="kind"):
    """The answer is a list with exactly these members."""

    values: tuple[str, ...]
    ordered: bool = True


class Json(Struct, frozen=True, tag="json", tag_field="kind"):
    """The answer is a JSON document."""

    schema: dict[str, Any] = {}
    """JSON schema: type, enum, const, properties, required, additionalProperties (false), items, minItems, maxItems,
    minimum, maximum, minLength, maxLength."""
    value: Any = None
    """What it must say; null when the schema alone decides. Numbers compare as numbers, texts without case."""


class Call(Struct, frozen=True):
    """A tool call that is expected."""

    name: str
    arguments: dict[str, Any] = {}
    """Must be there with these values; a list of texts under `any_of` accepts each of them."""
    free: tuple[str, ...] = ()
    """Arguments that may be there with any value."""


class ToolCalls(Struct, frozen=True, tag="tools", tag_field="kind"):
    """The answer is exactly these tool calls; none at all where `calls` is empty."""

    calls: tuple[Call, ...] = ()
    ordered: bool = False
    mention: tuple[str, ...] = ()
    """The text beside the calls must have one of these words; empty when it does not matter."""


class Rule(Struct, frozen=True):
    """One constraint on a text. Which members count depends on `rule`; see `constraints`."""

    rule: str
    low: int | None = None
    high: int | None = None
    words: tuple[str, ...] = ()
    text: str = ""
    counts: tuple[int, ...] = ()
    unit: str = "lines"
    """lines, sentences, paragraphs or words."""


class Constraints(Struct, frozen=True, tag="constraints", tag_field="kind"):
    """The answer is any text that keeps all of these rules."""

    rules: tuple[Rule, ...]


class Run(Struct, frozen=True):
    """One call of a function that the answer defines, and what it must return."""

    arguments: tuple[Any, ...]
    returns: Any


class Code(Struct, frozen=True, tag="code", tag_field="kind"):
    """The answer is a Python function that returns the right values when it is run."""

    function: str
    runs: tuple[Run, ...]
    seconds: float = 2.0
    """For all runs together."""
    memory_mb: int = 64


Check = Exact | Number | Choice | Items | Json | ToolCalls | Constraints | Code
