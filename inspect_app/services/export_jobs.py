"""Exports in the background: asked for with a reason, made by the worker, fetched by whoever asked until they expire.

The right to take histories, and which of them, is that of the moment in which the file is made, and is looked at again whenever it is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

import orjson
from sqlalchemy import insert, select, update
from uuid_utils import uuid4

from inspect_app import log
from inspect_app.access.parts import in_force, reach_of
from inspect_app.access.policy import TABLE, Policy
from inspect_app.db import DRIVER_ERRORS, Fixed, Session
from inspect_app.errors import KeyReused, NotFound, NotNow, Refusal, TooMany
from inspect_app.exports.formats import FORMATS
from inspect_app.models import account, answered, export_job, person, role_grant
from inspect_app.now import now
from inspect_app.services import exporting, histories
from inspect_app.services.administering import text_of
from inspect_app.services.exporting import Order, Taken
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.queries import today
from inspect_app.services.queue import WAITING, Claim, Queue
from inspect_app.services.recording import append_outside
from workflows.acts import Actor

RUNNING, DONE, FAILED, CANCELLED, EXPIRED = "running", "done", "failed", "cancelled", "expired"
STATES = (WAITING, RUNNING, DONE, FAILED, CANCELLED, EXPIRED)
SECOND = 1_000_000
KEPT = 24 * 3600 * SECOND
"""How long a file can be fetched."""
LEASE = 60 * SECOND
"""How long a worker that says nothing counts as alive."""
TOLD_EVERY = SECOND
TRIES = 3
AT_ONCE = 5
"""Exports of one person that may wait or run at the same time."""


@dataclass(frozen=True, slots=True)
class Job:
    """An export that was asked for: how far it is (`events` of at most `at_most`), and until when its file can be fetched."""

    id: str
    order: Order
    state: str
    asked_at: int
    started_at: int | None
    ended_at: int | None
    expires_at: int | None
    events: int
    at_most: int
    bytes: int
    sha256: str | None
    problem: str | None

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{self.order.wanted.number or 'histories'}-{self.id[:8]}.{FORMATS[self.order.form].extension}"

    @property
    def percent(self) -> int:
        """How far it is."""
        return 100 if self.state == DONE else min(99, self.events * 100 // self.at_most) if self.at_most else 0


NO_TAKER, GONE, BROKEN = "no_taker", "gone", "broken"
"""Why an export failed: who asked may no longer take any, what they asked for is not there (any longer), or something broke."""


class _Broken(Exception):
    """It was begun as often as it may be, and never finished."""


BREAKS = (*DRIVER_ERRORS, OSError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError, MemoryError, _Broken)
"""What may go wrong in the making of one export; the next one is made all the same."""


class _NoTaker(Refusal):
    """Whoever asked for it may no longer take histories."""


class _Stopped(Exception):
    """The export was cancelled, or another worker has taken it over."""


def ask(house: House, actor: Actor, order: Order, key: Key | None = None) -> Job:
    """Ask for an export. With `key`, a request that was answered before is answered again. Raises `Invalid` without a reason, `NotAvailable`,
    `NotFound` where there is no such case for this actor, `TooMany`, `KeyReused`."""
    reason = text_of(actor, order.reason, "reason", 1000) or ""
    exporting.check(order)
    with house.db.reading(reach_of(actor)) as session:
        histories.chosen(session, house, actor, order.wanted)
    with house.db.atomic(reach_of(actor)) as session:
        before = _answered(session, actor, key)
        if before is None:
            j = export_job.c
            if len(session.execute(select(j.id).where(j.person_id == actor.person_id, j.state.in_((WAITING, RUNNING)))).all()) >= AT_ONCE:
                raise TooMany(60, "exports of yours that are not made yet")
            said = Order(order.wanted, order.form, order.audience, order.facts, order.named, order.as_of, reason)
            uid, at = str(uuid4()), now()
            before = append_outside(session, house.log, exporting.STREAM, actor, "ask_export", said.said() | {"job": uid}, at)
            session.execute(insert(export_job).values(uid=uid, person_id=actor.person_id, event=before, asked=orjson.dumps(asdict(said)).decode(),
                                                      state=WAITING, asked_at=at, tries=0, at_most=0, events=0, bytes=0))
            if key is not None:
                session.execute(insert(answered).values(actor=actor.id, key=key.key, request=key.request, case_id=0, event=before, created_at=at))
        return _job(session.execute(select(export_job).where(export_job.c.event == before)).one())


def _answered(session: Session, actor: Actor, key: Key | None) -> str | None:
    if key is None:
        return None
    found = session.execute(select(answered.c.request, answered.c.event).where(answered.c.actor == actor.id, answered.c.key == key.key)).first()
    if found is not None and found.request != key.request:
        raise KeyReused
    return None if found is None else str(found.event)


def _job(row: Any) -> Job:
    asked = orjson.loads(row.asked)
    order = Order(**asked | {"wanted": Wanted(**asked["wanted"])})
    state = EXPIRED if row.state == DONE and row.expires_at <= now() else row.state
    return Job(row.uid, order, state, row.asked_at, row.started_at, row.ended_at, row.expires_at, row.events, row.at_most, row.bytes, row.sha256,
               row.problem)


def mine(house: House, actor: Actor) -> list[Job]:
    """What this person has asked for, newest first, at most fifty."""
    with house.db.reading() as session:
        rows = session.execute(select(export_job).where(export_job.c.person_id == actor.person_id).order_by(export_job.c.id.desc()).limit(50))
        return [_job(row) for row in rows]


def one(house: House, actor: Actor, uid: str) -> Job:
    """One of this person's own. Raises `NotFound`."""
    with house.db.reading() as session:
        return _job(_own(session, actor, uid))


