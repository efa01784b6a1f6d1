"""Names are found in whatever order they are typed, and the words of a title however far apart they stand: the words of every case are made anew by the
background work, with pairs of words that stand near each other instead of pairs of neighbours in their order, and of a short title with every two words.
Until then they count as words of a long title, which are found one by one."""

from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

FIND = """CREATE OR REPLACE FUNCTION inspect_find(wanted text, own text, before bigint, most bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
  look CONSTANT text := 'SELECT case_id FROM case_text WHERE found @@ ANY (%L::tsquery[]) AND case_id < %s %s ORDER BY case_id + 0 DESC LIMIT %s';
  under bigint := least(before, (SELECT max(case_id) + 1 FROM case_text));
  shift int;
  block bigint;
  ids bigint[];
BEGIN
  IF own = 'rare' THEN
    RETURN QUERY EXECUTE format(look, wanted, before, '', most);
    RETURN;
  ELSIF own <> '' THEN
    RETURN QUERY EXECUTE format(look, wanted, before,
      format('AND case_id = ANY(ARRAY(SELECT json_array_elements_text(%L)::bigint))', own), most);
    RETURN;
  END IF;
  FOREACH shift IN ARRAY ARRAY[12, 15] LOOP
    block := (under - 1) >> shift;
    EXIT WHEN block IS NULL OR block < 2;
    EXECUTE 'SELECT array_agg(case_id ORDER BY case_id DESC) FROM ('
      || format(look, wanted, under, format('AND found @@ ''_%s_%s | _%s_%s''::tsquery', shift, block, shift, block - 1), most)
      || ') AS newest' INTO ids;
    IF cardinality(ids) >= most THEN
      RETURN QUERY SELECT unnest(ids);
      RETURN;
    END IF;
    EXIT WHEN ids IS NULL OR cardinality(ids) * 8 < most;
  END LOOP;
  RETURN QUERY EXECUTE format(look, wanted, before, '', most);
END $$"""
"""The same as before for any of several questions, each looked for by itself: asked as one, the index would go through the words of the last for what
the pairs of the first find. And by the index of words in any case: of a single pair the planner takes for granted that many cases have it, and would
look through all of them by number. A sum has no index to walk along."""


WALK = """CREATE OR REPLACE FUNCTION inspect_walk(wanted text, along text, past bigint, last bigint, most bigint) RETURNS TABLE (id bigint, place bigint)
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
    JOIN case_search s ON s.case_id = o.id WHERE s.folded LIKE ALL (%L::text[]) ORDER BY o.place %s, o.id %s LIMIT %s',
    key, list, kept, key, beyond, past, last, key, way, way, wanted, way, way, most);
END $$"""
"""The same as before, but over number and title alone, whose rows are a tenth as long: most of what a walk costs is to fetch them."""


def upgrade() -> None:
    op.execute("UPDATE case_text SET stale = (1 = 1), words = words || ' 0long' WHERE words <> ''")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FIND)
        op.execute(WALK)
