"""From what a backend says of a model, and what its name says, to the row that routing decides on."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from smarterrouter.catalog import capabilities, contexts, quantisations, sizes
from smarterrouter.catalog.capabilities import Custom, Hints
from smarterrouter.domain.models import Capabilities, Model, Offer, Price, Size

Prices = Mapping[str, Price]
"""Key, name or glob of either, to a price."""

NO_PATTERNS: Custom = {}
NO_PRICES: Prices = {}


def describe(offer: Offer, custom: Custom = NO_PATTERNS, prices: Prices = NO_PRICES) -> Model:
    """Metadata first, name second; the user's own patterns (`custom`) and `prices` before both."""
    key = f"{offer.backend}/{offer.name}"
    hints = capabilities.read_name(offer.name, custom)
    return Model(
        key=key,
        backend=offer.backend,
        name=offer.name,
        size=_size(offer),
        can=_capabilities(offer, hints),
        family=offer.family,
        price=_price(key, offer, prices),
        local=offer.local,
        test=offer.test,
        digest=offer.digest,
        size_bytes=offer.size_bytes,
        created=offer.created,
        loaded=offer.loaded,
        label="test model" if offer.test else "",
        only_by_name=hints.only_by_name,
    )


def _size(offer: Offer) -> Size:
    named = sizes.read_name(offer.name)
    parameters = offer.parameters_b or named.parameters_b
    quantisation, bits = quantisations.read_label(offer.quantisation) or (named.quantisation, named.bits)
    return Size(
        parameters_b=parameters,
        active_b=offer.active_b or _active(parameters, named),
        bits=bits or _measured_bits(offer.size_bytes, parameters),
        quantisation=quantisation,
    )


def _active(parameters: float | None, named: Size) -> float | None:
    """The name's number of active parameters, where it can be true of a model of this size."""
    if parameters is None or named.parameters_b is None or named.active_b == named.parameters_b:
        return named.active_b if named.active_b != named.parameters_b else parameters
    return min(named.active_b, parameters) if named.active_b is not None else None


def _measured_bits(size_bytes: int | None, parameters_b: float | None) -> float | None:
    """Bits a weight from the file's size, unless that cannot be: a size of something else, parameters of a part."""
    if not size_bytes or not parameters_b:
        return None
    bits = size_bytes * 8 / (parameters_b * 1e9)
    return round(bits, 2) if 1 <= bits <= 36 else None


def _capabilities(offer: Offer, hints: Hints) -> Capabilities:
    chat, embeddings = _kind(offer, hints)
    return Capabilities(
        chat=chat,
        embeddings=embeddings,
        vision=_one("vision", offer, hints, hints.vision),
        tools=_one("tools", offer, hints, hints.tools),
        json=_one("json", offer, hints, None),
        thinking=_one("thinking", offer, hints, hints.thinking),
        context_tokens=offer.context_tokens or contexts.read_name(offer.name),
    )


def _one(word: str, offer: Offer, hints: Hints, named: bool | None) -> bool | None:
    if word in hints.stated:
        return True
    if word in (offer.capabilities or ()):
        return True
    return False if word in offer.denied else named


def _kind(offer: Offer, hints: Hints) -> tuple[bool, bool]:
    """Chat? Embeddings? A name that is clearly no chat model beats `chat`: engines say that of all they can load."""
    says = offer.capabilities or frozenset()
    embeddings = bool(_one("embeddings", offer, hints, hints.embeddings))
    if "chat" in hints.stated:
        return (True, embeddings)
    only_embeds = "embeddings" in says and "chat" not in says
    return (hints.chat and not only_embeds and "chat" not in offer.denied, embeddings)


def _price(key: str, offer: Offer, prices: Prices) -> Price | None:
    """The user's price by key, then by name, then by the first glob that fits; else what the backend says."""
    for exact in (key, offer.name):
        if exact in prices:
            return prices[exact]
    for pattern, price in prices.items():
        if fnmatchcase(key.lower(), pattern.lower()) or fnmatchcase(offer.name.lower(), pattern.lower()):
            return price
    return offer.price
