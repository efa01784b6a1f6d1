"""What an auditor does within an engagement: checkpoint, samples, observations; and the frozen figures of units."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('engagement',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('grant_id', ID, nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('covers_from', sa.Date(), nullable=False),
    sa.Column('covers_until', sa.Date(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('named', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['grant_id'], ['role_grant.id'], name=op.f('fk_engagement_grant_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagement')),
    sa.UniqueConstraint('grant_id', name=op.f('uq_engagement_grant_id'))
    )
    op.create_table('audit_sample',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('engagement_id', ID, nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('among', sa.Integer(), nullable=False),
    sa.Column('population', sa.LargeBinary(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('drawn_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagement.id'], name=op.f('fk_audit_sample_engagement_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_sample'))
    )
    op.create_index(op.f('ix_audit_sample_engagement_id'), 'audit_sample', ['engagement_id'], unique=False)
    op.create_table('observation',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('engagement_id', ID, nullable=False),
    sa.Column('unit_id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=True),
    sa.Column('says', sa.String(length=4000), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('answer', sa.String(length=4000), nullable=True),
    sa.Column('answered_by_id', ID, nullable=True),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.Column('accepted', sa.Boolean(), nullable=True),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_observation_answered_by_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_observation_case_id')),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagement.id'], name=op.f('fk_observation_engagement_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_observation_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation'))
    )
    op.create_index(op.f('ix_observation_case_id'), 'observation', ['case_id'], unique=False)
    op.create_index(op.f('ix_observation_engagement_id'), 'observation', ['engagement_id'], unique=False)
    op.create_index(op.f('ix_observation_unit_id'), 'observation', ['unit_id'], unique=False)
    op.create_table('unit_figure',
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('quarter', sa.String(length=2), nullable=False),
    sa.Column('unit_id', ID, autoincrement=False, nullable=False),
    sa.Column('measure', sa.String(length=20), nullable=False),
    sa.Column('above_id', ID, nullable=True),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.Column('among', sa.Integer(), nullable=False),
    sa.Column('frozen_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_figure_unit_id')),
    sa.PrimaryKeyConstraint('year', 'quarter', 'unit_id', 'measure', name=op.f('pk_unit_figure'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        return
    op.execute('ALTER TABLE observation ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE observation FORCE ROW LEVEL SECURITY')
    op.execute('CREATE POLICY may_know ON observation USING ((SELECT inspect_whole()) OR case_id IS NULL OR inspect_knows(observation.case_id)) '
               'WITH CHECK (true)')
