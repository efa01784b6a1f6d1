"""The cases of an office, of a body and of a workflow stand in the order of due days, and say in which state they are: whoever sits on a body with
very many cases, or asks for a workflow, gets a page as soon as everybody else. Rehearsals, which are few, have an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

COUNT = """CREATE FUNCTION inspect_count(kind text, told text, most bigint) RETURNS bigint
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
  END);
END $$"""
"""Past the policy, which would be asked for each case that is counted: it says a number between two limits, and no case. In how few cases somebody has a
part it does not say, nor those of several persons together, from which one could tell."""

OPENED = """CREATE FUNCTION inspect_opened(start bigint, steps bigint, down boolean) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF down THEN
    RETURN (SELECT opened_at FROM cases WHERE opened_at <= start ORDER BY opened_at DESC, id DESC LIMIT 1 OFFSET steps);
  END IF;
  RETURN (SELECT opened_at FROM cases WHERE opened_at >= start ORDER BY opened_at, id LIMIT 1 OFFSET steps);
END $$"""
"""Likewise it says a moment, and no case."""


def upgrade() -> None:
    op.drop_index('ix_cases_workflow', 'cases')
    op.create_index('ix_cases_workflow', 'cases', ['workflow', 'is_open', 'due_order', 'id', 'unit_id', 'body_id'], unique=False)
    op.create_index('ix_cases_state', 'cases', ['state', 'is_open', 'due_order', 'id', 'unit_id', 'workflow'], unique=False)
    for column in ('office_id', 'body_id', 'superior_office_id'):
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f'ix_cases_{column}', 'cases')
        op.create_index(f'ix_cases_{column}', 'cases', [column, 'is_open', 'due_order', 'id', 'workflow', 'state', 'unit_id'], unique=False,
                        sqlite_where=there, postgresql_where=there)
    op.create_index('ix_cases_rehearsal', 'cases', ['is_open', 'due_order', 'id'], unique=False, sqlite_where=sa.text("rehearsal = 1"),
                    postgresql_where=sa.text("rehearsal"))
    if op.get_bind().dialect.name != "sqlite":
        op.execute(COUNT)
        op.execute("REVOKE ALL ON FUNCTION inspect_count(text, text, bigint) FROM PUBLIC")
        op.execute(OPENED)
        op.execute("REVOKE ALL ON FUNCTION inspect_opened(bigint, bigint, boolean) FROM PUBLIC")
