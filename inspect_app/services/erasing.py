"""Taking content out, in the transaction of the act that says so: value and salt go, and every plain copy beside them; commitments stay.

What lies in files goes after the commit (`settle`): files of evidence, exports that were made before, and the list of what was done, which is
kept outside the database so that a restore does it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select, update

from config import BadSetting
from inspect_app.audit.envelope import digest_of
from inspect_app.audit.erased import KEEPING, WHO, bare
from inspect_app.db import DRIVER_ERRORS, Fixed, Session, together
from inspect_app.models import (
    answered,
    case_comment,
    case_read,
    case_role,
    case_search,
    cases,
    clock,
    content,
    declared_conflict,
    dossier,
    evidence,
    exclusion,
    export_job,
    knew,
    letter,
    named,
    notice,
    observation,
    person,
    receipt_code,
    register_case,
    register_flag,
    register_row,
    responsibility,
    sanction,
    unredacted,
    upload,
)
from inspect_app.models.case import FAR
from inspect_app.services import chronicle, erasures, indexing, keys, wording
from inspect_app.services.disposals import marked
from inspect_app.services.evidence import sweep
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.retained import said_outside
from inspect_app.services.taken import Taken
from workflows import effects as fx
from workflows.acts import SYSTEM, Act
from workflows.roles import PERSONAL, Role

CARRIED_OUT = frozenset({"erase", "dispose"})
"""The acts after which files go."""
AT_ONCE = 0
"""The moment at which a file is noted as left over, so that the next round removes it."""

_BODY = Fixed("SELECT e.event_id, e.seq, e.\"trigger\", x.body FROM event e JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0 "
              "WHERE e.stream_id = :id AND e.seq < :before ORDER BY e.seq")
_OF_EVENT = Fixed("SELECT e.event_id, x.body FROM event e JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0 "
                  "WHERE e.stream_id = :id AND e.seq = :seq")
_UNNAME = Fixed("UPDATE event SET actor = '', on_behalf_of = NULL, recorded_for = NULL WHERE event_id AMONG :ids",
                "SELECT inspect_unname(ARRAY(SELECT CAST(json_array_elements_text(CAST(:ids AS json)) AS bigint)))")
_OVERWRITE = Fixed("PRAGMA secure_delete = ON", "SELECT 1")
_LET_GO = Fixed("PRAGMA wal_checkpoint(TRUNCATE)", "SELECT 1")
ROWS = (notice, case_role, named, declared_conflict, exclusion, clock, letter, evidence, sanction, responsibility, receipt_code, unredacted,
        register_flag, observation, case_comment)
"""Tables whose rows of a case go when it is disposed of."""


def overwrite(session: Session) -> None:
    """From now on this connection overwrites what it deletes (the embedded database)."""
    _OVERWRITE.run(session, {})


def erase(session: Session, house: House, taken: Taken, effect: fx.Erase, act: Act, event: Event) -> None:
    """Take out what the act lists."""
    take_out(session, taken, act.data.get(effect.input) or (), event.id)


def take_out(session: Session, taken: Taken, rows: Iterable[Mapping[str, Any]], event_id: str = "") -> int:
    """Take these fields of earlier events out, and what stands of the case in no event; returns how many were there."""
    overwrite(session)
    by_seq: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_seq.setdefault(int(row["seq"]), []).append(row)
    done = sum(_of_row(session, taken, row) for row in by_seq.pop(0, ()))
    nameless = []
    for seq, wanted in by_seq.items():
        done += sum(_file(session, taken, seq) for row in wanted if row.get("name") == "file" and not row.get("digest"))
        digests = {row["digest"] for row in wanted if row.get("digest")}
        for id_, body in _OF_EVENT.run(session, {"id": taken.id, "seq": seq}) if digests else ():
            told = orjson.loads(body)
            went = [name for salt, name, value in told if salt and digest_of(salt, name, value) in digests]
            rest = [one for one in told if not one[0] or digest_of(*one) not in digests]
            if not went:
                continue
            put = [["", row["name"], row["value"]] for row in wanted if "value" in row and row.get("digest")]
            rewrite(session, id_, [*rest, *put])
            done += len(went)
            nameless += [id_] if set(went) & set(WHO) else []
    if nameless:
        _UNNAME.run(session, {"ids": together(nameless)})
    _copies(session, taken.id, event_id)
    indexing.take_out(session, taken.id)
    return done


def _of_row(session: Session, taken: Taken, row: Mapping[str, Any]) -> int:
    """What stands in the row of the case: its title, its reference, who reported."""
    match row.get("name"):
        case "title":
            _entitle(session, taken, str(row.get("value") or taken.number))
        case "reference":
            session.execute(update(cases).where(cases.c.id == taken.id).values(reference=row.get("value")))
        case "reporter":
            session.execute(delete(case_role).where(case_role.c.case_id == taken.id, case_role.c.role.in_((Role.REPORTER, Role.PROTECTED))))
            session.execute(delete(receipt_code).where(receipt_code.c.case_id == taken.id))
            session.execute(delete(notice).where(notice.c.case_id == taken.id, notice.c.role.in_((Role.REPORTER, Role.PROTECTED))))
        case _:
            return 0
    return 1


def _entitle(session: Session, taken: Taken, title: str) -> None:
    session.execute(update(cases).where(cases.c.id == taken.id).values(title=title, title_bits=wording.bits(title)))
    session.execute(update(case_search).where(case_search.c.case_id == taken.id).values(folded=folded(f"{taken.number} {title}")))


def _file(session: Session, taken: Taken, seq: int) -> int:
    """A file of evidence: it is left over from now on, and the next round removes it."""
    there = (evidence.c.case_id == taken.id, evidence.c.seq == seq, evidence.c.stored_as.is_not(None))
    names = session.execute(select(evidence.c.stored_as).where(*there)).scalars().all()
    session.execute(update(evidence).where(*there).values(stored_as=None))
    _leave_over(session, names)
    return len(names)


def _leave_over(session: Session, names: Iterable[str | None]) -> None:
    for name in names:
        if name:
            session.execute(insert(upload).values(stored_as=name, made_at=AT_ONCE))


def rewrite(session: Session, event_id: int, told: list[Any]) -> None:
    """A row of content, made anew: the application may change none."""
    session.execute(delete(content).where(content.c.event_id == event_id))
    session.execute(insert(content).values(event_id=event_id, subject_id=0, body=orjson.dumps(told)))


def _copies(session: Session, case_id: int, event_id: str) -> None:
    """Copies of what was said: answers that are kept for repeated requests, what a register says against itself, and exports that were made or
    are being made."""
    session.execute(update(register_flag).where(register_flag.c.case_id == case_id).values(says=""))
    session.execute(delete(answered).where(answered.c.case_id == case_id, answered.c.event != event_id))
    j = export_job.c
    session.execute(update(export_job).where(j.state == "done").values(expires_at=AT_ONCE))
    session.execute(update(export_job).where(j.state == "running").values(state="waiting", lease_until=None))


def dispose(session: Session, house: House, taken: Taken, effect: fx.Dispose, act: Act, event: Event) -> None:
    """Leave of the case its bare course. The administrative history is told, by number, rule and leaf."""
    through, rule = event.seq, str(act.data["rule"])
    clear(session, house, taken, through, event.recorded_at, rule, [str(one) for one in act.data.get("elsewhere") or ()], event.id)
    chronicle.note(session, house, SYSTEM if act.actor.is_system else act.actor, "dispose_case", {
        "case": taken.number, "cid_leaf": event.leaf, "rule": rule, "due_on": act.data.get("due_on"), "files": act.data.get("files") or []})


def clear(session: Session, house: House, taken: Taken, before: int, at: int, rule: str, elsewhere: Iterable[str] = (), event_id: str = "") -> None:
    """Take everything out of a case but the bare course of its events before one, and say since when."""
    overwrite(session)
    _remember(session, house, taken)
    _said_elsewhere(session, taken, frozenset(elsewhere))
    nameless = []
    for id_, _, trigger, body in _BODY.run(session, {"id": taken.id, "before": before}):
        rewrite(session, id_, bare([(salt, name, value) for salt, name, value in orjson.loads(body)], trigger))
        nameless += [] if trigger in KEEPING else [id_]
    _UNNAME.run(session, {"ids": together(nameless)})
    _leave_over(session, session.execute(select(evidence.c.stored_as).where(evidence.c.case_id == taken.id)).scalars().all())
    for table in ROWS:
        session.execute(delete(table).where(table.c.case_id == taken.id))
    rows = select(register_case.c.row_id).where(register_case.c.case_id == taken.id)
    session.execute(update(register_row).where(register_row.c.id.in_(rows)).values(digest=""))
    session.execute(delete(case_read).where(case_read.c.case_id == taken.id, case_read.c.part.in_([str(role) for role in PERSONAL])))
    _entitle(session, taken, "")
    session.execute(update(cases).where(cases.c.id == taken.id).values(
        reference=None, office_id=None, superior_office_id=None, due_at=None, due_order=FAR, disposed_at=at, disposed_under=rule))
    _copies(session, taken.id, event_id)
    indexing.take_out(session, taken.id)
    _source(session, taken)


def _said_elsewhere(session: Session, taken: Taken, digests: frozenset[str]) -> None:
    """Take out what the act names of other histories."""
    nameless = []
    for id_, told, names in list(said_outside(session, taken.id, taken.uid, taken.number)) if digests else ():
        rest = [one for one in told if one[1] not in names or digest_of(*one) not in digests]
        if len(rest) < len(told):
            rewrite(session, id_, rest)
            nameless += [id_] if "actor" in names else []
    if nameless:
        _UNNAME.run(session, {"ids": together(nameless)})


def _source(session: Session, taken: Taken) -> None:
    """Where a dossier was imported from, once nothing else of it is left."""
    left = session.execute(select(func.count()).where(cases.c.dossier_id == taken.dossier_id, cases.c.disposed_at.is_(None))).scalar_one()
    if not left:
        session.execute(update(dossier).where(dossier.c.id == taken.dossier_id, dossier.c.source.is_not(None)).values(
            source=f"disposed {taken.dossier}", source_digest=None, source_log=None))


def _remember(session: Session, house: House, taken: Taken) -> None:
    """Who knew of the case, by marks that only this installation can make."""
    told = select(case_role.c.person_id).where(case_role.c.case_id == taken.id).union(
        select(letter.c.person_id).where(letter.c.case_id == taken.id))
    uids = session.execute(select(person.c.uid).where(person.c.id.in_(told))).scalars().all()
    with suppress(BadSetting):  # without a key nobody is told but whose grants reach the case
        for mark in {keys.peppered(house, marked(taken.uid, uid))[1] for uid in uids}:
            session.execute(insert(knew).values(case_id=taken.id, mark=mark))


def settled(house: House, events: list[Event]) -> list[Event]:
    """The events of what was just committed; where content went by them, files went too."""
    if any(event.trigger in CARRIED_OUT for event in events):
        settle(house)
    return events


def settle(house: House) -> None:
    """After the commit, and in every round: remove files that are left over, keep the list of what was done, and let the log of the embedded
    database go, in which erased pages still lie. What cannot be done now is done in the next round."""
    sweep(house)
    with suppress(OSError, *DRIVER_ERRORS):
        erasures.keep(house)
    with suppress(*DRIVER_ERRORS):
        indexing.sweep(house)
    with suppress(*DRIVER_ERRORS), house.db.glance() as session:
        _LET_GO.run(session, {})


__all__ = ["CARRIED_OUT", "clear", "dispose", "erase", "overwrite", "rewrite", "settle", "settled", "take_out"]
