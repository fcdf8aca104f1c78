"""What decisions refer to instead of repeating it: the models of a snapshot, and a policy. Both go by a hash."""

import zlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from smarterrouter.domain.models import Model
from smarterrouter.routing.weights import RoutingWeights

_models = msgspec.msgpack.Decoder(tuple[Model, ...])


class BadPremise(ValueError):
    """What was stored cannot be read: it was written by a version that knew other things."""


class StoredPolicy(Struct, frozen=True, dict=True):
    """Everything that decisions depend on beside the request, the models and the moment, as it is stored."""

    weights: RoutingWeights = RoutingWeights()
    preference: float = 0.5
    """Of callers who say nothing about it; 0 speed … 1 quality."""
    strategy: str = "scored"
    """The one that an empty name stands for."""
    strategies: Mapping[str, Any] = {}
    """Those with a name of the operator's, as plain data."""
    artefact: str = ""
    """Hash of the learned numbers."""
    program: str = ""
    """The version of this program: another one may decide differently."""
    rules: Sequence[Mapping[str, Any]] = ()
    """The operator's rules as plain data."""
    rules_hash: str = ""
    """The hash that they have as a `Policy`; empty where there are none."""

    def encoded(self) -> bytes:
        """Canonical JSON: the same policy always gives the same bytes."""
        return msgspec.json.encode(self, order="sorted")

    @cached_property
    def scoring(self) -> str:
        """A short hash of everything but the rules."""
        plain = msgspec.structs.replace(self, rules=(), rules_hash="")
        return blake2b(plain.encoded(), digest_size=6).hexdigest()

    @cached_property
    def stamp(self) -> str:
        """What records say of how was decided. Worked out once: every record asks for it."""
        return f"{self.scoring}.{self.rules_hash}" if self.rules_hash else self.scoring


def policy_from(data: bytes) -> StoredPolicy:
    """The policy in bytes that `encoded` made. Raise `BadPremise`."""
    try:
        return msgspec.json.decode(data, type=StoredPolicy)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPremise(f"A stored policy cannot be read: {error}") from error


def pack_models(models: Sequence[Model]) -> tuple[str, bytes]:
    """A hash of 16 hexadecimal digits, and bytes for the store. Takes milliseconds for hundreds of models.

    MessagePack rather than JSON, because JSON has no infinity and no NaN, and a bit lost is a decision lost.
    """
    plain = msgspec.msgpack.encode(models)
    return blake2b(plain, digest_size=8).hexdigest(), zlib.compress(plain)


def unpack_models(data: bytes) -> tuple[Model, ...]:
    """The models again. Raise `BadPremise`."""
    try:
        return _models.decode(zlib.decompress(data))
    except (zlib.error, msgspec.DecodeError) as error:
        raise BadPremise(f"A stored snapshot cannot be read: {error}") from error
