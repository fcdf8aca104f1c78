"""The rows themselves."""

from smarterrouter.catalog.known_capabilities import EMBEDS, THINKING, TOOLS, VISION, Row
from smarterrouter.catalog.names import tokens


def test_an_exception_takes_back_what_a_row_gives() -> None:
    row = Row(tokens("gemma3"), unless=tokens("1b"))
    assert row.speaks_for("gemma3-4b")
    assert not row.speaks_for("gemma3-1b")
    assert not row.speaks_for("gemma30-4b")


def test_no_row_matches_everything_or_nothing() -> None:
    for rows in (VISION, TOOLS, THINKING):
        assert not any(row.speaks_for("") or row.speaks_for("some-unknown-model-7b") for row in rows)
    assert not EMBEDS.search("some-unknown-model-7b")
