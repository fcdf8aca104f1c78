"""`Voters`: who gives feedback, as a hash that tells callers apart and names nobody."""

import hashlib
import ipaddress
import logging
import secrets
import tempfile
from collections import OrderedDict
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "voters.key"
_KEY_BYTES = 32
_KEYS_OF_ONE_ADDRESS = 16
"""Credentials of one address that count as voters of their own.

Nobody checks yet whether a credential is one that was given out; so whoever makes them up is bounded by their address.
"""
_ADDRESSES = 4096
"""Addresses remembered, the least recently heard of are forgotten first."""


class Voters:
    """Lives on the event loop. Hashes are keyed with a secret of this installation, so that nobody can guess back."""

    def __init__(self, key: bytes) -> None:
        """`key` has up to 64 bytes and stays the same over restarts, or voters are other people then."""
        self._key = key
        self._heard: OrderedDict[str, set[str]] = OrderedDict()

    @classmethod
    def load(cls, directory: Path) -> "Voters":
        """With the key that is kept in `directory`, made if need be.

        Where nothing can be kept, voters are told apart until the next start only.
        """
        try:
            return cls(_kept(directory / FILE))
        except OSError as error:
            log.warning("no key for voters can be kept in %s (%s): they are new after a restart", directory, error)
            return cls(secrets.token_bytes(_KEY_BYTES))

    def of(self, authorization: bytes, address: str) -> str:
        """The voter who sends this `Authorization` header, or none, from this address."""
        home = self._hash(b"address", network(address).encode())
        credential = authorization.strip()
        if not credential:
            return home
        voter = self._hash(b"credential", credential)
        return voter if self._admitted(home, voter) else home

    def _admitted(self, home: str, voter: str) -> bool:
        known = self._heard.setdefault(home, set())
        self._heard.move_to_end(home)
        if len(self._heard) > _ADDRESSES:
            self._heard.popitem(last=False)
        if voter not in known and len(known) < _KEYS_OF_ONE_ADDRESS:
            known.add(voter)
        return voter in known

    def _hash(self, kind: bytes, what: bytes) -> str:
        return hashlib.blake2b(what, key=self._key, digest_size=16, person=kind).hexdigest()


def network(address: str) -> str:
    """The address, or its /64 for IPv6: one household or server has all of it."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(read)


def _kept(path: Path) -> bytes:
    """The key in the file. Several processes may start at once: the first one's is everybody's. Raise `OSError`."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{FILE}.", delete=False) as file:  # mode 0600
            file.write(secrets.token_bytes(_KEY_BYTES))
        ready = Path(file.name)
        try:
            path.hardlink_to(ready)  # unlike a rename it never replaces what another process has made
        except FileExistsError:
            pass
        finally:
            ready.unlink()
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"{path.name} is damaged")
    return key
