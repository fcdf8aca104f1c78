from alembic.config import Config
from alembic.script import ScriptDirectory

from smarterrouter.store.migrate import SCRIPTS
from smarterrouter.store.migrations.head import HEAD


def test_head_is_the_newest_revision_and_numbers_rise_one_by_one() -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [HEAD]
    assert [script.revision for script in scripts.walk_revisions()] == [
        f"{number:04}" for number in range(int(HEAD), 0, -1)
    ]
