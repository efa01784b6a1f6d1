"""Whether a database is empty, and making it so again where a restore was not finished. As the owner of its tables."""

from __future__ import annotations

from sqlalchemy import select, text

from inspect_app.db import Database, Session
from inspect_app.models import installation
from inspect_app.services.founding import RESTORING

_TABLES = text("SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p') AND relnamespace = 'public'::regnamespace")
_FUNCTIONS = text("""SELECT CAST(p.oid AS regprocedure) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""")


def is_empty(db: Database) -> bool:
    """Whether nothing is in a database, once what a broken-off restore left in it is gone."""
    clear(db)
    with db.reading() as session:
        return not _tables(session)


def clear(db: Database) -> None:
    """Take away what a restore put into a database that it has not finished; whatever else is in one stays. The embedded one is a file of its
    own, which goes whole."""
    if db.is_sqlite:
        return
    with db.atomic("all") as session:
        if "installation" not in _tables(session):
            return
        if session.execute(select(installation.c.value).where(installation.c.name == RESTORING)).first() is None:
            return
        quote = db.engine.dialect.identifier_preparer.quote_identifier
        for name in _tables(session):
            session.execute(text(f"DROP TABLE {quote(name)} CASCADE"))
        for name in session.execute(_FUNCTIONS).scalars().all():
            session.execute(text(f"DROP FUNCTION {name} CASCADE"))


def _tables(session: Session) -> list[str]:
    return [str(name) for name in session.execute(_TABLES).scalars()]
