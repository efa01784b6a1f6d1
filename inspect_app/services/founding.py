"""Founding a house: migrate its database to the newest schema, name its log, open it with its law."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

import orjson
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select

from config import Settings
from inspect_app.db import Database
from inspect_app.models import installation, person
from inspect_app.services.demonstration import Demonstration
from inspect_app.services.house import House
from workflows.catalogue import load_catalogue

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def migrate(db: Database) -> None:
    """Bring the database to the newest schema; safe to repeat."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    with db.atomic() as session:
        settings.attributes["connection"] = session
        command.upgrade(settings, "head")


def found(db: Database, new_log: str | None = None) -> str:
    """Name the log, once; returns its name."""
    with db.atomic() as session:
        name = session.execute(select(installation.c.value).where(installation.c.name == "log")).scalar()
        if name is None:
            name = new_log or f"inspect-app/{token_hex(8)}"
            session.execute(insert(installation).values(name="log", value=name))
    return str(name)


def open_house(settings: Settings) -> House:
    """The house as its settings say. Raises `BadDefinition` where a pack is not sound."""
    return House(Database(settings.database_url), load_catalogue(settings.packs), settings.timezone, settings.data, settings.mode)


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
