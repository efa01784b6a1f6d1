"""The transparency log: places, tiles, checkpoints, the map of heads, keys. It holds no personal data, so no row is anybody's to hide."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('log_leaf',
    sa.Column('idx', ID, autoincrement=False, nullable=False),
    sa.Column('event_id', ID, nullable=False),
    sa.PrimaryKeyConstraint('idx', name=op.f('pk_log_leaf')),
    sa.UniqueConstraint('event_id', name=op.f('uq_log_leaf_event_id'))
    )
    op.create_table('log_tile',
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('idx', ID, autoincrement=False, nullable=False),
    sa.Column('data', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('level', 'idx', name=op.f('pk_log_tile'))
    )
    op.create_table('log_checkpoint',
    sa.Column('size', ID, autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(length=32), nullable=False),
    sa.Column('map_root', sa.LargeBinary(length=32), nullable=False),
    sa.Column('entry', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_log_checkpoint'))
    )
    op.create_table('log_head',
    sa.Column('stream_id', ID, autoincrement=False, nullable=False),
    sa.Column('bucket', sa.Integer(), nullable=False),
    sa.Column('key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.Column('rows', sa.LargeBinary(length=32), nullable=False),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=False),
    sa.PrimaryKeyConstraint('stream_id', name=op.f('pk_log_head'))
    )
    op.create_index('ix_log_head_bucket', 'log_head', ['bucket', 'key'])
    op.create_table('log_map',
    sa.Column('place', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('place', name=op.f('pk_log_map'))
    )
    op.create_table('log_key',
    sa.Column('key', sa.String(length=400), nullable=False),
    sa.Column('announced_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_log_key'))
    )
