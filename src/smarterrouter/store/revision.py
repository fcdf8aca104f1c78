"""`python -m smarterrouter.store.revision "what changed"`: writes a migration from what changed in `tables.py`."""

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

from smarterrouter.store.migrate import configuration
from smarterrouter.store.migrations.head import HEAD
from smarterrouter.store.tables import Base

MIGRATIONS = Path(__file__).parent / "migrations"


def write(message: str, folder: Path = MIGRATIONS, metadata: MetaData = Base.metadata) -> Path | None:
    """Write the next revision into `folder` and move its `HEAD`. None when tables and migrations already agree."""
    following = f"{int(HEAD) + 1:04}"
    with tempfile.TemporaryDirectory() as scratch:
        engine = create_engine(f"sqlite:///{scratch}/scratch.db")
        try:
            with engine.begin() as connection:
                config = configuration(connection, str(folder))
                config.attributes["metadata"] = metadata
                config.set_main_option("file_template", "r%%(rev)s_%%(slug)s")
                command.upgrade(config, "head")
                script = command.revision(
                    config, message, autogenerate=True, rev_id=following, process_revision_directives=_only_changes
                )
        finally:
            engine.dispose()
    if not script or isinstance(script, list):
        return None
    _move_head(folder / "head.py", following)
    return Path(script.path)


def _only_changes(_: MigrationContext, __: Any, directives: list[MigrationScript]) -> None:
    if directives[0].upgrade_ops is None or directives[0].upgrade_ops.is_empty():
        directives.clear()


def _move_head(path: Path, revision: str) -> None:
    path.write_text(re.sub(r'HEAD = "\w+"', f'HEAD = "{revision}"', path.read_text()))


def main(arguments: Iterable[str]) -> int:
    """Exit code 0 when a migration was written, 1 when there was nothing to write, 2 without a message."""
    message = " ".join(arguments).strip()
    if not message:
        sys.stderr.write('Say what changed: python -m smarterrouter.store.revision "what changed"\n')
        return 2
    path = write(message)
    sys.stdout.write(f"Wrote {path}\n" if path else "The tables and the migrations agree: nothing to write.\n")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
