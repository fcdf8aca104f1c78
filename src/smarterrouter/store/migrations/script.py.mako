"""${message}.

Revision ${up_revision}, after ${down_revision or "nothing"}, written ${create_date.date()}.
"""

import sqlalchemy as sa
from alembic import op

from smarterrouter.store import columns
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    """To this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Back to the one before."""
    ${downgrades if downgrades else "pass"}
