"""First shape: organisation, cases, events, effects"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('definition',
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('law', sa.LargeBinary(), nullable=False),
    sa.Column('first_used_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('hash', name=op.f('pk_definition'))
    )
    op.create_table('dossier',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=True),
    sa.Column('source_digest', sa.String(length=64), nullable=True),
    sa.Column('source_log', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier')),
    sa.UniqueConstraint('source', name=op.f('uq_dossier_source')),
    sa.UniqueConstraint('uid', name=op.f('uq_dossier_uid')),
    postgresql_with={'fillfactor': 70}
    )
    op.create_table('installation',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_installation'))
    )
    op.create_table('sign_in_try',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('login_hash', sa.String(length=64), nullable=False),
    sa.Column('tried_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_try'))
    )
    op.create_index(op.f('ix_sign_in_try_login_hash'), 'sign_in_try', ['login_hash'], unique=False)
    op.create_index(op.f('ix_sign_in_try_tried_at'), 'sign_in_try', ['tried_at'], unique=False)
    op.create_table('stream',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('cid', sa.LargeBinary(length=16), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stream')),
    sa.UniqueConstraint('cid', name=op.f('uq_stream_cid')),
    postgresql_with={'fillfactor': 70}
    )
    op.create_table('unit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=10), server_default='unit', nullable=False),
    sa.Column('external', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('path', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_unit_code'))
    )
    op.create_index(op.f('ix_unit_parent_id'), 'unit', ['parent_id'], unique=False)
    op.create_index(op.f('ix_unit_path'), 'unit', ['path'], unique=False)
    op.create_table('upload',
    sa.Column('stored_as', sa.String(length=64), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('stored_as', name=op.f('pk_upload'))
    )
    op.create_index(op.f('ix_upload_made_at'), 'upload', ['made_at'], unique=False)
    op.create_table('cases',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('reference', sa.String(length=200), nullable=True),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('workflow', sa.String(length=100), nullable=False),
    sa.Column('definition', sa.String(length=64), nullable=False),
    sa.Column('ruleset', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=60), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('paused', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.String(length=400), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('updated_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('origin', sa.String(length=10), server_default='act', nullable=False),
    sa.Column('rehearsal', sa.Boolean(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['definition'], ['definition.hash'], name=op.f('fk_cases_definition')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_cases_dossier_id')),
    sa.ForeignKeyConstraint(['id'], ['stream.id'], name=op.f('fk_cases_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['cases.id'], name=op.f('fk_cases_parent_id')),
    sa.ForeignKeyConstraint(['ruleset'], ['definition.hash'], name=op.f('fk_cases_ruleset')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_cases_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
    sa.UniqueConstraint('number', name=op.f('uq_cases_number')),
    sa.UniqueConstraint('uid', name=op.f('uq_cases_uid')),
    postgresql_with={'fillfactor': 70}
    )
    op.create_index(op.f('ix_cases_dossier_id'), 'cases', ['dossier_id'], unique=False)
    op.create_index('ix_cases_open_due', 'cases', ['is_open', 'due_at', 'id'], unique=False)
    op.create_index(op.f('ix_cases_parent_id'), 'cases', ['parent_id'], unique=False)
    op.create_index('ix_cases_unit', 'cases', ['unit_id', 'is_open', 'id'], unique=False)
    op.create_index('ix_cases_workflow', 'cases', ['workflow', 'id'], unique=False)
    op.create_table('event',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('id', sa.String(length=36), nullable=False),
    sa.Column('stream_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('envelope', sa.LargeBinary(), nullable=False),
    sa.Column('leaf', sa.LargeBinary(length=32), nullable=False),
    sa.Column('dossier_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('trigger', sa.String(length=100), nullable=False),
    sa.Column('before', sa.String(length=60), nullable=False),
    sa.Column('after', sa.String(length=60), nullable=False),
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('on_behalf_of', sa.String(length=200), nullable=True),
    sa.Column('recorded_for', sa.String(length=200), nullable=True),
    sa.Column('occurred_at', sa.BigInteger(), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('fits', sa.Boolean(), nullable=False),
    sa.Column('source_row', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['stream_id'], ['stream.id'], name=op.f('fk_event_stream_id')),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_event')),
    sa.UniqueConstraint('dossier_id', 'position', name=op.f('uq_event_dossier_id_position')),
    sa.UniqueConstraint('id', name=op.f('uq_event_id')),
    sa.UniqueConstraint('stream_id', 'seq', name=op.f('uq_event_stream_id_seq'))
    )
    op.create_table('office',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line', sa.String(length=10), server_default='unit', nullable=False),
    sa.Column('superior_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['superior_id'], ['office.id'], name=op.f('fk_office_superior_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_office_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_office')),
    sa.UniqueConstraint('code', name=op.f('uq_office_code'))
    )
    op.create_index(op.f('ix_office_superior_id'), 'office', ['superior_id'], unique=False)
    op.create_index(op.f('ix_office_unit_id'), 'office', ['unit_id'], unique=False)
    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('full_name', sa.String(length=300), nullable=False),
    sa.Column('called', sa.String(length=100), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_person_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('uid', name=op.f('uq_person_uid'))
    )
    op.create_index(op.f('ix_person_unit_id'), 'person', ['unit_id'], unique=False)
    op.create_table('account',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('login', sa.String(length=100), nullable=False),
    sa.Column('password_hash', sa.String(length=300), nullable=False),
    sa.Column('language', sa.String(length=10), server_default='en', nullable=False),
    sa.Column('epoch', sa.Integer(), server_default='0', nullable=False),
    sa.Column('active', sa.Boolean(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('answered',
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('request', sa.String(length=64), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('event', sa.String(length=36), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('actor', 'key', name=op.f('pk_answered'))
    )
    op.create_table('appointment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('office_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('acting', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_appointment_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_appointment_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment'))
    )
    op.create_index(op.f('ix_appointment_office_id'), 'appointment', ['office_id'], unique=False)
    op.create_index(op.f('ix_appointment_person_id'), 'appointment', ['person_id'], unique=False)
    op.create_table('case_role',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('since_seq', sa.Integer(), nullable=False),
    sa.Column('until_seq', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_role_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_case_role_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', 'role', name=op.f('pk_case_role'))
    )
    op.create_index(op.f('ix_case_role_person_id'), 'case_role', ['person_id'], unique=False)
    op.create_table('case_search',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_search_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_search'))
    )
    op.create_table('clock',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('limit', sa.String(length=10), nullable=False),
    sa.Column('started_seq', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('then', sa.String(length=100), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_clock_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock'))
    )
    op.create_index(op.f('ix_clock_case_id'), 'clock', ['case_id'], unique=False)
    op.create_index('ix_clock_due', 'clock', ['status', 'due_at'], unique=False)
    op.create_table('content',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default='0', nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.event_id'], name=op.f('fk_content_event_id')),
    sa.PrimaryKeyConstraint('event_id', 'subject_id', name=op.f('pk_content'))
    )
    op.create_table('evidence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('held_as', sa.String(length=20), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('media_type', sa.String(length=120), nullable=True),
    sa.Column('stored_as', sa.String(length=64), nullable=True),
    sa.Column('withdrawn_seq', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_evidence_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    sa.UniqueConstraint('case_id', 'n', name=op.f('uq_evidence_case_id_n'))
    )
    op.create_table('exclusion',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_exclusion_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_exclusion_person_id')),
    sa.PrimaryKeyConstraint('case_id', 'person_id', name=op.f('pk_exclusion'))
    )
    op.create_index(op.f('ix_exclusion_person_id'), 'exclusion', ['person_id'], unique=False)
    op.create_table('letter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_letter_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_letter_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    op.create_index(op.f('ix_letter_case_id'), 'letter', ['case_id'], unique=False)
    op.create_index(op.f('ix_letter_person_id'), 'letter', ['person_id'], unique=False)
    op.create_table('log_pending',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('event_id', name=op.f('pk_log_pending'))
    )
    op.create_table('responsibility',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('office_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('basis', sa.String(length=20), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_responsibility_case_id')),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], name=op.f('fk_responsibility_office_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_responsibility_person_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_responsibility'))
    )
    op.create_index(op.f('ix_responsibility_office_id'), 'responsibility', ['office_id'], unique=False)
    op.create_index(op.f('ix_responsibility_person_id'), 'responsibility', ['person_id'], unique=False)
    op.create_table('role_grant',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_grant_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_role_grant_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index(op.f('ix_role_grant_person_id'), 'role_grant', ['person_id'], unique=False)
    op.create_index(op.f('ix_role_grant_unit_id'), 'role_grant', ['unit_id'], unique=False)
    op.create_table('sanction',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), sa.Identity(always=False), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rung', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_sanction_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sanction_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sanction'))
    )
    op.create_index(op.f('ix_sanction_case_id'), 'sanction', ['case_id'], unique=False)
    op.create_index(op.f('ix_sanction_person_id'), 'sanction', ['person_id'], unique=False)
    op.create_table('session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_person_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_session'))
    )
    op.create_index(op.f('ix_session_person_id'), 'session', ['person_id'], unique=False)
    op.create_table('token',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_token_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_token'))
    )
    op.create_index(op.f('ix_token_person_id'), 'token', ['person_id'], unique=False)
    _refuse_changes()


def _refuse_changes() -> None:
    """Events are only ever added: the database itself refuses anything else, with a sentence."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER event_no_{what.lower()} BEFORE {what} ON event "
                       "BEGIN SELECT RAISE(ABORT, 'an event is never changed or removed'); END")
        op.execute("CREATE TRIGGER content_no_update BEFORE UPDATE ON content "
                   "BEGIN SELECT RAISE(ABORT, 'what an event said is never changed'); END")
        op.execute("CREATE TRIGGER definition_no_update BEFORE UPDATE ON definition "
                   "BEGIN SELECT RAISE(ABORT, 'a law in use is never changed'); END")
        return
    for table, column in (("event", "envelope"), ("event", "leaf"), ("content", "body"), ("stream", "head"), ("stream", "cid")):
        # Nothing is ever looked for by these bytes: to sample them for the planner is work for nothing.
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")
    op.execute("CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'an event is never changed or removed'; END $$")
    op.execute("CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER content_no_update BEFORE UPDATE ON content FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.execute("CREATE TRIGGER definition_no_update BEFORE UPDATE ON definition FOR EACH ROW EXECUTE FUNCTION refuse_change()")
