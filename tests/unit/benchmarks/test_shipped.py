"""Every shipped number: where it is from, that it stands in its quote, that it can be true."""

import re
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from smarterrouter.benchmarks import shipped
from smarterrouter.benchmarks.merge import instant, merge
from smarterrouter.benchmarks.pages import as_yaml
from smarterrouter.benchmarks.reading import LIMITS, model_name
from smarterrouter.domain.columns import COLUMNS
from smarterrouter.domain.intent import Category

_COPIES = list(shipped.copies())
_PLAIN = re.compile(r"(\d[\d,_]*(?:\.\d+)?)\s?([kKM](?![A-Za-z]))?")
_TIMES = {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000}
_FAMILIES = [
    "llama-3.1",
    "llama-3.2",
    "llama-3.3",
    "llama-4",
    "qwen2.5",
    "qwen3",
    "qwq",
    "gemma-2",
    "gemma-3",
    "mistral-small",
    "mistral-large",
    "mixtral",
    "phi-3",
    "phi-4",
    "deepseek-v3",
    "deepseek-r1",
    "gpt-oss",
    "glm-4",
    "granite",
    "olmo",
    "command-r",
    "kimi",
    "minimax",
    "gpt-4o",
    "gpt-4.1",
    "gpt-5",
    "claude-sonnet",
    "claude-haiku",
    "claude-opus",
    "gemini-2.5",
    "gemini-3",
    "o3",
    "o4",
    "grok",
    "aya",
    "jamba",
    "nemotron",
    "nova",
]


def _numbers(quote: str) -> set[float]:
    found = set()
    for match in _PLAIN.finditer(quote):
        value = float(match[1].replace(",", "").replace("_", ""))
        found |= {value, value * _TIMES[match[2] or ""]}
    return found


def _where(copied: shipped.Copied) -> str:
    return f"{copied.row.model} {copied.row.column}"


@pytest.mark.parametrize("copied", _COPIES, ids=_where)
def test_the_number_stands_in_its_quote(copied):
    numbers = _numbers(copied.quote)
    if copied.row.column == "arena_elo":  # the page gives thirteen digits
        assert any(abs(number - copied.row.value) <= 0.05 for number in numbers)
    else:
        assert copied.row.value in numbers
    assert len(copied.quote.split()) <= 15


@pytest.mark.parametrize("copied", _COPIES, ids=_where)
def test_the_number_says_where_it_is_from_and_can_be_true(copied):
    row = copied.row
    least, most = LIMITS[COLUMNS[row.column].unit]
    assert least < row.value <= most
    assert row.unit is COLUMNS[row.column].unit
    assert model_name(row.model) == row.model
    assert urlsplit(row.url).scheme == "https"
    assert row.reported_by
    assert datetime(2023, 1, 1, tzinfo=UTC) < instant(row.date) < datetime.now(UTC)
    assert (row.source, row.estimated) == (shipped.NAME, False)


def test_no_number_twice():
    counted = Counter((copied.row.model, copied.row.column) for copied in _COPIES)
    assert [key for key, times in counted.items() if times > 1] == []
    assert set(merge(shipped.load(), [shipped.NAME])) == set(shipped.load())


def test_there_is_enough_for_an_offline_start():
    rows = shipped.load()
    assert len(rows) >= 500
    names = {re.sub(r"[\s_]+", "-", row.model.lower()) for row in rows}
    assert len(names) >= 140
    assert [family for family in _FAMILIES if not any(family in name for name in names)] == []


@pytest.mark.parametrize("category", list(Category))
def test_every_category_is_spoken_for(category):
    models = {row.model for row in shipped.load() if category in COLUMNS[row.column].categories}
    assert len(models) >= 5


def test_an_output_price_never_lies_below_the_input_price():
    prices = {(row.model, row.column): row.value for row in shipped.load() if row.column.startswith("price_")}
    both = [model for model, column in prices if column == "price_output" and (model, "price_input") in prices]
    assert len(both) >= 15
    assert all(prices[model, "price_output"] >= prices[model, "price_input"] for model in both)


def test_it_is_read_once():
    assert shipped.load() is shipped.load()


def test_every_page_says_everything():
    data = as_yaml(shipped.PATH.read_text(encoding="utf-8"))
    assert {key for page in data["pages"] for key in page} == {"url", "date", "reported_by", "lines"}
    assert {tuple(sorted(line)) for page in data["pages"] for line in page["lines"]} == {
        ("column", "models", "quote"),
        ("columns", "model", "quote"),
    }
