"""PostgreSQL points out cases of several workflows and of offices; the indexes in the order of due days say all that those in the other orders say."""

from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

BY_DUE_DAY = {
    'ix_cases_open_due_order': ['is_open', 'due_order', 'id', 'unit_id', 'title_bits', 'state', 'workflow', 'body_id'],
    'ix_cases_unit': ['unit_id', 'is_open', 'due_order', 'id', 'workflow', 'body_id', 'state', 'office_id', 'superior_office_id', 'title_bits']}
BEFORE = "text, bigint[], text, text, bigint, boolean, text, text, bigint, bigint, bigint, bigint, bigint, boolean, bigint"
TOLD = "text, bigint[], bigint[], text, text[], bigint, boolean, text, text, bigint, bigint, bigint, bigint, bigint, bigint, boolean, bigint"

AHEAD = """CREATE FUNCTION inspect_ahead(road text, units bigint[], offices bigint[], in_state text, workflows text[], of_body bigint,
  is_so boolean, parts text, wanted text, bits bigint, first bigint, last bigint, until bigint, past bigint, number bigint, down boolean, most bigint) RETURNS TABLE (id bigint, place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_sort = on SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  name CONSTANT text := replace(road, 'units ', '');
  key CONSTANT text := CASE name WHEN 'updated' THEN 'updated_at' WHEN 'opened' THEN 'opened_at' ELSE 'due_order' END;
  way CONSTANT text := CASE WHEN down THEN 'DESC' ELSE 'ASC' END;
  beyond CONSTANT text := CASE WHEN down THEN '<' ELSE '>' END;
  in_order CONSTANT text := format('ORDER BY place %1$s, id %1$s', way);
  asked CONSTANT text := concat(format('%1$I BETWEEN %2$s AND %3$s AND (%1$I, id) %4$s (%5$s, %6$s)', key, first, last, beyond, past, number),
    CASE WHEN until IS NOT NULL AND down THEN format(' AND (%I, id) >= (%s, %s)', key, first, until)
      WHEN until IS NOT NULL THEN format(' AND (%I, id) <= (%s, %s)', key, last, until) END,
    CASE WHEN is_so IS NOT NULL THEN format(' AND is_open = %L', is_so) WHEN name = 'due' THEN ' AND is_open = ANY (''{t,f}'')' END,
    CASE WHEN in_state IS NOT NULL THEN format(' AND state = %L', in_state) END,
    CASE WHEN cardinality(workflows) = 1 THEN format(' AND workflow = %L', workflows[1])
      WHEN workflows IS NOT NULL THEN format(' AND workflow = ANY (%L::text[])', workflows) END,
    CASE WHEN offices IS NOT NULL THEN format(' AND (office_id = ANY (%1$L::bigint[]) OR superior_office_id = ANY (%1$L::bigint[]))', offices) END,
    CASE WHEN of_body IS NOT NULL THEN format(' AND body_id = %s', of_body) END,
    CASE WHEN bits <> 0 THEN format(' AND title_bits & %1$s = %1$s', bits) END);
  found CONSTANT text := CASE WHEN road <> name AND cardinality(units) > 1 THEN
      format('SELECT c.id, c.place FROM unnest(%L::bigint[]) AS one(unit) CROSS JOIN LATERAL
        (SELECT id, %I AS place FROM cases WHERE unit_id = one.unit AND %s %s) c', units, key, asked,
        CASE WHEN bits = 0 THEN format('%s LIMIT %s', in_order, most) ELSE 'OFFSET 0' END)
    ELSE format('SELECT id, %I AS place FROM cases WHERE %s', key, concat(asked,
      CASE WHEN cardinality(units) = 1 THEN format(' AND unit_id = %s', units[1])
        WHEN units IS NOT NULL THEN format(' AND unit_id = ANY (%L::bigint[])', units) END)) END;
BEGIN
  IF road = name OR cardinality(units) = 1 THEN
    PERFORM set_config('enable_sort', 'off', true);
  END IF;
  IF bits = 0 THEN
    RETURN QUERY EXECUTE format('%s %s LIMIT %s', found, in_order, most);
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format('SELECT c.id, c.place FROM (%s %s OFFSET 0) c JOIN case_search s ON s.case_id = c.id
    WHERE s.folded LIKE ALL (%L::text[]) AND s.folded ~ ALL (%L::text[]) %s LIMIT %s', found, in_order, parts, wanted, in_order, most);
END $$"""
"""The next cases on a road, in the order of the list, as numbers and places alone, as far as the index of that road tells whether they are of it: of
which units, and so on; of those that stand where they end, up to a number. Those that have words are found by the marks of their titles, and then by number and title, in which the words stand by
themselves. Of several units each is asked by itself, since the planner takes what is narrowed twice for so little that it would walk along all of the
order. Nobody else may look at an index without looking up the case, for the policy."""

DAYS = """CREATE FUNCTION inspect_days(so boolean, before bigint) RETURNS TABLE (first bigint, last bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  RETURN QUERY SELECT (SELECT due_order FROM cases WHERE is_open = so AND due_order < before ORDER BY due_order, id LIMIT 1),
    (SELECT due_order FROM cases WHERE is_open = so AND due_order < before ORDER BY due_order DESC, id DESC LIMIT 1);
END $$"""
"""The first and the last due day of the open or the ended cases that are due before a moment; it says no case."""


def upgrade() -> None:
    for name, columns in BY_DUE_DAY.items():
        op.drop_index(name, 'cases')
        op.create_index(name, 'cases', columns, unique=False)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION inspect_ahead({BEFORE})")
        op.execute(AHEAD)
        op.execute(f"REVOKE ALL ON FUNCTION inspect_ahead({TOLD}) FROM PUBLIC")
        op.execute("DROP FUNCTION inspect_days(bigint)")
        op.execute(DAYS)
        op.execute("REVOKE ALL ON FUNCTION inspect_days(boolean, bigint) FROM PUBLIC")
