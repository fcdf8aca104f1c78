"""`arrays_in`: the plain arrays of an `.npz` file, read without NumPy, which a server does not load for this.

The format is a zip of `.npy` files: a magic word, a version, the length of a header, the header as a Python literal,
then the numbers. Source: NumPy Enhancement Proposal 1, https://numpy.org/neps/nep-0001-npy-format.html. Nothing in it
is ever run: arrays of objects are refused.
"""

import ast
import io
import sys
import zipfile
from array import array
from math import prod

from msgspec import Struct

_MAGIC = b"\x93NUMPY"
_SIZES = {"|u1": 1, "<u2": 2, "<u4": 4, "<f4": 4}
_CODES = {"<u2": "H", "<f4": "f"}


class Plain(Struct, frozen=True):
    """One array, by rows."""

    kind: str
    """As NumPy writes it: `<f4` are floats of four bytes, the lowest first."""
    shape: tuple[int, ...]
    data: bytes

    def numbers(self) -> list[float]:
        """All numbers, row after row. Raises `ValueError` for bytes and for integers of four bytes."""
        if self.kind not in _CODES:
            raise ValueError(f"{self.kind} is not read as numbers")
        found = array(_CODES[self.kind], self.data)
        if sys.byteorder == "big":
            found.byteswap()
        return [float(number) for number in found]


def arrays_in(data: bytes) -> dict[str, Plain]:
    """The arrays by name. Raises `ValueError`, `SyntaxError`, or what `zipfile` raises, for what is none."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name.removesuffix(".npy"): _plain(file.read(name)) for name in file.namelist()}


def _plain(raw: bytes) -> Plain:
    if raw[:6] != _MAGIC:
        raise ValueError("no array")
    start = 10 if raw[6] == 1 else 12
    end = start + int.from_bytes(raw[8:start], "little")
    header = ast.literal_eval(raw[start:end].decode("latin-1"))
    kind, shape, numbers = header["descr"], header["shape"], raw[end:]
    if kind not in _SIZES or header["fortran_order"] or len(numbers) != _SIZES[kind] * prod(shape):
        raise ValueError(f"an array of {kind} that is not expected")
    return Plain(kind, shape, numbers)
