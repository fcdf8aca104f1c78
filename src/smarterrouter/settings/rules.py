"""`RulesEntry`: the part `routing:` of smarterrouter.yaml, the operator's rules and the tests of them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from smarterrouter.domain.intent import Category, Difficulty
from smarterrouter.settings.group import Group, setting
from smarterrouter.settings.kinds import Globs, Kind, Seconds, Share, Words, read_list
from smarterrouter.settings.problems import did_you_mean
from smarterrouter.settings.strategies import StrategyEntries

E = TypeVar("E", bound=StrEnum)

PREFER_MARGIN = 0.05
"""A preferred model may be expected to answer 5 of 100 prompts worse: about one step in size within a family."""
_LONGEST_NAME = 64
"""Names of rules stand in records, headers and error messages."""
_LONGEST_PROMPT = 20_000
"""Characters of a policy test's prompt: far more than routing reads of any text."""


def _words_of(kind: type[StrEnum], what: str) -> BeforeValidator:
    """Reads one word, or a list of words, of `kind`, in any case."""
    known = [str(one) for one in kind]

    def read(value: Any) -> Any:
        found = read_list(value)
        if not isinstance(found, list | tuple):
            return found
        for word in found:
            if str(word).lower() not in known:
                hint = did_you_mean(str(word).lower(), known) or f" There are {', '.join(known)}."
                raise ValueError(f"{str(word)[:40]!r} is no {what}.{hint}")
        return tuple(str(word).lower() for word in found)

    return BeforeValidator(read)


def _one_word_of(kind: type[StrEnum], what: str) -> BeforeValidator:
    """Reads exactly one word of `kind`."""
    several = _words_of(kind, what)

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = several.func([value])  # type: ignore[call-arg]  # the type allows for functions with a second argument
        return found[0]

    return BeforeValidator(read)


def _named(found: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if found is not None and not found:
        raise ValueError("must name at least one; leave it out where it shall not count")
    return found


def _rule_name(name: str) -> str:
    if not name.isprintable() or not name.isascii() or len(name) > _LONGEST_NAME:
        raise ValueError(f"must be printable ASCII of at most {_LONGEST_NAME} characters: it stands in headers")
    return name


Models = Annotated[Globs, AfterValidator(_named)]
Given = Annotated[Words, AfterValidator(_named)]
Categories = Annotated[
    tuple[Category, ...],
    Kind(f"one or several of: {', '.join(Category)}"),
    _words_of(Category, "category"),
    AfterValidator(_named),
]
Difficulties = Annotated[
    tuple[Difficulty, ...],
    Kind(f"one or several of: {', '.join(Difficulty)}"),
    _words_of(Difficulty, "difficulty"),
    AfterValidator(_named),
]


class WhenEntry(Group):
    """The conditions of a rule; all that are given must hold. A list holds where one of its entries does."""

    alias: Given | None = setting(
        None, "Patterns of the name asked for: an alias or `auto`, which also stands for no name."
    )
    category: Categories | None = setting(None, "What kind of work the prompt is.")
    difficulty: Difficulties | None = setting(None, "How hard the prompt is.")
    header: Given | None = setting(None, "What the header `x-smarterrouter-policy` says, in any case.")


class RuleEntry(Group):
    """One rule: when it applies, and what it does. Without `when` it always applies."""

    name: Annotated[str, Kind("a short name"), AfterValidator(_rule_name)] = Field(
        description="Short name of your choice; errors and explanations use it."
    )
    when: Annotated[WhenEntry, Kind("a mapping of conditions")] = setting(
        WhenEntry(), "Conditions; all of them must hold."
    )
    allow: Models | None = setting(None, "Only models that match one of these.")
    deny: Models | None = setting(None, "No model that matches one of these.")
    prefer: Models | None = setting(None, "Models to move ahead, the most preferred first.")
    margin: Share = setting(PREFER_MARGIN, "How much utility the first of `prefer` may lack and still go ahead.")
    max_price: float | None = setting(
        None, "US dollars that a million tokens of answers may cost; local models are free.", ge=0
    )
    max_seconds: Seconds | None = setting(None, "Expected seconds until the whole answer is there, at most.")
    strategy: Annotated[str, Kind("the name of a strategy")] | None = setting(None, "Strategy that orders the models.")
    preference: Share | None = setting(None, "Counts instead of ROUTER_QUALITY_PREFERENCE.")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        effects = self.model_fields_set - {"name", "when", "margin"}
        if not any(getattr(self, effect) is not None for effect in effects):
            raise ValueError(
                "does nothing; give it allow, deny, prefer, max_price, max_seconds, strategy or preference"
            )
        return self


class ExpectEntry(Group):
    """What a policy test expects; everything that is given must be so."""

    model: Models | None = setting(None, "The model that would answer matches one of these.")
    not_model: Models | None = setting(None, "The model that would answer matches none of these.")
    category: Annotated[Category, Kind(f"one of: {', '.join(Category)}"), _one_word_of(Category, "category")] | None = (
        setting(None, "The category that is read in the prompt.")
    )
    difficulty: (
        Annotated[Difficulty, Kind(f"one of: {', '.join(Difficulty)}"), _one_word_of(Difficulty, "difficulty")] | None
    ) = setting(None, "The difficulty that is read in the prompt.")

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("expects nothing; give it model, not_model, category or difficulty")
        return self


def _expected(value: Any) -> Any:
    """One word is short for a category where there is one of that name, else for a pattern of models."""
    if not isinstance(value, str):
        return value
    word = value.strip()
    return {"category": word} if word.lower() in list(Category) else {"model": word}


def _prompt(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_PROMPT:
        raise ValueError(f"must be a text of at most {_LONGEST_PROMPT} characters")
    return text


class TestEntry(Group):
    """One policy test: a prompt, and what must come of it."""

    __test__ = False  # it is no test of pytest's

    prompt: Annotated[str, AfterValidator(_prompt)] = Field(description="What a user would write.")
    alias: str = setting("", "The name asked for; empty means `auto`.")
    header: str = setting("", "What the header `x-smarterrouter-policy` says.")
    expect: Annotated[ExpectEntry, Kind("a category, a model or a mapping"), BeforeValidator(_expected)] = Field(
        description="A category, a pattern of models, or a mapping of the names below."
    )


def _unique(found: Sequence[RuleEntry]) -> Sequence[RuleEntry]:
    names = [rule.name.lower() for rule in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"has several rules with the name {twice[0]!r}")
    return found


class RulesEntry(Group):
    """The operator's rules in the order in which they apply, tests of them, and strategies of the operator's own."""

    rules: Annotated[list[RuleEntry], Kind("a list of rules"), AfterValidator(_unique)] = setting(
        [], "Which models may answer what, and which go first."
    )
    tests: Annotated[list[TestEntry], Kind("a list of policy tests")] = setting(
        [], "What must stay true; a reload that breaks one is refused."
    )
    strategies: StrategyEntries = setting({}, "Strategies of your own; they count when the gateway starts.")
