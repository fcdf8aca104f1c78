from pathlib import Path
from typing import Literal

import pytest
from pydantic import SecretStr

from smarterrouter.settings import kinds
from smarterrouter.settings.group import Group, setting
from smarterrouter.settings.words import allowed, choices, is_text, may_be_shown, written


class Sample(Group):
    port: int = setting(80, "Port.", ge=0, le=65535)
    count: kinds.Positive = setting(1, "Count.")
    wait: kinds.Seconds | None = setting(None, "Wait.")
    plain: float = setting(2.0, "Number.")
    switch: bool = setting(default=False, meaning="Switch.")
    choice: Literal["a", "b"] | None = setting(None, "Choice.")
    text: str = setting("x\ny", "Text.")
    name: kinds.Name = setting("me", "Name.")
    key: kinds.Secret | None = setting(None, "Key.")
    raw: SecretStr | None = setting(None, "Key.")
    words: kinds.Words = setting(("a", "b"), "Words.")
    place: kinds.FilePath = setting(Path("a/b"), "Place.")
    table: kinds.Patterns = setting({}, "Table.")


FIELDS = Sample.model_fields


@pytest.mark.parametrize(
    ("name", "words", "default"),
    [
        ("port", "a whole number from 0 to 65535", "80"),
        ("count", "a whole number from 1 to 2000000000", "1"),
        ("wait", "a number greater than 0, at most 31536000", ""),
        ("plain", "a number", "2"),
        ("switch", "true or false", "false"),
        ("choice", "one of: a, b", ""),
        ("text", "text", "x\\ny"),
        ("name", "text, not empty", "me"),
        ("key", "text, kept secret", ""),
        ("words", 'a list: a, b or ["a", "b"]', "a,b"),
        ("place", "a path", "a/b"),
        ("table", 'a JSON object: {"vision": ["my-vlm*"]}', ""),
    ],
)
def test_a_field_says_what_it_allows_and_its_default(name: str, words: str, default: str) -> None:
    assert allowed(FIELDS[name]) == words
    assert written(FIELDS[name]) == default


def test_the_short_form_leaves_out_limits_that_nobody_meets() -> None:
    assert allowed(FIELDS["count"], brief=True) == "a whole number of at least 1"
    assert allowed(FIELDS["wait"], brief=True) == "a number greater than 0"
    assert allowed(FIELDS["port"], brief=True) == "a whole number from 0 to 65535"


def test_only_free_text_may_be_empty() -> None:
    assert [name for name, field in FIELDS.items() if is_text(field)] == ["text"]


def test_secrets_are_never_shown() -> None:
    shown = [name for name, field in FIELDS.items() if may_be_shown(field)]
    assert shown == ["port", "count", "wait", "plain", "switch", "choice"]


def test_choices_are_listed() -> None:
    assert choices(FIELDS["choice"]) == ("a", "b")
    assert choices(FIELDS["text"]) == ()
