"""Founding a house: migrate its database to the newest schema, name its log, open it with its law."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select, text
from sqlalchemy.engine import make_url

from config import Settings
from inspect_app.db import Database
from inspect_app.models import installation, person
from inspect_app.services.demonstration import Demonstration
from inspect_app.services.house import House
from workflows.catalogue import load_catalogue

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def migrate(db: Database) -> None:
    """Bring the database to the newest schema, as the owner of its tables; safe to repeat."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with db.atomic("all") as session:
        settings.attributes["connection"] = session
        command.upgrade(settings, "head")


ONLY_ADDED = ("event", "definition")
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
                f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {grantee}",
            ):
                session.execute(text(said))
        if worker and worker not in (application, owner):
            guarded = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace")
            for table in session.execute(guarded).scalars().all():
                session.execute(text(f"DROP POLICY IF EXISTS background ON {table}"))
                session.execute(text(f"CREATE POLICY background ON {table} TO {quote(worker)} USING (true) WITH CHECK (true)"))


def found(db: Database, new_log: str | None = None) -> str:
    """Name the log, once; returns its name."""
    with db.atomic() as session:
        name = session.execute(select(installation.c.value).where(installation.c.name == "log")).scalar()
        if name is None:
            name = new_log or f"inspect-app/{token_hex(8)}"
            session.execute(insert(installation).values(name="log", value=name))
    return str(name)


def set_up(settings: Settings) -> str:
    """Migrate and name the log, as the owner of the tables where the settings name one, and give the other roles their rights.

    Returns the log's name."""
    owner = Database(settings.database_owner_url or settings.database_url)
    try:
        migrate(owner)
        name = found(owner)
        application = make_url(settings.database_url).username
        if settings.database_owner_url and application:
            secure(owner, application, make_url(settings.database_worker_url).username if settings.database_worker_url else None)
        return name
    finally:
        owner.close()


def open_house(settings: Settings, *, background: bool = False) -> House:
    """The house as its settings say; `background` is for the worker and the console, which have a role of their own where the settings
    name one. Raises `BadDefinition` where a pack is not sound."""
    url = settings.database_worker_url if background and settings.database_worker_url else settings.database_url
    return House(Database(url), load_catalogue(settings.packs), settings.timezone, settings.data, settings.mode, settings.public_url)


def is_founded(db: Database) -> bool:
    """Whether `init` has run here."""
    with db.reading() as session:
        if not db.engine.dialect.has_table(session, "installation"):
            return False
        return session.execute(select(installation.c.value).where(installation.c.name == "log")).first() is not None


def is_empty(db: Database) -> bool:
    """Whether nobody is in this database yet."""
    with db.reading() as session:
        return session.execute(select(person.c.id).limit(1)).first() is None


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
