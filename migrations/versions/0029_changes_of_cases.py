"""The order of changes has indexes of cases, which tell all that those in the order of openings tell: until now streams had it, which nothing guards,
and of which therefore next to nothing could be told. PostgreSQL points out the next cases on a road past the policy."""

from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

ASKED_FOR = ['state', 'workflow', 'body_id', 'is_open']
ORDERS = {'ix_cases_updated': ['updated_at', 'id', 'unit_id', 'title_bits', *ASKED_FOR],
          'ix_cases_unit_updated': ['unit_id', 'updated_at', 'id', *ASKED_FOR, 'office_id', 'superior_office_id', 'title_bits'],
          'ix_cases_unit_opened': ['unit_id', 'opened_at', 'id', *ASKED_FOR, 'office_id', 'superior_office_id', 'title_bits']}

FURTHER = """CREATE FUNCTION inspect_further(along text, start bigint, steps bigint, down boolean) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF along = 'updated' AND down THEN
    RETURN (SELECT updated_at FROM cases WHERE updated_at <= start ORDER BY updated_at DESC, id DESC LIMIT 1 OFFSET steps);
  ELSIF along = 'updated' THEN
    RETURN (SELECT updated_at FROM cases WHERE updated_at >= start ORDER BY updated_at, id LIMIT 1 OFFSET steps);
  ELSIF down THEN
    RETURN (SELECT opened_at FROM cases WHERE opened_at <= start ORDER BY opened_at DESC, id DESC LIMIT 1 OFFSET steps);
  END IF;
  RETURN (SELECT opened_at FROM cases WHERE opened_at >= start ORDER BY opened_at, id LIMIT 1 OFFSET steps);
END $$"""
"""It says a moment, and no case."""

AHEAD = """CREATE FUNCTION inspect_ahead(road text, units bigint[], in_state text, of_workflow text, of_body bigint, is_so boolean, parts text,
  wanted text, bits bigint, first bigint, last bigint, past bigint, number bigint, down boolean, most bigint) RETURNS TABLE (id bigint, place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_sort = on SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off SET max_parallel_workers_per_gather = 0 AS $$
DECLARE
  name CONSTANT text := replace(road, 'units ', '');
  key CONSTANT text := CASE name WHEN 'updated' THEN 'updated_at' WHEN 'opened' THEN 'opened_at' ELSE 'due_order' END;
  way CONSTANT text := CASE WHEN down THEN 'DESC' ELSE 'ASC' END;
  beyond CONSTANT text := CASE WHEN down THEN '<' ELSE '>' END;
  narrow CONSTANT text := concat(
    CASE WHEN is_so IS NOT NULL THEN format(' AND is_open = %L', is_so) WHEN name = 'due' THEN ' AND is_open = ANY (''{t,f}'')' END,
    CASE WHEN cardinality(units) = 1 THEN format(' AND unit_id = %s', units[1])
      WHEN units IS NOT NULL THEN format(' AND unit_id = ANY (%L::bigint[])', units) END,
    CASE WHEN in_state IS NOT NULL THEN format(' AND state = %L', in_state) END,
    CASE WHEN of_workflow IS NOT NULL THEN format(' AND workflow = %L', of_workflow) END,
    CASE WHEN of_body IS NOT NULL THEN format(' AND body_id = %s', of_body) END);
BEGIN
  IF road = name OR cardinality(units) = 1 THEN
    PERFORM set_config('enable_sort', 'off', true);
  END IF;
  IF bits = 0 THEN
    RETURN QUERY EXECUTE format('SELECT id, %1$I FROM cases WHERE %1$I BETWEEN %2$s AND %3$s AND (%1$I, id) %4$s (%5$s, %6$s) %7$s
      ORDER BY %1$I %8$s, id %8$s LIMIT %9$s', key, first, last, beyond, past, number, narrow, way, most);
    RETURN;
  END IF;
  RETURN QUERY EXECUTE format('SELECT c.id, c.place FROM (SELECT id, %1$I AS place FROM cases WHERE %1$I BETWEEN %2$s AND %3$s
      AND (%1$I, id) %4$s (%5$s, %6$s) AND title_bits & %7$s = %7$s %8$s ORDER BY %1$I %9$s, id %9$s OFFSET 0) c
    JOIN case_search s ON s.case_id = c.id WHERE s.folded LIKE ALL (%10$L::text[]) AND s.folded ~ ALL (%11$L::text[])
    ORDER BY c.place %9$s, c.id %9$s LIMIT %12$s',
    key, first, last, beyond, past, number, bits, narrow, way, parts, wanted, most);
END $$"""
"""The next cases on a road, in the order of the list, as numbers and places alone, as far as the index of that road tells whether they are of it: of
which units, and so on. Those that have words are found by the marks of their titles, and then by number and title, in which the words stand by
themselves. Nobody else may look at an index without looking up the case, for the policy."""

COUNT = """CREATE OR REPLACE FUNCTION inspect_count(kind text, told text, most bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
  numbers CONSTANT bigint[] := CASE WHEN kind IN ('body', 'office', 'superior', 'person')
    THEN ARRAY(SELECT CAST(json_array_elements_text(CAST(told AS json)) AS bigint)) END;
  moment CONSTANT bigint := CASE WHEN kind IN ('changed', 'overdue') THEN CAST(told AS bigint) END;
BEGIN
  RETURN GREATEST(500, CASE kind
    WHEN 'state' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE state = told LIMIT most) x)
    WHEN 'workflow' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE workflow = told LIMIT most) x)
    WHEN 'body' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE body_id = ANY (numbers) LIMIT most) x)
    WHEN 'office' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE office_id = ANY (numbers) LIMIT most) x)
    WHEN 'superior' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE superior_office_id = ANY (numbers) LIMIT most) x)
    WHEN 'person' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM case_role WHERE person_id = numbers[1] AND until_seq IS NULL LIMIT most) x)
    WHEN 'changed' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE updated_at >= moment LIMIT most) x)
    WHEN 'overdue' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE is_open AND due_order < moment LIMIT most) x)
    WHEN 'rehearsal' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE rehearsal LIMIT most) x)
  END);
END $$"""
"""As before, but what was changed is counted where cases tell it."""


def upgrade() -> None:
    for name in ('ix_stream_at', 'ix_stream_unit'):
        op.drop_index(name, 'stream')
    for column in ('unit_id', 'state_mark'):
        op.drop_column('stream', column)
    op.drop_index('ix_cases_unit_opened', 'cases')
    for name, columns in ORDERS.items():
        op.create_index(name, 'cases', columns, unique=False)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION inspect_opened(bigint, bigint, boolean)")
        op.execute("DROP FUNCTION inspect_walk(text, text, bigint, bigint, bigint, bigint)")
        op.execute(FURTHER)
        op.execute("REVOKE ALL ON FUNCTION inspect_further(text, bigint, bigint, boolean) FROM PUBLIC")
        op.execute(AHEAD)
        op.execute("REVOKE ALL ON FUNCTION inspect_ahead(text, bigint[], text, text, bigint, boolean, text, text, bigint, bigint, bigint, bigint, bigint, "
                   "boolean, bigint) FROM PUBLIC")
        op.execute(COUNT)
