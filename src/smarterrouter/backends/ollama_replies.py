"""Ollama's answers in OpenAI's shape: chat and text completions, whole or as events, and embeddings."""

import base64
import secrets
import struct
import time
from typing import Any

import msgspec

from smarterrouter.backends.ollama_lines import Call, Line, Said, Token, Vectors
from smarterrouter.errors import BackendGarbage
from smarterrouter.wire.chat import AnswerMessage, ChatChunk, ChatCompletion, Choice, ChunkChoice, Delta, Usage
from smarterrouter.wire.embeddings import Embedding, EmbeddingsAnswer, EmbeddingsUsage

_encode = msgspec.json.Encoder().encode


class Head:
    """What all parts of one answer have in common, and what its choices used together."""

    __slots__ = ("chat", "completion_tokens", "created", "id", "model", "prompt_tokens")

    def __init__(self, model: str, *, chat: bool) -> None:
        self.chat = chat
        self.id = f"{'chatcmpl' if chat else 'cmpl'}-{secrets.token_hex(12)}"
        self.created = time.time_ns() // 1_000_000_000
        self.model = model
        self.prompt_tokens = 0
        self.completion_tokens = 0

    def count(self, line: Line) -> None:
        """Add what a last line says. Choices of one prompt read it each, but it is one prompt: the longest counts."""
        self.prompt_tokens = max(self.prompt_tokens, line.prompt_eval_count or 0)
        self.completion_tokens += line.eval_count or 0

    @property
    def usage(self) -> Usage:
        """Token counts; 0 where Ollama gave none."""
        return Usage(self.prompt_tokens, self.completion_tokens, self.prompt_tokens + self.completion_tokens)

    def event(self, choices: list[Any], usage: Usage | msgspec.UnsetType = msgspec.UNSET) -> bytes:
        """One server-sent event."""
        if self.chat:
            return b"data: %b\n\n" % _encode(ChatChunk(self.id, self.created, self.model, choices, usage=usage))
        return b"data: %b\n\n" % _encode(TextAnswer(self.id, self.created, self.model, choices, usage))

    def ending(self) -> bytes:
        """The usage chunk and the end mark."""
        return self.event([], self.usage) + b"data: [DONE]\n\n"

    def whole(self, choices: list[Any]) -> bytes:
        """The body of an answer that is not streamed."""
        if self.chat:
            return _encode(ChatCompletion(self.id, self.created, self.model, choices, self.usage))
        return _encode(TextAnswer(self.id, self.created, self.model, choices, self.usage))


class TextChoice(msgspec.Struct):
    """One choice of a text completion, whole or the part that one event adds."""

    index: int
    text: str
    logprobs: Any = None
    finish_reason: str | None = None


class TextAnswer(msgspec.Struct):
    """A text completion; OpenAI uses the same object for events."""

    id: str
    created: int
    model: str
    choices: list[TextChoice]
    usage: Usage | msgspec.UnsetType = msgspec.UNSET
    object: str = "text_completion"


class ChatPart:
    """One choice of a chat answer: lines in, events or a whole choice out."""

    __slots__ = ("_calls", "_head", "_index", "_opened", "done")

    def __init__(self, head: Head, index: int) -> None:
        self._head = head
        self._index = index
        self._opened = False
        self._calls = 0
        self.done = False

    def feed(self, line: Line) -> bytes:
        """The events that `line` makes: the role before anything else, the finish reason last."""
        events = b"" if self._opened else self._event(Delta(role="assistant", content=""))
        self._opened = True
        if line.message is not None:
            events += self._said(line.message, line.logprobs)
        if line.done:
            self.done = True
            self._head.count(line)
            events += self._event(Delta(), finish_reason=_reason(line, self._calls))
        return events

    def whole(self, line: Line) -> Choice:
        """The choice that a whole answer makes."""
        said = line.message or Said()
        self._head.count(line)
        message = AnswerMessage(content=said.content or ("" if not said.tool_calls else None))
        if said.thinking:
            message.reasoning_content = said.thinking
        if said.tool_calls:
            message.tool_calls = [_tool_call(call) for call in said.tool_calls]
        reason = _reason(line, len(said.tool_calls or ()))
        return Choice(self._index, message, _chat_logprobs(line.logprobs), reason)

    def _said(self, said: Said, logprobs: list[Token] | None) -> bytes:
        events = b""
        if said.thinking:
            events += self._event(Delta(reasoning_content=said.thinking))
        if said.content or logprobs:
            events += self._event(Delta(content=said.content or ""), logprobs=_chat_logprobs(logprobs))
        if said.tool_calls:
            calls = [{"index": self._calls + at, **_tool_call(call)} for at, call in enumerate(said.tool_calls)]
            self._calls += len(calls)
            events += self._event(Delta(tool_calls=calls))
        return events

    def _event(self, delta: Delta, *, logprobs: Any = None, finish_reason: str | None = None) -> bytes:
        return self._head.event([ChunkChoice(self._index, delta, logprobs, finish_reason)])


