"""What was changed in some units is found on the way along all changes without a look at any case: the index in the order of changes says of each
the unit too. And PostgreSQL finds number and title of one case after the other in half the time by an index that has no order."""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_stream_at', 'stream')
    op.create_index('ix_stream_at', 'stream', ['at', 'id', 'unit_id'], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index('ix_case_search_one', 'case_search', ['case_id'], unique=False, postgresql_using='hash')
