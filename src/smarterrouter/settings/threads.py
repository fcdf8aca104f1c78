"""`one_thread`: what must stand in the environment before numerical libraries are imported."""

import os

_OPENBLAS = "OPENBLAS_NUM_THREADS"


def one_thread() -> None:
    """Let NumPy work in the thread that calls it, unless the user has said otherwise.

    Its products are small here: more threads only wait for each other, and take memory for each core.
    """
    os.environ.setdefault(_OPENBLAS, "1")  # noqa: TID251 - written for a library, not read for a setting
