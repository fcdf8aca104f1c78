import msgspec
import pytest

from smarterrouter.domain.intent import Category
from smarterrouter.errors import BadRequest
from smarterrouter.wire.feedback import FeedbackAnswer, read_feedback


@pytest.mark.parametrize(
    ("score", "verdict"), [("1", 1.0), ("-1", -1.0), ("0", 0.0), ("0.25", 0.25), ('"up"', 1.0), ('"down"', -1.0)]
)
def test_scores_and_thumbs(score: str, verdict: float) -> None:
    vote = read_feedback(f'{{"response_id":"a","score":{score},"whatever":1}}'.encode())
    assert vote.verdict == verdict


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"null", b"{}"),
        *(b'{"response_id":"a"}', b'{"score":1}', b'{"response_id":"a","score":true}'),
        *(b'{"response_id":"a","score":1.01}', b'{"response_id":"a","score":-9}', b'{"response_id":"a","score":1e999}'),
        *(b'{"response_id":"a","score":NaN}', b'{"response_id":"a","score":"UP"}', b'{"response_id":"","score":1}'),
        *(b'{"response_id":7,"score":1}', b'{"response_id":"a","score":1,"category":"x"}'),
        b'{"response_id":"%s","score":1}' % (b"a" * 129),
        b'{"response_id":"a","score":1,"comment":"%s"}' % (b"a" * 501),
    ],
)
def test_anything_else_is_refused_in_few_words(body: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        read_feedback(body)
    assert len(refused.value.message) < 300


def test_the_answer_says_what_was_understood() -> None:
    answer = FeedbackAnswer("r", "a/m", Category.CODE, 1.0)
    assert msgspec.json.decode(msgspec.json.encode(answer)) == {
        "object": "feedback",
        "response_id": "r",
        "model": "a/m",
        "category": "code",
        "score": 1.0,
    }
