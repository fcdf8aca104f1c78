"""A load generator that costs little: a fixed number of chat requests on kept-alive connections, every answer checked.

    load.py --port 11436 --model auto --count 2000            one run; the result as JSON
    load.py --serve                                           one run per line of standard input (a `Plan` as JSON)

A JSON answer must be a 200 with a true content-length and a finish reason; a stream must hold exactly the expected
number of separate content events and end with [DONE]. Everything else is counted as an error.
"""

import argparse
import asyncio
import re
import sys
import time

import httptools
import msgspec
import uvloop

from prompts import Requests

CONTENT_EVENT = re.compile(rb'^data: \{.*"content":\s*"[^"]', re.DOTALL)


class Plan(msgspec.Struct):
    """One run."""

    port: int
    model: str = "auto"
    stream: bool = False
    kilobytes: int = 1
    count: int = 1000
    concurrency: int = 32
    offset: int = 0
    """Number of the first request, so that runs one after the other do not repeat prompts."""
    chunks: int = 50
    """Content events that each stream must hold."""
    limit_seconds: float = 60.0
    """After this the run is given up; what is unanswered counts as errors."""


class Result(msgspec.Struct, omit_defaults=True):
    """What one run showed. Milliseconds are medians and 99th percentiles over the requests."""

    requests: int
    seconds: float
    rps: float
    p50_ms: float
    p99_ms: float
    errors: int = msgspec.field(default=-1)
    ttft_p50_ms: float = 0.0
    """Time to the first event of a stream."""
    ttft_p99_ms: float = 0.0
    arrivals: int = 0
    """Median number of separate reads that one stream came in: a relay that holds events back makes it fall."""
    first_error: str = ""


class Run:
    """Hands out the requests of one plan and keeps what came of them."""

    def __init__(self, plan: Plan) -> None:
        """Begin with nothing asked."""
        self.plan = plan
        self.bodies = Requests(plan.model, kilobytes=plan.kilobytes, stream=plan.stream)
        self.head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{plan.port}\r\ncontent-type: application/json\r\n"
            "authorization: Bearer sk-bench\r\ncontent-length: %d\r\n\r\n"
        )
        self.asked = 0
        self.latencies: list[float] = []
        self.first_events: list[float] = []
        self.arrivals: list[int] = []
        self.first_error = ""
        self.errors = 0
        self.open_connections = 0
        self.finished = asyncio.get_running_loop().create_future()

    def next_request(self) -> list[bytes] | None:
        """The next request in pieces; None when all have been asked."""
        if self.asked == self.plan.count:
            return None
        parts = self.bodies.parts(self.plan.offset + self.asked)
        self.asked += 1
        return [(self.head % sum(map(len, parts))).encode(), *parts]

    def note_error(self, text: str) -> None:
        """Count an error; the first one is kept in words."""
        self.errors += 1
        self.first_error = self.first_error or text

    def connection_ended(self) -> None:
        """The run is over with its last connection."""
        self.open_connections -= 1
        if not self.open_connections and not self.finished.done():
            self.finished.set_result(None)

    async def perform(self) -> Result:
        """Open the connections, then ask until the plan is done."""
        loop, plan = asyncio.get_running_loop(), self.plan
        connections = [
            (await loop.create_connection(lambda: Connection(self), "127.0.0.1", plan.port))[1]
            for _ in range(min(plan.concurrency, plan.count))
        ]
        self.open_connections = len(connections)
        started = time.perf_counter()
        for connection in connections:
            connection.ask()
        try:
            await asyncio.wait_for(self.finished, plan.limit_seconds)
        except TimeoutError:
            self.first_error = self.first_error or f"not done after {plan.limit_seconds:g} s"
        seconds = time.perf_counter() - started
        for connection in connections:
            connection.transport.abort()
        return self.result(seconds)

    def result(self, seconds: float) -> Result:
        """The numbers of the whole run. A request without a good answer is an error, whatever the reason."""
        good = len(self.latencies)
        return Result(
            requests=good,
            seconds=seconds,
            rps=good / seconds,
            p50_ms=1000 * percentile(self.latencies, 0.5),
            p99_ms=1000 * percentile(self.latencies, 0.99),
            errors=self.plan.count - good,
            ttft_p50_ms=1000 * percentile(self.first_events, 0.5),
            ttft_p99_ms=1000 * percentile(self.first_events, 0.99),
            arrivals=int(percentile(self.arrivals, 0.5)),
            first_error=self.first_error,
        )


