"""What becomes of a sanction: from when it has effect, when it is spent, and how it ended."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sanction', sa.Column('effective_on', sa.Date(), nullable=True))
    op.add_column('sanction', sa.Column('expires_on', sa.Date(), nullable=True))
    op.add_column('sanction', sa.Column('ended_seq', sa.Integer(), nullable=True))
    op.add_column('sanction', sa.Column('ended_as', sa.String(length=10), nullable=True))
