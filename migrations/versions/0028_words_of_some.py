"""What cases have in common, and what a unit has, tells the marks of the words of their titles besides: whoever looks for words among few looks up
what may have them. What is in a state, and rehearsals, tell of which body they are, the latter also of which unit."""

import sqlalchemy as sa
from alembic import op

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

OF_ALL = {
    'ix_cases_unit': ['unit_id', 'is_open', 'due_order', 'id', 'workflow', 'body_id', 'office_id', 'superior_office_id', 'title_bits'],
    'ix_cases_unit_opened': ['unit_id', 'opened_at', 'id', 'state', 'workflow', 'body_id', 'office_id', 'superior_office_id', 'title_bits'],
    'ix_cases_state': ['state', 'is_open', 'due_order', 'id', 'unit_id', 'workflow', 'body_id']}
OF_SOME = ('office_id', 'body_id', 'superior_office_id')

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
    WHEN 'changed' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM stream WHERE at >= moment LIMIT most) x)
    WHEN 'overdue' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE is_open AND due_order < moment LIMIT most) x)
    WHEN 'rehearsal' THEN (SELECT COUNT(*) FROM (SELECT 1 FROM cases WHERE rehearsal LIMIT most) x)
  END);
END $$"""
"""As before, and rehearsals as well."""


def upgrade() -> None:
    for name, columns in OF_ALL.items():
        op.drop_index(name, 'cases')
        op.create_index(name, 'cases', columns, unique=False)
    for column in OF_SOME:
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f'ix_cases_{column}', 'cases')
        op.create_index(f'ix_cases_{column}', 'cases', [column, 'is_open', 'due_order', 'id', 'workflow', 'state', 'unit_id', 'title_bits'],
                        unique=False, sqlite_where=there, postgresql_where=there)
    op.drop_index('ix_cases_rehearsal', 'cases')
    op.create_index('ix_cases_rehearsal', 'cases', ['is_open', 'due_order', 'id', 'unit_id', 'body_id'], unique=False,
                    sqlite_where=sa.text("rehearsal = 1"), postgresql_where=sa.text("rehearsal"))
    if op.get_bind().dialect.name != "sqlite":
        op.execute(COUNT)
