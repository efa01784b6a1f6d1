"""Disposal: when a case was disposed of and under what; who knew of it; and the one way in which who acted is taken out of an event."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')

UNNAME = """CREATE FUNCTION inspect_unname(event_ids bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE done bigint;
BEGIN
  UPDATE event e SET actor = '', on_behalf_of = NULL, recorded_for = NULL WHERE e.event_id = ANY(event_ids) AND EXISTS (
    SELECT 1 FROM event a WHERE a.stream_id = e.stream_id AND a.seq > e.seq
      AND a."trigger" IN ('erase', 'dispose', 'erase_again', 'dispose_again')
    UNION ALL SELECT 1 FROM stream s WHERE s.id = e.stream_id AND s.kind = 'access');
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$"""
"""The application may change no event; this takes names out of those of a case that has an act of erasure after them, and
of those that say who read one, and does nothing else. Verification finds where no recorded act stands behind it."""


def upgrade() -> None:
    op.add_column('cases', sa.Column('disposed_at', sa.BigInteger(), nullable=True))
    op.add_column('cases', sa.Column('disposed_under', sa.String(length=80), nullable=True))
    keeps = sa.text("\"trigger\" IN ('hold', 'lift_hold', 'propose_erasure', 'propose_disposal', 'decline_proposal', 'erase', 'dispose', "
                    "'erase_again', 'dispose_again')")
    op.create_index('ix_event_keeping', 'event', ['stream_id', 'seq'], unique=False, sqlite_where=keeps, postgresql_where=keeps)
    op.create_table('knew',
    sa.Column('case_id', ID, autoincrement=False, nullable=False),
    sa.Column('mark', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_knew_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'mark', name=op.f('pk_knew'))
    )
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(UNNAME)
    op.execute("REVOKE ALL ON FUNCTION inspect_unname(bigint[]) FROM PUBLIC")