def _own(session: Session, actor: Actor, uid: str) -> Any:
    row = session.execute(select(export_job).where(export_job.c.uid == uid, export_job.c.person_id == actor.person_id)).first()
    if row is None or actor.person_id is None:
        raise NotFound("There is no such export of yours.")
    return row


def cancel(house: House, actor: Actor, uid: str) -> Job:
    """Stop an export that waits or runs, or throw away its file. Raises `NotFound`; `NotNow` where there is nothing left of it."""
    with house.db.atomic(reach_of(actor)) as session:
        row = _own(session, actor, uid)
        if row.state not in (WAITING, RUNNING, DONE):
            raise NotNow("cancel", row.state)
        session.execute(update(export_job).where(export_job.c.id == row.id).values(state=CANCELLED, ended_at=now(), lease_until=None))
        append_outside(session, house.log, exporting.STREAM, actor, "cancel_export", {"job": uid}, now())
        cancelled = _job(_own(session, actor, uid))
    _throw_away(house, row.stored_as)
    return cancelled


def fetch(house: House, actor: Actor, uid: str) -> tuple[Job, IO[bytes]]:
    """The file of one of this person's own exports, opened; that it was fetched is an event. Raises `NotFound`, also where it has expired or holds
    a case that they may no longer see; `NotNow` while it is not made."""
    with house.db.atomic(reach_of(actor)) as session:
        row = _own(session, actor, uid)
        job = _job(row)
        if job.state in (WAITING, RUNNING):
            raise NotNow("download", job.state)
        if job.state != DONE:
            raise NotFound("This file is not kept any longer; ask for it anew.")
        newest = int(row.holds.partition(".")[0])
        if histories.holding(session, histories.chosen(session, house, actor, job.order.wanted), newest) != row.holds:
            raise NotFound("What you may see has changed since this file was made; ask for it anew.")
        try:
            file = _place(house, row.stored_as).open("rb")
        except FileNotFoundError:
            raise NotFound("This file is not kept any longer; ask for it anew.") from None
        append_outside(session, house.log, exporting.STREAM, actor, "fetch_export", {"job": uid, "sha256": job.sha256}, now())
    return job, file


