"""`RawBody`: change one member of the caller's JSON, leave every other byte alone."""

from typing import Any

import msgspec

from smarterrouter.errors import BadRequest

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encode = msgspec.json.Encoder().encode


class RawBody:
    """A JSON object whose members are kept as the bytes that came in.

    Members that nobody changes reach the backend byte for byte: unknown extras survive, numbers keep their spelling.
    """

    __slots__ = ("members", "original")

    def __init__(self, original: bytes, members: dict[str, msgspec.Raw]) -> None:
        self.original = original
        self.members = members

    @classmethod
    def decode(cls, body: bytes) -> "RawBody":
        """Raise `BadRequest` unless `body` is one UTF-8 JSON object of sane depth."""
        try:
            body.decode()  # Raw members are skipped, not read, so their UTF-8 has to be checked here
            return cls(body, _members.decode(body))
        except UnicodeDecodeError as error:
            raise BadRequest(f"The body is not valid UTF-8 (byte {error.start}).") from None
        except RecursionError:
            raise BadRequest("The body is nested too deeply.") from None
        except msgspec.ValidationError:
            raise BadRequest("The body must be a JSON object.") from None
        except msgspec.DecodeError as error:
            raise BadRequest(f"The body is not valid JSON: {error}.") from None

    def has(self, name: str) -> bool:
        """Is the member there and not null?"""
        raw = self.members.get(name)
        return raw is not None and bytes(raw) != b"null"

    def get(self, name: str) -> Any:
        """The member's value as plain Python data, or None when it is absent.

        Raise `BadRequest` when it has a number that is too large to read; untouched it would have passed.
        """
        raw = self.members.get(name)
        try:
            return None if raw is None else msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadRequest(f"{name} cannot be read: {error}.", param=name) from None

    def encode(self, without: frozenset[str] = frozenset(), **changes: Any) -> bytes:
        """The body with `changes` applied and `without` left out; the original bytes when there is nothing to do."""
        if not changes and not (without and without & self.members.keys()):
            return self.original
        members: dict[str, Any] = {**self.members, **changes}
        for name in without - changes.keys():
            members.pop(name, None)
        return _encode(members)
