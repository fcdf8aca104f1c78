"""The file of the learned numbers."""

import io
import pickle
import zlib

import numpy as np
import pytest
from tests.unit.routing.learned.artefacts import made_up

from smarterrouter.jobs.training.writing import written
from smarterrouter.routing.learned import artefact
from smarterrouter.routing.learned.shipped import shipped


def test_the_same_numbers_give_the_same_bytes() -> None:
    assert written(made_up()) == written(made_up())
    assert written(made_up()) != written(made_up(1))


def test_it_comes_back_as_it_was() -> None:
    before = made_up()
    after = artefact.load(written(before))
    assert after == before
    assert written(after) == written(before)


def test_numpy_reads_the_file_without_pickled_objects() -> None:
    with np.load(io.BytesIO(written(made_up())), allow_pickle=False) as arrays:
        assert arrays["grams"].shape == (8, artefact.COLUMNS)
        assert arrays["forms"].dtype == np.dtype("<f4")


@pytest.mark.parametrize("data", [b"", b"no zip", written(made_up())[:500], pickle.dumps({"a": 1})])
def test_what_is_no_artefact_is_refused(data: bytes) -> None:
    with pytest.raises(artefact.BadArtefact):
        artefact.load(data)


def test_pickled_objects_are_refused() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, meta=np.array([{"format": artefact.FORMAT}], dtype=object))
    with pytest.raises(artefact.BadArtefact):
        artefact.load(buffer.getvalue())


def test_tables_of_another_size_are_refused() -> None:
    with np.load(io.BytesIO(written(made_up()))) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    parts["forms"] = parts["forms"][:-1]
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    with pytest.raises(artefact.BadArtefact, match="shape"):
        artefact.load(buffer.getvalue())


def test_pairs_of_words_that_are_not_there_are_refused() -> None:
    with np.load(io.BytesIO(written(made_up()))) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    parts["pairs"] = parts["pairs"] + np.uint16(1)
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    with pytest.raises(artefact.BadArtefact, match="pair"):
        artefact.load(buffer.getvalue())


def test_a_bias_of_another_size_is_refused() -> None:
    with np.load(io.BytesIO(written(made_up()))) as arrays:
        parts = {name: arrays[name] for name in arrays.files}
    parts["bias"] = parts["bias"][:1]
    buffer = io.BytesIO()
    np.savez(buffer, **parts)
    with pytest.raises(artefact.BadArtefact, match="shape"):
        artefact.load(buffer.getvalue())


@pytest.mark.parametrize("error", [zlib.error("invalid distance"), NotImplementedError("zip file version 9.9")])
def test_what_unpacking_says_of_damage_is_refused(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise error

    monkeypatch.setattr(artefact, "_read", damaged)
    with pytest.raises(artefact.BadArtefact):
        artefact.load(written(made_up()))


def test_the_shipped_one_is_small_and_knows_the_columns() -> None:
    assert len(written(shipped())) < 3_000_000
    assert {"gsm8k", "mmlu", "mmlu_pro", "math_lvl_5", "mbpp", "arc_challenge"} <= shipped().benchmarks.keys()
