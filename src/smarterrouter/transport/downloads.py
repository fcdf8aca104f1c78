"""`Downloads`: pages and files of public servers, with redirects, limits and retries; to memory or whole to a file."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO

from msgspec import Struct
from yarl import URL

from smarterrouter.errors import BackendBusy, BackendError, BackendGarbage, BackendLimited
from smarterrouter.transport.client import HttpClient, Response, Upstream
from smarterrouter.transport.retries import RetryPolicy

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_BUSY = frozenset({408, 502, 503, 504})
_PATIENCE = RetryPolicy(max_retries=2, base_delay=1.0, max_delay=15.0)
_PIECE = 2**20
"""Bytes that are collected before a thread writes them."""
_Take = Callable[[Response], Awaitable[bytes]]


class Download(Struct, frozen=True):
    """What came."""

    body: bytes
    """Empty when it went to a file, and when nothing has changed."""
    url: str
    """Where it came from in the end."""
    etag: str = ""
    """To be given back the next time."""
    unchanged: bool = False
    """The server has nothing newer than the `etag` that was given."""


class Downloads:
    """Fetches by GET. Holds no state of its own, so one serves everybody."""

    def __init__(
        self,
        client: HttpClient,
        *,
        most_bytes: int = 64 * 2**20,
        seconds: float = 60.0,
        patience: RetryPolicy = _PATIENCE,
    ) -> None:
        """`most_bytes` limits a body, `seconds` an exchange; `patience` says how often a busy server is asked again."""
        self._client = client
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._patience = patience

    async def get(self, url: str, headers: Mapping[str, str] | None = None, *, etag: str = "") -> Download:
        """The body at `url` in memory.

        `headers` (a key, say) go to the server of `url` alone, not to another that it redirects to. Raise
        `BackendLimited`, `BackendBusy`, `BackendUnreachable` or `BackendTimeout` when it cannot be had now, and
        `BackendGarbage` when it cannot be had at all.
        """

        async def read(response: Response) -> bytes:
            return b"".join([piece async for piece in self._pieces(response)])

        return await self._patiently(url, headers, etag, read)

    async def save(
        self,
        url: str,
        path: Path,
        *,
        etag: str = "",
        check: Callable[[Path], None] | None = None,
    ) -> Download:
        """Put the body at `url` into `path`, all of it or nothing.

        It is written beside `path` first. `check` runs in a thread on that file and raises when it is no good; then,
        and after any other failure, `path` stays as it was. Raise as `get`, `OSError`, and what `check` raises.
        """
        beside = path.with_name(f".{path.name}.part")

        async def write(response: Response) -> bytes:
            async with _opened(beside) as file:
                await self._write(response, file)
            if check is not None:
                await asyncio.to_thread(check, beside)
            await asyncio.to_thread(os.replace, beside, path)
            return b""

        try:
            return await self._patiently(url, None, etag, write)
        finally:
            await asyncio.to_thread(beside.unlink, missing_ok=True)

    async def _patiently(
        self,
        url: str,
        headers: Mapping[str, str] | None,
        etag: str,
        take: _Take,
    ) -> Download:
        waits = self._patience.delays()
        while True:
            try:
                return await self._follow(url, headers or {}, etag, take)
            except BackendError as error:
                if (wait := waits.after(error)) is None:
                    raise
                await asyncio.sleep(wait)

    async def _follow(self, url: str, headers: Mapping[str, str], etag: str, take: _Take) -> Download:
        address, own = _address(url), headers
        for _ in range(_MOST_REDIRECTS + 1):
            conditional = {"if-none-match": etag} if etag else {}
            upstream = Upstream.at(str(address), {**conditional, **own})
            response = await self._client.send("GET", upstream, total=self._seconds)
            try:
                if response.status not in _REDIRECTS:
                    return await self._taken(response, address, take)
                target = _redirected(address, response)
            finally:
                response.close()
            if target.origin() != address.origin():
                own = {}
            address = target
        raise BackendGarbage(f"{_address(url).origin()} redirects too often.")

    async def _taken(self, response: Response, address: URL, take: _Take) -> Download:
        tag = response.headers.get("etag", "")
        if response.status == 304:
            return Download(b"", str(address), tag, unchanged=True)
        if not 200 <= response.status < 300:
            raise _refusal(response, f"{address.origin()}{address.path}")
        return Download(await take(response), str(address), tag)

    async def _pieces(self, response: Response) -> AsyncIterator[bytes]:
        seen = 0
        async for piece in response.chunks():
            seen += len(piece)
            if seen > self._most_bytes:
                raise BackendGarbage(f"The download is larger than {self._most_bytes} bytes.")
            yield piece

    async def _write(self, response: Response, file: IO[bytes]) -> None:
        held = bytearray()
        async for piece in self._pieces(response):
            held += piece
            if len(held) >= _PIECE:
                await asyncio.to_thread(file.write, bytes(held))
                held.clear()
        await asyncio.to_thread(_finish, file, bytes(held))


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[IO[bytes]]:
    file: IO[bytes] = await asyncio.to_thread(_create, path)
    try:
        yield file
    finally:
        await asyncio.to_thread(file.close)


def _create(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")


def _finish(file: IO[bytes], rest: bytes) -> None:
    """Write what is left and wait until the disk has it: only then may it replace what was there."""
    file.write(rest)
    file.flush()
    os.fsync(file.fileno())


def _address(url: str) -> URL:
    address = _as_written(url)
    if address.scheme not in {"http", "https"} or not address.host:
        raise BackendGarbage("A download needs an address that begins with http:// or https://.")
    return address


def _as_written(text: str) -> URL:
    """Every byte as it is written, since addresses may be signed; only what no address may hold is escaped."""
    try:
        address = URL(text, encoded=text.isascii() and text.isprintable() and " " not in text)
        _ = address.host, address.port  # they are read only when asked for, and a bad one shall be found here
        return address
    except ValueError as error:
        raise BackendGarbage("This is not an address.") from error


def _redirected(address: URL, response: Response) -> URL:
    """Where the answer points to. Only to another web address, and never from https down to http."""
    target = address.join(_as_written(response.headers.get("location", "")))
    if target.scheme not in {"http", "https"} or (address.scheme == "https" and target.scheme == "http"):
        raise BackendGarbage(f"{address.origin()} redirects to an address that is not followed.")
    return target


def _refusal(response: Response, where: str) -> BackendError:
    text = f"{where} answered with status {response.status}."
    patience = _retry_after(response.headers.get("retry-after", ""))
    if response.status == 429:
        return BackendLimited(text, retry_after=patience)
    if response.status in _BUSY:
        return BackendBusy(text, retry_after=patience)
    return BackendError(text) if response.status >= 500 else BackendGarbage(text)


def _retry_after(text: str) -> float | None:
    """Seconds to wait: the header holds seconds or a date (RFC 9110, section 10.2.3)."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
