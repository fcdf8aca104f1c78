"""`Notices`: things worth one line in the log, however often they happen."""

import logging

log = logging.getLogger(__name__)
_MOST = 1000
"""Different notices that are remembered; beyond that nobody reads them anyway."""
_LONGEST = 100
"""Characters of a member's name, which callers choose."""


class Notices:
    """A request that repeats what was said before costs one look into a set, and no line."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def unsupported(self, backend: str, members: tuple[str, ...]) -> None:
        """Request members were left out because the backend does not know them."""
        for member in members:
            if self._first(backend, member):
                log.warning("%s does not know `%s`: it is not sent there", backend, member[:_LONGEST])

    def no_embedder(self, model: str) -> None:
        """A model is asked for embeddings that is not known to make them (row L2)."""
        if self._first(model, "embeddings"):
            log.warning("%s is asked for embeddings, but is not known to make them", model)

    def _first(self, about: str, what: str) -> bool:
        key = (about, what[:_LONGEST])
        if key in self._said or len(self._said) >= _MOST:
            return False
        self._said.add(key)
        return True
