"""Figures are frozen in one place: the map of the organisation is a part of what is published of a quarter."""

from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table('unit_figure')
