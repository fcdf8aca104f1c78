"""`Known`: the owner of what is known of models. Jobs put things in; the catalog takes a view for its models."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import structs

from smarterrouter.catalog.abilities import reference_of
from smarterrouter.catalog.matching import Matcher
from smarterrouter.domain.knowledge import Knowledge, Profile, Published
from smarterrouter.domain.models import Model

REFERENCES = ("Qwen2.5-7B-Instruct", "Llama-3.1-8B-Instruct")
"""Good models of about 8 billion parameters with many published scores: the zero of the ability scale."""
_REFERENCE_MODELS = tuple(Model(key=name, backend="", name=name) for name in REFERENCES)


class Known:
    """Lives on the event loop. What it gives out is immutable, and views may be taken in a thread."""

    def __init__(self, shipped: Sequence[Published] = ()) -> None:
        """`shipped` comes with the package and counts where no source says anything newer."""
        self._shipped = tuple(shipped)
        self._rows = _by_name(self._shipped)
        self._rank: Mapping[str, int] = {}
        self._profiles: Mapping[str, Profile] = {}
        self._reference: tuple[int, dict[str, float]] = (-1, {})
        self._view: tuple[int, Sequence[Model], dict[str, Knowledge]] = (-1, (), {})
        self._listeners: list[Callable[[], None]] = []
        self.version = 0
        """Rises with every change."""

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change, on the event loop; it must be quick and not raise."""
        self._listeners.append(listener)

    def learn_published(self, rows: Iterable[Published], priority: Sequence[str] = ()) -> None:
        """What all sources say now. Where two name the same model, the earlier one in `priority` counts."""
        self._rank = {source: place for place, source in enumerate(priority)}
        self._rows = _by_name((*rows, *self._shipped))
        self._changed()

    def learn_profiles(self, profiles: Iterable[Profile]) -> None:
        """More profiles; the newest of each model counts."""
        newer = {
            profile.model: profile
            for profile in sorted(profiles, key=lambda one: one.measured_at)
            if (held := self._profiles.get(profile.model)) is None or held.measured_at <= profile.measured_at
        }
        if any(self._profiles.get(model) != profile for model, profile in newer.items()):
            self._profiles = {**self._profiles, **newer}
            self._changed()

    def forget_profile(self, model: str) -> None:
        """A profile was deleted."""
        if model in self._profiles:
            self._profiles = {key: profile for key, profile in self._profiles.items() if key != model}
            self._changed()

    def _changed(self) -> None:
        self.version += 1
        for listener in self._listeners:
            listener()

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """The newest profile of each model."""
        return self._profiles

    @property
    def names(self) -> tuple[str, ...]:
        """All models of which something is published, as it spells them."""
        return tuple(self._rows)

    def reference(self) -> dict[str, float]:
        """Column to the value that means an ability of 0."""
        version, rows = self.version, self._rows
        if self._reference[0] != version:
            matcher = Matcher(_REFERENCE_MODELS, rows)
            named = [
                structs.replace(row, model=model.name)
                for name, said in rows.items()
                for model in matcher.match(name)
                for row in said
            ]
            self._reference = (version, reference_of(_sorted(named, self._rank), REFERENCES))
        return self._reference[1]

    def about(self, models: Sequence[Model]) -> dict[str, Knowledge]:
        """Model key to what is known of it; models of which nothing is known are left out.

        Takes up to half a second where the sources name thousands of models: ask in a thread. The last view is kept.
        """
        version, held = self.version, self._view  # another thread may put its own view in between
        if held[0] != version or held[1] != models:
            held = self._view = (version, models, _view(models, self._rows, self._rank, self._profiles))
        return held[2]


def _view(
    models: Sequence[Model],
    rows: Mapping[str, Sequence[Published]],
    rank: Mapping[str, int],
    profiles: Mapping[str, Profile],
) -> dict[str, Knowledge]:
    matcher = Matcher(models, rows)
    said: dict[str, list[Published]] = {}
    for name, published in rows.items():
        for model in matcher.match(name):
            said.setdefault(model.key, []).extend(published)
    known = [model.key for model in models if model.key in said or model.key in profiles]
    return {key: Knowledge(_best(said.get(key, ()), rank), profiles.get(key)) for key in known}


def _best(rows: Iterable[Published], rank: Mapping[str, int]) -> tuple[Published, ...]:
    """One row for each column."""
    columns: dict[str, Published] = {}
    for row in _sorted(rows, rank):
        columns.setdefault(row.column, row)
    return tuple(columns.values())


def _sorted(rows: Iterable[Published], rank: Mapping[str, int]) -> list[Published]:
    """The most trusted first: a guess never hides a measurement, and sources come before what was shipped."""
    return sorted(rows, key=lambda row: (row.estimated, rank.get(row.source, len(rank))))


def _by_name(rows: Iterable[Published]) -> dict[str, list[Published]]:
    found: dict[str, list[Published]] = {}
    for row in rows:
        found.setdefault(row.model, []).append(row)
    return found


def stale(profile: Profile | None, model: Model) -> bool:
    """Has the model never been profiled, or is it another file now (row F9: profile once)?"""
    if profile is None:
        return True
    if profile.external:
        return False
    return profile.digest != model.digest or profile.quantisation != model.size.quantisation
