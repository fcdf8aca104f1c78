"""Approximate token counts: an estimate to choose by, and a bound that no byte-level tokenizer can exceed.

How the ratios were found: eighteen texts of 100 to 700 characters, written for this purpose (English, German, French,
Spanish, Italian, Russian, Chinese, Japanese, Korean, Python, C, JSON, LaTeX, a table, a log, base64, hex, emoji), were
counted with four public vocabularies: cl100k and o200k (OpenAI), Claude's first public one, and DeepSeek's. Characters
per token, lowest and highest vocabulary: English 4.9-5.0, German 3.2-4.7, French 3.3-4.4, Spanish 3.7-4.8, Italian
3.2-4.2, Russian 2.0-4.3, Chinese 0.9-1.8, Japanese 1.0-1.5, Korean 0.9-1.8, Python 3.7-4.0, C 2.5-2.7, JSON 4.3-4.5,
LaTeX 2.0-2.1, table 1.7, base64 1.4-1.5. The numbers below give the count of the greediest of the four within about a
quarter, and overcount JSON by half. Eighteen short texts are a small sample: where it matters, ask the backend's own
tokenizer.
"""

import re
from math import ceil
from string import ascii_letters, whitespace

from smarterrouter.wire import content
from smarterrouter.wire.calls import ChatCall
from smarterrouter.wire.chat import Message

_PLAIN = 0.21
"""Tokens per ASCII letter or blank: 4.8 characters to a token."""
_SIGN = 0.75
"""Tokens per digit, punctuation mark or operator."""
_ACCENTED = 3.0
"""Tokens per accented Latin letter: it betrays a language whose words are cut into more pieces."""
_TWO_BYTES = 0.55
"""Tokens per letter of Greek, Cyrillic, Hebrew or Arabic."""
_THREE_BYTES = 1.1
"""Tokens per sign of Chinese, Japanese, Korean, Thai or Devanagari."""
_FOUR_BYTES = 2.4
"""Tokens per emoji or rare sign."""
_DENSE = 0.72
"""Tokens per byte of text without blanks: base64, hashes, keys."""
_TOOL_BYTES_PER_TOKEN = 4.0
"""Tool definitions are JSON."""
_IMAGE = 1000
"""Tokens of one image; between 85 and a few thousand, by model and resolution."""
_PER_MESSAGE = 5
"""Role and separators: `<|im_start|>user\\n…<|im_end|>\\n` is five tokens."""

_IMAGE_BOUND = 16_384
"""The largest default of an open model: Qwen2-VL splits an image into at most this many tokens."""
_PER_MESSAGE_BOUND = 64
"""Bytes of the longest separators around one message in common chat templates, generously."""
_TEMPLATE_BOUND = 512
"""Bytes that a chat template may add of its own: a default system prompt, dates."""
_TOOLS_BOUND = 2048
"""Bytes of instructions that a chat template may print before the tools."""
_REPRINTED = 4
"""A template prints JSON again: indented, and with non-ASCII letters escaped."""
_PRINTED = ("tools", "functions", "response_format", "documents", "chat_template_kwargs")

_SAMPLE = 4096
"""Characters that are weighed; of longer texts three slices stand for the whole."""

_LETTERS_AND_BLANKS = (ascii_letters + whitespace).encode()
_BLANKS = whitespace.encode()
_BEYOND_ASCII = bytes(range(128, 256))
_ACCENT_LEADS = bytes(range(0xC3, 0xCE))
_TWO_LEADS = bytes([0xC2, *range(0xCE, 0xE0)])
_THREE_LEADS = bytes(range(0xE0, 0xF0))
_FOUR_LEADS = bytes(range(0xF0, 0xF5))


def text_tokens(text: str) -> int:
    """About how many tokens `text` is; looks at no more than 4,096 characters of it."""
    if not text:
        return 0
    sample = text if len(text) <= _SAMPLE else _slices(text)
    return ceil(_weigh(sample) * len(text) / len(sample))


def text_bound(text: str) -> int:
    """Tokens that no byte-level tokenizer exceeds for `text`: its length in UTF-8."""
    return len(text) if text.isascii() else len(_utf8(text))


