"""Founding a house: migrate its database to the newest schema, name its log, open it with its law."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import orjson
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url

from config import BadSetting, Settings
from inspect_app import log
from inspect_app.db import Database, Session, statistics
from inspect_app.models import account, installation, log_key
from inspect_app.services import calendars, keys, links, posting
from inspect_app.services.demonstration import Demonstration
from inspect_app.services.house import House, Provider
from workflows.acts import Actor
from workflows.catalogue import Catalogue, load_catalogue

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class UnknownSchema(LookupError):
    """There is no such schema among those that this version knows."""


def migrate(db: Database) -> None:
    """Bring the database to the newest schema, as the owner of its tables; safe to repeat."""
    with db.atomic("all") as session:
        migrate_in(session)


def migrate_in(session: Session, schema: str = "head") -> None:
    """The same in a transaction of the caller's, to this schema. Raises `UnknownSchema`."""
    from alembic import command  # here, because it is large and only a new schema needs it
    from alembic.config import Config
    from alembic.util.exc import CommandError

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = session
    try:
        command.upgrade(settings, schema)
    except CommandError as error:
        raise UnknownSchema(schema) from error
    statistics.tell(session)


PATIENCE = 5.0
"""So long (seconds) a printed decision waits for a checkpoint."""
RESTORING = "restoring"
"""What the database is called while a backup is being put into it: it has no log's name then, and nothing serves from it."""


AHEAD = "text, bigint[], bigint[], text, text[], bigint, boolean, text, text, bigint, bigint, bigint, bigint, bigint, bigint, boolean, bigint"
"""What is told to the function that points out the next cases on a road."""
ONLY_ADDED = ("event", "definition", "publication")
"""Tables to which the application adds, and which it never changes; the content of an event may be erased."""


def secure(db: Database, application: str, worker: str | None = None) -> None:
    """On PostgreSQL, give the roles of the application and of the worker what they need and no more: neither owns a table, and the
    application sees rows of cases only as row-level security lets it. Safe to repeat. `db` is the owner's."""
    if db.is_sqlite:
        return
    with db.atomic("all") as session:
        owner = session.execute(text("SELECT current_user")).scalar_one()
        quote = db.engine.dialect.identifier_preparer.quote_identifier
        for role in {application, worker} - {None, owner}:
            grantee = quote(str(role))
            for said in (
                f"GRANT USAGE ON SCHEMA public TO {grantee}",
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {grantee}",
                f"REVOKE UPDATE, DELETE ON {', '.join(ONLY_ADDED)} FROM {grantee}",
                f"REVOKE UPDATE ON content FROM {grantee}",
                f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {grantee}",
                f"GRANT EXECUTE ON FUNCTION inspect_unname(bigint[]) TO {grantee}",
                f"GRANT EXECUTE ON FUNCTION inspect_find(text, text, bigint, bigint) TO {grantee}",
                f"GRANT EXECUTE ON FUNCTION inspect_days(boolean, bigint) TO {grantee}",
                f"GRANT EXECUTE ON FUNCTION inspect_count(text, text, bigint) TO {grantee}",
                f"GRANT EXECUTE ON FUNCTION inspect_further(text, bigint, bigint, boolean) TO {grantee}",
                f"GRANT EXECUTE ON FUNCTION inspect_ahead({AHEAD}) TO {grantee}",
                f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {grantee}",
            ):
                session.execute(text(said))
        if worker and worker not in (application, owner):
            guarded = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace")
            for table in session.execute(guarded).scalars().all():
                session.execute(text(f"DROP POLICY IF EXISTS background ON {table}"))
                session.execute(text(f"CREATE POLICY background ON {table} TO {quote(worker)} USING (true) WITH CHECK (true)"))


def make_keys(settings: Settings) -> list[str]:
    """Make the keys that are missing; returns their names. In production only while nothing depends on them: a key that was lost is
    brought back, not made anew. Raises `BadSetting`."""
    db = Database(settings.database_owner_url or settings.database_url)
    try:
        with db.reading() as session:
            used = session.execute(select(account.c.person_id).where(account.c.password_hash.is_not(None)).limit(1)).first()
            signed = session.execute(select(log_key.c.key).limit(1)).first()
    finally:
        db.close()
    strict = settings.mode == "production"
    files = (*(() if strict and used is not None else keys.FILES), *(() if strict and signed is not None else keys.OF_LOG))
    return keys.make(settings.keys, files)


