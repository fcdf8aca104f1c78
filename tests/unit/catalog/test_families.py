"""Tables about families agree with each other and with what the parser makes of names."""

import pytest

from smarterrouter.catalog import families
from smarterrouter.catalog.identity import parse


def test_every_family_has_a_maker_that_some_account_stands_for() -> None:
    assert set(families.FAMILIES.values()) <= set(families.OWNERS.values()) | {"tinyllama"}


def test_accounts_are_either_makers_or_repackers_or_routes() -> None:
    assert not families.OWNERS.keys() & families.REPACKERS
    assert not families.OWNERS.keys() & families.ROUTES
    assert not families.REPACKERS & families.ROUTES


def test_other_numbers_for_a_size_are_near_it_or_count_the_active_part() -> None:
    for row in families.SINGLES:
        for other in row.also:
            assert abs(other / row.size - 1) < 0.16 or "scout" in row.words or "maverick" in row.words


@pytest.mark.parametrize(("words", "version"), families.SNAPSHOTS)
def test_snapshots_are_in_order(words: str, version: str) -> None:
    dates = families.SNAPSHOTS[words, version]
    assert list(dates) == sorted(set(dates))


def test_ended_lines_end_with_their_last_snapshot() -> None:
    for at, date in families.FROZEN.items():
        assert families.SNAPSHOTS[at][-1] == date


@pytest.mark.parametrize("tag", families.OLLAMA_MEANS)
def test_what_a_tag_of_ollama_means_can_be_read(tag: str) -> None:
    meant, spelled = parse(tag), parse(families.OLLAMA_MEANS[tag])
    assert meant is not None
    assert spelled is not None
    assert (meant.key, meant.date) == (spelled.key, spelled.date)
