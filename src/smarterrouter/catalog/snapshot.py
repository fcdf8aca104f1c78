"""`Snapshot`: everything known of all models at one moment, and the exact names by which they are found."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from smarterrouter.catalog import names
from smarterrouter.domain.models import Model

AUTO = "auto"
_LATEST = ":latest"
_NEAREST_POOL = 500
"""Names looked through for a hint, so that a wrong name costs milliseconds whatever the catalog holds."""


class Resolution(Struct, frozen=True):
    """What a name stands for."""

    models: tuple[Model, ...] = ()
    """In the order in which to try them. Empty for an alias of which nothing is served now, and for the router."""
    routed: bool = False
    """The router chooses; after `models` where there are some."""
    alias: bool = False


class Naming(Struct, frozen=True):
    """What names depend on beside the models."""

    router: str = "smarterrouter/main"
    """The router's own name, as user interfaces show it."""
    aliases: Mapping[str, Sequence[str]] = {}
    """Alias to names of models, in order; `auto` among them lets the router choose."""
    prefixes: Mapping[str, str] = {}
    """Backend to the text that it wants before its model names; callers may write it, too."""


class Snapshot(Struct, frozen=True):
    """All models and their names at one moment. Nothing in it ever changes."""

    number: int
    models: tuple[Model, ...] = ()
    """Grouped by backend, in the order of the configuration."""
    by_key: Mapping[str, Model] = {}
    aliases: Mapping[str, tuple[Model, ...]] = {}
    """What each configured alias stands for now, in order."""
    router: str = ""
    listed: tuple[tuple[str, Model], ...] = ()
    """Each model with the name that stands for it and nothing else, ordered by key: what `/v1/models` shows."""
    resolutions: Mapping[str, Resolution] = {}

    def find(self, name: str) -> Resolution | None:
        """What `name` means, exactly; None when nobody has it. Raise `BadRequest` for what cannot be a name.

        In this order: the router's name or `auto`, `backend/name`, an alias, a name (all backends that serve it, in
        order); names also without Ollama's `:latest` or with the backend's configured prefix.
        """
        found = self.resolutions.get(name)
        if found is None:
            names.check(name)
        return found

    def nearest(self, name: str) -> list[str]:
        """At most three known names that look like `name`, for an error message."""
        pool = {names.leaf(known): known for known in reversed(self._pool())}
        wanted = names.leaf(name[: names.LONGEST])
        begins = [leaf for leaf in pool if leaf.startswith(wanted)]
        near = get_close_matches(wanted, pool, n=3, cutoff=0.5)
        return [pool[leaf] for leaf in dict.fromkeys(begins + near)][:3]

    def _pool(self) -> list[str]:
        return [*self.aliases, *(listed for listed, _ in self.listed)][:_NEAREST_POOL]


def build(number: int, models: Iterable[Model], naming: Naming) -> Snapshot:
    """A snapshot of `models`; of two with the same key the first counts."""
    by_key: dict[str, Model] = {}
    for model in models:
        by_key.setdefault(model.key, model)
    unique = tuple(by_key.values())
    plain = _plain_names(unique, naming)
    routers = {name: Resolution(routed=True) for name in (naming.router, AUTO)}
    keys = {key: Resolution(models=(model,)) for key, model in by_key.items()}
    aliases = {alias: _alias(targets, plain | keys | routers) for alias, targets in naming.aliases.items()}
    resolutions = plain | aliases | keys | routers  # later ones win
    return Snapshot(
        number=number,
        models=unique,
        by_key=by_key,
        aliases={alias: found.models for alias, found in aliases.items() if resolutions[alias] is found},
        router=naming.router,
        listed=tuple(_listed(by_key, resolutions)),
        resolutions=resolutions,
    )


def _plain_names(models: Sequence[Model], naming: Naming) -> dict[str, Resolution]:
    """Every spelling but the key itself. A name that a backend lists beats one that only leaves something out."""
    listed: dict[str, list[Model]] = {}
    shortened: dict[str, list[Model]] = {}
    for model in models:
        prefix = naming.prefixes.get(model.backend, "")
        listed.setdefault(model.name, []).append(model)
        if prefix:
            shortened.setdefault(prefix + model.name, []).append(model)
        if model.name.endswith(_LATEST):
            for spelling in {model.name, model.key, prefix + model.name}:
                shortened.setdefault(spelling.removesuffix(_LATEST), []).append(model)
    return {name: _served(found) for name, found in (shortened | listed).items()}


def _served(models: Sequence[Model]) -> Resolution:
    """Those that are likely to answer come first; within that, the order of the configuration."""
    return Resolution(models=tuple(sorted(models, key=lambda model: (model.missing, model.unreachable))))


def _alias(targets: Sequence[str], known: Mapping[str, Resolution]) -> Resolution:
    found = [known[target] for target in targets if target in known]
    models = dict.fromkeys(model for resolution in found for model in resolution.models)
    return Resolution(models=tuple(models), routed=any(resolution.routed for resolution in found), alias=True)


def _listed(by_key: Mapping[str, Model], resolutions: Mapping[str, Resolution]) -> Iterable[tuple[str, Model]]:
    """The bare name where it means this model alone, else the key."""
    for key in sorted(by_key):
        model = by_key[key]
        for name in (model.name, key):
            found = resolutions[name]
            if found.models == (model,) and not found.alias and not found.routed:
                yield (name, model)
                break
