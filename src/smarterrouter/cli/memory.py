"""Keeps the process small: memory that large bodies took for a moment goes back to the system."""

import ctypes
import gc
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""Numbers of glibc's mallopt(3)."""
_GENERATIONS = (10_000, 20, 20)
"""Allocations between two collections. Requests leave hardly any cycles behind, so looking for them often is waste."""
_LARGE, _SPARE = 4 * 2**20, 2 * 2**20
"""Larger blocks get pages of their own; so much free memory is kept, because giving it back too often costs time."""


def settle() -> None:
    """Call once, when everything is built and before serving."""
    if sys.platform == "linux":
        _settle_glibc()
    gc.collect()
    gc.freeze()  # what was built lives as long as the process: the collector need not look at it again
    gc.set_threshold(*_GENERATIONS)


def _settle_glibc() -> None:
    """Without this, glibc keeps up to eight heaps a core, each as large as the largest burst it has seen."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl has none, and needs none
        mallopt(_M_ARENA_MAX, 2)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _SPARE)
