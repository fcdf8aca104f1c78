"""What users say of an answer, as it is sent to us and answered. OpenAI has no such call; the names are our own."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from smarterrouter.domain.intent import Category
from smarterrouter.errors import BadRequest

LONGEST_COMMENT = 500
_LONGEST_WORDS = 200
_THUMBS = {"up": 1.0, "down": -1.0}

_Id = Annotated[str, Meta(min_length=1, max_length=128, description="The `x-request-id` of the answer.")]
_Score = Annotated[float, Meta(ge=-1, le=1)]
_Comment = Annotated[str, Meta(max_length=LONGEST_COMMENT)]


class FeedbackRequest(Struct, frozen=True):
    """One vote about one answer."""

    response_id: _Id
    score: _Score | Literal["up", "down"]
    """-1 (bad) to 1 (good), or a thumb. 0 takes an earlier vote back."""
    comment: _Comment | None = None
    category: Category | None = None
    """What kind of work it was, where that was not recognised."""
    model_name: str | None = None
    """A check, not a choice: must be the model that answered."""

    @property
    def verdict(self) -> float:
        """-1 to 1."""
        return _THUMBS[self.score] if isinstance(self.score, str) else float(self.score)


class FeedbackAnswer(Struct, frozen=True):
    """What was understood."""

    response_id: str
    model: str
    """Key of the model that the vote is about."""
    category: Category | None
    """None where nobody looked, because the caller named the model: then the vote is about all its skills."""
    score: float
    object: Literal["feedback"] = "feedback"


_decoder = msgspec.json.Decoder(FeedbackRequest)


def read_feedback(body: bytes) -> FeedbackRequest:
    """The vote in a body. Raise `BadRequest`, which says where the fault is."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"This is no feedback: {str(error)[:_LONGEST_WORDS]}.") from None
