"""The index of a unit's cases says of which workflow they are, which body decides them and which offices have to do with them, none of which an act
changes: who asks for one of those within a unit, or sees the unit for one of them, looks up no case in vain."""

from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_cases_unit', 'cases')
    op.create_index('ix_cases_unit', 'cases', ['unit_id', 'is_open', 'due_order', 'id', 'workflow', 'body_id', 'office_id', 'superior_office_id'],
                    unique=False)