def _folder(house: House) -> Path:
    folder = house.data / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _place(house: House, stored_as: str) -> Path:
    return _folder(house) / stored_as


def _throw_away(house: House, stored_as: str | None) -> None:
    if stored_as:
        _place(house, stored_as).unlink(missing_ok=True)


_QUEUE = Queue(export_job, RUNNING, LEASE, begun=", started_at = :now")
_TELL = Fixed("UPDATE export_job SET events = :events, at_most = :at_most, bytes = :bytes, lease_until = :lease "
              "WHERE id = :id AND state = 'running' AND tries = :tries")


def round_of(house: House) -> int:
    """Make every export that waits, one after the other, and throw away what has expired; returns how many were made. Any number of workers may
    do so at once; what one of them leaves unfinished is taken over after a minute."""
    _expire(house)
    made = 0
    while (claim := _QUEUE.claim(house)) is not None:
        _make(house, claim)
        made += 1
    return made


def _make(house: House, claim: Claim) -> None:
    name = token_hex(20)
    try:
        with house.db.reading("all") as session:
            row = session.execute(select(export_job).where(export_job.c.id == claim.id)).one()
            actor = _taker(session, house, row.person_id)
        if claim.tries > TRIES:
            raise _Broken
        with _watched(house, claim) as watch:
            done = exporting.write(house, actor, _job(row).order, _place(house, name), watch)
        values = {"state": DONE, "events": done.taken.events, "bytes": done.taken.bytes, "sha256": done.taken.sha256, "holds": done.holds,
                  "stored_as": name, "expires_at": now() + KEPT}
    except _Stopped:
        return
    except _NoTaker:
        values = {"state": FAILED, "problem": NO_TAKER}
    except Refusal:
        values = {"state": FAILED, "problem": GONE}
    except BREAKS as error:
        log.incident(error, "WORK", "exports")
        values = {"state": FAILED, "problem": BROKEN}
    if not _QUEUE.settle(house, claim, **values, ended_at=now()):
        _throw_away(house, name)


def _taker(session: Session, house: House, person_id: int) -> Actor:
    """The person, as far as they may still take histories. Raises `_NoTaker`."""
    row = session.execute(select(person.c.uid, person.c.full_name, person.c.id, account.c.language)
                          .join(account, account.c.person_id == person.c.id).where(person.c.id == person_id, account.c.active)).first()
    g, roles = role_grant.c, [role.value for role in TABLE[Policy.EXPORTS].granted]
    may = session.execute(select(g.id).where(g.person_id == person_id, g.role.in_(roles), in_force(role_grant, today(house)))).first()
    if row is None or may is None:
        raise _NoTaker
    return Actor(row[0], row[1], row[2], row[3])


@contextmanager
def _watched(house: House, claim: Claim) -> Iterator[Any]:
    """What tells how far the export is, once a second, and stops it where it was cancelled."""
    told = 0

    def watch(taken: Taken, at_most: int) -> None:
        nonlocal told
        moment = now()
        if told and moment - told < TOLD_EVERY:
            return
        told = moment
        with house.db.atomic("all") as session:
            if not _TELL.changed(session, {"events": taken.events, "at_most": at_most, "bytes": taken.bytes, "lease": moment + LEASE, "id": claim.id,
                                           "tries": claim.tries}):
                raise _Stopped

    yield watch


def _expire(house: House) -> None:
    j = export_job.c
    with house.db.reading("all") as session:
        over = session.execute(select(j.id, j.stored_as).where(j.state == DONE, j.expires_at <= now())).all()
    for id_, stored_as in over:
        _throw_away(house, stored_as)
        with house.db.atomic("all") as session:
            session.execute(update(export_job).where(j.id == id_, j.state == DONE).values(state=EXPIRED, stored_as=None))
