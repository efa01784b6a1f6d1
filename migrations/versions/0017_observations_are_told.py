"""Notices also tell of observations of auditors, which need not be about a case."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.drop_index('ix_notice_unweighed', 'notice')
    with op.batch_alter_table('notice') as notice:
        notice.alter_column('case_id', existing_type=ID, nullable=True)
        notice.add_column(sa.Column('observation_id', ID, nullable=True))
        notice.create_foreign_key(op.f('fk_notice_observation_id'), 'observation', ['observation_id'], ['id'])
        notice.create_index(op.f('ix_notice_observation_id'), ['observation_id'], unique=False)
    op.create_index('ix_notice_unweighed', 'notice', ['id'], unique=False, sqlite_where=sa.text('weighed = 0'),
                    postgresql_where=sa.text('NOT weighed'))
    if op.get_bind().dialect.name == 'sqlite':
        return
    op.execute('ALTER POLICY may_know ON notice USING ((SELECT inspect_whole()) OR notice.case_id IS NULL OR inspect_knows(notice.case_id))')
