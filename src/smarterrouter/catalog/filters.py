"""Which models are wanted at all: include and exclude globs."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import translate

from msgspec import Struct

from smarterrouter.domain.models import Offer


class Filters(Struct, frozen=True):
    """Globs with `*`, `?` and `[seq]`, in any case, on the name or `backend/name`. Empty `include` means everything."""

    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()

    @classmethod
    def of(cls, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> "Filters":
        """From the globs as the user wrote them; blank ones are ignored."""
        return cls(_compiled(include), _compiled(exclude))

    def keep(self, offer: Offer) -> bool:
        """Is this model wanted? Exclude wins. Ollama's `:latest` may be left out in a glob."""
        spellings = [offer.name, f"{offer.backend}/{offer.name}"]
        spellings += [spelling.removesuffix(":latest") for spelling in spellings]
        if _hits(self.exclude, spellings):
            return False
        return not self.include or _hits(self.include, spellings)


def _compiled(globs: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(translate(glob.strip()), re.IGNORECASE) for glob in globs if glob.strip())


def _hits(patterns: Sequence[re.Pattern[str]], spellings: Sequence[str]) -> bool:
    return any(pattern.match(spelling) for pattern in patterns for spelling in spellings)
