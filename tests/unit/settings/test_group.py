from typing import Literal

import pytest
from pydantic import SecretStr, ValidationError

from smarterrouter.settings.group import Group, is_blank, off, on, setting


class Sample(Group):
    number: int = setting(5, "Number.", ge=1)
    fraction: float = setting(0.5, "Fraction.")
    text: str = setting("kept", "Text.")
    choice: Literal["INFO", "DEBUG"] = setting("INFO", "Choice.")
    key: SecretStr | None = setting(None, "Key.")
    address: str = setting("", "Address.")
    yes: bool = on("Yes.")
    no: bool = off("No.")


def test_blank_numbers_choices_and_keys_count_as_not_given() -> None:
    assert Sample.model_validate({"number": " ", "choice": "", "key": "", "yes": "", "fraction": None}) == Sample()


def test_blank_text_stays_empty() -> None:
    assert Sample(text="").text == ""


def test_choices_and_switches_are_read_in_any_case() -> None:
    found = Sample.model_validate({"choice": " debug ", "yes": "OFF", "no": "1", "number": " 7 "})
    assert (found.choice, found.yes, found.no, found.number) == ("DEBUG", False, True, 7)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf"])
def test_numbers_are_finite(text: str) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"fraction": text})


def test_bounds_are_checked_and_nothing_else_is_taken() -> None:
    for wrong in ({"number": 0}, {"nmber": 1}, {"yes": "perhaps"}, "text"):
        with pytest.raises(ValidationError):
            Sample.model_validate(wrong)


def test_neither_keys_nor_passwords_are_printed() -> None:
    found = Sample(key=SecretStr("hunter2"), address="http://me:hunter2@host")
    assert "hunter2" not in f"{found!r} {found}"
    assert "host" in repr(found)


def test_blank_means_nothing_visible() -> None:
    assert all(is_blank(value) for value in (None, "", " \n"))
    assert not any(is_blank(value) for value in (0, False, "x", []))
