import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarterrouter.observability.logs import configure, one_line, request_id_context

log = logging.getLogger("smarterrouter.test")
TEXT_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ +[\w.]+ .*")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(style: Any = "text", level: str = "DEBUG") -> io.StringIO:
    stream = io.StringIO()
    configure(level, style, stream)
    return stream


def only(stream: io.StringIO) -> str:
    assert stream.getvalue().endswith("\n")
    assert stream.getvalue().count("\n") == 1
    return stream.getvalue().rstrip("\n")


def member(stream: io.StringIO) -> dict[str, Any]:
    parsed = json.loads(only(stream))
    assert isinstance(parsed, dict)
    return parsed


def test_a_text_line() -> None:
    stream = lines()
    log.info("found %d models", 3, extra={"backend": "ollama", "seconds": 0.5})
    assert TEXT_LINE.fullmatch(only(stream))
    assert only(stream).endswith("INFO    smarterrouter.test found 3 models backend=ollama seconds=0.5")


def test_a_json_line() -> None:
    stream = lines("json")
    log.info("found %d models", 3, extra={"backend": "ollama", "parts": {"a": 1, "api_key": "x"}, "none": None})
    line = member(stream)
    assert re.fullmatch(r"\d{4}-.*Z", line.pop("time"))
    assert line == {
        "level": "INFO",
        "logger": "smarterrouter.test",
        "message": "found 3 models",
        "backend": "ollama",
        "parts": {"a": 1, "api_key": "[redacted]"},
        "none": None,
    }


def test_from_warning_up_a_json_line_says_where_it_was_written() -> None:
    stream = lines("json")
    log.warning("look")
    assert re.fullmatch(r"test_logs\.test_from_warning_up_\w+:\d+", member(stream)["where"])


@pytest.mark.parametrize("style", ["text", "json"])
def test_w17_a_percent_sign_in_a_request_id_breaks_no_line(style: str) -> None:
    stream = lines(style)
    token = request_id_context.set("100%s%d%(x)s{0}")
    try:
        log.info("served %s", "it")
    finally:
        request_id_context.reset(token)
    assert "100%s%d%(x)s{0}" in only(stream)
    assert "served it" in only(stream)


def test_the_request_id_may_be_said_outright() -> None:
    stream = lines("json")
    token = request_id_context.set("context")
    try:
        log.info("x", extra={"request_id": "extra"})
    finally:
        request_id_context.reset(token)
    assert member(stream)["request_id"] == "extra"


def test_without_a_request_there_is_no_id() -> None:
    stream = lines("json")
    log.info("x")
    assert "request_id" not in member(stream)


@given(st.text(), st.text(), st.sampled_from(["text", "json"]))
def test_whatever_is_logged_it_is_one_line(message: str, extra: str, style: str) -> None:
    stream = lines(style)
    log.info("got %s", message, extra={"detail": extra, "request_id": message})
    assert len(only(stream).splitlines()) == 1
    only(stream).encode()
    if style == "json":
        assert member(stream)["level"] == "INFO"


def test_a_line_end_is_spelled_out() -> None:
    assert one_line("a\nb\r\t\x1b[31m\u2028\x85") == "a\\nb\\r\\t\\x1b[31m\\u2028\\x85"


@pytest.mark.parametrize("style", ["text", "json"])
def test_nothing_secret_is_written_wherever_it_stands(style: str) -> None:
    stream = lines(style)
    secret = "sk-abcdefghijklmnop123456"
    try:
        raise ValueError(f"bad key {secret}")
    except ValueError:
        log.exception("with %s", secret, extra={"detail": [secret], "api_key": "hunter2", "request_id": secret})
    assert secret not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert stream.getvalue().count("[redacted]") >= 5


def test_a_traceback_is_indented_so_that_it_cannot_look_like_a_line() -> None:
    stream = lines()
    try:
        raise ValueError("first\n2026-01-01T00:00:00.000Z ERROR   smarterrouter forged")
    except ValueError:
        log.exception("failed")
    head, *trace = stream.getvalue().splitlines()
    assert TEXT_LINE.fullmatch(head)
    assert len(trace) > 3
    assert all(line.startswith("    | ") for line in trace)


def test_a_traceback_and_a_stack_are_members_of_a_json_line() -> None:
    stream = lines("json")
    try:
        raise KeyError("x")
    except KeyError:
        log.exception("failed", stack_info=True)
    trace = member(stream)["trace"]
    assert "KeyError: 'x'" in trace
    assert "Stack (most recent call last)" in trace


def test_an_extra_cannot_overwrite_what_the_line_says_of_itself() -> None:
    stream = lines("json")
    log.info("true", extra={"level": "FORGED", "time": "never"})
    assert member(stream)["level"] == "INFO"
    assert member(stream)["time"] != "never"


def test_wrong_arguments_cost_the_formatting_not_the_line() -> None:
    stream = lines()
    logging.getLogger().handlers[:-1] = []  # pytest's own handler would raise
    log.info("only %d", "text")
    assert only(stream).endswith("only %d ('text',)")


def test_a_value_that_cannot_be_shown_costs_its_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("sk-abcdefghijklmnop123456")

    stream = lines()
    log.info("x", extra={"broken": Broken()})
    log.info("next")
    assert only(stream).endswith("next")
    lost = capsys.readouterr().err
    assert re.fullmatch(r"a log line of smarterrouter\.test:\d+ was lost: RuntimeError\n", lost)


def test_below_the_level_nothing_is_shaped() -> None:
    class Counting:
        shown = 0

        def __str__(self) -> str:
            Counting.shown += 1
            return "x"

    stream = lines(level="warning")
    log.info("%s", Counting(), extra={"more": Counting()})
    assert (stream.getvalue(), Counting.shown) == ("", 0)


def test_configuring_again_replaces_our_handler_and_leaves_those_of_others() -> None:
    foreign = logging.NullHandler()
    logging.getLogger().addHandler(foreign)
    first, second = lines(), lines("json")
    log.info("x")
    assert first.getvalue() == ""
    assert member(second)["message"] == "x"
    assert foreign in logging.getLogger().handlers


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="LOUD"):
        configure("loud", "text", io.StringIO())


def test_without_a_stream_lines_go_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text")
    log.info("here")
    captured = capsys.readouterr()
    assert "here" in captured.err
    assert captured.out == ""


def test_t5_the_http_server_writes_no_line_for_each_request() -> None:
    server, access = logging.getLogger("uvicorn.error"), logging.getLogger("uvicorn.access")
    access.addHandler(logging.StreamHandler())
    stream = lines("json")
    access.info('%s - "%s %s HTTP/%s" %d', "::1", "GET", "/", "1.1", 200)
    assert stream.getvalue() == ""
    server.info("Started server process [%d]", 7, extra={"color_message": "\x1b[36m7"})
    line = member(stream)
    assert line["message"] == "Started server process [7]"
    assert "color_message" not in line
