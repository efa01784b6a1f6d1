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

WALK = """CREATE FUNCTION inspect_walk(wanted text, along text, past bigint, last bigint, most bigint) RETURNS TABLE (id bigint, place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_sort = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $$
DECLARE
  name CONSTANT text := ltrim(along, '-');
  key CONSTANT text := CASE name WHEN 'updated' THEN 'at' WHEN 'opened' THEN 'opened_at' ELSE 'due_order' END;
  list CONSTANT text := CASE name WHEN 'updated' THEN 'stream' ELSE 'cases' END;
  kept CONSTANT text := CASE name WHEN 'due open' THEN 'is_open' WHEN 'due ended' THEN 'NOT is_open' ELSE 'true' END;
  way CONSTANT text := CASE WHEN along = name THEN 'ASC' ELSE 'DESC' END;
  beyond CONSTANT text := CASE WHEN along = name THEN '>' ELSE '<' END;
BEGIN
  RETURN QUERY EXECUTE format('SELECT o.id, o.place FROM (SELECT id, %I AS place FROM %I WHERE %s AND (%I, id) %s (%s, %s) ORDER BY %I %s, id %s LIMIT 4000) o
    JOIN case_text t ON t.case_id = o.id WHERE t.found @@ %L::tsquery ORDER BY o.place %s, o.id %s LIMIT %s',
    key, list, kept, key, beyond, past, last, key, way, way, wanted, way, way, most);
END $$"""
"""Words that many cases have are sooner met by walking along a list than by gathering all cases that have them, which the planner would do where there
are few cases, once for each step. It says numbers of cases alone, as
`inspect_find` does."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(f"ALTER POLICY may_know ON cases USING ({MAY_KNOW})")
    op.execute(DAYS)
    op.execute("REVOKE ALL ON FUNCTION inspect_days(bigint) FROM PUBLIC")
    op.execute(WALK)
    op.execute("REVOKE ALL ON FUNCTION inspect_walk(text, text, bigint, bigint, bigint) FROM PUBLIC")
    op.execute("ALTER INDEX ix_case_text_found SET (fastupdate = on, gin_pending_list_limit = 64)")
