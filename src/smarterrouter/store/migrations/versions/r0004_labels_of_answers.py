"""Labels of answers.

Revision 0004, after 0003, written 2026-11-20.
"""

import sqlalchemy as sa
from alembic import op

from smarterrouter.store import columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table('labels',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('voter', sa.Text(), nullable=False),
    sa.Column('request', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('difficulty', sa.Double(), nullable=False),
    sa.Column('verdict', sa.Double(), nullable=False),
    sa.Column('at', columns.UtcTime(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_labels')),
    sa.UniqueConstraint('voter', 'request', 'kind', name=op.f('uq_labels_voter_request_kind'))
    )
    with op.batch_alter_table('labels', schema=None) as batch_op:
        batch_op.create_index('ix_labels_comment', ['at'], unique=False, sqlite_where=sa.text('comment IS NOT NULL'), postgresql_where=sa.text('comment IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_labels_model_at'), ['model', 'at'], unique=False)

    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requests_id'), ['id'], unique=False)



def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requests_id'))

    with op.batch_alter_table('labels', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_labels_model_at'))
        batch_op.drop_index('ix_labels_comment', sqlite_where=sa.text('comment IS NOT NULL'), postgresql_where=sa.text('comment IS NOT NULL'))

    op.drop_table('labels')
