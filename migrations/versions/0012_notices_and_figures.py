"""Notices and their mails, how each wants to be told, calendar feeds; and figures that were published."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('mail',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('next_at', sa.BigInteger(), nullable=False),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('lease_until', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail'))
    )
    op.create_index(op.f('ix_mail_person_id'), 'mail', ['person_id'], unique=False)
    op.create_index('ix_mail_next', 'mail', ['state', 'next_at'], unique=False)
    op.create_table('notice',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('case_id', ID, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('clock', sa.String(length=60), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=True),
    sa.Column('weighed', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('mail_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_notice_case_id')),
    sa.ForeignKeyConstraint(['mail_id'], ['mail.id'], name=op.f('fk_notice_mail_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    op.create_index(op.f('ix_notice_case_id'), 'notice', ['case_id'], unique=False)
    op.create_index(op.f('ix_notice_mail_id'), 'notice', ['mail_id'], unique=False)
    op.create_index('ix_notice_person', 'notice', ['person_id', 'id'], unique=False)
    op.create_index('ix_notice_unweighed', 'notice', ['id'], unique=False, sqlite_where=sa.text('weighed = 0'),
                    postgresql_where=sa.text('NOT weighed'))
    op.create_table('mail_address',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('set_at', sa.BigInteger(), nullable=False),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_address_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_mail_address'))
    )
    op.create_table('notice_choice',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_choice_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'kind', name=op.f('pk_notice_choice'))
    )
    op.create_table('feed',
    sa.Column('person_id', ID, nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_feed_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_feed')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_feed_secret_hash'))
    )
    op.create_table('publication',
    sa.Column('id', ID, sa.Identity(always=False), nullable=False),
    sa.Column('quarter', sa.String(length=7), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('counted', sa.LargeBinary(), nullable=False),
    sa.Column('event', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publication')),
    sa.UniqueConstraint('quarter', 'revision', name=op.f('uq_publication_quarter_revision'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        return
    op.execute('ALTER TABLE notice ENABLE ROW LEVEL SECURITY')
    op.execute('ALTER TABLE notice FORCE ROW LEVEL SECURITY')
    op.execute('CREATE POLICY may_know ON notice USING ((SELECT inspect_whole()) OR inspect_knows(notice.case_id)) WITH CHECK (true)')
