"""Daily work: comments beside the record, saved views of the register, its columns, intakes that were begun."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('case_comment',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_comment_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_case_comment_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_comment'))
    )
    op.create_index(op.f('ix_case_comment_case_id'), 'case_comment', ['case_id'], unique=False)
    op.create_index(op.f('ix_case_comment_person_id'), 'case_comment', ['person_id'], unique=False)
    op.create_table('saved_view',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('question', sa.String(length=2000), nullable=False),
    sa.Column('unit_id', ID, nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_view_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_saved_view_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('code', name=op.f('uq_saved_view_code'))
    )
    op.create_index(op.f('ix_saved_view_person_id'), 'saved_view', ['person_id'], unique=False)
    op.create_index(op.f('ix_saved_view_unit_id'), 'saved_view', ['unit_id'], unique=False)
    op.create_table('register_look',
    sa.Column('person_id', ID, autoincrement=False, nullable=False),
    sa.Column('columns', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_register_look_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_register_look'))
    )
    op.create_table('draft',
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('workflow', sa.String(length=60), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_draft_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft'))
    )
    op.create_index(op.f('ix_draft_changed_at'), 'draft', ['changed_at'], unique=False)
    op.create_index(op.f('ix_draft_person_id'), 'draft', ['person_id'], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        return
    op.execute('ALTER TABLE case_comment ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE case_comment FORCE ROW LEVEL SECURITY')
    op.execute('CREATE POLICY may_know ON case_comment USING ((SELECT inspect_whole()) OR inspect_knows(case_comment.case_id)) WITH CHECK (true)')
