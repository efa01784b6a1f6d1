"""Lists and search at a million cases: each unit's cases by due day, all cases by the day they were opened, and words by how new a case is."""

from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

FOUND = """array_to_tsvector(string_to_array(words, ' ')
  || ARRAY['_12_' || (case_id >> 12)::text, '_15_' || (case_id >> 15)::text])"""
"""Beside its words a case has the blocks of 4,096 and of 32,768 cases in which its number lies: no word begins with a line."""

FIND = """CREATE OR REPLACE FUNCTION inspect_find(wanted text, own text, before bigint, most bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
  look CONSTANT text := 'SELECT case_id FROM case_text WHERE found @@ %L::tsquery AND case_id < %s %s ORDER BY case_id DESC LIMIT %s';
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
      || format(look, format('(%s) & (''_%s_%s'' | ''_%s_%s'')', wanted, shift, block, shift, block - 1), under, '', most) || ') AS newest' INTO ids;
    IF cardinality(ids) >= most THEN
      RETURN QUERY SELECT unnest(ids);
      RETURN;
    END IF;
    EXIT WHEN ids IS NULL OR cardinality(ids) * 8 < most;
  END LOOP;
  RETURN QUERY EXECUTE format(look, wanted, before, '', most);
END $$"""
"""The same as before, but a word that very many cases have is looked for among the newest first: an index of words knows no order, so all that have
it would be fetched and sorted for one page. Where the newest have it seldom, it is rare, and all that have it are fetched. `rare` as `own` says that it
is rare in any case."""


def upgrade() -> None:
    op.drop_index('ix_cases_unit', table_name='cases')
    op.create_index('ix_cases_unit', 'cases', ['unit_id', 'is_open', 'due_order', 'id'], unique=False)
    op.drop_index('ix_cases_open_due_order', table_name='cases')
    op.create_index('ix_cases_open_due_order', 'cases', ['is_open', 'due_order', 'id', 'unit_id'], unique=False)
    op.create_index('ix_cases_opened', 'cases', ['opened_at', 'id', 'unit_id'], unique=False)
    if op.get_bind().dialect.name == 'sqlite':
        return
    op.execute('ALTER TABLE case_text DROP COLUMN found')
    op.execute(f'ALTER TABLE case_text ADD COLUMN found tsvector GENERATED ALWAYS AS ({FOUND}) STORED')
    op.execute('CREATE INDEX ix_case_text_found ON case_text USING gin (found) WITH (fastupdate = off)')
    op.execute(FIND)
