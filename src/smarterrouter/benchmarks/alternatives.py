"""`first_with_rows`: for a source that publishes the same numbers in several places, the best one first."""

from collections.abc import Awaitable, Callable, Iterable

from smarterrouter.benchmarks.base import Fetched
from smarterrouter.errors import BackendGarbage, GatewayError

Place = tuple[str, Callable[[], Awaitable[Fetched]]]
"""What problems call the place, and how it is read."""


async def first_with_rows(places: Iterable[Place], wanted: str) -> Fetched:
    """What the first place with rows gave, together with the problems of those before it.

    `wanted` names the rows in a problem: "scores". Raise `BackendGarbage` with all problems when no place has any.
    """
    problems: list[str] = []
    for name, read in places:
        try:
            fetched = await read()
        except GatewayError as error:
            problems.append(f"{name}: {error.message}")
            continue
        if fetched.rows:
            return Fetched(fetched.rows, (*problems, *fetched.problems), fetched.whole)
        problems.extend((f"{name}: no {wanted} found", *fetched.problems))
    raise BackendGarbage("; ".join(problems))
