"""Failures of a source in a row.

Revision 0003, after 0002, written 2026-11-20.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table('syncs', schema=None) as batch_op:
        # the default is for the rows that are there already
        batch_op.add_column(sa.Column('failures', sa.BigInteger(), nullable=False, server_default='0'))
    # revision 0002 was once written with this column
    if 'event' not in {column['name'] for column in sa.inspect(op.get_bind()).get_columns('task_answers')}:
        with op.batch_alter_table('task_answers', schema=None) as batch_op:
            batch_op.add_column(sa.Column('event', sa.Text(), nullable=False, server_default=''))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table('task_answers', schema=None) as batch_op:
        batch_op.drop_column('event')
    with op.batch_alter_table('syncs', schema=None) as batch_op:
        batch_op.drop_column('failures')
