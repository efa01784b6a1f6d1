"""Lists and search on PostgreSQL sooner. The policy of cases asks for each row whether it may be known, by two looks into indexes: a page has few
rows, and to gather all units of a wide grant first, as the planner would, takes longer than the page. Between which days cases are due is asked for
past the policy, which would let by nearly every case on the way to the first that may be known: it says two moments, and no case. New words wait in
a short list until some come together: each would else be put in its place by itself."""

from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

MAY_KNOW = """(SELECT inspect_whole())
  OR (SELECT true FROM unit_above a WHERE a.unit_id = cases.unit_id AND a.above_id = ANY ((SELECT inspect_granted())::bigint[]) LIMIT 1)
  OR (SELECT true FROM case_role r WHERE r.case_id = cases.id AND r.person_id = (SELECT inspect_person()) LIMIT 1)
  OR cases.body_id = ANY ((SELECT inspect_bodies())::bigint[])
  OR cases.office_id = ANY ((SELECT inspect_offices())::bigint[])
  OR cases.superior_office_id = ANY ((SELECT inspect_offices())::bigint[])"""
"""The same as before. A single value is never made a table of, as `EXISTS` may be."""

DUE = "SELECT due_order FROM cases WHERE is_open AND due_order >= after AND due_order < 9007199254740992 ORDER BY"
DAYS = f"""CREATE FUNCTION inspect_days(after bigint) RETURNS TABLE (first bigint, last bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  RETURN QUERY SELECT ({DUE} due_order, id LIMIT 1), ({DUE} due_order DESC, id DESC LIMIT 1);
END $$"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(f"ALTER POLICY may_know ON cases USING ({MAY_KNOW})")
    op.execute(DAYS)
    op.execute("REVOKE ALL ON FUNCTION inspect_days(bigint) FROM PUBLIC")
    op.execute("ALTER INDEX ix_case_text_found SET (fastupdate = on, gin_pending_list_limit = 64)")
