"""Short lists of some units. A stream knows the unit of its case, so that what was changed there is found by an index on PostgreSQL. And the
second line asks less for every row: which units somebody's grants are for is gathered once for a statement, and each row asks whether its
unit lies in one of them. The functions of the policy keep their plans, which a function in SQL makes anew for every statement."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

GRANTED = "SELECT coalesce(array_agg(g.unit_id), '{}') FROM role_grant g WHERE g.person_id = inspect_person()"

OFFICES = """WITH RECURSIVE mine(id) AS (
    (SELECT p.office_id FROM appointment p WHERE p.person_id = inspect_person()
     UNION SELECT d.office_id FROM delegation d WHERE d.to_id = inspect_person())
    UNION SELECT o.id FROM office o JOIN mine ON o.superior_id = mine.id)
  SELECT coalesce(array_agg(id), '{}') FROM mine"""
"""The offices that the person holds or is delegated, and all below them: those may be vacant."""

BODIES = """SELECT coalesce(array_agg(o.unit_id), '{}') FROM appointment p JOIN office o ON o.id = p.office_id
  WHERE p.person_id = inspect_person()"""

MAY_KNOW = """(SELECT inspect_whole())
  OR EXISTS (SELECT 1 FROM unit_above a WHERE a.unit_id = cases.unit_id AND a.above_id = ANY ((SELECT inspect_granted())::bigint[]))
  OR EXISTS (SELECT 1 FROM case_role r WHERE r.case_id = cases.id AND r.person_id = (SELECT inspect_person()))
  OR cases.body_id = ANY ((SELECT inspect_bodies())::bigint[])
  OR cases.office_id = ANY ((SELECT inspect_offices())::bigint[])
  OR cases.superior_office_id = ANY ((SELECT inspect_offices())::bigint[])"""
"""Wider than `visible_to`, never narrower: it knows no days, no exclusions, no closed circles, and takes every office below one's own for
vacant."""


def upgrade() -> None:
    op.add_column('stream', sa.Column('unit_id', sa.BigInteger(), nullable=True))
    op.execute('UPDATE stream SET unit_id = (SELECT unit_id FROM cases WHERE cases.id = stream.id)')
    if op.get_bind().dialect.name == "sqlite":
        return
    op.create_index('ix_stream_unit', 'stream', ['unit_id', 'at', 'id'], unique=False)
    for name, asks in (("granted", GRANTED), ("bodies", BODIES), ("offices", OFFICES)):
        op.execute(f"CREATE OR REPLACE FUNCTION inspect_{name}() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS "
                   f"$$ BEGIN RETURN ({asks}); END $$")
    op.execute(f"ALTER POLICY may_know ON cases USING ({MAY_KNOW})")
