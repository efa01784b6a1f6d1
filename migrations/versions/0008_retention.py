"""Disposal: when a case was disposed of and under what; who knew of it; and the one way in which who acted is taken out of an event."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')

PUT_AWAY = """UPDATE cases SET put_away = (1 = 1) WHERE
  workflow = 'discipline' AND state IN ('spent', 'revoked', 'cleared', 'exempt', 'not_reached', 'time_barred')
  OR workflow = 'minor_matter' AND state IN ('settled_without', 'annulled', 'spent')"""

ACTED = """EXISTS (SELECT 1 FROM event a WHERE a.stream_id = {row}.stream_id AND a.seq > {row}.seq
      AND a."trigger" IN ('erase', 'dispose', 'erase_again', 'dispose_again'))
    OR EXISTS (SELECT 1 FROM stream s WHERE s.id = {row}.stream_id AND s.kind = 'access')"""
"""Where who acted may be taken out of an event: its case has an act of erasure after it; or it says who read a case. Verification finds every event
from which it was taken and behind which no recorded act stands."""

UNNAME = """CREATE FUNCTION inspect_unname(event_ids bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE done bigint;
BEGIN
  UPDATE event SET actor = '', on_behalf_of = NULL, recorded_for = NULL WHERE event_id = ANY(event_ids);
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$"""
"""The application may change no event; this takes names out, where the table lets them go, and does nothing else."""

REFUSE = f"""CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.actor = '' AND NEW.on_behalf_of IS NULL AND NEW.recorded_for IS NULL
    AND to_jsonb(NEW) - 'actor' - 'on_behalf_of' - 'recorded_for' = to_jsonb(OLD) - 'actor' - 'on_behalf_of' - 'recorded_for'
    AND ({ACTED.format(row="OLD")}) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'an event is never changed or removed';
END $$"""
COLUMNS = ("event_id", "id", "stream_id", "seq", "envelope", "leaf", "dossier_id", "position", "trigger", "before", "after", "role", "occurred_at", "zone",
           "late", "recorded_at", "origin", "fits", "source_row")


def _let_names_go() -> None:
    """Events are still only ever added; but who acted may go from one, by a recorded act."""
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in COLUMNS)
        op.execute("DROP TRIGGER event_no_update")
        op.execute(f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event WHEN NOT (NEW.actor = '' AND NEW.on_behalf_of IS NULL "
                   f"AND NEW.recorded_for IS NULL AND {same} AND ({ACTED.format(row='OLD')})) "
                   "BEGIN SELECT RAISE(ABORT, 'an event is never changed or removed'); END")
        return
    op.execute(REFUSE)
    op.execute("DROP TRIGGER event_no_change ON event")
    op.execute("CREATE TRIGGER event_no_change BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event()")


def upgrade() -> None:
    op.add_column('cases', sa.Column('put_away', sa.Boolean(), server_default='0', nullable=False))
    op.execute(PUT_AWAY)
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
    _let_names_go()
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(UNNAME)
    op.execute("REVOKE ALL ON FUNCTION inspect_unname(bigint[]) FROM PUBLIC")
