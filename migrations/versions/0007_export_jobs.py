"""Exports that run in the background."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('export_job',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('event', sa.String(length=36), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('lease_until', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('at_most', ID, nullable=False),
    sa.Column('events', ID, nullable=False),
    sa.Column('bytes', ID, nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('holds', sa.String(length=90), nullable=True),
    sa.Column('stored_as', sa.String(length=60), nullable=True),
    sa.Column('problem', sa.String(length=400), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_export_job_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_job')),
    sa.UniqueConstraint('event', name=op.f('uq_export_job_event')),
    sa.UniqueConstraint('uid', name=op.f('uq_export_job_uid'))
    )
    op.create_index(op.f('ix_export_job_person_id'), 'export_job', ['person_id'], unique=False)
    op.create_index('ix_export_job_state', 'export_job', ['state', 'id'], unique=False)