def first_link(settings: Settings, by: Actor) -> str | None:
    """The one-time link of the first administrator; None where there is one who signs in, or in a demonstration. Raises `BadSetting`."""
    if settings.mode == "demo":
        return None
    house = open_house(settings, background=True)
    try:
        check_start(settings, house)
        return links.first_administrator(house, by)
    finally:
        house.db.close()


def found(db: Database, new_log: str | None = None) -> str:
    """Name the log, once; returns its name. Raises `BadSetting` where a restore was not finished."""
    with db.atomic() as session:
        name = session.execute(select(installation.c.value).where(installation.c.name == "log")).scalar()
        if session.execute(select(installation.c.value).where(installation.c.name == RESTORING)).first() is not None:
            raise BadSetting("A restore into this database was not finished; run `inspect-app restore FILE` again, which begins anew.")
        if name is None:
            name = new_log or f"inspect-app/{token_hex(8)}"
            session.execute(insert(installation).values(name="log", value=name))
    return str(name)


def set_up(settings: Settings) -> str:
    """Migrate, name the log and lay out the first calendars, as the owner of the tables where the settings name one, and give the other
    roles their rights.

    Returns the log's name."""
    owner = Database(settings.database_owner_url or settings.database_url)
    try:
        migrate(owner)
        name = found(owner)
        application = make_url(settings.database_url).username
        if settings.database_owner_url and application:
            secure(owner, application, make_url(settings.database_worker_url).username if settings.database_worker_url else None)
        calendars.lay_out(House(owner, Catalogue(), settings.timezone, settings.data))
        return name
    finally:
        owner.close()


def open_house(settings: Settings, *, background: bool = False) -> House:
    """The house as its settings say; `background` is for the worker and the console, which have a role of their own where the settings
    name one. From here on whatever goes wrong is written as the log of operation writes it. Raises `BadDefinition` where a pack is not sound."""
    log.begin(settings.log_level)
    url = settings.database_worker_url if background and settings.database_worker_url else settings.database_url
    provider = None
    if settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret:
        provider = Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)
    db = Database(url, mapped=not background)
    return House(db, load_catalogue(settings.packs), settings.timezone, settings.data, settings.mode, settings.keys,
                 settings.public_url, provider, 0.0 if settings.mode == "test" else PATIENCE,
                 posting.read(settings.smtp_url, settings.mail_from, settings.public_url))


def check_start(settings: Settings, house: House) -> None:
    """What has to hold before anybody is served: in production https, and the keys the database was written with. Raises `BadSetting`."""
    if settings.mode == "production":
        if not settings.is_https:
            raise BadSetting("INSPECT_PUBLIC_URL must begin with https:// in production; for a trial set INSPECT_MODE=demo.")
        keys.check(house)


def is_founded(db: Database) -> bool:
    """Whether `init` has run here."""
    with db.reading() as session:
        if not db.engine.dialect.has_table(session, "installation"):
            return False
        return session.execute(select(installation.c.value).where(installation.c.name == "log")).first() is not None


def is_empty(db: Database) -> bool:
    """Whether nobody is in this database yet, but for a first administrator who has not come."""
    with db.reading() as session:
        return links.nobody_has_come(session)


def remember_demonstration(db: Database, loaded: Demonstration) -> None:
    """Keep under which ruleset new cases fall, and the accounts to try, so that every start can print them."""
    accounts = [[a.login, a.password, f"{a.name}, {a.what}"] for a in loaded.accounts]
    with db.atomic() as session:
        session.execute(insert(installation).values(name="ruleset", value=loaded.ruleset))
        session.execute(insert(installation).values(name="demonstration", value=orjson.dumps(accounts).decode("utf-8")))


def demonstration_accounts(db: Database) -> list[tuple[str, str, str]]:
    """(login, password, who it is) of the demonstration's accounts; none elsewhere."""
    with db.reading() as session:
        kept = session.execute(select(installation.c.value).where(installation.c.name == "demonstration")).scalar()
    return [(login, password, who) for login, password, who in orjson.loads(kept)] if kept else []
