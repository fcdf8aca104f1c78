"""How long to wait for a model: to load, and to answer."""

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from smarterrouter.domain.models import Model
from smarterrouter.settings.groups_knowledge import Profiling

TIERS = ((69.5, 2.5), (29.5, 1.8), (13.5, 1.4), (6.5, 1.1), (3.5, 1.0), (0.0, 0.8))
"""From so many billions of parameters on, the limit for one answer is multiplied by so much.

Between the sizes that models are sold under: a "3B" has up to 3.4 billion, a "7B" as few as 6.7.
"""
REASONING = 2.0
"""Models that think first get so much longer."""
SCREENED = 3
"""Answers after which measurements replace the guess by size."""
LOADING_EXTRA = 30.0
"""Seconds for starting up, beside reading the file."""
_MB = 1e6
_BITS = 8.0
"""Assumed bits of one weight where nobody says."""


class Limits(Struct, frozen=True):
    """What the settings say; all seconds."""

    base: float = 90.0
    disk_mb_per_second: float = 50.0
    longest_load: float = 1800.0
    shortest: float = 30.0
    longest: float = 1800.0
    safety: float = 2.0

    @classmethod
    def of(cls, settings: Profiling) -> "Limits":
        """The limits that `ROUTER_PROFILE_*` set."""
        return cls(
            base=settings.profile_timeout,
            disk_mb_per_second=settings.profile_warmup_disk_speed_mbps,
            longest_load=settings.profile_warmup_max_timeout,
            shortest=settings.profile_adaptive_timeout_min,
            longest=settings.profile_adaptive_timeout_max,
            safety=settings.profile_adaptive_safety_factor,
        )


class Sample(Struct, frozen=True):
    """How one answer came."""

    total_ms: float
    completion_tokens: int
    first_token_ms: float | None = None

    @property
    def rate(self) -> float | None:
        """Tokens per second after the first one; None where that cannot be told."""
        seconds = (self.total_ms - (self.first_token_ms or 0.0)) / 1000
        tokens = self.completion_tokens - (1 if self.first_token_ms is not None else 0)
        return tokens / seconds if tokens > 0 and seconds > 0 else None


def loading(model: Model, limits: Limits) -> float:
    """Seconds that loading may take: its size over the disk's speed, and a start. Unknown size: the longest."""
    size = _bytes(model)
    if size is None:
        return limits.longest_load if model.local else limits.base
    return min(size / _MB / limits.disk_mb_per_second + LOADING_EXTRA, limits.longest_load)


def guessed(model: Model, limits: Limits, *, thinks: bool = False) -> float:
    """Seconds for one answer, by the model's size alone."""
    parameters = model.size.parameters_b
    factor = 1.0 if parameters is None else next(factor for least, factor in TIERS if parameters >= least)
    return min(limits.base * factor * (REASONING if thinks else 1.0), limits.longest)


def adapted(model: Model, samples: Sequence[Sample], max_tokens: int, limits: Limits, *, thinks: bool = False) -> float:
    """Seconds for one answer of up to `max_tokens`, from the answers so far.

    The higher of two estimates counts, with a safety factor: the longest time seen, and the time that so many tokens
    take. Until enough was measured the guess by size is the least; afterwards measurements alone decide.
    """
    guess = guessed(model, limits, thinks=thinks)
    if not samples:
        return guess
    seconds = max(max(sample.total_ms for sample in samples) / 1000, _projected(samples, max_tokens))
    found = seconds * limits.safety * (REASONING if thinks else 1.0)
    found = min(max(found, limits.shortest), limits.longest)
    return found if len(samples) >= SCREENED else max(found, guess)


def rate(samples: Sequence[Sample]) -> float | None:
    """Median tokens per second; None when no answer tells."""
    rates = [sample.rate for sample in samples]
    known = [value for value in rates if value is not None]
    return median(known) if known else None


def _projected(samples: Sequence[Sample], max_tokens: int) -> float:
    speed = rate(samples)
    if speed is None:
        return 0.0
    waits = [sample.first_token_ms for sample in samples if sample.first_token_ms is not None]
    return max(waits, default=0.0) / 1000 + max_tokens / speed


def _bytes(model: Model) -> float | None:
    if model.size_bytes:
        return float(model.size_bytes)
    if model.size.parameters_b is None:
        return None
    return model.size.parameters_b * 1e9 * (model.size.bits or _BITS) / 8
