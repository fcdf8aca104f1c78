"""Keeps the process small: memory that large bodies took for a moment goes back to the system."""

import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD, _M_ARENA_MAX = -3, -1, -8
"""Numbers of glibc's mallopt(3)."""
_LARGE, _SPARE = 4 * 2**20, 16 * 2**20
"""Larger blocks get pages of their own; so much is kept at hand between two calls of `give_back`."""
_GENERATIONS = (10_000, 20, 20)
"""Allocations between two collections. Requests leave no cycles behind, so looking for them often is waste."""
_STATM = Path("/proc/self/statm")


def settle() -> None:
    """Call once, when everything is built and before serving."""
    if (mallopt := _glibc("mallopt")) is not None:
        mallopt(_M_ARENA_MAX, 2)  # without this: up to eight heaps a core, each as large as its largest burst
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _SPARE)
    gc.collect()
    gc.freeze()  # what was built lives as long as the process: the collector need not look at it again
    gc.set_threshold(*_GENERATIONS)


def give_back() -> None:
    """Return free memory to the system; takes a few milliseconds, so call it now and then, beside the requests."""
    if (trim := _glibc("malloc_trim")) is not None:
        trim(0)


def resident_bytes() -> int:
    """Memory of this process that is in use now; 0 where the system does not say."""
    try:
        return int(_STATM.read_text().split()[1]) * 4096
    except (OSError, IndexError, ValueError):
        return 0


def _glibc(name: str) -> Callable[..., Any] | None:
    """A function of glibc; None on other systems, which manage memory in their own ways."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
