"""`Patterns`: which models an operator means by globs."""

import re
from collections.abc import Iterable
from fnmatch import translate

from msgspec import Struct

from smarterrouter.domain.models import Model

_LATEST = ":latest"


class Patterns(Struct, frozen=True):
    """Globs with `*`, `?` and `[seq]`, in any case, on the name or `backend/name`; `:latest` may be left out."""

    written: tuple[str, ...] = ()
    compiled: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def of(cls, globs: Iterable[str]) -> "Patterns":
        """From the globs as the operator wrote them."""
        written = tuple(globs)
        return cls(written, tuple(re.compile(translate(glob), re.IGNORECASE) for glob in written))

    def place(self, model: Model) -> int | None:
        """Which of the patterns is the first that this model matches, from 0; None when it matches none."""
        spellings = {model.name, model.key, model.name.removesuffix(_LATEST), model.key.removesuffix(_LATEST)}
        for place, pattern in enumerate(self.compiled):
            if any(pattern.match(spelling) for spelling in spellings):
                return place
        return None

    def hit(self, model: Model) -> bool:
        """Does this model match one of them?"""
        return self.place(model) is not None

    def __str__(self) -> str:
        return ", ".join(self.written)


NO_PATTERNS = Patterns()
