"""Calendars with their versions, days on which nobody could act, and what the day of a time limit is derived from."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('calendar',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('week', sa.String(length=7), nullable=False),
    sa.Column('country', sa.String(length=10), nullable=True),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['hash'], ['definition.hash'], name=op.f('fk_calendar_hash')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_calendar'))
    )
    op.create_table('calendar_day',
    sa.Column('calendar', sa.String(length=60), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('works', sa.Boolean(), nullable=False),
    sa.Column('what', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['calendar'], ['calendar.name'], name=op.f('fk_calendar_day_calendar')),
    sa.PrimaryKeyConstraint('calendar', 'on', name=op.f('pk_calendar_day'))
    )
    op.create_table('outage',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('noted_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outage'))
    )
    op.add_column('clock', sa.Column('times', sa.Integer(), server_default='1', nullable=False))
    op.add_column('clock', sa.Column('calendar', sa.String(length=64), nullable=True))
    op.add_column('clock', sa.Column('compared', sa.String(length=64), nullable=True))
    op.add_column('clock', sa.Column('grounds', sa.Text(), nullable=True))
    op.execute("UPDATE clock SET times = (SELECT COUNT(*) FROM clock c WHERE c.case_id = clock.case_id AND c.name = clock.name "
               "AND c.started_seq = clock.started_seq AND c.id <= clock.id)")

