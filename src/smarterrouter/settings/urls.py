"""Addresses as people type them: one form inside, no password outside."""

import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

_SQLITE = re.compile(r"^(sqlite(?:\+\w+)?):///([^?]*)(\?.*)?$")
_DATABASES = ("sqlite", "sqlite+aiosqlite", "postgresql", "postgres", "postgresql+asyncpg")
_VERSION = "/v1"


def normalise_base_url(url: str) -> str:
    """`url` without trailing slashes and without a doubled `/v1`.

    Raise `ValueError` with words for people unless it begins with http:// or https:// and names a host.
    """
    parts = _http(url)
    if parts.query or parts.fragment:
        raise ValueError("must not contain ? or #: paths are added to its end")
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    while path.endswith(_VERSION * 2):
        path = path.removesuffix(_VERSION)
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def with_version(url: str) -> str:
    """The base address of an OpenAI-compatible server: `/v1` is added where `url` has no path. Raise `ValueError`."""
    base = normalise_base_url(url)
    return base if urlsplit(base).path else base + _VERSION


def without_version(url: str) -> str:
    """The root of a server with paths of its own (Ollama, llama.cpp): a final `/v1` is removed. Raise `ValueError`."""
    return normalise_base_url(url).removesuffix(_VERSION)


def http_url(url: str) -> str:
    """Any address of a page or file, unchanged. Raise `ValueError` as `normalise_base_url` does."""
    return urlunsplit(_http(url))


def database_url(url: str) -> str:
    """`url` unchanged. Raise `ValueError` unless it is an SQLite or PostgreSQL address."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in _DATABASES:
        raise ValueError("must begin with sqlite:/// or postgresql://")
    if scheme.lower().startswith("sqlite") and rest and not rest.startswith("/"):
        raise ValueError("must have three slashes before a relative path and four before an absolute one")
    return url


def sqlite_file(url: str) -> Path | None:
    """The file behind an SQLite address; None for a database in memory or on a server."""
    match = _SQLITE.match(url)
    if match is None or match[2] in ("", ":memory:") or match[2].startswith("file:"):
        return None
    return Path(match[2])


def anchored(url: str, directory: Path) -> str:
    """`url` with a relative SQLite path made absolute from `directory`; anything else unchanged."""
    file, match = sqlite_file(url), _SQLITE.match(url)
    if file is None or match is None:
        return url
    return f"{match[1]}:///{(directory / file).as_posix()}{match[3] or ''}"


def without_credentials(text: str) -> str:
    """`text` with what stands between `://` and the last `@` hidden. Passwords may themselves contain `@` and `/`."""
    return re.sub(r"://.*@", "://***@", text, flags=re.DOTALL)


def _http(url: str) -> SplitResult:
    text = url.strip()
    if not re.match(r"https?://", text, re.IGNORECASE):
        raise ValueError("must begin with http:// or https://")
    if re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ValueError("must not contain spaces or control characters")
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("must name a host, and a port from 1 to 65535 if it names one")
    return parts
