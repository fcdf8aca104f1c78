"""The tables themselves: complete words, plausible numbers, canonical spellings."""

from smarterrouter.catalog import names
from smarterrouter.catalog.known_sizes import DEFAULTS, EXPERTS_BY_COUNT, MIXTURES, NICKNAMES


def test_mixtures_use_fewer_parameters_than_they_have() -> None:
    assert all(0 < row.active < row.total for _, row in MIXTURES)
    assert all(0 < row.active < row.total for row in EXPERTS_BY_COUNT.values())


def test_experts_share_something() -> None:
    for (count, each), row in EXPERTS_BY_COUNT.items():
        assert row.total < count * each


def test_defaults_are_written_canonically_or_they_would_never_be_found() -> None:
    assert [name for name in DEFAULTS if names.canonical(name) != name] == []


def test_names_that_mean_several_models_have_no_default() -> None:
    assert DEFAULTS.keys().isdisjoint({"deepseek-r1", "mistral-small", "mistral-large", "qwen3-coder"})


def test_nicknames_are_positive_sizes() -> None:
    assert all(0 < size < 1000 for _, size in NICKNAMES)
