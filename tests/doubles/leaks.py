"""Counts what a gateway in the test's own process holds, so that a test can show that all of it is given back."""

import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import psutil
import pytest
from tests.doubles.gateway import Answer, InProcessGateway, until


class Counted(Protocol):
    """An upstream that knows its open connections."""

    @property
    def open(self) -> Any: ...


def held(gateway: InProcessGateway, upstreams: Sequence[Counted]) -> dict[str, int]:
    """Tasks, connections of callers, connections to backends in use, and file descriptors.

    Connections that wait in the pool are no leak; both of their ends are in this process, so two descriptors each.
    Neither are files: the database keeps a bounded number of them open.
    """
    process = psutil.Process()
    pooled = sum(one.open if isinstance(one.open, int) else len(one.open) for one in upstreams)
    return {
        "tasks": gateway.tasks(),
        "callers": gateway.callers(),
        "upstreams": gateway.upstreams(),
        "descriptors": process.num_fds() - len(process.open_files()) - 2 * pooled,
    }


@contextlib.asynccontextmanager
async def nothing_is_left(gateway: InProcessGateway, *upstreams: Counted) -> AsyncIterator[None]:
    """Fail unless everything that the block took is given back after it."""
    await gateway.settle()
    before = held(gateway, upstreams)

    def back() -> bool:
        return all(now <= before[name] for name, now in held(gateway, upstreams).items())

    yield
    await gateway.settle()
    try:
        await until(back)
    except AssertionError:
        raise AssertionError(f"before: {before}, after: {held(gateway, upstreams)}") from None


def no_faults(caplog: pytest.LogCaptureFixture) -> None:
    """Fail when something was logged that only a fault of ours logs: the answer alone would hide it."""
    faults = [
        f"{record.name}: {record.getMessage()}\n{record.exc_text or ''}"
        for record in [*caplog.get_records("setup"), *caplog.get_records("call")]
        if record.levelno >= logging.ERROR or record.exc_info
    ]
    assert not faults, "\n".join(faults)


def is_openai_error(answer: Answer, *statuses: int) -> dict[str, Any]:
    """The error object of an answer that must have one of these statuses and OpenAI's form, and tell no secrets."""
    assert answer.status in statuses, (answer.status, answer.body[:500])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"]
    error = answer.json()["error"]
    assert set(error) >= {"message", "type", "param", "code"}
    assert isinstance(error["message"], str)
    assert error["message"]
    assert b"Traceback" not in answer.body
    assert b".py" not in answer.body
    assert isinstance(error, dict)
    return error
