import pytest

from smarterrouter.wire.texts import check_one_kind


@pytest.mark.parametrize("texts", ["a", ["a"], ["a", "b"], [1, 2], [[1], [2]]])
def test_one_kind_passes(texts: object) -> None:
    check_one_kind(texts)  # type: ignore[arg-type]


@pytest.mark.parametrize("texts", [["a", 1], [1, [1]], ["a", [1]]])
def test_a_mixture_is_refused(texts: object) -> None:
    with pytest.raises(ValueError, match="one kind"):
        check_one_kind(texts)  # type: ignore[arg-type]
