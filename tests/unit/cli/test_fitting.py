import io
import re

import pytest
from rich.console import Console
from rich.table import Table

from smarterrouter.cli.fitting import fitted
from smarterrouter.cli.models import _fitted, _fitted_skills, _skills_table, _table
from smarterrouter.cli.profile import table as profile_table
from smarterrouter.cli.shares import SHORT
from smarterrouter.domain.intent import Category
from smarterrouter.domain.knowledge import Ability, Profile

NAMES = ("llama3.2:3b", "qwen2.5-coder:32b-instruct-q4_K_M", "nomic-embed-text")
MODELS = (
    (NAMES[0], "ollama", "3.2 B", "Q4_K_M", "131,072", "chat, tools", "loaded", "42 ±12", "code", "published scores"),
    (NAMES[1], "workstation", "32.8 B", "Q4_K_M", "32,768", "chat, tools, thinking", "", "73 ±6", "", "own profile"),
    (NAMES[2], "ollama", "137 M", "F16", "2,048", "embeddings", "missing, unreachable", "", "", ""),
)


def terminal(width):
    return Console(file=io.StringIO(), width=width, force_terminal=True, no_color=True, highlight=False)


def printed(table, console):
    console.print(table)
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())


def models():
    table = _table(len(MODELS))
    for row in MODELS:
        table.add_row(*row)
    return table


def skills():
    table = _skills_table()
    for name in NAMES[:2]:
        table.add_row(name, *["42 ±12"] * 9, "published scores")
    return table


def headings(table):
    return [str(column.header) for column in table.columns]


def names(text):
    """The cells of the first column put together again."""
    return "".join(re.split(r"[┃│]", line)[0].strip() for line in text.splitlines())


@pytest.mark.parametrize(("make", "fit"), [(models, _fitted), (skills, _fitted_skills)])
def test_where_there_is_room_or_no_terminal_a_table_stays_as_it_is(make, fit):
    table = make()
    assert fit(table, terminal(200)) is table
    assert fit(table, Console(file=io.StringIO(), width=80)) is table


def test_models_can_be_read_at_80_columns():
    console = terminal(80)
    table = _fitted(models(), console)
    assert headings(table) == ["Model", "Size", "Context", "Can", "State", "Solves", "Known from"]
    text = printed(table, console)
    assert all(name in names(text) for name in NAMES)
    for word in ("131,072", "embeddings", "unreachable", "42 ±12", "published", "thinking"):
        assert word in text, f"{word} is broken"


def test_skills_can_be_read_at_80_columns():
    console = terminal(80)
    text = printed(_fitted_skills(skills(), console), console)
    assert all(name in names(text) for name in NAMES[:2])
    assert text.count("42 ±12") == 18
    assert all(heading in text for heading in ("math", "code", "tools", "instr.", "logic", "stem", "know.", "chat"))
    assert max(map(len, text.splitlines())) <= 80


def test_profiles_can_be_read_at_80_columns():
    console = terminal(80)
    profile = Profile("ollama/llama3.2:3b", Ability(0, 0.3), dict.fromkeys(Category, Ability(1, 0.5)), answers=120)
    table = fitted(profile_table([profile]), console, ("tokens/s", "answers"), short=SHORT)
    text = printed(table, console)
    assert text.count("73 ±16") == 8
    assert "In percent of tasks" in text
    assert "ollama/llama3.2:3b" in names(text)


def test_a_profile_of_few_skills_keeps_everything():
    console = terminal(80)
    table = profile_table([Profile("one/a", Ability(0, 0.3), {Category.CODE: Ability(1, 0.5)}, answers=120)])
    assert fitted(table, console, ("tokens/s", "answers"), short=SHORT) is table


def test_on_a_very_narrow_terminal_names_stay():
    console = terminal(40)
    text = printed(_fitted_skills(skills(), console), console)
    assert all(name in names(text) for name in NAMES[:2])
    assert "42 ±12" in text


def test_what_is_empty_goes_first_and_what_is_missed_least_next():
    table = Table("Name", "Nothing", "Dear", "Cheap")
    table.add_row("a", "", "d" * 12, "c" * 12)
    assert headings(fitted(table, terminal(30), ["Cheap"])) == ["Name", "Dear", "Cheap"]
    assert headings(fitted(table, terminal(20), ["Cheap"])) == ["Name", "Dear"]


def test_room_that_is_left_goes_to_names_and_then_to_words():
    table = Table("Name", "Words", "Other")
    table.add_row("n" * 18, "two words", "o" * 8)
    table.columns[2].min_width = 8
    found = fitted(table, terminal(40), [], words={"Words"})
    assert [column.max_width for column in found.columns] == [None, None, None]
    found = fitted(table, terminal(34), [], words={"Words"})
    assert [column.max_width for column in found.columns] == [None, 6, None]
