"""`Offer`, `Model`, `Size`, `Capabilities`, `Price`: one model that one backend offers."""

from msgspec import Struct

from smarterrouter.domain.knowledge import Standing


class Size(Struct, frozen=True):
    """How big a model is; None where nobody knows."""

    parameters_b: float | None = None
    """All parameters, in billions (mixture of experts: every expert counts, they all occupy memory)."""
    active_b: float | None = None
    """Parameters used for one token, in billions; equals `parameters_b` for dense models."""
    bits: float | None = None
    """Mean bits of one weight (16 for BF16, about 4.8 for Q4_K_M)."""
    quantisation: str | None = None
    """The name as printed by the tool that made it, upper case: Q4_K_M, F16, MXFP4."""


class Capabilities(Struct, frozen=True):
    """What a model can do. None means: neither its backend nor its name says."""

    chat: bool = True
    embeddings: bool = False
    vision: bool | None = None
    tools: bool | None = None
    json: bool | None = None
    thinking: bool | None = None
    context_tokens: int | None = None
    """Longest prompt plus answer that the backend serves for this model now, in tokens."""


class Price(Struct, frozen=True):
    """What one million tokens cost, in US dollars."""

    input_per_million: float = 0.0
    output_per_million: float = 0.0


class Offer(Struct, frozen=True):
    """What a backend says of one of its models, before the catalog has read it. None: the backend does not say."""

    backend: str
    name: str
    """As the backend wants to be asked for it, without a configured prefix."""
    capabilities: frozenset[str] | None = None
    """Subset of: chat, embeddings, vision, tools, json, thinking. None when the backend does not say."""
    denied: frozenset[str] = frozenset()
    """Capabilities that the backend expressly denies, from the same words."""
    parameters_b: float | None = None
    active_b: float | None = None
    quantisation: str | None = None
    context_tokens: int | None = None
    """The context it is served with now; for Ollama the longest that the model was made for."""
    size_bytes: int | None = None
    digest: str | None = None
    family: str | None = None
    created: int = 0
    """Unix seconds; 0 when unknown."""
    loaded: bool | None = None
    local: bool = True
    """Runs on hardware of the user's own, so no money is spent per token."""
    test: bool = False
    """A test model: answers nothing sensible, never chosen while a real model can serve."""
    price: Price | None = None


class Model(Struct, frozen=True):
    """One model as one backend offers it: the row that routing decides on."""

    key: str
    """`backend/name`, unique in a snapshot."""
    backend: str
    name: str
    size: Size = Size()
    can: Capabilities = Capabilities()
    family: str | None = None
    price: Price | None = None
    local: bool = True
    test: bool = False
    digest: str | None = None
    size_bytes: int | None = None
    created: int = 0
    loaded: bool | None = None
    missing: bool = False
    """Its backend answered, but no longer lists it."""
    unreachable: bool = False
    """Its backend did not answer the last time it was asked."""
    label: str = ""
    """A word for people, such as "test model"."""
    only_by_name: bool = False
    """A safety classifier, base or draft model: serves callers who name it, never chosen automatically."""
    standing: Standing = Standing()
    """What routing believes about it."""
