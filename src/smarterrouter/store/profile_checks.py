"""`faults`: everything that is wrong with a profile, before it is kept or believed."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from smarterrouter.domain.knowledge import Ability, Profile
from smarterrouter.store.values import name_fault, text_fault

_DAY = 86_400.0
_LARGEST = 2**63 - 1


def faults(profile: Profile, now: float) -> tuple[str, ...]:
    """A few words for each fault of `profile`, with the path to it; empty when there is none. `now`: Unix seconds.

    A time in the future is a fault: such a profile would count as the newest one for ever.
    """
    try:
        plain = msgspec.to_builtins(profile)
        msgspec.convert(plain, Profile)
    except (msgspec.ValidationError, TypeError) as error:  # a struct does not check what it is made of
        return (str(error),)
    found = list(_walk("", plain))
    if fault := name_fault(profile.model):
        found.append(f"model {fault}")
    for name in ("json_validity", "tool_validity"):
        share: Ability | None = getattr(profile, name)
        if share is not None and not 0 <= share.mean <= 1:
            found.append(f"{name}.mean is not a share of 0 to 1")
    if profile.measured_at > now + _DAY:
        found.append("measured_at lies in the future (it counts seconds since 1970)")
    return tuple(dict.fromkeys(found))


def _walk(path: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _key(path, key)
            yield from _walk(f"{path}.{_word(key)}" if path else _word(key), inner)
    elif isinstance(value, str):
        if fault := text_fault(value):
            yield f"{path} {fault}"
    elif isinstance(value, int | float) and (fault := _number_fault(path, value)):
        yield f"{path} {fault}"


def _key(path: str, key: object) -> Iterator[str]:
    fault = name_fault(key) if isinstance(key, str) else "is negative" if isinstance(key, int) and key < 0 else ""
    if fault:
        yield f"a name in {path} {fault}"


def _number_fault(path: str, value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "is not a finite number"
    if value < 0 and not path.endswith("mean"):  # logits have no zero, everything else has
        return "is negative"
    return "is too large" if abs(value) > _LARGEST else ""


def _word(key: object) -> str:
    return ascii(key)[1:-1] if isinstance(key, str) else str(key)
