"""`RetryPolicy`, `Backoff`: waits with jitter, for work that is safe to repeat."""

import random
from collections.abc import Callable

from msgspec import Struct

from smarterrouter.errors import GatewayError

_MOST_DOUBLINGS = 62


class RetryPolicy(Struct, frozen=True):
    """How often and how long to wait. Times are seconds. `max_retries` 0 means: never again."""

    max_retries: int = 3
    base_delay: float = 1.0
    """The first wait is at most this long; each further one at most twice as long as the one before."""
    max_delay: float = 10.0
    """No wait is longer. A backend that asks for more patience than this is not asked again."""

    def delays(self, rng: Callable[[], float] = random.random) -> "Backoff":
        """The waits of one piece of work. `rng` gives numbers from 0 up to 1."""
        return Backoff(self, rng)


class Backoff:
    """The waits of one piece of work, one after the other."""

    __slots__ = ("_policy", "_rng", "tried")

    def __init__(self, policy: RetryPolicy, rng: Callable[[], float]) -> None:
        self._policy = policy
        self._rng = rng
        self.tried = 0
        """How many waits were given out."""

    def after(self, error: GatewayError) -> float | None:
        """How long to wait before the next try; None to give up.

        Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): callers that failed
        together do not come back together. Never earlier than the backend asks for by Retry-After.
        """
        policy = self._policy
        patience = error.retry_after or 0.0
        if not error.retryable or self.tried >= policy.max_retries or patience > policy.max_delay:
            return None
        longest = min(policy.base_delay * 2.0 ** min(self.tried, _MOST_DOUBLINGS), policy.max_delay)
        self.tried += 1
        return max(self._rng() * longest, patience)
