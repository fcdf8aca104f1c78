"""`Texts`: what a text completion or an embedding is made from."""

from typing import Annotated

from msgspec import Meta

_TokenId = Annotated[int, Meta(ge=0)]
Texts = str | Annotated[list[str | _TokenId | list[_TokenId]], Meta(min_length=1)]
"""Text, texts, token ids, or lists of token ids: a list holds one kind only."""


def check_one_kind(texts: Texts) -> None:
    """Raise `ValueError` for a list that mixes kinds."""
    if not isinstance(texts, str) and len({type(item) for item in texts}) > 1:
        raise ValueError("Expected all items to be of one kind: texts, token ids, or lists of token ids")