class TextPart:
    """One choice of a text completion: lines in, events or a whole choice out."""

    __slots__ = ("_echo", "_head", "_index", "_offset", "done")

    def __init__(self, head: Head, index: int, echo: str = "") -> None:
        """`echo` is put before the text."""
        self._head = head
        self._index = index
        self._echo = echo
        self._offset = 0
        self.done = False

    def feed(self, line: Line) -> bytes:
        """The events that `line` makes."""
        events = b""
        text = self._echo + (line.response or "")
        self._echo = ""
        if text or line.logprobs:
            events = self._head.event([TextChoice(self._index, text, _text_logprobs(line.logprobs, self._offset))])
            self._offset += len(text)
        if line.done:
            self.done = True
            self._head.count(line)
            events += self._head.event([TextChoice(self._index, "", None, _reason(line, 0))])
        return events

    def whole(self, line: Line) -> TextChoice:
        """The choice that a whole answer makes."""
        self._head.count(line)
        text = self._echo + (line.response or "")
        return TextChoice(self._index, text, _text_logprobs(line.logprobs, 0), _reason(line, 0))


def embeddings(answer: Vectors, model: str, expected: int, *, as_base64: bool) -> bytes:
    """The body of an embeddings answer. Raise `BackendGarbage` unless there are `expected` vectors."""
    found = answer.embeddings or []
    if len(found) != expected:
        raise BackendGarbage(f"Ollama answered {len(found)} vectors for {expected} texts.")
    data = [Embedding(at, _packed(vector) if as_base64 else vector) for at, vector in enumerate(found)]
    tokens = answer.prompt_eval_count or 0
    return _encode(EmbeddingsAnswer(data, model, EmbeddingsUsage(tokens, tokens)))


def _packed(vector: list[float]) -> str:
    """Base64 of little-endian float32, as OpenAI packs vectors."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def _reason(line: Line, calls: int) -> str:
    """OpenAI's finish reason. Ollama says `stop` for a tool call too."""
    if line.done_reason == "length":
        return "length"
    return "tool_calls" if calls else "stop"


def _tool_call(call: Call) -> dict[str, Any]:
    arguments = bytes(call.function.arguments)
    text = msgspec.json.decode(arguments, type=str) if arguments.startswith(b'"') else arguments.decode()
    return {
        "id": call.id or f"call_{secrets.token_hex(12)}",
        "type": "function",
        "function": {"name": call.function.name, "arguments": "{}" if text in {"", "null"} else text},
    }


def _chat_logprobs(tokens: list[Token] | None) -> Any:
    if not tokens:
        return None
    content = [{**_token(token), "top_logprobs": [_token(top) for top in token.top_logprobs or ()]} for token in tokens]
    return {"content": content, "refusal": None}


def _token(token: Token) -> dict[str, Any]:
    code = token.bytes if token.bytes is not None else list(token.token.encode())
    return {"token": token.token, "logprob": token.logprob, "bytes": code}


def _text_logprobs(tokens: list[Token] | None, offset: int) -> Any:
    """The older shape of text completions: four lists side by side."""
    if not tokens:
        return None
    offsets = []
    for token in tokens:
        offsets.append(offset)
        offset += len(token.token)
    return {
        "tokens": [token.token for token in tokens],
        "token_logprobs": [token.logprob for token in tokens],
        "top_logprobs": [{top.token: top.logprob for top in token.top_logprobs or ()} for token in tokens],
        "text_offset": offsets,
    }
