"""The longest context that a model's name speaks of, for backends that do not say."""

import re

from smarterrouter.catalog import names

_THOUSANDS = re.compile(r"(?<![a-z0-9.])(\d{1,4})k(?![a-z0-9])")
_MILLIONS = re.compile(r"(?<![a-z0-9.])([1-9])m(?![a-z0-9])")
_TOKENS = re.compile(r"(?<![a-z0-9.])(4096|8192|16384|32768|65536|131072|262144)(?![a-z0-9])")

_HOSTED = tuple(
    (names.tokens(pattern), tokens)
    for pattern, tokens in (
        # https://platform.openai.com/docs/models
        (r"gpt4\.1(?:-mini|-nano)?", 1_047_576),
        (r"gpt4o(?:-mini)?|chatgpt4o|gpt4-turbo|gpt4-(?:1106|0125)-preview|gpt4\.5-preview", 128_000),
        (r"gpt4(?:-0613)?", 8_192),
        (r"gpt3\.5-turbo-instruct", 4_096),
        (r"gpt3\.5-turbo", 16_385),
        (r"o1-mini|o1-preview", 128_000),
        (r"o1|o1-pro|o3|o3-mini|o3-pro|o4-mini", 200_000),
        (r"gpt5-chat(?:-latest)?", 128_000),
        (r"gpt5(?:-mini|-nano)?", 400_000),
        # https://docs.anthropic.com/en/docs/about-claude/models
        (r"claude2[\d.]*|claude3[\d.]*|claude-(?:opus|sonnet|haiku)[\d.]*", 200_000),
        # https://ai.google.dev/gemini-api/docs/models
        (r"gemini1\.5-pro", 2_097_152),
        (r"gemini1\.5-flash(?:-8b)?|gemini2\.[05]-(?:flash|pro)(?:-lite)?", 1_048_576),
        # https://docs.mistral.ai/getting-started/models
        (r"open-mistral-7b|open-mixtral-8x7b", 32_768),
        (r"open-mixtral-8x22b", 65_536),
        (r"pixtral-large|ministral-[38]b", 131_072),
    )
)
_SIZE_NOT_CONTEXT = re.compile(r"stories")
"""`TinyStories-1M` has a million parameters."""


def read_name(name: str) -> int | None:
    """Tokens, or None. What is written in the name comes first, then the table of hosted models."""
    text = names.canonical(name)
    if (match := _THOUSANDS.search(text)) is not None:
        count = int(match[1])
        return count * (1024 if count & (count - 1) == 0 else 1000)
    if (match := _MILLIONS.search(text)) is not None and not _SIZE_NOT_CONTEXT.search(text):
        return int(match[1]) * 1_000_000
    if (match := _TOKENS.search(text)) is not None:
        return int(match[1])
    return names.first_match(text, _HOSTED)
