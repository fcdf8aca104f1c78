import logging

import pytest

from smarterrouter.gateway.notices import Notices


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.WARNING)
    return lambda: [record.getMessage() for record in caplog.records]


def test_each_notice_is_one_line(said):
    notices = Notices()
    for _ in range(3):
        notices.unsupported("one", ("top_k", "min_p"))
        notices.unsupported("two", ("top_k",))
        notices.no_embedder("one/a")
    assert said() == [
        "one does not know `top_k`: it is not sent there",
        "one does not know `min_p`: it is not sent there",
        "two does not know `top_k`: it is not sent there",
        "one/a is asked for embeddings, but is not known to make them",
    ]


def test_what_is_remembered_is_bounded(said):
    notices = Notices()
    for number in range(3000):
        notices.unsupported("one", (f"member{number}",))
    assert len(said()) == 1000
    assert len(notices._said) == 1000


def test_long_names_that_callers_choose_are_cut(said):
    notices = Notices()
    for end in "ab":
        notices.unsupported("one", ("m" * 100_000 + end,))
    assert len(said()) == 1
    assert len(said()[0]) < 200
    assert notices._said == {("one", "m" * 100)}
