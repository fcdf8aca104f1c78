"""JSON or text logs with the request id on each line; nothing secret, nothing forged.

A line is shaped only when its level is on, so a disabled `log.debug` costs what the standard library asks and no more.
"""

import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import msgspec

from smarterrouter.observability.redaction import GONE, is_secret_name, redact

request_id_context: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served; middleware sets it, every line shows it.

Code that runs outside of the request's own task says `extra={"request_id": …}` instead.
"""

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message", "request_id"}
"""Members of a log record that are not extras; uvicorn adds a coloured copy of its message."""
_QUIET = ("uvicorn.access", "aiohttp.access", "aiosqlite")
"""Loggers that would write a line for each request."""
_encode = msgspec.json.Encoder(enc_hook=str).encode
_controls = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)]} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
_json_controls = {code: f"\\u{code:04x}" for code in (*range(127, 160), 0x2028, 0x2029)}
"""JSON escapes the first 32 itself; some readers take these for line ends or commands as well."""


def configure(level: str, style: Literal["text", "json"], stream: TextIO | None = None) -> None:
    """Send all logs from `level` up to `stream` (stderr when None), one line each.

    May be called again; handlers of others stay. Raise `ValueError` for an unknown level.
    """
    handler = _Handler(stream if stream is not None else sys.stderr)
    handler.setFormatter(_JsonLines() if style == "json" else _TextLines())
    root = logging.getLogger()
    root.setLevel(level.upper())
    for old in [known for known in root.handlers if isinstance(known, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    for name in ("uvicorn", "uvicorn.error"):
        _hand_up(logging.getLogger(name))
    for name in _QUIET:
        _silence(logging.getLogger(name))


def one_line(text: str) -> str:
    """`text` with every line end and control character spelled out, so that it cannot look like a second line."""
    return text.translate(_controls)


class _Handler(logging.StreamHandler[TextIO]):
    """Ours, to tell it from others; a line that cannot be written is reported without its content."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say where the line came from. The standard library would print its unredacted arguments."""
        error = sys.exc_info()[1]
        sys.stderr.write(f"a log line of {record.name}:{record.lineno} was lost: {type(error).__name__}\n")


class _TextLines(logging.Formatter):
    """`time LEVEL logger [request id] message key=value`, a traceback in indented lines below."""

    def format(self, record: logging.LogRecord) -> str:
        request = _request_id(record)
        head = f"{_time(record)} {record.levelname:<7} {record.name} {f'[{request}] ' if request else ''}"
        extras = "".join(f" {one_line(name)}={one_line(str(value))}" for name, value in _extras(record).items())
        return f"{head}{_message(record)}{extras}{_indented(_trace(self, record))}"


class _JsonLines(logging.Formatter):
    """One JSON object a line. From WARNING up it also says where in the code it was written."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if request := _request_id(record):
            line["request_id"] = request
        if record.levelno >= logging.WARNING:
            line["where"] = f"{record.module}.{record.funcName}:{record.lineno}"
        if trace := _trace(self, record):
            line["trace"] = trace
        extras = _extras(record)
        return (
            _encode(line | {name: value for name, value in extras.items() if name not in line})
            .decode()
            .translate(_json_controls)
        )


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _request_id(record: logging.LogRecord) -> str:
    return one_line(_safe(str(getattr(record, "request_id", "") or request_id_context.get())))


def _message(record: logging.LogRecord) -> str:
    """The message. Wrong arguments cost the formatting, not the line."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        text = f"{record.msg} {record.args}"
    return one_line(_safe(text))


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: _shown(name, value) for name, value in vars(record).items() if name not in _OWN}


def _shown(name: str, value: Any) -> Any:
    """Numbers stay numbers; everything else becomes text without secrets."""
    if is_secret_name(name):
        return GONE
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), inner) for key, inner in value.items()}
    return _safe(str(value))


def _safe(text: str) -> str:
    """Without secrets, and always writable as UTF-8: half a surrogate pair is spelled out."""
    return redact(text).encode("utf-8", "backslashreplace").decode()


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    parts = []
    if record.exc_info and record.exc_info[0] is not None:
        parts.append(formatter.formatException(record.exc_info))
    if record.stack_info:
        parts.append(formatter.formatStack(record.stack_info))
    return _safe("\n".join(parts))


def _indented(trace: str) -> str:
    return "".join(f"\n    | {one_line(line)}" for line in trace.splitlines())


def _hand_up(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


def _silence(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = False
    logger.setLevel(logging.CRITICAL + 1)