class Connection(asyncio.Protocol):
    """One kept-alive connection: a request, its answer, the next request."""

    def __init__(self, run: Run) -> None:
        """`run` says what to ask and takes what came."""
        self.run = run
        self.asked_at = 0.0
        self.waiting = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Keep the transport; `ask` begins."""
        self.transport = transport

    def ask(self) -> None:
        """Send the next request, or close when there is none."""
        request = self.run.next_request()
        if request is None:
            self.transport.close()
            return
        self.parser = httptools.HttpResponseParser(self)
        self.length: int | None = None
        self.body: list[bytes] = []
        self.reads = 0
        self.first_event_at = 0.0
        self.waiting = True
        self.asked_at = time.perf_counter()
        self.transport.writelines(request)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls the `on_…` methods."""
        pieces = len(self.body)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.fail(f"not HTTP: {error}")
            return
        if not self.waiting:
            self.ask()
        elif len(self.body) > pieces:
            self.reads += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        """Remember how long the body says that it is."""
        if name.lower() == b"content-length":
            self.length = int(value)

    def on_body(self, piece: bytes) -> None:
        """Remember a part of the body and when the first one came."""
        if not self.body:
            self.first_event_at = time.perf_counter()
        self.body.append(piece)

    def on_message_complete(self) -> None:
        """Judge the whole answer."""
        now, body, run = time.perf_counter(), b"".join(self.body), self.run
        fault = self.fault_of_stream(body) if run.plan.stream else self.fault_of_json(body)
        self.waiting = False
        if self.parser.get_status_code() != 200:
            run.note_error(f"status {self.parser.get_status_code()}: {body[:300].decode(errors='replace')}")
        elif fault:
            run.note_error(f"{fault}: {body[:300].decode(errors='replace')}")
        else:
            run.latencies.append(now - self.asked_at)
            if run.plan.stream:
                run.first_events.append(self.first_event_at - self.asked_at)
                run.arrivals.append(self.reads + 1)

    def fault_of_json(self, body: bytes) -> str:
        """What is wrong with a JSON answer; empty when nothing is."""
        if self.length is None:
            return "no content-length"
        if self.length != len(body):
            return f"content-length {self.length}, but {len(body)} bytes"
        return "" if b'"finish_reason"' in body else "no finish reason"

    def fault_of_stream(self, body: bytes) -> str:
        """What is wrong with a stream; empty when nothing is."""
        events = [event for event in body.split(b"\n\n") if event]
        content = sum(1 for event in events if CONTENT_EVENT.match(event))
        if content != self.run.plan.chunks:
            return f"{content} content events instead of {self.run.plan.chunks}"
        return "" if events[-1] == b"data: [DONE]" else "no [DONE] at the end"

    def fail(self, text: str) -> None:
        """Give this connection up."""
        self.run.note_error(text)
        self.waiting = False
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection may end only when nothing is left to ask."""
        if self.waiting:
            self.run.note_error(f"connection lost before the answer was complete: {exc or 'closed by the server'}")
        self.run.connection_ended()


def percentile(values: list[float] | list[int], share: float) -> float:
    """The value that `share` of all values do not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


async def perform(plan: Plan) -> Result:
    """Do one run. Raises OSError when nobody listens on the port."""
    return await Run(plan).perform()


def serve() -> None:
    """Answer each plan on standard input with a result on standard output."""
    for line in sys.stdin:
        result = uvloop.run(perform(msgspec.json.decode(line, type=Plan)))
        print(msgspec.json.encode(result).decode(), flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help="read plans from standard input")
    parser.add_argument("--port", type=int)
    parser.add_argument("--model", default="auto")
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--kilobytes", type=int, default=1, help="size of a request body")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--chunks", type=int, default=50, help="content events that a stream must hold")
    options = vars(parser.parse_args())
    if options.pop("serve"):
        serve()
        return
    if options["port"] is None:
        parser.error("--port or --serve is needed")
    result = uvloop.run(perform(Plan(**options)))
    print(msgspec.json.encode(result).decode())
    sys.exit(result.errors > 0)


if __name__ == "__main__":
    main()
