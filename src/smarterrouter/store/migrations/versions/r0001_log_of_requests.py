"""The log of requests.

Revision 0001, after nothing, written 2026-11-20.
"""

import sqlalchemy as sa
from alembic import op

from smarterrouter.store import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

def upgrade() -> None:
    """To this revision."""
    op.create_table('requests',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('at', columns.UtcTime(timezone=True), nullable=False),
    sa.Column('endpoint', sa.Text(), nullable=False),
    sa.Column('asked_model', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('strategy', sa.Text(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('stream', sa.Boolean(), nullable=False),
    sa.Column('fell_back_from', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('complexity', sa.Double(), nullable=False),
    sa.Column('prompt_tokens', sa.BigInteger(), nullable=False),
    sa.Column('completion_tokens', sa.BigInteger(), nullable=False),
    sa.Column('first_byte_ms', sa.Double(), nullable=False),
    sa.Column('total_ms', sa.Double(), nullable=False),
    sa.Column('overhead_ms', sa.Double(), nullable=False),
    sa.Column('snapshot', sa.BigInteger(), nullable=False),
    sa.Column('policy', sa.Text(), nullable=False),
    sa.Column('features', sa.LargeBinary(), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_requests'))
    )
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requests_at'), ['at'], unique=False)
        batch_op.create_index('ix_requests_content', ['at'], unique=False, sqlite_where=sa.text('content IS NOT NULL'), postgresql_where=sa.text('content IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_requests_model_at'), ['model', 'at'], unique=False)

    # ### end Alembic commands ###

def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table('requests', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requests_model_at'))
        batch_op.drop_index('ix_requests_content', sqlite_where=sa.text('content IS NOT NULL'), postgresql_where=sa.text('content IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_requests_at'))

    op.drop_table('requests')
