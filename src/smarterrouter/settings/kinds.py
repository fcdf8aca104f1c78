"""What a setting's value may look like: types that read the forms people write and say what is allowed."""

import ipaddress
import json
import re
import string
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from smarterrouter.settings import urls

_YEAR = 31_536_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/\s]+", re.IGNORECASE)
_CAPABILITIES = {
    "chat": "chat",
    "embeddings": "embeddings",
    "embedding": "embeddings",
    "vision": "vision",
    "tools": "tools",
    "tool_calling": "tools",
    "json": "json",
    "thinking": "thinking",
}
_PROVIDERS = {
    "ollama": "ollama",
    "llama.cpp": "llama.cpp",
    "llama-cpp": "llama.cpp",
    "llamacpp": "llama.cpp",
    "llamaswap": "llama.cpp",
    "llama-swap": "llama.cpp",
    "openai": "openai",
    "local": "local",
}


class Kind(NamedTuple):
    """A mark on a type: what is allowed, in words that follow "must be"."""

    words: str


def read_list(value: Any) -> Any:
    """Comma form (`a, b`) and JSON form (`["a", "b"]`) of a list; a list as it is. Raise `ValueError`.

    A glob may begin with a bracket, so text is JSON only when it ends like JSON or begins with a quoted item.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            if re.match(r'\[\s*"', text):
                raise ValueError('is not valid JSON; write ["a", "b"] or a, b') from None
        else:
            return _all_text(found)
    return [part for piece in text.split(",") if (part := piece.strip())]


def _all_text(found: list[Any]) -> list[Any]:
    if not all(isinstance(item, str) for item in found):
        raise ValueError("must be a list of texts")
    return found


def read_object(value: Any) -> Any:
    """A JSON object written as text; anything else as it is. Raise `ValueError`."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("is not valid JSON") from None
    if isinstance(found, dict):
        return found
    raise ValueError("must be a JSON object")


def _patterns(value: Any) -> Any:
    found = read_object(value)
    if not isinstance(found, dict):
        return found
    unknown = sorted(str(name) for name in found if str(name).lower() not in _CAPABILITIES)
    if unknown:
        raise ValueError(
            f"{unknown[0]!r} is not a capability; known are {', '.join(sorted(set(_CAPABILITIES.values())))}"
        )
    return {_CAPABILITIES[str(name).lower()]: read_list(globs) for name, globs in found.items()}


def _provider(value: Any) -> Any:
    return _PROVIDERS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _networks(found: tuple[str, ...]) -> tuple[str, ...]:
    for item in found:
        try:
            ipaddress.ip_network(item, strict=False)
        except ValueError:
            raise ValueError(f"{item!r} is neither an IP address nor a network such as 10.0.0.0/8") from None
    return found


def _origins(found: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = tuple(item.rstrip("/") for item in found)
    for item in cleaned:
        if not _ORIGIN.fullmatch(item):
            raise ValueError(f"{item!r} is not an origin such as http://localhost:3000, nor *")
    return cleaned


def _secret(value: SecretStr) -> SecretStr:
    if _CONTROL.search(value.get_secret_value()):
        raise ValueError("must not contain line breaks or other control characters")
    return value


def _signature(text: str) -> str:
    # An env file without quotes keeps a backslash and an n as they are typed.
    for typed, meant in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r")):
        text = text.replace(typed, meant)
    try:
        names = [(name, spec, how) for _, name, spec, how in string.Formatter().parse(text) if name is not None]
    except ValueError:
        raise ValueError("has a single brace; write {{ or }} for a brace and {model} for the model") from None
    if any(found != ("model", "", None) for found in names):
        raise ValueError("may contain no placeholder but {model}")
    return text


def _redis(url: str) -> str:
    if not re.match(r"(rediss?|unix)://\S+$", url, re.IGNORECASE):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return url


Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
Positive = Annotated[int, Field(ge=1, le=2_000_000_000)]
Seconds = Annotated[float, Field(gt=0, le=_YEAR)]
SecondsOrOff = Annotated[float, Field(ge=0, le=_YEAR)]
Share = Annotated[float, Field(ge=0, le=1)]
Gigabytes = Annotated[float, Field(gt=0, le=1_000_000)]

Name = Annotated[str, Kind("text, not empty")]
"""Text whose empty form would mean nothing: blank falls back to the default."""
Signature = Annotated[str, AfterValidator(_signature)]
Secret = Annotated[SecretStr, Kind("text, kept secret"), AfterValidator(_secret)]
Words = Annotated[tuple[str, ...], Kind('a list: a, b or ["a", "b"]'), BeforeValidator(read_list)]
Globs = Annotated[tuple[str, ...], Kind('a list of patterns: gemma*, *q4_* or ["gemma*"]'), BeforeValidator(read_list)]
Origins = Annotated[
    tuple[str, ...],
    Kind("a list of origins such as http://localhost:3000, or *"),
    BeforeValidator(read_list),
    AfterValidator(_origins),
]
Networks = Annotated[
    tuple[str, ...],
    Kind("a list of addresses or networks: 127.0.0.1, 10.0.0.0/8"),
    BeforeValidator(read_list),
    AfterValidator(_networks),
]
Patterns = Annotated[
    dict[str, tuple[str, ...]],
    Kind('a JSON object: {"vision": ["my-vlm*"]}'),
    BeforeValidator(_patterns),
]
RootUrl = Annotated[str, Kind("an address beginning with http:// or https://"), AfterValidator(urls.without_version)]
OpenAiUrl = Annotated[str, Kind("an address beginning with http:// or https://"), AfterValidator(urls.with_version)]
BaseUrl = Annotated[str, Kind("an address beginning with http:// or https://"), AfterValidator(urls.normalise_base_url)]
PageUrl = Annotated[str, Kind("an address beginning with http:// or https://"), AfterValidator(urls.http_url)]
DatabaseUrl = Annotated[
    str, Kind("an address beginning with sqlite:/// or postgresql://"), AfterValidator(urls.database_url)
]
RedisUrl = Annotated[str, Kind("an address beginning with redis://, rediss:// or unix://"), AfterValidator(_redis)]
FilePath = Annotated[Path, Kind("a path")]
Provider = Annotated[
    Literal["ollama", "llama.cpp", "openai", "local"],
    Kind("one of: ollama, llama.cpp (also llama-cpp, llamacpp, llamaswap, llama-swap), openai, local"),
    BeforeValidator(_provider),
]
