"""The index in the order of due days says in which state a case is, so that a list of one state, or of what waits, looks up only the cases that are
in it."""

from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_cases_open_due_order', 'cases')
    op.create_index('ix_cases_open_due_order', 'cases', ['is_open', 'due_order', 'id', 'unit_id', 'title_bits', 'state'], unique=False)
