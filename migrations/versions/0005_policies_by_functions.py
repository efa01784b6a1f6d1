"""The same policies, said through functions: what a policy asks is set up with every statement, even where the first word settles it; a function
is not looked into until it is called."""

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

THROUGH_CASE = {"case_search": "case_id", "evidence": "case_id", "clock": "case_id", "letter": "case_id", "responsibility": "case_id",
                "sanction": "case_id", "unredacted": "case_id", "event": "stream_id"}

OFFICES = """WITH RECURSIVE mine(id) AS (
    (SELECT p.office_id FROM appointment p WHERE p.person_id = inspect_person()
     UNION SELECT d.office_id FROM delegation d WHERE d.to_id = inspect_person())
    UNION SELECT o.id FROM office o JOIN mine ON o.superior_id = mine.id)
  SELECT coalesce(array_agg(id), '{}') FROM mine"""
"""The offices that the person holds or is delegated, and all below them: those may be vacant."""

BODIES = """SELECT coalesce(array_agg(o.unit_id), '{}') FROM appointment p JOIN office o ON o.id = p.office_id
  WHERE p.person_id = inspect_person()"""

MAY_KNOW = """(SELECT inspect_whole())
  OR EXISTS (SELECT 1 FROM case_role r WHERE r.case_id = cases.id AND r.person_id = (SELECT inspect_person()))
  OR EXISTS (SELECT 1 FROM role_grant g JOIN unit_above a ON a.above_id = g.unit_id
             WHERE a.unit_id = cases.unit_id AND g.person_id = (SELECT inspect_person()))
  OR cases.body_id = ANY ((SELECT inspect_bodies())::bigint[])
  OR cases.office_id = ANY ((SELECT inspect_offices())::bigint[])
  OR cases.superior_office_id = ANY ((SELECT inspect_offices())::bigint[])"""
"""Wider than `visible_to`, never narrower: it knows no days, no exclusions, no closed circles, and takes every office below one's own for
vacant."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(f"CREATE FUNCTION inspect_offices() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$ {OFFICES} $$")
    op.execute(f"CREATE FUNCTION inspect_bodies() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$ {BODIES} $$")
    op.execute(f"ALTER POLICY may_know ON cases USING ({MAY_KNOW})")
    op.execute("CREATE FUNCTION inspect_knows(wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS "
               "$$ BEGIN RETURN EXISTS (SELECT 1 FROM cases WHERE id = wanted); END $$")
    for table, column in THROUGH_CASE.items():
        op.execute(f"ALTER POLICY may_know ON {table} USING ((SELECT inspect_whole()) OR inspect_knows({table}.{column}))")