def estimate(call: ChatCall) -> int:
    """About how many prompt tokens the call is: texts, tool calls, tools, images and the frame around each message."""
    messages = call.request.messages
    said = content.texts(messages)
    if len(messages) > 1:
        said += _extras(messages)
    tokens = text_tokens("\n".join(said) if len(said) != 1 else said[0])
    tokens += content.image_count(messages) * _IMAGE + len(messages) * _PER_MESSAGE
    return tokens + ceil(_member_bytes(call, "tools", "functions") / _TOOL_BYTES_PER_TOKEN)


def upper_bound(call: ChatCall) -> int:
    """Prompt tokens that the call cannot exceed, whatever byte-level tokenizer and usual chat template the model has.

    Every token covers at least one byte, so bytes bound tokens. Images are bounded by the largest default known.
    """
    messages = call.request.messages
    bound = sum(map(text_bound, content.texts(messages))) + _REPRINTED * sum(map(text_bound, _extras(messages)))
    bound += content.image_count(messages) * _IMAGE_BOUND + len(messages) * _PER_MESSAGE_BOUND + _TEMPLATE_BOUND
    printed = _member_bytes(call, *_PRINTED)
    return bound + (_REPRINTED * printed + _TOOLS_BOUND if printed else 0)


def surely_below(call: ChatCall, limit: int) -> bool:
    """Is the prompt below `limit` tokens for certain? Of a short plain conversation its JSON tells already.

    JSON never has fewer bytes than the text in it. Only what a template prints in another form than it came in needs
    the closer look.
    """
    body = call.body.original
    frame = len(call.request.messages) * _PER_MESSAGE_BOUND + _TEMPLATE_BOUND
    if len(body) < _SHORT and len(body) + frame < limit and _NOT_PLAIN.search(body) is None:
        return True
    return upper_bound(call) < limit


_SHORT = 8192
"""Bytes; above, searching the JSON costs more than looking at the messages."""
_NOT_PLAIN = re.compile(rb'"(?:tool|image|function|name"|response_format"|reasoning|input_|type")')


def _extras(messages: list[Message]) -> list[str]:
    """What templates print beside the text: tool calls, names, earlier reasoning."""
    extras = []
    for message in messages:
        if message.tool_calls or message.reasoning_content or message.reasoning or message.name or message.tool_call_id:
            extras += [
                message.reasoning_content or message.reasoning or "",
                message.name or "",
                message.tool_call_id or "",
            ]
            for asked in message.tool_calls or ():
                extras += [asked.id, *((asked.function.name, asked.function.arguments) if asked.function else ())]
    return [text for text in extras if text]


def _member_bytes(call: ChatCall, *names: str) -> int:
    members = call.body.members
    return sum(len(bytes(members[name])) for name in names if name in members)


def _slices(text: str) -> str:
    third, middle = _SAMPLE // 3, len(text) // 2
    return text[:third] + text[middle : middle + third] + text[-third:]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _weigh(sample: str) -> float:
    data = _utf8(sample)
    narrow = data if len(data) == len(sample) else data.translate(None, _BEYOND_ASCII)
    signs = len(narrow.translate(None, _LETTERS_AND_BLANKS))
    tokens = _PLAIN * (len(narrow) - signs) + _SIGN * signs
    if len(narrow) > 64 and len(narrow) - len(narrow.translate(None, _BLANKS)) < len(narrow) / 50:
        tokens = max(tokens, _DENSE * len(narrow))
    return tokens if narrow is data else tokens + _weigh_wide(data)


def _weigh_wide(data: bytes) -> float:
    """Characters beyond ASCII are told apart by their first byte in UTF-8."""
    return (
        _ACCENTED * _count(data, _ACCENT_LEADS)
        + _TWO_BYTES * _count(data, _TWO_LEADS)
        + _THREE_BYTES * _count(data, _THREE_LEADS)
        + _FOUR_BYTES * _count(data, _FOUR_LEADS)
    )


def _count(data: bytes, wanted: bytes) -> int:
    return len(data) - len(data.translate(None, wanted))
