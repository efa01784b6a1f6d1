"""What was opened in some units is in an index of its own, and both in the order of openings say what a list may ask for. The
former says of which offices they are besides, as that of due days does: what somebody sees a unit's cases for is not looked up in vain."""

from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

ASKED_FOR = ['state', 'workflow', 'body_id']


def upgrade() -> None:
    op.drop_index('ix_cases_opened', 'cases')
    op.create_index('ix_cases_opened', 'cases', ['opened_at', 'id', 'unit_id', 'title_bits', *ASKED_FOR, 'is_open'], unique=False)
    op.create_index('ix_cases_unit_opened', 'cases', ['unit_id', 'opened_at', 'id', *ASKED_FOR, 'office_id', 'superior_office_id'], unique=False)
