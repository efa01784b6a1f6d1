"""What an event leaves behind, as rows in its own transaction. Child cases are planned before the event, so that it can name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from os import urandom
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from inspect_app.db import Fixed, Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import case_role, cases, evidence, letter, sanction, upload
from inspect_app.services import erasing, holding, notices, numbers, routing, timekeeping
from inspect_app.services import facts as facts_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.said import said
from inspect_app.services.taken import Taken
from inspect_app.services.walls import moved_by, rebuild
from workflows import effects as fx
from workflows.acts import Act
from workflows.calendar import day_of
from workflows.clocks import Calendar
from workflows.definition import Transition
from workflows.engine import Step
from workflows.guards import speaker
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Child:
    """A case that an event is about to open."""

    cid: bytes
    workflow: str
    trigger: str
    data: dict[str, Any]
    guarded: bool
    unit: str | None = None


PARTIES = frozenset({Role.HEAD, Role.OWNER, Role.RESPONDENT})
SUPERIORS = frozenset({Role.DIRECT_SUPERIOR, Role.UNIT_LEAD, Role.RECORDER})
"""Who notes something on the fast track, and does not conduct the full procedure that it turns into."""


def plan_children(session: Session, house: House, taken: Taken, step: Step, act: Act, today: date) -> list[Child]:
    """The cases that this step opens, with the data their first events take over."""
    planned: list[Child] = []
    for effect in step.transition.effects:
        if not isinstance(effect, fx.Open):
            continue
        before = said(session, taken.id) if effect.copy and taken.seq else {}
        opening = next(t for t in house.catalogue.by_name[effect.workflow].openings if t.trigger == effect.trigger)
        wanted = {i.name for i in opening.inputs}
        rows = act.data.get(effect.rows) or [] if effect.rows else [{}]
        if effect.seats and act.data.get("level") == "joint":
            members = holding.members(session, str(act.data.get(effect.seats)), dict(act.data), today)
            rows = [{"answerer": uid} for uid in members] or rows
        for row in rows:
            data = {name: value for name, value in row.items() if name in wanted}
            for theirs, value in copied(effect.copy, act, before).items():
                data.setdefault(theirs, value)
            for name in effect.anew:
                if data.get(name):
                    data[name] = (date.fromisoformat(str(data[name])) + (today - _begun(session, house, taken))).isoformat()
            if act.data.get("paper") and "paper" in wanted:
                data.setdefault("paper", act.data["paper"])
            unit = (row.get(effect.unit) or act.data.get(effect.unit)) if effect.unit else None
            planned.append(Child(urandom(16), effect.workflow, effect.trigger, data, effect.guarded, str(unit) if unit else None))
    return planned


def copied(pairs: tuple[tuple[str, str], ...], act: Act, before: dict[str, Any]) -> dict[str, Any]:
    """What another case takes over: literals after `=`, `@` for the person who speaks, else an input of the act or of the case before."""
    values = {theirs: ours[1:] if ours.startswith("=") else speaker(act) if ours == "@" else act.data.get(ours, before.get(ours))
              for ours, theirs in pairs}
    return {name: value for name, value in values.items() if value is not None}


def _begun(session: Session, house: House, taken: Taken) -> date:
    return day_of(session.execute(select(cases.c.opened_at).where(cases.c.id == taken.id)).scalar_one(), house.zone)


_BELOW = Fixed("""WITH RECURSIVE down(id) AS (SELECT id FROM cases WHERE parent_id = :case
  UNION SELECT c.id FROM cases c JOIN down ON c.parent_id = down.id)
  SELECT c.uid FROM cases c JOIN down ON down.id = c.id WHERE c.workflow = :workflow ORDER BY c.id""")
_BESIDE = Fixed("""SELECT c.uid FROM cases c JOIN cases here ON here.id = :case AND c.parent_id = here.parent_id AND c.id <> here.id
  WHERE c.workflow = :workflow ORDER BY c.id""")


_ABOVE = Fixed("""WITH RECURSIVE up(id, steps) AS (SELECT parent_id, 1 FROM cases WHERE id = :case AND parent_id IS NOT NULL
  UNION ALL SELECT c.parent_id, up.steps + 1 FROM cases c JOIN up ON c.id = up.id WHERE c.parent_id IS NOT NULL)
  SELECT c.uid FROM up JOIN cases c ON c.id = up.id WHERE c.workflow = :workflow ORDER BY up.steps LIMIT 1""")
_REACH = {"below": _BELOW, "beside": _BESIDE, "above": _ABOVE}


def reached(session: Session, taken: Taken, effect: fx.Tell) -> list[str]:
    """The cases that an effect tells something: all below this one, all beside it, or the nearest above it."""
    query = _REACH[effect.to]
    return [row[0] for row in query.run(session, {"case": taken.id, "workflow": effect.workflow})]


_RAN_OUT = Fixed("""SELECT name, due_at FROM clock WHERE case_id = :case AND status IN ('running', 'paused', 'fired') ORDER BY id""")


def is_overdue(session: Session, taken: Taken, transition: Transition, at: int) -> bool:
    """Whether an act ends by name a time limit that has run out by the moment at which it happened."""
    ended = {e.name for e in transition.effects if isinstance(e, fx.StopClock) and e.name} - set(taken.workflow.silent_clocks)
    limits = dict(_RAN_OUT.run(session, {"case": taken.id})) if ended else {}
    return any(name in limits and limits[name] < at for name in ended)


def apply(session: Session, house: House, taken: Taken, step: Step, act: Act, event: Event, calendar: Calendar | None = None) -> None:
    """Carry out every effect of the step but the opening of children, time limits first, and move the walls where its people have changed.
    `calendar` is the one that the event names."""
    timekeeping.keep(session, house, taken, step.transition, act, event, calendar)
    for effect in step.transition.effects:
        handler = _HANDLERS.get(type(effect))
        if handler is not None:
            handler(session, house, taken, effect, act, event)
    if moved_by(step.transition, act.data):
        rebuild(session, house, taken.id)


def _take(session: Session, house: House, taken: Taken, effect: fx.Take, act: Act, event: Event) -> None:
    """The actor; but neither a party nor its superior conducts what they opened, nor does the system: there, those who play the part in the
    case it came from, or else those who are granted it for the unit."""
    takers = [act.actor.person_id] if act.actor.person_id is not None else []
    if act.actor.is_system or taken.parts & PARTIES or (taken.parts & SUPERIORS and not taken.workflow.fast) or (
            taken.workflow.learning and not taken.workflow.fast and event.role in SUPERIORS):
        takers = list(session.execute(select(case_role.c.person_id).where(
            case_role.c.case_id == taken.parent_id, case_role.c.role == effect.role.value, case_role.c.until_seq.is_(None))).scalars())
        takers = [p for p in takers if p != act.actor.person_id] or [
            p for p in routing.granted_for(session, effect.role, taken.unit_id, day_of(event.recorded_at, house.zone)) if p != act.actor.person_id]
    for person_id in takers:
        holding.give(session, taken, person_id, effect.role, event.seq)
    notices.tell_parts(session, taken, act.actor, [(person_id, effect.role) for person_id in takers], event)


def _appoint(session: Session, house: House, taken: Taken, effect: fx.Appoint, act: Act, event: Event) -> None:
    value = act.data.get(effect.input)
    named = value if isinstance(value, list) else [value] if value else []
    uids = [row[effect.column] for row in named] if effect.column and isinstance(value, list) else named
    until = date.fromisoformat(str(act.data[effect.until])) if effect.until and act.data.get(effect.until) else None
    people = [holding.person_of(session, str(uid), f"/data/{effect.input}") for uid in uids]
    for person_id in people:
        holding.give(session, taken, person_id, effect.role, event.seq, until)
    notices.tell_parts(session, taken, act.actor, [(person_id, effect.role) for person_id in people], event)


def _serve(session: Session, house: House, taken: Taken, effect: fx.Serve, act: Act, event: Event) -> None:
    served = holding.served(session, house, taken, effect.role, day_of(event.recorded_at, house.zone))
    for person_id in served:
        session.execute(insert(letter).values(case_id=taken.id, seq=event.seq, kind=effect.letter, role=effect.role.value, person_id=person_id,
                                              made_at=event.recorded_at))
    notices.tell(session, taken, notices.LETTER, [(person_id, effect.role.value) for person_id in served], event.seq, event.recorded_at)


def _tell_again(session: Session, house: House, taken: Taken, effect: fx.TellAgain, act: Act, event: Event) -> None:
    """Whoever has a letter of this case, but not of this event, gets this one in the part in which they were told before."""
    now_told = select(letter.c.person_id).where(letter.c.case_id == taken.id, letter.c.seq == event.seq)
    told = session.execute(select(letter.c.person_id, func.min(letter.c.role)).where(letter.c.case_id == taken.id,
                                                                                     letter.c.person_id.not_in(now_told))
                           .group_by(letter.c.person_id).order_by(letter.c.person_id)).all()
    for person_id, role in told:
        session.execute(insert(letter).values(case_id=taken.id, seq=event.seq, kind=effect.letter, role=role, person_id=person_id,
                                              made_at=event.recorded_at))
    notices.tell(session, taken, notices.LETTER, [(person_id, role) for person_id, role in told], event.seq, event.recorded_at)


def _route(session: Session, house: House, taken: Taken, effect: fx.Route, act: Act, event: Event) -> None:
    today = day_of(event.recorded_at, house.zone)
    way = routing.find(session, house, taken, effect, act.data, act.actor, today)
    given = routing.take_way(session, house, taken, way, act.actor, today, event.seq)
    for person_id, role in given:
        holding.give(session, taken, person_id, role, event.seq)
    notices.tell_parts(session, taken, act.actor, given, event)


def _pause(session: Session, house: House, taken: Taken, effect: fx.Pause | fx.Resume, act: Act, event: Event) -> None:
    taken.paused = isinstance(effect, fx.Pause)
    session.execute(update(cases).where(cases.c.id == taken.id).values(paused=taken.paused))


def _sanction(session: Session, house: House, taken: Taken, effect: fx.Sanction, act: Act, event: Event) -> None:
    for uid in facts_of.people(session, taken.id, day_of(event.recorded_at, house.zone)).get(Role.RESPONDENT.value, ()):
        session.execute(insert(sanction).values(
            case_id=taken.id, seq=event.seq, person_id=holding.person_of(session, uid, "/data"), rung=str(act.data[effect.input]),
            effective_on=_day(act, effect.effective), expires_on=_day(act, effect.expires)))


def _day(act: Act, name: str | None) -> date | None:
    value = act.data.get(name) if name else None
    return date.fromisoformat(str(value)) if value else None


def _end_sanction(session: Session, house: House, taken: Taken, effect: fx.EndSanction, act: Act, event: Event) -> None:
    """What stood until this event stands no longer: kept, with what became of it."""
    stands = sanction.c.ended_seq.is_(None)
    stood = (sanction.c.case_id == taken.id, or_(stands, sanction.c.ended_as == "spent") if effect.spent else stands, sanction.c.seq < event.seq)
    session.execute(update(sanction).where(*stood).values(ended_seq=event.seq, ended_as=effect.how))


def _attach(session: Session, house: House, taken: Taken, effect: fx.Attach, act: Act, event: Event) -> None:
    n = 1 + (session.execute(select(func.max(evidence.c.n)).where(evidence.c.case_id == taken.id)).scalar() or 0)
    stored = act.stored_as
    if stored is not None:
        session.execute(upload.delete().where(upload.c.stored_as == stored))
    session.execute(insert(evidence).values(case_id=taken.id, n=n, seq=event.seq, held_as=act.data["held_as"], sha256=act.data.get("sha256"),
                                            size=act.data.get("size"), media_type=act.data.get("media_type"), stored_as=stored))


def _issue(session: Session, house: House, taken: Taken, effect: fx.Issue, act: Act, event: Event) -> None:
    """The paper as an item of the case; its number is taken here, or, where another was quicker, nothing is written at all."""
    if act.data.get("series"):
        numbers.claim(session, str(act.data["series"]), int(act.data["year"]), int(act.data["issue"]))
    _attach(session, house, taken, fx.Attach(), act, event)


def _withdraw(session: Session, house: House, taken: Taken, effect: fx.Withdraw, act: Act, event: Event) -> None:
    n = act.data[effect.input]
    done = session.execute(update(evidence).where(evidence.c.case_id == taken.id, evidence.c.n == n, evidence.c.withdrawn_seq.is_(None))
                           .values(withdrawn_seq=event.seq))
    if done.rowcount != 1:
        raise Invalid((Problem(f"/data/{effect.input}", "unknown", f"There is no item {n} that stands in this case."),))


_HANDLERS: dict[type[fx.Effect], Callable[..., None]] = {
    fx.Take: _take, fx.Appoint: _appoint, fx.Dismiss: holding.dismiss, fx.Recuse: holding.recuse, fx.Reinstate: holding.reinstate,
    fx.Hold: holding.hold, fx.Seat: holding.seat, fx.Move: holding.move, fx.Route: _route, fx.Serve: _serve, fx.TellAgain: _tell_again,
    fx.Pause: _pause, fx.Resume: _pause, fx.Sanction: _sanction, fx.EndSanction: _end_sanction, fx.Attach: _attach, fx.Issue: _issue,
    fx.Withdraw: _withdraw, fx.Erase: erasing.erase, fx.Dispose: erasing.dispose,
}
