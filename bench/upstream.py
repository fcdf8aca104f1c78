"""A fast fake model server for measurements: it speaks OpenAI's protocol, but no model stands behind it.

Every answer is made of bytes that were put together beforehand, so almost all of the time that a measurement shows is
the gateway's. Raw asyncio protocol on uvloop with httptools.

    GET  /v1/models            a handful of models, as vLLM lists them
    POST /v1/chat/completions  JSON, or server-sent events when the body says "stream": true
    POST /pace                 {"chunks": 50, "gap_ms": 0}: how the streams that begin from now on look
"""

import argparse
import asyncio
from collections.abc import Iterator
from functools import lru_cache

import httptools
import msgspec
import uvloop

MODELS = (
    "qwen2.5-7b-instruct",
    "llama-3.1-8b-instruct",
    "qwen2.5-coder-32b-instruct",
    "gemma-3-27b-it",
    "llama-3.3-70b-instruct",
)
CONTEXT_TOKENS = 1_048_576  # a body of 1 MB must fit
WORD = "word "
ANSWER_WORDS = 50
USAGE = {"prompt_tokens": 200, "completion_tokens": ANSWER_WORDS, "total_tokens": 200 + ANSWER_WORDS}
CREATED = 1_700_000_000


class StreamOptions(msgspec.Struct):
    """What a client may ask of a stream."""

    include_usage: bool = False


class Asked(msgspec.Struct):
    """The members of a chat request that change the answer."""

    model: str = MODELS[0]
    stream: bool = False
    stream_options: StreamOptions | None = None


class Pace(msgspec.Struct):
    """How a stream looks: pieces of content, and the pause after each, in milliseconds."""

    chunks: int = ANSWER_WORDS
    gap_ms: float = 0.0


asked_of = msgspec.json.Decoder(Asked)
pace_of = msgspec.json.Decoder(Pace)


def response(body: object, status: str = "200 OK") -> bytes:
    """A whole HTTP answer that holds `body` as JSON."""
    encoded = msgspec.json.encode(body)
    return b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        status.encode(),
        len(encoded),
        encoded,
    )


STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
NOT_FOUND = response(
    {"error": {"message": "Not found", "type": "invalid_request_error", "code": "not_found"}}, "404 Not Found"
)
PACED = response({"ok": True})
MODEL_LIST = response(
    {
        "object": "list",
        "data": [
            {
                "id": name,
                "object": "model",
                "created": CREATED,
                "owned_by": "vllm",
                "root": name,
                "parent": None,
                "max_model_len": CONTEXT_TOKENS,
            }
            for name in MODELS
        ],
    }
)


def framed(data: bytes) -> bytes:
    """One server-sent event as one HTTP chunk."""
    event = b"data: " + data + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(event), event)


STREAM_END = framed(b"[DONE]") + b"0\r\n\r\n"


@lru_cache(maxsize=64)
def completion(model: str) -> bytes:
    """The whole answer to a request without "stream"."""
    message = {"role": "assistant", "content": WORD * ANSWER_WORDS}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    shape = {"id": "chatcmpl-1", "object": "chat.completion", "created": CREATED, "model": model, "choices": [choice]}
    return response(shape | {"usage": USAGE})


@lru_cache(maxsize=64)
def events(model: str) -> tuple[bytes, bytes, bytes, bytes]:
    """The first content event, every later one, the one with the finish reason and the one with the usage."""
    shape = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": model}

    def event(delta: dict[str, str], finish: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return framed(msgspec.json.encode(shape | {"choices": [choice]}))

    return (
        event({"role": "assistant", "content": WORD}, None),
        event({"content": WORD}, None),
        event({}, "stop"),
        framed(msgspec.json.encode(shape | {"choices": [], "usage": USAGE})),
    )


class Upstream(asyncio.Protocol):
    """One connection of a client."""

    pace = Pace()
    """Shared by all connections: the bench sets it before a scenario."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin with an empty request."""
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)
        self.url = b""
        self.body: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls the `on_…` methods."""
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """Remember where the request goes."""
        self.url += url

    def on_body(self, body: bytes) -> None:
        """Remember a part of the body."""
        self.body.append(body)

    def on_message_complete(self) -> None:
        """Answer a whole request."""
        url, body = self.url, b"".join(self.body)
        self.url, self.body = b"", []
        if url == b"/v1/chat/completions":
            self.chat(asked_of.decode(body))
        elif url == b"/v1/models":
            self.transport.write(MODEL_LIST)
        elif url == b"/pace":
            Upstream.pace = pace_of.decode(body)
            self.transport.write(PACED)
        else:
            self.transport.write(NOT_FOUND)

    def chat(self, asked: Asked) -> None:
        """Write a completion, or begin a stream."""
        if not asked.stream:
            self.transport.write(completion(asked.model))
            return
        parts = self.stream_parts(asked)
        if not self.pace.gap_ms:
            self.transport.writelines(parts)
        else:
            self.trickle(parts, self.pace.gap_ms / 1000)

    def stream_parts(self, asked: Asked) -> Iterator[bytes]:
        """All writes of one stream: head and first event together, then event by event, then the end."""
        first, later, finish, usage = events(asked.model)
        yield STREAM_HEAD + first
        for _ in range(self.pace.chunks - 1):
            yield later
        wants_usage = asked.stream_options is not None and asked.stream_options.include_usage
        yield finish + (usage if wants_usage else b"") + STREAM_END

    def trickle(self, parts: Iterator[bytes], gap: float) -> None:
        """Write one part every `gap` seconds, until none is left or the client has gone."""
        part = next(parts, None)
        if part is None or self.transport.is_closing():
            return
        self.transport.write(part)
        asyncio.get_running_loop().call_later(gap, self.trickle, parts, gap)


async def serve(port: int) -> None:
    """Answer on 127.0.0.1 until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port, backlog=4096)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("port", type=int)
    uvloop.run(serve(arguments.parse_args().port))
