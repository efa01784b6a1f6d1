"""Offices over time, access, identity; and on PostgreSQL row-level security as the second line behind `visible_to`."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

THROUGH_CASE = {"case_search": "case_id", "evidence": "case_id", "clock": "case_id", "letter": "case_id", "responsibility": "case_id",
                "sanction": "case_id", "unredacted": "case_id", "event": "stream_id"}


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    _new_tables()
    _new_columns(on_sqlite)
    op.execute("INSERT INTO unit_above (unit_id, above_id, steps) SELECT u.id, a.id, "
               "LENGTH(u.path) - LENGTH(REPLACE(u.path, '/', '')) - LENGTH(a.path) + LENGTH(REPLACE(a.path, '/', '')) "
               "FROM unit u JOIN unit a ON u.path LIKE a.path || '%'")
    op.execute("INSERT INTO belonging (person_id, unit_id, since_on) SELECT id, unit_id, DATE('2000-01-01') FROM person WHERE unit_id IS NOT NULL")
    if not on_sqlite:
        _row_security()


def _new_tables() -> None:
    op.create_table('sign_in_state',
    sa.Column('state_hash', sa.String(length=64), nullable=False),
    sa.Column('data', sa.Text(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('state_hash', name=op.f('pk_sign_in_state'))
    )
    op.create_index(op.f('ix_sign_in_state_made_at'), 'sign_in_state', ['made_at'], unique=False)
    op.create_table('unit_above',
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('above_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['above_id'], ['unit.id'], name=op.f('fk_unit_above_above_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_unit_above_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'above_id', name=op.f('pk_unit_above'))
    )
    op.create_index('ix_unit_above_above', 'unit_above', ['above_id', 'unit_id'], unique=False)
    op.create_table('absence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_absence_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_index(op.f('ix_absence_person_id'), 'absence', ['person_id'], unique=False)
    op.create_table('belonging',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_belonging_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_belonging_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_belonging'))
    )
    op.create_index(op.f('ix_belonging_person_id'), 'belonging', ['person_id'], unique=False)
    op.create_index(op.f('ix_belonging_unit_id'), 'belonging', ['unit_id'], unique=False)
    op.create_table('case_read',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('read_on', sa.Date(), nullable=False),
    sa.Column('door', sa.String(length=10), nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('first_at', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_read_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_case_read_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', 'read_on', name=op.f('pk_case_read'))
    )
    op.create_index(op.f('ix_case_read_person_id'), 'case_read', ['person_id'], unique=False)
    op.create_table('close_tie',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('one_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('other_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('sealed_reason', sa.Text(), nullable=False),
    sa.CheckConstraint('one_id < other_id', name=op.f('ck_close_tie_in_order')),
    sa.ForeignKeyConstraint(['one_id'], ['person.id'], name=op.f('fk_close_tie_one_id')),
    sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_close_tie_other_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_close_tie'))
    )
    op.create_index(op.f('ix_close_tie_one_id'), 'close_tie', ['one_id'], unique=False)
    op.create_index(op.f('ix_close_tie_other_id'), 'close_tie', ['other_id'], unique=False)
    op.create_table('declared_conflict',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_declared_conflict_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_declared_conflict_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', name=op.f('pk_declared_conflict'))
    )
    op.create_index(op.f('ix_declared_conflict_person_id'), 'declared_conflict', ['person_id'], unique=False)
    op.create_table('delegation',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('office_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.String(length=300), server_default='*', nullable=False),
    sa.Column('may_pass_on', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['from_id'], ['person.id'], name=op.f('fk_delegation_from_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_delegation_office_id')),
    sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_delegation_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation'))
    )
    op.create_index(op.f('ix_delegation_from_id'), 'delegation', ['from_id'], unique=False)
    op.create_index(op.f('ix_delegation_office_id'), 'delegation', ['office_id'], unique=False)
    op.create_index(op.f('ix_delegation_to_id'), 'delegation', ['to_id'], unique=False)
    op.create_table('identity',
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_identity_person_id')),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_identity'))
    )
    op.create_index(op.f('ix_identity_person_id'), 'identity', ['person_id'], unique=False)
    op.create_table('kept_form',
    sa.Column('id', sa.String(length=24), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('path', sa.String(length=300), nullable=False),
    sa.Column('fields', sa.Text(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_kept_form_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kept_form'))
    )
    op.create_index(op.f('ix_kept_form_made_at'), 'kept_form', ['made_at'], unique=False)
    op.create_index(op.f('ix_kept_form_person_id'), 'kept_form', ['person_id'], unique=False)
    op.create_table('named',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_named_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_named_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', name=op.f('pk_named'))
    )
    op.create_index(op.f('ix_named_person_id'), 'named', ['person_id'], unique=False)
    op.create_table('one_time_code',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_code_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_code')),
    sa.UniqueConstraint('person_id', 'code_hash', name=op.f('uq_one_time_code_person_id_code_hash'))
    )
    op.create_index(op.f('ix_one_time_code_person_id'), 'one_time_code', ['person_id'], unique=False)
    op.create_table('one_time_link',
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_one_time_link_person_id')),
    sa.PrimaryKeyConstraint('secret_hash', name=op.f('pk_one_time_link'))
    )
    op.create_index(op.f('ix_one_time_link_person_id'), 'one_time_link', ['person_id'], unique=False)
    op.create_table('receipt_code',
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('language', sa.String(length=10), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_receipt_code_case_id')),
    sa.PrimaryKeyConstraint('code_hash', name=op.f('pk_receipt_code'))
    )
    op.create_index(op.f('ix_receipt_code_case_id'), 'receipt_code', ['case_id'], unique=False)
    op.create_table('unredacted',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('answered_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.Column('agreed', sa.Boolean(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_unredacted_answered_by_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_unredacted_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_unredacted_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unredacted'))
    )
    op.create_index(op.f('ix_unredacted_case_id'), 'unredacted', ['case_id'], unique=False)
    op.create_index(op.f('ix_unredacted_person_id'), 'unredacted', ['person_id'], unique=False)

def _new_columns(on_sqlite: bool) -> None:
    op.add_column('account', sa.Column('totp_secret', sa.String(length=300), nullable=True))
    op.add_column('account', sa.Column('totp_step', sa.Integer(), server_default='0', nullable=False))
    with op.batch_alter_table('account') as account:
        account.alter_column('password_hash', existing_type=sa.String(length=300), nullable=True)
    op.add_column('case_role', sa.Column('until_on', sa.Date(), nullable=True))
    op.add_column('cases', sa.Column('closed_circle', sa.Boolean(), server_default='0', nullable=False))
    op.add_column('cases', sa.Column('due_order', sa.BigInteger(), server_default='9007199254740992', nullable=False))
    op.execute("UPDATE cases SET due_order = due_at WHERE due_at IS NOT NULL")
    op.drop_index('ix_cases_open_due', 'cases')
    op.create_index('ix_cases_open_due_order', 'cases', ['is_open', 'due_order', 'id'])
    op.add_column('office', sa.Column('seats', sa.Integer(), server_default='1', nullable=False))
    op.add_column('role_grant', sa.Column('reason', sa.String(length=1000), nullable=True))
    op.add_column('sign_in_try', sa.Column('kind', sa.String(length=12), server_default='password', nullable=False))
    op.create_index('ix_stream_at', 'stream', ['at', 'id'], unique=False)
    op.add_column('token', sa.Column('addresses', sa.String(length=1000), nullable=True))
    op.add_column('unit', sa.Column('dissolved_on', sa.Date(), nullable=True))
    number = "INTEGER" if on_sqlite else "BIGINT"
    for table, column, of in (("person", "same_as_id", "person"), ("unit", "successor_id", "unit"), ("cases", "office_id", "office"),
                              ("cases", "body_id", "unit"), ("cases", "superior_office_id", "office")):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {number} CONSTRAINT fk_{table}_{column} REFERENCES {of}(id)")
        op.create_index(f"ix_{table}_{column}", table, [column])
    # Walls are recomputed, sessions begun again: neither table is worth carrying over.
    op.drop_table('exclusion')
    op.create_table('exclusion',
    sa.Column('case_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('part', sa.String(length=20), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_exclusion_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exclusion_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', 'part', name=op.f('pk_exclusion'))
    )
    op.create_index(op.f('ix_exclusion_person_id'), 'exclusion', ['person_id'], unique=False)
    op.drop_table('session')
    op.create_table('session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('proved_at', sa.BigInteger(), nullable=False),
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('agent', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_person_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_session')),
    sa.UniqueConstraint('id', name=op.f('uq_session_id'))
    )
    op.create_index(op.f('ix_session_person_id'), 'session', ['person_id'], unique=False)


ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')

_MINE = """(WITH RECURSIVE mine(id) AS (
             (SELECT p.office_id FROM appointment p WHERE p.person_id = (SELECT inspect_person())
              UNION SELECT d.office_id FROM delegation d WHERE d.to_id = (SELECT inspect_person()))
             UNION SELECT o.id FROM office o JOIN mine ON o.superior_id = mine.id) SELECT id FROM mine)"""
MAY_KNOW = f"""(SELECT inspect_whole())
  OR EXISTS (SELECT 1 FROM case_role r WHERE r.case_id = cases.id AND r.person_id = (SELECT inspect_person()))
  OR EXISTS (SELECT 1 FROM role_grant g JOIN unit_above a ON a.above_id = g.unit_id
             WHERE a.unit_id = cases.unit_id AND g.person_id = (SELECT inspect_person()))
  OR EXISTS (SELECT 1 FROM appointment p JOIN office o ON o.id = p.office_id WHERE o.unit_id = cases.body_id AND p.person_id = (SELECT inspect_person()))
  OR cases.office_id IN {_MINE}
  OR cases.superior_office_id IN {_MINE}"""  # noqa: S608 – joined from constants
"""Wider than `visible_to`, never narrower: it knows no days, no exclusions, no closed circles, and takes every office below one's own for
vacant."""


def _row_security() -> None:
    op.execute("CREATE FUNCTION inspect_whole() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS "
               "$$ SELECT current_setting('inspect.reach', true) = 'all' $$")
    op.execute("CREATE FUNCTION inspect_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS "
               "$$ SELECT CASE WHEN current_setting('inspect.reach', true) ~ '^[0-9]{1,18}$' "
               "THEN current_setting('inspect.reach', true)::bigint END $$")
    _secure("cases", MAY_KNOW)
    for table, column in THROUGH_CASE.items():
        _secure(table, f"(SELECT inspect_whole()) OR EXISTS (SELECT 1 FROM cases c WHERE c.id = {table}.{column})")  # noqa: S608
    _secure("content", "(SELECT inspect_whole()) OR EXISTS (SELECT 1 FROM event e WHERE e.event_id = content.event_id)")


def _secure(table: str, known: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_know ON {table} USING ({known}) WITH CHECK (true)")
