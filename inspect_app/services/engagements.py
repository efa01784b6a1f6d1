"""The engagements of an auditor: their dated grants, each with mandate, unit and end. One is opened by handing over a checkpoint; samples are drawn
from it by a rule that anyone can recompute. Reach is only ever within them, and no case is changed."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import insert, select

from inspect_app.access.parts import in_force, visible_to
from inspect_app.audit import checkpoint, sampling
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound
from inspect_app.models import audit_sample, cases, event, log_leaf, role_grant, stream, unit, unit_above
from inspect_app.models import engagement as opened_one
from inspect_app.now import now
from inspect_app.services import checkpoints
from inspect_app.services.administering import day_of_text, problem, refuse
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import fast, today
from inspect_app.services.requests import note, was_done
from inspect_app.services.standing import viewer_of
from workflows.acts import Actor
from workflows.calendar import day_of, start_of
from workflows.roles import Role

STREAM = "audits"
MOST = 200
"""Cases that a sample has at most."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """What an auditor is engaged for: `when` is now, ahead or over. Where it was opened, `opened_on` says when, `covers` of which days cases are
    looked at, `note` is the checkpoint that was handed over, `named` the line that the seed of its samples holds."""

    number: int
    unit: str
    code: str
    mandate: str | None
    since: date
    until: date | None
    when: str
    id: int | None = None
    opened_on: date | None = None
    covers: tuple[date, date] | None = None
    note: str = ""
    named: str = ""

    @property
    def point(self) -> Checkpoint:
        """The checkpoint that was handed over."""
        return checkpoint.read(self.note.split("\n\n")[0] + "\n")

    @property
    def seed(self) -> str:
        """The seed of its samples, hexadecimal."""
        return sampling.seed(self.point, self.named).hex()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample: how many of how many, and the case of each name in it that the auditor may know of today; `hidden` are no longer theirs to see."""

    id: int
    size: int
    among: int
    digest: str
    on: date
    cases: tuple[Any, ...] = ()
    hidden: int = 0


_SELECT = (select(role_grant.c.id.label("number"), role_grant.c.reason, role_grant.c.since_on, role_grant.c.until_on, role_grant.c.unit_id,
                  unit.c.name, unit.c.code, opened_one.c.id.label("opened"), opened_one.c.opened_at, opened_one.c.covers_from,
                  opened_one.c.covers_until, opened_one.c.note, opened_one.c.named)
           .join(unit, unit.c.id == role_grant.c.unit_id).outerjoin(opened_one, opened_one.c.grant_id == role_grant.c.id)
           .where(role_grant.c.role == Role.AUDITOR.value).order_by(role_grant.c.since_on.desc(), role_grant.c.id.desc()))


def engagements(house: House, actor: Actor) -> list[Engagement]:
    """The actor's own, the newest first."""
    with house.db.reading() as session:
        return [_told(house, row) for row in session.execute(_SELECT.where(role_grant.c.person_id == actor.person_id))]


def _told(house: House, row: Any) -> Engagement:
    day = today(house)
    when = "ahead" if row.since_on > day else "over" if row.until_on is not None and row.until_on < day else "now"
    told = Engagement(row.number, row.name, row.code, row.reason, row.since_on, row.until_on, when)
    if row.opened is None:
        return told
    return Engagement(row.number, row.name, row.code, row.reason, row.since_on, row.until_on, when, row.opened, day_of(row.opened_at, house.zone),
                      (row.covers_from, row.covers_until), row.note, row.named)


def running(session: Session, house: House, actor: Actor, number: int) -> Any:
    """The row of an engagement of this actor that runs today. Raises `NotFound`."""
    found = session.execute(_SELECT.where(role_grant.c.id == number, role_grant.c.person_id == actor.person_id,
                                          in_force(role_grant, today(house)))).first() if 0 < number < 2**62 else None
    if found is None:
        raise NotFound
    return found


def one(house: House, actor: Actor, number: int) -> Engagement:
    """One of the actor's own that runs today. Raises `NotFound`."""
    with house.db.reading() as session:
        return _told(house, running(session, house, actor, number))


def begin(house: House, actor: Actor, number: int, covers_from: str | None, covers_until: str | None, key: Key | None = None) -> Engagement:
    """Open an engagement: the newest signed checkpoint is handed over, once, and what samples will hold is settled by it. `covers_…` are the first
    and the last day on which a case was opened that is looked at. Raises `NotFound`, `Invalid`."""
    first, last = day_of_text(actor, covers_from, "covers_from"), day_of_text(actor, covers_until, "covers_until")
    if first is None or last is None or last < first:
        raise Invalid((problem(actor, "covers_from", "fault.audit_period"),))
    with house.db.atomic("all") as session:
        one_at_a_time(session, STREAM)
        row = running(session, house, actor, number)
        if not was_done(session, actor, key):
            if row.opened is not None:
                refuse(actor, "", "fault.audit_opened")
            signed = checkpoints.newest_signed(session, house.log)
            if signed is None:
                refuse(actor, "", "fault.audit_no_checkpoint")
            named = f"{number} {row.code} {row.since_on.isoformat()} {row.until_on.isoformat() if row.until_on else '-'} " \
                    f"{first.isoformat()} {last.isoformat()}"
            session.execute(insert(opened_one).values(grant_id=number, opened_at=now(), covers_from=first, covers_until=last, note=signed.note,
                                                      named=named))
            note(session, house, STREAM, actor, "open_engagement", {"engagement": named, "checkpoint": signed.note}, key)
        return _told(house, running(session, house, actor, number))


