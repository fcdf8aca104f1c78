"""NumPy works in one thread, unless somebody wants more."""

import os

from smarterrouter.settings.threads import one_thread


def test_one_thread_is_the_default_and_no_order(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with monkeypatch.context() as scope:
        one_thread()

        assert os.environ["OPENBLAS_NUM_THREADS"] == "1"  # noqa: TID251
        scope.setenv("OPENBLAS_NUM_THREADS", "4")
        one_thread()
        assert os.environ["OPENBLAS_NUM_THREADS"] == "4"  # noqa: TID251
