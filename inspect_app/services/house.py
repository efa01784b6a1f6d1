"""What every verb needs at hand: the database, the law in force, the organisation's zone, where files are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from inspect_app.db import Database, Fixed, Session
from inspect_app.models import definition, installation
from inspect_app.now import now
from workflows.catalogue import Catalogue
from workflows.clocks import EMPTY, Calendar, read_calendar
from workflows.definition import Workflow
from workflows.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of identities (OpenID Connect): its address, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Post:
    """A mail server (SMTP): where it is, who we are to it, from whom mail comes. `tls` is `at_once` (smtps), `required` (STARTTLS or no mail),
    `offered` (STARTTLS where it is offered) or `none`; `ca` is a file of certificates to trust instead of the system's."""

    host: str
    port: int
    sender: str
    tls: str = "offered"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: str | None = None


class Former(NamedTuple):
    """A log that another goes on from, and how many leaves of it."""

    log: str
    size: int


LOG, FORMER = "log", "former_logs"


def read_former(text: str | None) -> tuple[Former, ...]:
    """The former logs as the database lists them."""
    return tuple(Former(str(log), int(size)) for log, size in orjson.loads(text)) if text else ()


ITS_CHOICE = "house"
"""What a ruleset says that leaves the choice of the calendar to the house."""
_IN_FORCE = Fixed("""SELECT hash FROM calendar WHERE name = CASE WHEN :name = 'house'
  THEN COALESCE((SELECT value FROM installation WHERE name = 'calendar'), 'empty') ELSE :name END""")
_KEEP = Fixed("INSERT INTO definition (hash, kind, name, version, law, first_used_at) VALUES (:hash, :kind, :name, :version, :law, :at) "
              "ON CONFLICT (hash) DO NOTHING")


def keep_law(session: Session, kind: str, law_hash: str, name: str, version: int, law: bytes) -> None:
    """Keep a law under its hash, once, also where two do so at the same moment."""
    _KEEP.run(session, {"hash": law_hash, "kind": kind, "name": name, "version": version, "law": law, "at": now()})


@dataclass
class House:
    """One installation. `log` is the name of its history, made once by `init` and kept in the database."""

    db: Database
    catalogue: Catalogue
    zone: ZoneInfo
    data: Path
    mode: str = "production"
    keys: Path = Path("var/keys")
    public_url: str = "http://127.0.0.1:8000"
    provider: Provider | None = None
    patience: float = 0.0
    """So long (seconds) a decision waits, when it is printed, for a checkpoint that covers it."""
    post: Post | None = None
    _logs: tuple[str, tuple[Former, ...]] | None = None
    _known: frozenset[str] = frozenset()
    _calendars: dict[str, Calendar] = field(default_factory=dict)

    @property
    def log(self) -> str:
        """The log's name, from the database and never from settings."""
        return self._named()[0]

    @property
    def former(self) -> tuple[Former, ...]:
        """The logs that this one goes on from, the oldest first; mostly none."""
        return self._named()[1]

    @property
    def log_names(self) -> tuple[str, ...]:
        """Every name under which an event of this history may have been written."""
        return (self.log, *(one.log for one in self.former))

    @property
    def begun(self) -> int:
        """How many leaves are from logs before this one."""
        return self.former[-1].size if self.former else 0

    def log_at(self, size: int) -> str:
        """The name of the log when it had so many leaves."""
        return next((one.log for one in self.former if size <= one.size), self.log)

    def rename(self, log: str, former: Iterable[Former] = ()) -> None:
        """From now on the log goes by this name here."""
        self._logs = log, tuple(former)

    def _named(self) -> tuple[str, tuple[Former, ...]]:
        if self._logs is None:
            with self.db.reading() as session:
                told = dict(session.execute(select(installation.c.name, installation.c.value).where(installation.c.name.in_((LOG, FORMER)))).all())
            self._logs = told[LOG], read_former(told.get(FORMER))
        return self._logs

    def law(self, law_hash: str) -> Workflow:
        """The workflow under this hash, as it is loaded."""
        return self.catalogue.by_hash[law_hash]

    def rules(self, law_hash: str) -> Ruleset:
        """The ruleset under this hash, as it is loaded."""
        return self.catalogue.rulesets_by_hash[law_hash]

    def calendar(self, session: Session, law_hash: str) -> Calendar:
        """The version of a calendar under this hash."""
        if law_hash not in self._calendars:
            law = session.execute(select(definition.c.law).where(definition.c.hash == law_hash, definition.c.kind == "calendar")).scalar_one()
            self._calendars[law_hash] = read_calendar(law)
        return self._calendars[law_hash]

    def calendar_for(self, session: Session, ruleset: Ruleset) -> Calendar:
        """The version of the calendar by which days are counted under a ruleset now. Where it is not there, one without holidays."""
        name = str(ruleset.values.get("calendar", ITS_CHOICE))
        rows = _IN_FORCE.run(session, {"name": name})
        return self.calendar(session, rows[0][0]) if rows else EMPTY if name == ITS_CHOICE else Calendar(name)

    def pin(self, session: Session, law: Workflow | Ruleset | Calendar) -> str:
        """Keep the law under its hash at its first use; returns the hash."""
        if law.law_hash not in self._known:
            kind = "workflow" if isinstance(law, Workflow) else "ruleset" if isinstance(law, Ruleset) else "calendar"
            if session.execute(select(definition.c.hash).where(definition.c.hash == law.law_hash)).first() is None:
                keep_law(session, kind, law.law_hash, law.name, law.version, law.law_bytes)
            else:
                self._known |= {law.law_hash}
        return law.law_hash
