"""`Mapped`: which models the entries of Artificial Analysis mean, from a YAML file of the user.

The file `data/artificial_analysis_models.example.yaml` shows the form and says how to find their names.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from smarterrouter.benchmarks.pages import as_yaml
from smarterrouter.benchmarks.reading import model_name, shown

EXAMPLE = Path(__file__).parent / "data" / "artificial_analysis_models.example.yaml"
_KEYS = ("id", "slug", "name")


class Mapped(Struct, frozen=True):
    """Our names by theirs."""

    ours: Mapping[str, tuple[str, ...]]
    """By id, slug or name, in lower case."""

    def models(self, entry: Mapping[str, Any]) -> tuple[str, ...]:
        """Our names for their entry; their own name when the file does not mention it; nothing without a name."""
        for key in _KEYS:
            theirs = model_name(entry.get(key))
            if theirs is not None and theirs.lower() in self.ours:
                return self.ours[theirs.lower()]
        own = model_name(entry.get("name")) or model_name(entry.get("slug"))
        return (own,) if own else ()


def read_mapping(path: Path) -> Mapped:
    """The mapping in a file. Raise `OSError`, and `ValueError` with the line at fault in words."""
    models = _models(as_yaml(path.read_text(encoding="utf-8")))
    if models is None:
        raise ValueError(f"{path}: it needs a member `models`, with their names on the left and yours on the right.")
    return Mapped({str(theirs).strip().lower(): _ours(path, theirs, given) for theirs, given in models.items()})


def _models(data: Any) -> Mapping[Any, Any] | None:
    models = data.get("models") if isinstance(data, dict) else None
    return models if isinstance(models, dict) else None


def _ours(path: Path, theirs: object, given: object) -> tuple[str, ...]:
    names = given if isinstance(given, list) else [given]
    checked = tuple(name for name in map(model_name, names) if name is not None)
    if len(checked) != len(names) or not checked:
        raise ValueError(f"{path}: {shown(theirs)} needs the name of a model, or a list of names, not {shown(given)}.")
    return checked
