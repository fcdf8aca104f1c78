import asyncio

import aiohttp
import pytest

from smarterrouter.transport.connectors import TcpConnector, UnixConnector, _Connection


async def test_both_make_connections_of_our_class() -> None:
    for connector in (TcpConnector(limit=0), UnixConnector(path="/nowhere")):
        assert isinstance(connector._factory(), _Connection)
        await connector.close()


async def test_a_reader_learns_of_the_end_of_its_connection() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"zz\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession(connector=TcpConnector()) as session:
        response = await session.get(f"http://127.0.0.1:{port}/", timeout=aiohttp.ClientTimeout(total=None))
        with pytest.raises(aiohttp.ClientPayloadError, match="in the middle"):
            await asyncio.wait_for(response.read(), 10)
        response.close()
    server.close()
    await server.wait_closed()
