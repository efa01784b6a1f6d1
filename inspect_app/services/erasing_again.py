"""After a restore: what was erased and disposed of after the backup was taken is taken out again, by acts of the system that name the first time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import select

from inspect_app.audit.batches import unb64url
from inspect_app.audit.replay import Table
from inspect_app.db import DRIVER_ERRORS, Fixed, Session
from inspect_app.models import definition, person
from inspect_app.now import now
from inspect_app.services import chronicle, erasing, erasures, forgetting, ledger
from inspect_app.services.house import House
from inspect_app.services.taken import Taken
from workflows.acts import SYSTEM, Act
from workflows.roles import Role

_THERE = Fixed("SELECT COUNT(*) FROM event WHERE leaf = :leaf")
_CASE = Fixed("""SELECT c.id, c.uid, c.number, c.dossier_id, d.uid, d.position, c.parent_id, c.definition, c.ruleset, c.state, c.seq, c.unit_id,
  c.title, s.head, s.at, c.disposed_at FROM stream s JOIN cases c ON c.id = s.id JOIN dossier d ON d.id = c.dossier_id WHERE s.cid = :cid""")


@dataclass(frozen=True, slots=True)
class _Law:
    """As much of a law as an event needs; the packs of a restored house are not loaded yet."""

    law_hash: str
    table: Table

    def is_final(self, state: str) -> bool:
        return state in self.table.final

    def is_put_away(self, state: str) -> bool:
        return state in self.table.put_away


NO_TABLE = Table({}, frozenset())


def erase_again(session: Session, house: House) -> int:
    """Take out again what the list outside the database names and what this restored history does not know of; returns how many acts that took."""
    return sum(_again(session, house, entry) for entry in erasures.read(erasures.path_of(house)))


def _again(session: Session, house: House, entry: Mapping[str, Any]) -> bool:
    if "person" in entry:
        return _forgotten(session, house, entry)
    cid = unb64url(entry["cid"], 16)
    rows = _CASE.run(session, {"cid": cid})
    if not rows or _THERE.run(session, {"leaf": bytes.fromhex(entry["leaf"])})[0][0]:
        return False
    taken = _taken(session, cast(bytes, cid), rows[0])
    if taken.disposed_at is not None:
        return False
    if entry["act"].startswith("erase"):
        erased: list[Mapping[str, Any]] = [row for row in entry["erased"] if row["seq"] <= taken.seq]
        if erased:
            _note(session, house, taken, entry, {"erased": erased})
            erasing.take_out(session, taken, erased)
        return bool(erased)
    _note(session, house, taken, entry, {"rule": entry["rule"], "through": taken.seq, "elsewhere": list(entry["elsewhere"])})
    erasing.clear(session, house, taken, taken.seq, taken.at, str(entry["rule"]), entry["elsewhere"])
    return True


def _forgotten(session: Session, house: House, entry: Mapping[str, Any]) -> bool:
    """Forget somebody again whom this restored history still names."""
    id_ = session.execute(select(person.c.id).where(person.c.uid == entry["person"])).scalar()
    if id_ is None or _THERE.run(session, {"leaf": bytes.fromhex(entry["leaf"])})[0][0]:
        return False
    erasing.overwrite(session)
    digests = forgetting.take_out(session, forgetting.by_commitment(entry["digests"]))
    forgetting.blank(session, id_, entry["person"])
    chronicle.note(session, house, SYSTEM, forgetting.AGAIN, {
        "person": entry["person"], "digests": digests, "leaf": entry["leaf"], "proposed_by": entry["proposed_by"],
        "carried_out_by": entry["carried_out_by"]})
    return True


def _note(session: Session, house: House, taken: Taken, entry: Mapping[str, Any], data: dict[str, Any]) -> None:
    trigger = "erase_again" if entry["act"].startswith("erase") else "dispose_again"
    act = Act(trigger, SYSTEM, {"leaf": entry["leaf"], "proposed_by": entry["proposed_by"], "carried_out_by": entry["carried_out_by"]} | data)
    ledger.append(session, house.log, taken, act, after=taken.state, role=Role.SYSTEM.value, now=now(), verdicts=())


def _taken(session: Session, cid: bytes, row: tuple[Any, ...]) -> Taken:
    (id_, uid, number, dossier_id, dossier, position, parent_id, law, ruleset, state, seq, unit_id, title, head, at, disposed_at) = row
    bytes_ = session.execute(select(definition.c.law).where(definition.c.hash == law)).scalar_one()
    return Taken(id_, uid, number, dossier_id, dossier, position, parent_id, cast(Any, _Law(law, Table.read(bytes_))),
                 cast(Any, _Law(ruleset, NO_TABLE)), state, seq, False, unit_id, title, cid, head, at, disposed_at=disposed_at)


def settle(house: House, again: int) -> None:
    """What lies in files goes too; beside the embedded database at once, else in the first round of the worker, when the files are in place."""
    if again and house.db.is_sqlite:
        try:
            erasing.settle(house)
        except DRIVER_ERRORS:  # the worker's next round does it
            return


__all__ = ["erase_again", "settle"]
