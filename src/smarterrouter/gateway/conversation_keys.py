"""`key_of`: which conversation a request belongs to, told from what its caller sent, for a few microseconds.

A caller may say it: in a header, else in a member of the body. Where nobody says it, a conversation is known by its
opening, because chat clients send everything that was said before, every time. The opening is the head of the system
prompt (dates and memories mostly stand further down) and the first user message: of a long text its head, its tail and
its length; of an image where it is, never what it shows. Only hashes are kept, and the caller's credential is part of
each: two people who begin with the same words have two conversations.
"""

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
from msgspec import Struct

from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.chat import Message, Part
from smarterrouter.wire.raw import RawBody

HEADERS = (
    b"x-session-id",  # the common one: vLLM's router, Crush, opencode, many agents
    b"x-conversation-id",
    b"x-openwebui-chat-id",  # Open WebUI with ENABLE_FORWARD_USER_INFO_HEADERS
    b"x-claude-code-session-id",
    b"x-opencode-session",
    b"session_id",  # Codex and pi, in either spelling
    b"session-id",
    b"conversation_id",
    b"conversation-id",
    b"x-session-affinity",  # opencode, Crush, pi
    b"x-litellm-session-id",
    b"helicone-session-id",
    b"x-amp-thread-id",
)
"""Headers that name a conversation, the first one counts. `x-client-request-id` is none: most clients change it with
every request."""
MEMBERS = ("conversation", "conversation_id", "session_id", "chat_id", "prompt_cache_key")
"""Members of the body that do, after `metadata`, which may hold the first words of this list itself."""
_CREDENTIALS = (b"authorization", b"x-api-key", b"api-key")

_HEAD, _TAIL, _SYSTEM_HEAD = 512, 256, 256
"""Characters of a text that are looked at."""
_MESSAGES = 8
"""A conversation opens within so many messages."""
_PARTS = 8
_DIGEST = 16
SYSTEM = frozenset({"system", "developer"})
_CREDENTIAL, _NOBODY = -1, len(HEADERS)
_RANK = {name: rank for rank, name in enumerate(HEADERS)} | dict.fromkeys(_CREDENTIALS, _CREDENTIAL)
_EMPTY = frozenset({b"null", b'""', b"{}", b"[]"})

Headers = Sequence[tuple[bytes, bytes]]


class ConversationKey(Struct, frozen=True, gc=False):
    """How a conversation is found again."""

    thread: bytes
    """Hash of the caller, the name of the conversation if there is one, and the opening."""
    session: bytes | None
    """Hash of the caller and the name alone; None where nobody named it. Several threads may belong to one session: an
    agent and its helpers, or a chat and the request for its title."""
    turns: int
    """Messages in this request."""


class _Named(Struct):
    """A conversation as the Responses interface writes it."""

    id: str | None = None


class _Metadata(Struct):
    """What people put there, if it is of the usual kind."""

    conversation_id: str | int | None = None
    session_id: str | int | None = None
    chat_id: str | int | None = None


_named = msgspec.json.Decoder(_Named | str | int | None)
_metadata = msgspec.json.Decoder(_Metadata | None)


def key_of(call: ChatCall, headers: Headers) -> ConversationKey:
    """The conversation that `call` belongs to. `headers` are as ASGI gives them: names in lower case."""
    credential, name = _of_headers(headers)
    name = name or _of_body(call.body)
    caller, messages = _caller(credential, call.request.user), call.request.messages
    opening = _opening(messages)
    if not name:
        return ConversationKey(_hash(caller, b"", opening), None, len(messages))
    return ConversationKey(_hash(caller, name, opening), _hash(caller, name, b""), len(messages))


def _caller(credential: bytes, user: str | None) -> bytes:
    """Programs that serve many people say who asks in `user`. No header holds the sign between the two."""
    return credential + b"\r" + _bytes(user[:_HEAD]) if user else credential


def _of_headers(headers: Headers) -> tuple[bytes, bytes]:
    """The credential as it came, and the name of the conversation; each empty when there is none."""
    credential = name = b""
    best = _NOBODY
    for header, value in headers:
        if header in _RANK:
            rank = _RANK[header]
            if rank == _CREDENTIAL:
                credential += value + b"\n"
            elif rank < best and value:
                best, name = rank, value
    return credential, name


def _of_body(body: RawBody) -> bytes:
    """The name of the conversation in its JSON spelling; empty when the body holds none."""
    members = body.members
    if "metadata" in members:
        name = _of_metadata(members["metadata"])
        if name:
            return name
    for member in MEMBERS:
        if member in members:
            name = bytes(members[member])
            if member == "conversation":
                name = _of_conversation(name)
            if name not in _EMPTY:
                return name
    return b""


def _of_metadata(raw: msgspec.Raw) -> bytes:
    try:
        seen = _metadata.decode(raw)
    except msgspec.DecodeError:
        return b""  # the caller's own business: nothing in it is ours to refuse
    if seen is None:
        return b""
    name = seen.conversation_id or seen.session_id or seen.chat_id
    return msgspec.json.encode(name) if name else b""


def _of_conversation(raw: bytes) -> bytes:
    try:
        seen = _named.decode(raw)
    except msgspec.DecodeError:
        return b"null"
    return msgspec.json.encode(seen.id if isinstance(seen, _Named) else seen)


def _opening(messages: Sequence[Message]) -> bytes:
    said: list[str] = []
    for message in messages[:_MESSAGES]:
        if message.role == "user":
            said.append(_text(message.content))
            break
        if message.role in SYSTEM and len(said) < _PARTS:
            said.append(_text(message.content)[:_SYSTEM_HEAD])
    return _bytes("\0".join(said))


def _text(content: str | list[Part] | None) -> str:
    if isinstance(content, str):
        return content if len(content) <= _HEAD + _TAIL else _ends(content)
    return "\1".join([_part(part) for part in content[:_PARTS]]) if content else ""


def _part(part: Part) -> str:
    if part.text is not None:
        return _ends(part.text)
    image = part.image_url
    if image is None:
        return part.type
    return _ends(image if isinstance(image, str) else image.url)


def _ends(text: str) -> str:
    """A bounded piece of `text` that tells it from others."""
    if len(text) <= _HEAD + _TAIL:
        return text
    return f"{text[:_HEAD]}\2{len(text)}\2{text[-_TAIL:]}"


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _hash(caller: bytes, name: bytes, opening: bytes) -> bytes:
    """No part can pass for another's end: neither headers nor JSON hold a bare zero byte, and the opening is last."""
    return blake2b(b"\0".join((caller, name, opening)), digest_size=_DIGEST).digest()
