"""Lists say on the way what a case has to be looked up for otherwise: the index in the order of changes says its unit, those in the order of due days
and of openings say which marks the words of its title have, that of people says all of their parts. What was changed in some units SQLite too has in an
index. Cases from before have every mark, and are looked up as they were. PostgreSQL finds number and title of one case after the other in half the
time by an index that has no order."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

WALK = """CREATE FUNCTION inspect_walk(wanted text, along text, bits bigint, past bigint, last bigint, most bigint)
RETURNS TABLE (id bigint, place bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_sort = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off SET enable_seqscan = off SET enable_material = off AS $$
DECLARE
  name CONSTANT text := ltrim(along, '-');
  key CONSTANT text := CASE name WHEN 'updated' THEN 'at' WHEN 'opened' THEN 'opened_at' ELSE 'due_order' END;
  list CONSTANT text := CASE name WHEN 'updated' THEN 'stream' ELSE 'cases' END;
  kept CONSTANT text := CASE name WHEN 'due open' THEN 'is_open' WHEN 'due ended' THEN 'NOT is_open' ELSE 'true' END;
  marks CONSTANT text := CASE name WHEN 'updated' THEN '-1::bigint' ELSE 'title_bits' END;
  way CONSTANT text := CASE WHEN along = name THEN 'ASC' ELSE 'DESC' END;
  beyond CONSTANT text := CASE WHEN along = name THEN '>' ELSE '<' END;
BEGIN
  RETURN QUERY EXECUTE format('SELECT o.id, o.place FROM (SELECT id, %I AS place, %s AS marks FROM %I WHERE %s AND (%I, id) %s (%s, %s)
      ORDER BY %I %s, id %s LIMIT 4000) o
    JOIN case_search s ON s.case_id = o.id WHERE o.marks & %s = %s AND s.folded LIKE ALL (%L::text[]) ORDER BY o.place %s, o.id %s LIMIT %s',
    key, marks, list, kept, key, beyond, past, last, key, way, way, bits, bits, wanted, way, way, most);
END $$"""
"""The same as before, but only cases whose title has the marks of the words are looked up, which for most are those that have them."""


def upgrade() -> None:
    op.drop_index('ix_stream_at', 'stream')
    op.create_index('ix_stream_at', 'stream', ['at', 'id', 'unit_id'], unique=False)
    op.add_column('cases', sa.Column('title_bits', sa.BigInteger(), server_default='-1', nullable=False))
    for name, columns in (('ix_cases_open_due_order', ['is_open', 'due_order', 'id', 'unit_id']), ('ix_cases_opened', ['opened_at', 'id', 'unit_id'])):
        op.drop_index(name, 'cases')
        op.create_index(name, 'cases', [*columns, 'title_bits'], unique=False)
    op.drop_index('ix_case_role_person_id', 'case_role')
    op.create_index('ix_case_role_person', 'case_role', ['person_id', 'case_id', 'role', 'until_seq', 'until_on'], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.create_index('ix_stream_unit', 'stream', ['unit_id', 'at', 'id'], unique=False)
    else:
        op.create_index('ix_case_search_one', 'case_search', ['case_id'], unique=False, postgresql_using='hash')
        op.execute("DROP FUNCTION inspect_walk(text, text, bigint, bigint, bigint)")
        op.execute(WALK)
        op.execute("REVOKE ALL ON FUNCTION inspect_walk(text, text, bigint, bigint, bigint, bigint) FROM PUBLIC")
