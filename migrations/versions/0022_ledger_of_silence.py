"""The ledger of silence finds late entries, more time, unanswered limits and what was not shown by an index of those events alone."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

SILENT = ("(late OR \"trigger\" IN ('answer_lapsed', 'notify') OR substr(\"trigger\", 1, 7) = 'extend_' "
          "OR substr(\"trigger\", 1, 16) = 'grant_extension_')")


def upgrade() -> None:
    op.create_index('ix_event_silence', 'event', ['event_id'], unique=False, sqlite_where=sa.text(SILENT), postgresql_where=sa.text(SILENT))
