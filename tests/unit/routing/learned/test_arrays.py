"""Plain arrays of an `.npz` file, read without NumPy."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.routing.learned.arrays import arrays_in


def zipped(*, compressed: bool = True, **arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


@given(st.lists(st.floats(width=32, allow_nan=False), max_size=20), st.booleans())
def test_floats_come_back(numbers: list[float], compressed: bool) -> None:
    found = arrays_in(zipped(compressed=compressed, some=np.array(numbers, "<f4")))["some"]
    assert (found.kind, found.shape) == ("<f4", (len(numbers),))
    assert found.numbers() == numbers


def test_small_integers_and_shapes_come_back() -> None:
    found = arrays_in(zipped(pairs=np.arange(6, dtype="<u2").reshape(3, 2), text=np.frombuffer(b"one", np.uint8)))
    assert found["pairs"].shape == (3, 2)
    assert found["pairs"].numbers() == [0, 1, 2, 3, 4, 5]
    assert found["text"].data == b"one"
    with pytest.raises(ValueError, match="not read"):
        found["text"].numbers()


@pytest.mark.parametrize(
    "array",
    [np.array([{"run": "me"}], dtype=object), np.array([1.0]), np.asfortranarray(np.ones((2, 3), "<f4"))],
)
def test_what_nobody_wrote_is_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"not expected|no array"):
        arrays_in(zipped(bad=array))
