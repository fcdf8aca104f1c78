"""`HttpClient`: the one pooled connection to everything upstream; library errors become ours."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from smarterrouter.errors import BackendGarbage, BackendTimeout, BackendUnreachable, GatewayError
from smarterrouter.transport.connectors import TcpConnector, UnixConnector

_FIXED = {
    "content-type": "application/json",
    "accept": "*/*",
    "accept-encoding": "identity",
    "user-agent": "smarterrouter",
}
"""Every header that aiohttp would add by itself: to be told is cheaper for it than to be kept from it."""
_LARGE = 2**20
"""aiohttp warns about bodies above this size unless they are file-like."""

_MOST_TIMEOUTS = 64


class Upstream(msgspec.Struct, frozen=True):
    """One address and everything that a call to it needs; made once, used for every call."""

    url: URL
    headers: Mapping[str, str]
    origin: str
    """Scheme, host and port, for messages: no path, no credentials."""
    socket: str | None = None
    """Path of a Unix socket; None for TCP."""

    @classmethod
    def at(cls, url: str, headers: Mapping[str, str] | None = None, socket: str | None = None) -> "Upstream":
        """An upstream at `url` whose calls carry `headers` beside the usual ones.

        Raise `ValueError` unless `url` is an absolute http or https address.
        """
        address = URL(url, encoded=True)
        origin = str(address.origin())
        if address.scheme not in {"http", "https"}:
            raise ValueError(f"{origin} is not an http or https address")
        return cls(address, {**_FIXED, **(headers or {})}, origin, socket)


class Response:
    """An open HTTP answer. Whoever holds it closes it; closing early drops the connection, which cancels the work."""

    __slots__ = ("_response", "_where", "content_type", "status")

    def __init__(self, response: aiohttp.ClientResponse, where: str) -> None:
        self._response = response
        self._where = where
        self.status = response.status
        self.content_type = response.headers.get("content-type", "")

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers, names in any case."""
        return self._response.headers

    async def read(self) -> bytes:
        """The whole body. Raise `BackendUnreachable` or `BackendTimeout` when it breaks off."""
        try:
            return await self._response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise translate(error, self._where) from error

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body in pieces as they arrive. Raise as `read` does."""
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise translate(error, self._where) from error

    def close(self) -> None:
        """Give the connection back when the body was read to its end, else drop it."""
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


class HttpClient:
    """One session for the whole process. Unix sockets get a session of their own each."""

    def __init__(self, *, verify_tls: bool = True, connect_seconds: float = 10.0) -> None:
        """`connect_seconds` limits opening a connection, not waiting for an answer."""
        self._ssl = verify_tls
        self._connect_seconds = connect_seconds
        self._sessions: dict[str | None, aiohttp.ClientSession] = {}
        self._fresh: dict[str | None, aiohttp.ClientSession] = {}
        """Sessions whose connections are never used twice."""
        self._timeouts: dict[tuple[float | None, float | None], aiohttp.ClientTimeout] = {}

    async def send(
        self,
        method: str,
        upstream: Upstream,
        body: bytes | None = None,
        *,
        total: float | None = None,
        idle: float | None = None,
    ) -> Response:
        """Send one request and return when the answer's headers are there.

        `total` limits the whole exchange and `idle` the silence between two reads, both in seconds, None for no limit.
        Raise `BackendUnreachable`, `BackendTimeout` or `BackendGarbage`; any HTTP status is an answer.
        """
        try:
            response = await self._exchange(method, upstream, body, self._timeout(total, idle))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise translate(error, upstream.origin) from error
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise BackendGarbage(f"{upstream.origin} compressed its answer although it was asked not to.")
        return Response(response, upstream.origin)

    async def _exchange(
        self, method: str, upstream: Upstream, body: bytes | None, timeout: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        """One request. A server may close a kept connection just when we use it again: then once more on a new one."""
        session = self._sessions.get(upstream.socket) or self._open(upstream.socket)
        try:
            return await self._once(session, method, upstream, body, timeout)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                raise
            if (fresh := self._fresh.get(upstream.socket)) is None:
                fresh = self._fresh[upstream.socket] = self._session(upstream.socket, force_close=True)
            return await self._once(fresh, method, upstream, body, timeout)

    async def _once(
        self,
        session: aiohttp.ClientSession,
        method: str,
        upstream: Upstream,
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,
    ) -> aiohttp.ClientResponse:
        return await session.request(
            method,
            upstream.url,
            data=io.BytesIO(body) if body is not None and len(body) >= _LARGE else body,
            headers=upstream.headers,
            allow_redirects=False,
            timeout=timeout,
        )

    async def json(self, method: str, upstream: Upstream, body: Any = None, *, total: float) -> Any:
        """Send one request and decode its JSON answer. Raise as `send`, and `BackendGarbage` for any status but 2xx."""
        encoded = None if body is None else msgspec.json.encode(body)
        response = await self.send(method, upstream, encoded, total=total)
        try:
            data = await response.read()
        finally:
            response.close()
        where = f"{upstream.origin}{upstream.url.path}"
        if not 200 <= response.status < 300:
            raise BackendGarbage(f"{where} answered with status {response.status}.")
        try:
            return msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BackendGarbage(f"{where} answered something that is not JSON.") from error

    async def close(self) -> None:
        """Close every pooled connection."""
        sessions = [*self._sessions.values(), *self._fresh.values()]
        self._sessions, self._fresh = {}, {}
        for session in sessions:
            await session.close()
        await asyncio.sleep(0)  # lets the transports run their last callbacks, so that none outlives the loop

    def _open(self, socket: str | None) -> aiohttp.ClientSession:
        session = self._sessions[socket] = self._session(socket, force_close=False)
        return session

    def _session(self, socket: str | None, *, force_close: bool) -> aiohttp.ClientSession:
        connector: aiohttp.BaseConnector
        if socket is None:
            connector = TcpConnector(limit=0, ssl=self._ssl, ttl_dns_cache=60, force_close=force_close)
        else:
            connector = UnixConnector(path=socket, limit=0, force_close=force_close)
        return aiohttp.ClientSession(
            connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
        )

    def _timeout(self, total: float | None, idle: float | None) -> aiohttp.ClientTimeout:
        known = self._timeouts.get((total, idle))
        if known is None:
            if len(self._timeouts) >= _MOST_TIMEOUTS:
                self._timeouts.clear()  # limits that are computed anew for each call must not pile up
            known = aiohttp.ClientTimeout(total=total, sock_connect=self._connect_seconds, sock_read=idle)
            self._timeouts[(total, idle)] = known
        return known


def translate(error: BaseException, where: str) -> GatewayError:
    """One of our errors for one of the library's; `where` is the upstream's origin, without path or secrets."""
    if isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ConnectionTimeoutError):
        return BackendTimeout(f"{where} did not answer in time.")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return BackendUnreachable(
            f"The certificate of {where} cannot be verified (ROUTER_VERIFY_TLS=false accepts it)."
        )
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.InvalidURL | ValueError):
        return BackendGarbage(f"{where} did not answer in HTTP as expected: {type(error).__name__}.")
    if isinstance(error, aiohttp.ClientPayloadError):
        return BackendUnreachable(f"{where} broke off in the middle of an answer.")
    return BackendUnreachable(f"{where} cannot be reached ({type(error).__name__}).")
