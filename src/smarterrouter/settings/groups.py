"""`Settings`: every group of settings together, and the list of all names."""

from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from smarterrouter.settings.file import FileConfig
from smarterrouter.settings.group import Group
from smarterrouter.settings.groups_door import Observability, Security, Server, SignatureLine
from smarterrouter.settings.groups_knowledge import Benchmarks, Feedback, Judge, Profiling, ProviderDb
from smarterrouter.settings.groups_models import Backends, Discovery, Routing
from smarterrouter.settings.groups_storage import Cache, Database, DeadLetters, Redis, Vram
from smarterrouter.settings.urls import sqlite_file

PREFIX = "ROUTER_"


class Files(NamedTuple):
    """The files that settings came from, absolute; each may be missing."""

    env_file: Path
    config_file: Path


class Settings(BaseModel):
    """All settings. `Settings()` holds the defaults; `loading.load` reads what the user has set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: Server = Server()
    backends: Backends = Backends()
    discovery: Discovery = Discovery()
    routing: Routing = Routing()
    signature: SignatureLine = SignatureLine()
    security: Security = Security()
    observability: Observability = Observability()
    database: Database = Database()
    cache: Cache = Cache()
    redis: Redis = Redis()
    vram: Vram = Vram()
    profiling: Profiling = Profiling()
    judge: Judge = Judge()
    benchmarks: Benchmarks = Benchmarks()
    provider_db: ProviderDb = ProviderDb()
    feedback: Feedback = Feedback()
    dead_letters: DeadLetters = DeadLetters()
    file: FileConfig = FileConfig()
    """What `smarterrouter.yaml` says beyond the names above."""
    set_names: frozenset[str] = frozenset()
    """The `ROUTER_` names that were given, with a value that is not blank."""
    home: Path = Path()
    """Where relative paths start; absolute once loaded."""
    files: Files | None = None
    """Where to read again what can change while the gateway runs; None where nothing was read."""

    @property
    def data_dir(self) -> Path:
        """Where files of our own belong: beside the SQLite database, or `data` under `home` where there is none."""
        file = sqlite_file(self.database.database_url)
        return self.home / (file.parent if file else "data")


GROUPS: dict[str, type[Group]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Group) and field.annotation is not FileConfig
}
"""The groups by their attribute of `Settings`, in the order of the reference page."""


class Setting(NamedTuple):
    """One name a user may set."""

    name: str
    """With its prefix: ROUTER_PORT."""
    group: str
    field: FieldInfo


SETTINGS: dict[str, Setting] = {
    PREFIX + name.upper(): Setting(PREFIX + name.upper(), group, field)
    for group, kind in GROUPS.items()
    for name, field in kind.model_fields.items()
}
"""Every setting by its full name."""
