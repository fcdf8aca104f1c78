"""`Shelf`: the model files that our runtime can serve, with what their headers say."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from smarterrouter.domain.models import Offer
from smarterrouter.inference import gguf

log = logging.getLogger(__name__)

_PART = re.compile(r"-(\d{5})-of-\d{5}$")
_NOT_MODELS = frozenset({"clip"})
"""Architectures of files that only accompany a model."""
_MOST_FILES = 1000
_CONTEXT_STEP = 256
"""llama.cpp rounds a context up to a multiple of this."""


class Shelved(Struct, frozen=True):
    """One model on the shelf."""

    name: str
    path: Path
    header: gguf.Header
    size_bytes: int
    created: int
    test: bool

    def offer(self, backend: str, context: int, *, loaded: bool) -> Offer:
        """It as the rest of the house sees it; `context` is what one request gets at most."""
        header = self.header
        says = {
            "chat": header.chats,
            "json": header.chats,
            "embeddings": header.embeds,
            "tools": header.chats and header.tools,
            "thinking": header.chats and header.thinks,
            "vision": False,
        }
        whole = header.parts == 1
        return Offer(
            backend=backend,
            name=self.name,
            capabilities=frozenset(name for name, yes in says.items() if yes),
            denied=frozenset(name for name, yes in says.items() if not yes),
            parameters_b=header.parameters / 1e9 if whole else None,
            active_b=header.active / 1e9 if whole else None,
            quantisation=header.quantisation,
            context_tokens=self.context(context),
            size_bytes=self.size_bytes,
            family=header.architecture or None,
            created=self.created,
            loaded=loaded,
            test=self.test,
        )

    def context(self, wanted: int) -> int:
        """Tokens that one request gets: as many as wanted in llama.cpp's steps, no more than the model was made for."""
        rounded = -(-wanted // _CONTEXT_STEP) * _CONTEXT_STEP
        return min(rounded, self.header.context_tokens or rounded)


class Shelf:
    """Looks for models in two directories: the user's own and the test models'. Reads each header once."""

    def __init__(self, models: Path | None, tests: Path | None) -> None:
        self._models = models
        self._tests = tests
        self._headers: dict[tuple[Path, int, int], gguf.Header | None] = {}

    def scan(self) -> dict[str, Shelved]:
        """All models by name; the user's hide test models of the same name. Reads files: not for the event loop."""
        found = {model.name: model for model in self._within(self._tests, test=True)}
        found.update({model.name: model for model in self._within(self._models, test=False)})
        return found

    def _within(self, directory: Path | None, *, test: bool) -> Iterator[Shelved]:
        if directory is None or not directory.is_dir():
            return
        for path in sorted(directory.rglob("*.gguf"))[:_MOST_FILES]:
            inside = path.relative_to(directory)
            part = _PART.search(path.stem)
            if any(step.startswith(".") for step in inside.parts) or (part and part[1] != "00001"):
                continue
            if (model := self._shelved(path, _PART.sub("", inside.with_suffix("").as_posix()), test)) is not None:
                yield model

    def _shelved(self, path: Path, name: str, test: bool) -> Shelved | None:
        try:
            facts = path.stat()
            key = (path, facts.st_size, facts.st_mtime_ns)
            if key not in self._headers:
                self._headers[key] = self._read(path)
            header = self._headers[key]
            size = sum(part.stat().st_size for part in _parts(path))
        except OSError as error:
            log.warning("%s cannot be read: %s", path, error.strerror)
            return None
        if header is None or header.kind != "model" or header.architecture in _NOT_MODELS:
            return None
        return Shelved(name, path, header, size, int(facts.st_mtime), test)

    def _read(self, path: Path) -> gguf.Header | None:
        try:
            return gguf.read(path)
        except gguf.NotGguf as reason:
            log.warning("%s is not a model that can be served. %s", path, reason)
            return None


def _parts(first: Path) -> list[Path]:
    """All files of a model that is spread over several."""
    if not _PART.search(first.stem):
        return [first]
    end = first.name.rpartition("-of-")[2]
    return sorted(first.parent.glob(f"{_PART.sub('', first.stem)}-?????-of-{end}"))
