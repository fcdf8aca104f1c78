"""What decisions were taken on.

Revision 0005, after 0004, written 2026-11-20.
"""

import sqlalchemy as sa
from alembic import op

from smarterrouter.store import columns

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table('policies',
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('policy', sa.LargeBinary(), nullable=False),
    sa.Column('used', columns.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_policies'))
    )
    op.create_table('snapshots',
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('models', sa.LargeBinary(), nullable=False),
    sa.Column('used', columns.UtcTime(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_snapshots'))
    )
    with op.batch_alter_table('requests', schema=None) as batch_op:
        # the defaults are for the rows that are there already
        batch_op.add_column(sa.Column('snapshot_hash', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('chosen', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('held', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('rules', sa.Text(), nullable=False, server_default=''))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.drop_column('rules')
        batch_op.drop_column('held')
        batch_op.drop_column('chosen')
        batch_op.drop_column('snapshot_hash')

    op.drop_table('snapshots')
    op.drop_table('policies')
