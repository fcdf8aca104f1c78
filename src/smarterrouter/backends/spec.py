"""`BackendSpec`: one configured backend, as settings and discovery describe it."""

from msgspec import Struct, field


class BackendSpec(Struct, frozen=True):
    """Where a backend is and how to talk to it."""

    name: str
    """Unique; the first part of its models' keys."""
    kind: str
    """A name of the registry or of a vendor's row."""
    url: str
    """Base address without a trailing slash; for OpenAI-compatible servers with their version path, such as `/v1`."""
    api_key: str | None = None
    prefix: str = ""
    """Put before every model name that is sent to this backend."""
    headers: dict[str, str] = field(default_factory=dict)
    timeout_seconds: float = 120.0
    """Longest silence while a generation runs."""
    socket: str | None = None
    """Path of a Unix socket to use instead of TCP."""
    context_tokens: int | None = None
    """What the operator grants to one request, where it is less than the model could."""
    include: tuple[str, ...] = ()
    """Globs: only models that match one are used; empty means all."""
    exclude: tuple[str, ...] = ()
    """Globs: models that match one are never used."""
    keep_alive: int = -1
    """Seconds that Ollama keeps an unused model loaded; 0 not at all, negative for ever."""
