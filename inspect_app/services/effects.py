"""What an event leaves behind, as rows in its own transaction. Child cases are planned before the event, so that it can name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from os import urandom
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import case_role, cases, clock, evidence, letter, office, person, responsibility, sanction, upload
from inspect_app.services import facts as facts_of
from inspect_app.services import routing
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.taken import Taken
from workflows import effects as fx
from workflows.acts import Act
from workflows.calendar import add, day_of, end_of
from workflows.engine import Step
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Child:
    """A case that an event is about to open."""

    cid: bytes
    workflow: str
    trigger: str
    data: dict[str, Any]
    guarded: bool


def plan_children(session: Session, house: House, taken: Taken, step: Step, act: Act) -> list[Child]:
    """The cases that this step opens, with the data their first events take over."""
    planned: list[Child] = []
    for effect in step.transition.effects:
        if not isinstance(effect, fx.Open):
            continue
        before = facts_of.said(session, taken.id) if effect.copy and taken.seq else {}
        opening = next(t for t in house.catalogue.by_name[effect.workflow].openings if t.trigger == effect.trigger)
        wanted = {i.name for i in opening.inputs}
        rows = act.data.get(effect.rows) or [] if effect.rows else [{}]
        for row in rows:
            data = {name: value for name, value in row.items() if name in wanted}
            for ours, theirs in effect.copy:
                value = ours[1:] if ours.startswith("=") else act.data.get(ours, before.get(ours))
                if value is not None:
                    data.setdefault(theirs, value)
            if act.data.get("paper") and "paper" in wanted:
                data.setdefault("paper", act.data["paper"])
            planned.append(Child(urandom(16), effect.workflow, effect.trigger, data, effect.guarded))
    return planned


def apply(session: Session, house: House, taken: Taken, step: Step, act: Act, event: Event) -> None:
    """Carry out every effect of the step but the opening of children."""
    for effect in step.transition.effects:
        handler = _HANDLERS.get(type(effect))
        if handler is not None:
            handler(session, house, taken, effect, act, event)


def _person(session: Session, uid: str, pointer: str) -> int:
    found = session.execute(select(person.c.id).where(person.c.uid == uid)).scalar()
    if found is None:
        raise Invalid((Problem(pointer, "unknown", "Nobody with this identifier is known; choose a person from the list."),))
    return int(found)


def _give(session: Session, taken: Taken, person_id: int, role: Role, seq: int) -> None:
    dialect = postgresql if session.dialect.name == "postgresql" else sqlite
    row = dialect.insert(case_role).values(case_id=taken.id, person_id=person_id, role=role.value, since_seq=seq)
    session.execute(row.on_conflict_do_update(index_elements=["case_id", "person_id", "role"], set_={"until_seq": None}))


def _take(session: Session, house: House, taken: Taken, effect: fx.Take, act: Act, event: Event) -> None:
    """The actor; but a party never conducts what it opened: there, those who play the part in the case it came from."""
    takers = [act.actor.person_id] if act.actor.person_id is not None else []
    if taken.parts & {Role.HEAD, Role.OWNER, Role.RESPONDENT}:
        takers = list(session.execute(select(case_role.c.person_id).where(
            case_role.c.case_id == taken.parent_id, case_role.c.role == effect.role.value, case_role.c.until_seq.is_(None))).scalars())
    for person_id in takers:
        _give(session, taken, person_id, effect.role, event.seq)


def _appoint(session: Session, house: House, taken: Taken, effect: fx.Appoint, act: Act, event: Event) -> None:
    value = act.data.get(effect.input)
    uids = [row[effect.column] for row in value] if effect.column and isinstance(value, list) else [value] if value else []
    for uid in uids:
        _give(session, taken, _person(session, str(uid), f"/data/{effect.input}"), effect.role, event.seq)


def holder(session: Session, house: House, code: str, basis: str | None, matter_on: str | None, today: date) -> str | None:
    """Who answers for an office: for oversight its holder on the day of the matter, else its present holder or who acts for them."""
    fact = facts_of.office(session, code, date.fromisoformat(matter_on) if matter_on else today, today)
    if fact is None:
        return None
    return fact.holder_then if basis == "oversight" else fact.acting_now or fact.holder_now


def _hold(session: Session, house: House, taken: Taken, effect: fx.Hold, act: Act, event: Event) -> None:
    told = facts_of.said(session, taken.id) | dict(act.data)
    code = told.get(effect.input)
    uid = holder(session, house, str(code), told.get("basis"), told.get("matter_on"), day_of(event.recorded_at, house.zone)) if code else None
    if uid is None:
        raise Invalid((Problem(f"/data/{effect.input}", "vacant", "Nobody holds this office; name one that is held."),))
    person_id = _person(session, uid, f"/data/{effect.input}")
    _give(session, taken, person_id, effect.role, event.seq)
    if effect.handling and told.get("basis") != "oversight":
        number = session.execute(select(office.c.id).where(office.c.code == code)).scalar_one()
        session.execute(update(cases).where(cases.c.id == taken.id).values(office_id=number))
        taken.office_id = number
    if effect.role is Role.HEAD and told.get("basis"):
        office_id = session.execute(select(office.c.id).where(office.c.code == code)).scalar_one()
        session.execute(insert(responsibility).values(case_id=taken.id, office_id=office_id, person_id=person_id, basis=told["basis"],
                                                      level=told.get("level", "direct"), due_on=date.fromisoformat(told["due"])))


def _serve(session: Session, house: House, taken: Taken, effect: fx.Serve, act: Act, event: Event) -> None:
    to = session.execute(select(case_role.c.person_id).where(case_role.c.case_id == taken.id, case_role.c.role == effect.role.value,
                                                             case_role.c.until_seq.is_(None))).scalars().all()
    for person_id in to:
        session.execute(insert(letter).values(case_id=taken.id, seq=event.seq, kind=effect.letter, role=effect.role.value, person_id=person_id,
                                              made_at=event.recorded_at))


def _route(session: Session, house: House, taken: Taken, effect: fx.Route, act: Act, event: Event) -> None:
    today = day_of(event.recorded_at, house.zone)
    way = routing.find(session, taken, effect, act.data, act.actor, today)
    for person_id, role in routing.take_way(session, house, taken, way, act.actor, today, event.seq):
        _give(session, taken, person_id, role, event.seq)


def _start(session: Session, house: House, taken: Taken, effect: fx.StartClock, act: Act, event: Event) -> None:
    limit = str(taken.ruleset.values.get(f"clock.{effect.name}", "30d"))
    due = add(day_of(event.occurred_at, house.zone), limit, taken.ruleset.values["working_week"])
    _set_clock(session, house, taken, effect.name, limit, end_of(due, house.zone), effect.then, event)


def _due(session: Session, house: House, taken: Taken, effect: fx.Due, act: Act, event: Event) -> None:
    value = act.data.get(effect.input)
    if value:
        _set_clock(session, house, taken, "due", "day", end_of(date.fromisoformat(str(value)), house.zone), None, event)


def _set_clock(session: Session, house: House, taken: Taken, name: str, limit: str, due_at: int, then: str | None, event: Event) -> None:
    _end_clocks(session, taken, name, event)
    session.execute(insert(clock).values(case_id=taken.id, name=name, limit=limit, started_seq=event.seq, started_at=event.occurred_at,
                                         due_at=due_at, then=then, status="running"))
    mirror_due(session, taken.id)


def _end_clocks(session: Session, taken: Taken, name: str | None, event: Event) -> None:
    ended = update(clock).where(clock.c.case_id == taken.id, clock.c.status.in_(("running", "paused")))
    session.execute((ended.where(clock.c.name == name) if name else ended).values(status="stopped", ended_at=event.recorded_at))


def _stop(session: Session, house: House, taken: Taken, effect: fx.StopClock, act: Act, event: Event) -> None:
    _end_clocks(session, taken, effect.name, event)
    mirror_due(session, taken.id)


def mirror_due(session: Session, case_id: int) -> None:
    """The case is due when the first of its running limits is."""
    first = select(func.min(clock.c.due_at)).where(clock.c.case_id == case_id, clock.c.status == "running").scalar_subquery()
    session.execute(update(cases).where(cases.c.id == case_id).values(due_at=first))


def _pause(session: Session, house: House, taken: Taken, effect: fx.Pause, act: Act, event: Event) -> None:
    running = (clock.c.case_id == taken.id) & (clock.c.status == "running")
    session.execute(update(clock).where(running).values(status="paused", ended_at=event.recorded_at))
    session.execute(update(cases).where(cases.c.id == taken.id).values(paused=True))
    taken.paused = True
    mirror_due(session, taken.id)


def _resume(session: Session, house: House, taken: Taken, effect: fx.Resume, act: Act, event: Event) -> None:
    """Limits run on with the whole days they had left: a pause never shortens them."""
    waiting = session.execute(select(clock.c.id, clock.c.due_at, clock.c.ended_at).where(clock.c.case_id == taken.id, clock.c.status == "paused"))
    for id_, due_at, since in waiting.all():
        days = (day_of(event.recorded_at, house.zone) - day_of(since, house.zone)).days
        later = end_of(date.fromordinal(day_of(due_at, house.zone).toordinal() + days), house.zone)
        session.execute(update(clock).where(clock.c.id == id_).values(status="running", due_at=later, ended_at=None))
    session.execute(update(cases).where(cases.c.id == taken.id).values(paused=False))
    taken.paused = False
    mirror_due(session, taken.id)


def _sanction(session: Session, house: House, taken: Taken, effect: fx.Sanction, act: Act, event: Event) -> None:
    for uid in facts_of.people(session, taken.id).get(Role.RESPONDENT.value, ()):
        session.execute(insert(sanction).values(case_id=taken.id, seq=event.seq, person_id=_person(session, uid, "/data"),
                                                rung=str(act.data[effect.input])))


def _attach(session: Session, house: House, taken: Taken, effect: fx.Attach, act: Act, event: Event) -> None:
    n = 1 + (session.execute(select(func.max(evidence.c.n)).where(evidence.c.case_id == taken.id)).scalar() or 0)
    stored = act.stored_as
    if stored is not None:
        session.execute(upload.delete().where(upload.c.stored_as == stored))
    session.execute(insert(evidence).values(case_id=taken.id, n=n, seq=event.seq, held_as=act.data["held_as"], sha256=act.data.get("sha256"),
                                            size=act.data.get("size"), media_type=act.data.get("media_type"), stored_as=stored))


def _withdraw(session: Session, house: House, taken: Taken, effect: fx.Withdraw, act: Act, event: Event) -> None:
    n = act.data[effect.input]
    done = session.execute(update(evidence).where(evidence.c.case_id == taken.id, evidence.c.n == n, evidence.c.withdrawn_seq.is_(None))
                           .values(withdrawn_seq=event.seq))
    if done.rowcount != 1:
        raise Invalid((Problem(f"/data/{effect.input}", "unknown", f"There is no item {n} that stands in this case."),))


_HANDLERS: dict[type[fx.Effect], Callable[..., None]] = {
    fx.Take: _take, fx.Appoint: _appoint, fx.Hold: _hold, fx.Serve: _serve, fx.StartClock: _start, fx.StopClock: _stop, fx.Due: _due,
    fx.Route: _route,
    fx.Pause: _pause, fx.Resume: _resume, fx.Sanction: _sanction, fx.Attach: _attach, fx.Withdraw: _withdraw,
}
