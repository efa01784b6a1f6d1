"""What every verb needs at hand: the database, the law in force, the organisation's zone, where files are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from inspect_app.db import Database, Session
from inspect_app.models import definition, installation
from inspect_app.now import now
from workflows.catalogue import Catalogue
from workflows.definition import Workflow
from workflows.ruleset import Ruleset


@dataclass
class House:
    """One installation. `log` is the name of its history, made once by `init` and kept in the database."""

    db: Database
    catalogue: Catalogue
    zone: ZoneInfo
    data: Path
    mode: str = "production"
    public_url: str = ""
    _log: str | None = None
    _known: frozenset[str] = frozenset()

    @property
    def log(self) -> str:
        """The log's name, from the database and never from settings."""
        if self._log is None:
            with self.db.reading() as session:
                self._log = session.execute(select(installation.c.value).where(installation.c.name == "log")).scalar_one()
        return self._log

    def law(self, law_hash: str) -> Workflow:
        """The workflow under this hash, as it is loaded."""
        return self.catalogue.by_hash[law_hash]

    def rules(self, law_hash: str) -> Ruleset:
        """The ruleset under this hash, as it is loaded."""
        return self.catalogue.rulesets_by_hash[law_hash]

    def pin(self, session: Session, law: Workflow | Ruleset) -> str:
        """Keep the law under its hash at its first use; returns the hash."""
        if law.law_hash not in self._known:
            kind = "workflow" if isinstance(law, Workflow) else "ruleset"
            if session.execute(select(definition.c.hash).where(definition.c.hash == law.law_hash)).first() is None:
                session.execute(insert(definition).values(hash=law.law_hash, kind=kind, name=law.name, version=law.version,
                                                          law=law.law_bytes, first_used_at=now()))
            else:
                self._known |= {law.law_hash}
        return law.law_hash
