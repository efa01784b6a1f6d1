"""What was changed in some units is found on the way along all changes without a look at any case: the index in the order of changes says of each
the unit too."""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_stream_at', 'stream')
    op.create_index('ix_stream_at', 'stream', ['at', 'id', 'unit_id'], unique=False)
