"""`Heard`: what a model has said in an answer, put together from a body or from the events of a stream."""

from collections.abc import Sequence
from typing import Any

import msgspec

from smarterrouter.wire import sse
from smarterrouter.wire.chat import Usage

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Called(msgspec.Struct, frozen=True):
    """One call of a tool."""

    name: str
    arguments: str


class Heard(msgspec.Struct, frozen=True):
    """One answer, or as much of it as has come."""

    text: str = ""
    calls: tuple[Called, ...] = ()
    finish: str = ""
    """Why it ended; empty while it has not, or where nobody said."""
    complete: bool = True
    """Has all of it come?"""
    usage: Usage | None = None
    beside: bool = False
    """Was there something else than text and calls: a refusal in a member of its own, or sound?"""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: Any = None


class _Call(msgspec.Struct):
    index: Any = None
    function: _Function | None = None


class _Said(msgspec.Struct):
    content: Any = None
    refusal: Any = None
    audio: Any = None
    tool_calls: list[_Call] | None = None
    function_call: _Function | None = None


class _Choice(msgspec.Struct):
    message: _Said | None = None
    delta: _Said | None = None
    text: Any = None
    finish_reason: Any = None


class _Piece(msgspec.Struct):
    """Counts and reasons of other types than they should be are no reason to miss what was said."""

    choices: list[_Choice] | None = None
    usage: Any = None


_pieces = msgspec.json.Decoder(_Piece)


def heard_whole(body: bytes) -> Heard:
    """What a JSON answer says; nothing where it cannot be read."""
    return _Hearing().take([body]).heard(complete=True)


def heard_events(block: bytes) -> Heard:
    """What these events of a stream say."""
    payloads = [payload for payload in sse.events(block) if payload]
    ended = any(sse.is_done(payload) for payload in payloads)
    hearing = _Hearing().take([payload for payload in payloads if not sse.is_done(payload)])
    return hearing.heard(complete=ended or bool(hearing.finish and hearing.usage))


class _Hearing:
    """Collects the pieces of one choice."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._calls: dict[int, list[str]] = {}
        self._beside = False
        self.finish = ""
        self.usage: Usage | None = None

    def take(self, payloads: Sequence[bytes]) -> "_Hearing":
        for payload in payloads:
            try:
                piece = _pieces.decode(payload)
            except _UNREADABLE:
                continue
            self.usage = _usage(piece.usage) or self.usage
            for choice in piece.choices or ():
                self.finish = choice.finish_reason if isinstance(choice.finish_reason, str) else self.finish
                self._said(choice.message or choice.delta or _Said(content=choice.text))
        return self

    def heard(self, *, complete: bool) -> Heard:
        calls = tuple(Called(name, arguments) for _, (name, arguments) in sorted(self._calls.items()))
        return Heard("".join(self._text), calls, self.finish, complete, self.usage, self._beside)

    def _said(self, said: _Said) -> None:
        self._text.append(_text(said.content))
        self._beside |= bool(said.refusal or said.audio)
        for call in said.tool_calls or ():
            self._called(call)
        if said.function_call is not None:
            self._called(_Call(0, said.function_call))

    def _called(self, call: _Call) -> None:
        function = call.function or _Function()
        at = call.index
        if not isinstance(at, int):  # whole answers and some servers send calls without a number
            at = len(self._calls) if function.name or not self._calls else max(self._calls)
        known = self._calls.setdefault(at, ["", ""])
        known[0] += function.name or ""
        known[1] += _arguments(function.arguments)


def _usage(given: Any) -> Usage | None:
    try:
        return msgspec.convert(given, Usage | None)
    except msgspec.ValidationError:
        return None


def _text(content: Any) -> str:
    """The text of a content member: itself, or its text parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))


def _arguments(given: Any) -> str:
    """Arguments are text by OpenAI's word; some servers send the object itself."""
    if given is None or isinstance(given, str):
        return given or ""
    return msgspec.json.encode(given).decode()
