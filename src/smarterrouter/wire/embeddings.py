"""OpenAI embeddings request and response shapes (https://platform.openai.com/docs/api-reference/embeddings)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from smarterrouter.wire.texts import Texts, check_one_kind


class EmbeddingsRequest(Struct):
    """A typed view of an embeddings request. `input` is text, texts, token ids, or lists of token ids."""

    input: Texts
    model: str | None = None
    dimensions: Annotated[int, Meta(ge=1, le=65536)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: str | None = None

    def __post_init__(self) -> None:
        check_one_kind(self.input)

    @property
    def texts(self) -> list[str] | None:
        """The inputs as texts, or None when they are token ids."""
        if isinstance(self.input, str):
            return [self.input]
        return self.input if all(isinstance(item, str) for item in self.input) else None  # type: ignore[return-value]


class Embedding(Struct):
    """One vector: numbers, or base64 of little-endian float32."""

    index: int
    embedding: list[float] | str
    object: str = "embedding"


class EmbeddingsUsage(Struct):
    """Token counts of an embeddings answer."""

    prompt_tokens: int = 0
    total_tokens: int = 0


class EmbeddingsAnswer(Struct):
    """A whole embeddings answer."""

    data: list[Embedding]
    model: str
    usage: EmbeddingsUsage
    object: str = "list"
