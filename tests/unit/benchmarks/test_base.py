"""Whom an address contacts."""

import pytest

from smarterrouter.benchmarks.base import Fetched, host


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://huggingface.co/api/x?y=1", "huggingface.co"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("https://user:secret@example.org/a", "example.org"),
    ],
)
def test_host_shows_no_secret(url, expected):
    assert host(url) == expected


def test_nothing_fetched_is_empty():
    assert Fetched() == Fetched((), (), whole=True, extra_data={})
