import json
from typing import Any

import msgspec
import pytest

from smarterrouter.errors import BadRequest
from smarterrouter.wire.calls import EmbedCall
from smarterrouter.wire.embeddings import Embedding, EmbeddingsAnswer, EmbeddingsRequest, EmbeddingsUsage


def request(**members: Any) -> EmbeddingsRequest:
    return EmbedCall.decode(json.dumps(members).encode()).request


@pytest.mark.parametrize(
    ("given", "texts"),
    [("a", ["a"]), (["a", "b"], ["a", "b"]), ([""], [""]), ([1, 2], None), ([[1], [2, 3]], None)],
)
def test_texts_are_told_from_token_ids(given: Any, texts: list[str] | None) -> None:
    read = request(input=given)
    assert read.input == given
    assert read.texts == texts


@pytest.mark.parametrize("wrong", [None, 7, [], ["a", 1], [1, [2]], [-1], [[-1]], [["a"]], {"text": "a"}])
def test_other_inputs_are_refused(wrong: Any) -> None:
    with pytest.raises(BadRequest):
        request(input=wrong)


@pytest.mark.parametrize("members", [{"dimensions": 0}, {"dimensions": 65537}, {"encoding_format": "hex"}])
def test_members_out_of_range_are_refused_by_name(members: dict[str, Any]) -> None:
    with pytest.raises(BadRequest) as caught:
        request(input="a", **members)
    assert caught.value.param == next(iter(members))


def test_the_answer_has_the_shape_that_clients_expect() -> None:
    answer = EmbeddingsAnswer([Embedding(0, [0.5]), Embedding(1, "AAAAPw==")], "m", EmbeddingsUsage(3, 3))
    assert msgspec.to_builtins(answer) == {
        "data": [
            {"index": 0, "embedding": [0.5], "object": "embedding"},
            {"index": 1, "embedding": "AAAAPw==", "object": "embedding"},
        ],
        "model": "m",
        "usage": {"prompt_tokens": 3, "total_tokens": 3},
        "object": "list",
    }