def draw(house: House, actor: Actor, number: int, size: int | None, key: Key | None = None) -> None:
    """Draw a sample of so many cases: of those that were opened in the engagement's days, in its unit, in the log under its checkpoint, that the
    auditor may know of. A larger one begins with a smaller one. Raises `NotFound`, `Invalid`."""
    if size is None or not 1 <= size <= MOST:
        raise Invalid((problem(actor, "size", "fault.audit_size", most=MOST),))
    with house.db.atomic("all") as session:
        one_at_a_time(session, STREAM)
        row = running(session, house, actor, number)
        if row.opened is None:
            raise NotFound
        if was_done(session, actor, key):
            return
        names = sorted(_population(session, house, actor, row))
        if not names:
            refuse(actor, "size", "fault.audit_nothing")
        committed = sampling.digest(names)
        session.execute(insert(audit_sample).values(engagement_id=row.opened, size=size, among=len(names), digest=committed, drawn_at=now(),
                                                    population=zlib.compress(orjson.dumps(names))))
        note(session, house, STREAM, actor, "draw_sample", {"engagement": row.named, "size": size, "among": len(names), "population": committed}, key)


def _population(session: Session, house: House, actor: Actor, row: Any) -> dict[str, int]:
    """The random name of the stream of each case, with its number."""
    told = _told(house, row)
    begin_at, end_at = start_of(row.covers_from, house.zone), start_of(date.fromordinal(row.covers_until.toordinal() + 1), house.zone)
    below = select(unit_above.c.unit_id).where(unit_above.c.above_id == row.unit_id)
    found = session.execute(
        select(stream.c.cid, cases.c.id).join(cases, cases.c.id == stream.c.id)
        .join(event, (event.c.stream_id == cases.c.id) & (event.c.seq == 1)).join(log_leaf, log_leaf.c.event_id == event.c.event_id)
        .where(visible_to(viewer_of(session, actor, today(house)), fast(house)), ~cases.c.rehearsal, ~cases.c.closed_circle,
               cases.c.unit_id.in_(below), cases.c.opened_at >= begin_at, cases.c.opened_at < end_at, log_leaf.c.idx < told.point.size))
    return {name_of(cid): id_ for cid, id_ in found}


def name_of(cid: bytes) -> str:
    """The name of a case in the log, as its events and a bundle carry it."""
    return urlsafe_b64encode(bytes(cid)).decode().rstrip("=")


def samples(house: House, actor: Actor, number: int) -> list[Drawn]:
    """The samples of an engagement, the newest first, each with its cases in the order of the rule. Raises `NotFound`."""
    with house.db.reading("all") as session:
        row = running(session, house, actor, number)
        rows = session.execute(select(audit_sample).where(audit_sample.c.engagement_id == row.opened).order_by(audit_sample.c.id.desc())).all()
        if not rows:
            return []
        viewer = viewer_of(session, actor, today(house))
        by, found = sampling.seed(_told(house, row).point, row.named), []
        for one_ in rows:
            chosen = sampling.drawn(by, _unpacked(one_.population), one_.size)
            told = _cases(session, house, viewer, chosen)
            found.append(Drawn(one_.id, one_.size, one_.among, one_.digest, day_of(one_.drawn_at, house.zone), told, len(chosen) - len(told)))
        return found


def _cases(session: Session, house: House, viewer: Any, chosen: tuple[str, ...]) -> tuple[Any, ...]:
    rows = session.execute(select(stream.c.cid, cases.c.uid, cases.c.number, cases.c.title, cases.c.workflow, cases.c.is_open,
                                  unit.c.name.label("unit"))
                           .join(cases, cases.c.id == stream.c.id).outerjoin(unit, unit.c.id == cases.c.unit_id)
                           .where(stream.c.cid.in_([_cid(name) for name in chosen]), visible_to(viewer, fast(house))))
    known = {name_of(row.cid): row for row in rows}
    return tuple(known[name] for name in chosen if name in known)


def _cid(name: str) -> bytes:
    return urlsafe_b64decode(name + "=" * (-len(name) % 4))


def _unpacked(population: bytes) -> list[str]:
    found: list[str] = orjson.loads(zlib.decompress(population))
    return found


def file_of(house: House, actor: Actor, number: int, sample: int) -> bytes:
    """A sample as a file that anyone can recompute. Raises `NotFound`."""
    with house.db.reading() as session:
        row = running(session, house, actor, number)
        found = session.execute(select(audit_sample).where(audit_sample.c.id == sample, audit_sample.c.engagement_id == row.opened)
                                ).first() if sample < 2**62 else None
    if found is None:
        raise NotFound
    told = _told(house, row)
    return sampling.written(told.point, told.note, told.named, _unpacked(found.population), found.size)
