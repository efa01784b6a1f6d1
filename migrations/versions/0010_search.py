"""Search: the words of each case in a table of their own, under an index of the database's own kind; and which cases are hidden, as a column."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')

INDEXED = """CREATE VIRTUAL TABLE case_found USING fts5(words, content='case_text', content_rowid='case_id', detail='none',
  tokenize="unicode61 remove_diacritics 0 tokenchars '_'")"""
IN = "INSERT INTO case_found(rowid, words) VALUES (new.case_id, new.words);"
OUT = "INSERT INTO case_found(case_found, rowid, words) VALUES ('delete', old.case_id, old.words);"
KEPT = (("case_text_in", "INSERT ON case_text", IN), ("case_text_out", "DELETE ON case_text", OUT),
        ("case_text_anew", "UPDATE OF words ON case_text", f"{OUT} {IN}"))

FIND = """CREATE FUNCTION inspect_find(wanted text, own text, before bigint, most bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT case_id FROM case_text WHERE found @@ %L::tsquery AND case_id < %s %s ORDER BY case_id DESC LIMIT %s',
    wanted, before, CASE WHEN own = '' THEN '' ELSE format('AND case_id = ANY(ARRAY(SELECT json_array_elements_text(%L)::bigint))', own) END, most);
END $$"""
"""An index over words is not used under row-level security, because the comparison might tell of rows it may not. So this gives numbers of cases
alone, and whoever asks finds those of them that row-level security and `visible_to` let them. Planned for each question: how many rows a word has
is what decides how they are best looked for."""


HIDDEN = """UPDATE cases SET hidden = (1 = 1) WHERE put_away
  AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.dossier_id = cases.dossier_id AND o.is_open)"""


def upgrade() -> None:
    op.add_column('cases', sa.Column('hidden', sa.Boolean(), server_default='0', nullable=False))
    op.execute(HIDDEN)
    op.create_table('case_text',
    sa.Column('case_id', ID, autoincrement=False, nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('stale', sa.Boolean(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_text_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_text'))
    )
    op.create_index('ix_case_text_stale', 'case_text', ['case_id'], unique=False, sqlite_where=sa.text('stale'), postgresql_where=sa.text('stale'))
    op.create_index('ix_stream_outside', 'stream', ['kind'], unique=False, sqlite_where=sa.text("kind <> 'case'"),
                    postgresql_where=sa.text("kind <> 'case'"))
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(INDEXED)
        for name, when, what in KEPT:
            op.execute(f'CREATE TRIGGER {name} AFTER {when} BEGIN {what} END')
        return
    op.execute("ALTER TABLE case_text ADD COLUMN found tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED")
    op.execute('CREATE INDEX ix_case_text_found ON case_text USING gin (found) WITH (fastupdate = off)')
    op.execute('ALTER TABLE case_text ENABLE ROW LEVEL SECURITY')
    op.execute('CREATE POLICY may_know ON case_text USING ((SELECT inspect_whole()) OR inspect_knows(case_text.case_id)) WITH CHECK (true)')
    op.execute(FIND)
    op.execute('REVOKE ALL ON FUNCTION inspect_find(text, text, bigint, bigint) FROM PUBLIC')
