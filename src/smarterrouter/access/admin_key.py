"""`AdminKey`: the one key that opens /admin."""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

import msgspec

from smarterrouter.errors import Unauthorized

FILE = "admin.key"
PREFIX = "sr-admin-"
"""Tells people, and scanners for leaked secrets, what they have found."""
OPEN = "disable"
"""Configured instead of a key: everybody may enter."""


class AdminKeyUnusable(Exception):
    """The sealed key can be neither read nor made. The message says what to do."""


class _Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds. The key has 256 random bits, so one salted hash guards it as well as a slow one would."""

    salt: bytes
    digest: bytes
    algorithm: str = "blake2b"


class AdminKey:
    """Holds a hash of the key, never the key itself, except for `fresh`."""

    __slots__ = ("_digest", "_salt", "fresh", "open")

    def __init__(self, key: str | None) -> None:
        """Guard with `key`; None opens the door to everybody."""
        self.open = key is None
        """True when everybody may enter. Whoever starts the gateway says so loudly."""
        self.fresh: str | None = None
        """The key itself, when this start has made it: print it, because nobody can read it again."""
        self._salt = secrets.token_bytes(16)
        self._digest = _digest((key or "").strip().encode(errors="surrogateescape"), self._salt)

    @classmethod
    def load(cls, configured: str | None, directory: Path) -> "AdminKey":
        """The key for this start: `configured`, `disable`, or the one that is sealed in `directory`, made if need be.

        Several processes may start at once: one makes the key, the others use it. Raise `AdminKeyUnusable`.
        """
        wanted = (configured or "").strip()
        if wanted.lower() == OPEN:
            return cls(None)
        if wanted:
            return cls(wanted)
        try:
            return cls._sealed(directory)
        except OSError as error:
            raise AdminKeyUnusable(
                f"The admin key cannot be kept in {directory / FILE} ({error.strerror or error}). "
                "Make that folder writable, or set ROUTER_ADMIN_API_KEY."
            ) from error

    def check(self, authorization: str | None) -> None:
        """Return when the value of an `Authorization` header carries the key, else raise `Unauthorized`."""
        if self.open:
            return
        scheme, _, key = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthorized("This needs the admin key: send it as `Authorization: Bearer <key>`.")
        # Headers are bytes that the server has decoded as Latin-1; a key may be any UTF-8.
        given = _digest(key.strip().encode("latin-1", "backslashreplace"), self._salt)
        if not hmac.compare_digest(given, self._digest):
            raise Unauthorized("The admin key is wrong.")

    def __repr__(self) -> str:
        return f"<AdminKey {'open' if self.open else 'closed'}>"

    @classmethod
    def _sealed(cls, directory: Path) -> "AdminKey":
        path = directory / FILE
        if not path.exists():
            made = cls(key := PREFIX + secrets.token_urlsafe(32))
            if _create(path, msgspec.json.encode(_Seal(made._salt, made._digest))):
                made.fresh = key
                return made
        seal = _read(path)
        found = cls("")
        found._salt, found._digest = seal.salt, seal.digest
        return found


def _digest(key: bytes, salt: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=32, salt=salt, person=b"admin-key").digest()


def _create(path: Path, content: bytes) -> bool:
    """Let `path` appear with all its content at once, readable by its owner alone. False when another was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return _publish(Path(name), path)
    finally:
        Path(name).unlink()


def _publish(ready: Path, path: Path) -> bool:
    try:
        os.link(ready, path)  # unlike a rename it never replaces what another process has made
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links: here a reader could, for a moment, meet an empty file
        try:
            path.touch(mode=0o600, exist_ok=False)
        except FileExistsError:
            return False
        path.write_bytes(ready.read_bytes())
    return True


def _read(path: Path) -> _Seal:
    try:
        seal = msgspec.json.decode(path.read_bytes(), type=_Seal)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(path) from error
    if seal.algorithm != "blake2b" or len(seal.salt) != 16 or len(seal.digest) != 32:
        raise _damaged(path)
    return seal


def _damaged(path: Path) -> AdminKeyUnusable:
    return AdminKeyUnusable(
        f"The admin key file {path} is damaged. Delete it and start again: a new key is made and printed. "
        "Or set ROUTER_ADMIN_API_KEY."
    )
