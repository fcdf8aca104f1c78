"""Sparse algebra against the dense one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.jobs.training import sparse

WIDTH = 7


def matrices(seed: int) -> tuple[sparse.Sparse, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = [rng.integers(0, WIDTH, rng.integers(0, 6)) for _ in range(9)]
    values = [rng.normal(size=len(row)).astype(np.float32) for row in rows]
    dense = np.zeros((9, WIDTH))
    for place, (row, value) in enumerate(zip(rows, values, strict=True)):
        np.add.at(dense[place], row, value)
    return sparse.stack(rows, values, WIDTH), dense


@given(st.integers(0, 500))
def test_products_are_those_of_the_dense_matrix(seed: int) -> None:
    made, dense = matrices(seed)
    right = np.random.default_rng(seed).normal(size=(WIDTH, 3)).astype(np.float32)
    left = np.random.default_rng(seed).normal(size=(9, 3)).astype(np.float32)
    assert np.allclose(made.times(right), dense @ right, atol=1e-4)
    assert np.allclose(made.turned().times(left), dense.T @ left, atol=1e-4)
    scale = np.array([0, 1, 2, 0.5, 0, 1, 3], np.float32)
    assert np.allclose(made.scaled(scale).times(right), (dense * scale) @ right, atol=1e-4)


def test_ridge_regression_is_the_closed_form() -> None:
    made, dense = matrices(5)
    rng = np.random.default_rng(0)
    targets = rng.normal(size=(9, 2)).astype(np.float32)
    weights = rng.random((9, 2)).astype(np.float32)
    ridge = np.full((WIDTH, 2), 0.7, np.float32)
    heard: list[int] = []
    found = sparse.solve(made, targets, weights, ridge, 40, heard.append)
    for column in range(2):
        scaled = dense.T * weights[:, column]
        closed = np.linalg.solve(scaled @ dense + 0.7 * np.eye(WIDTH), scaled @ targets[:, column])
        assert np.allclose(found[:, column], closed, atol=1e-3)
    assert heard == list(range(1, 41))
