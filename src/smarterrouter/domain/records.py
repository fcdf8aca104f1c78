"""`RequestRecord`: what is written down about one finished request. No text of prompts or answers."""

from msgspec import Struct

from smarterrouter.domain.taken import Taken

ESCALATED = "+escalated"
"""Stands behind the strategy in the record of a request whose first answer was checked and thrown away."""


class RequestRecord(Struct, frozen=True, gc=False):
    """One finished request. Times are milliseconds; `at` is Unix seconds."""

    id: str
    at: float
    endpoint: str
    """chat, completions or embeddings."""
    asked_model: str
    """What the caller named; shortened to 128 characters."""
    model: str
    """Key of the model that answered; empty when none did."""
    strategy: str
    """scored or another, `split:arm` where a split assigned it, named (the caller chose) or empty."""
    status: int
    """HTTP status that the caller saw; 499 when the caller left."""
    error: str = ""
    """Error code, empty for success."""
    stream: bool = False
    fell_back_from: str = ""
    """Comma-separated keys of the candidates that failed before."""
    category: str = ""
    complexity: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    first_byte_ms: float = 0.0
    """Until the first byte of the answer went out."""
    total_ms: float = 0.0
    overhead_ms: float = 0.0
    """Our own share: until the upstream call began."""
    snapshot: int = 0
    """Number of the catalog snapshot decided on."""
    policy: str = ""
    """Hash of the routing settings in force."""
    features: bytes | Taken = b""
    """What the decision was taken on, in at most 300 bytes and never text; until it is written, the decision itself."""
    content: str = ""
    """Redacted text, only with ROUTER_LOG_CONTENT=true."""
