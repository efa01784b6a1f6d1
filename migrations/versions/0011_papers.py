"""Papers: where their series stand, and the texts and schemes that a house wrote itself."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('paper_series',
    sa.Column('series', sa.String(length=200), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('series', 'year', name=op.f('pk_paper_series'))
    )
    op.create_table('paper_law',
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['hash'], ['definition.hash'], name=op.f('fk_paper_law_hash')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_paper_law'))
    )
