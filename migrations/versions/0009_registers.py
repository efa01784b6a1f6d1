"""Registers of the past: the rows that were taken in, the cases they became, what contradicts itself."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('register_row',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('register', sa.String(length=60), nullable=False),
    sa.Column('part', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('dossier_id', ID, nullable=True),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_register_row_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_register_row')),
    sa.UniqueConstraint('register', 'part', 'key', 'n', name=op.f('uq_register_row_register_part_key_n'))
    )
    op.create_table('register_case',
    sa.Column('case_id', ID, autoincrement=False, nullable=False),
    sa.Column('row_id', ID, nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_register_case_case_id')),
    sa.ForeignKeyConstraint(['row_id'], ['register_row.id'], name=op.f('fk_register_case_row_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_register_case'))
    )
    op.create_index(op.f('ix_register_case_row_id'), 'register_case', ['row_id'], unique=False)
    op.create_table('register_flag',
    sa.Column('case_id', ID, autoincrement=False, nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('row_id', ID, nullable=False),
    sa.Column('says', sa.Text(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_register_flag_case_id')),
    sa.ForeignKeyConstraint(['row_id'], ['register_row.id'], name=op.f('fk_register_flag_row_id')),
    sa.PrimaryKeyConstraint('case_id', 'rule', name=op.f('pk_register_flag'))
    )
    op.create_index(op.f('ix_register_flag_row_id'), 'register_flag', ['row_id'], unique=False)
    op.create_index('ix_register_flag_until', 'register_flag', ['until', 'case_id'], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        return
    for table in ('register_case', 'register_flag'):
        op.execute(f'ALTER TABLE {table} ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE {table} FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY may_know ON {table} USING ((SELECT inspect_whole()) OR inspect_knows({table}.case_id)) WITH CHECK (true)')
