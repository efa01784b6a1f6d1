"""The verbs. An act asks, a transition allows, an event remembers, effects follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from os import urandom
from typing import Any

from sqlalchemy import insert, select
from uuid_utils import uuid4

from inspect_app.access.parts import parts_on_opening, sees_everything
from inspect_app.audit.envelope import b64url
from inspect_app.db import DRIVER_CONFLICTS, Fixed, Session
from inspect_app.errors import InSitting, Invalid, KeyReused, NotNow, NotYours, Problem, Refusal, Refused, Stale
from inspect_app.i18n import say
from inspect_app.models import case_search, cases, dossier, person, stream
from inspect_app.now import now as this_moment
from inspect_app.services import effects, erasing, ledger, routing, standing, timekeeping, wording
from inspect_app.services.events import event_by_id
from inspect_app.services.facts import everyone_in, gather
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.learning_facts import is_rehearsal
from inspect_app.services.ledger import Event, Key
from inspect_app.services.said import said
from inspect_app.services.taken import Taken, take
from workflows import engine, retention
from workflows.acts import SYSTEM, Act, Actor
from workflows.calendar import day_of, offset_of, start_of
from workflows.definition import START, Transition, Workflow
from workflows.effects import Tell
from workflows.errors import Verdict
from workflows.listed import unlisted
from workflows.roles import Role
from workflows.ruleset import Ruleset

Reader = Callable[[Workflow, Transition, Act], Act]
"""Makes the raw data of an act typed, once the rule is known that says what it asks for. Raises `Invalid`."""

TYPISTS = (Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD)
"""Who may type what another person signed on paper."""

_NEW_DOSSIER, _NEW_STREAM = insert(dossier).returning(dossier.c.id), insert(stream).returning(stream.c.id)
_UNIT = Fixed("SELECT id FROM unit WHERE code = :code")
_GRANTED_AT = Fixed("""SELECT g.role FROM unit_above a JOIN role_grant g ON g.unit_id = a.above_id WHERE a.unit_id = :unit
  AND g.person_id = :person AND g.since_on <= :today AND (g.until_on IS NULL OR g.until_on >= :today)""")


@dataclass(frozen=True, slots=True)
class Opening:
    """A request to open a case: under which workflow and ruleset, where, what it is called, and its first act."""

    workflow: str
    act: Act
    title: str
    unit: str | None = None
    parent: str | None = None
    ruleset: str = "generic"
    rehearsal: bool = False


def fire(house: House, case_id: str, act: Act, *, read: Reader | None = None, key: Key | None = None) -> Event:
    """Carry out one act on one case: it becomes an event, or it leaves no trace.

    `act.seen` is the event the actor saw; None (the system, the console) means the newest. With `key`, a request that was
    answered before is answered again. Raises NotFound, Stale, Invalid, NotNow, NotYours, Refused or KeyReused."""
    return erasing.settled(house, [_once(house, act, key, lambda session: fire_in(session, house, case_id, act, read=read, key=key)[0])])[0]


def open_case(house: House, opening: Opening, *, read: Reader | None = None, key: Key | None = None) -> Event:
    """Open a case by its first act, event 1: in its parent's dossier, or in a new one. Raises as `fire` does."""

    def work(session: Session) -> Event:
        before = _answered(session, house, opening.act, key) if key is not None else None
        return before or open_in(session, house, opening, read=read, key=key)[0]

    return _once(house, opening.act, key, work)


def _once(house: House, act: Act, key: Key | None, work: Callable[[Session], Event]) -> Event:
    try:
        with house.db.atomic("all") as session:
            return work(session)
    except (Stale, *DRIVER_CONFLICTS) as error:
        if key is not None:
            with house.db.reading("all") as session:
                if (before := _answered(session, house, act, key)) is not None:
                    return before
        if not isinstance(error, Stale):
            raise Stale(act.seen or 0, (act.seen or 0) + 1) from error
        raise


_ANSWERED = Fixed("SELECT event, request FROM answered WHERE actor = :actor AND key = :key")


def _answered(session: Session, house: House, act: Act, key: Key) -> Event | None:
    rows = _ANSWERED.run(session, {"actor": act.actor.id, "key": key.key})
    return _same_answer(session, house, act, key, *rows[0]) if rows else None


def _same_answer(session: Session, house: House, act: Act, key: Key, event: str, request: str) -> Event:
    if request != key.request:
        raise KeyReused
    return event_by_id(session, house, event, act.actor)


def fire_in(session: Session, house: House, case_id: str, act: Act, *, read: Reader | None = None, key: Key | None = None) -> tuple[Event, Taken]:
    """`fire` inside a transaction that is already open; a sitting calls it several times, all or none."""
    now = this_moment()
    taken = take(session, house, case_id, act.actor, day_of(now, house.zone), key.key if key else None, keeps=act.trigger in retention.BY_PERSONS)
    if key is not None and taken.answered is not None:
        return _same_answer(session, house, act, key, *taken.answered), taken
    if act.seen is not None and act.seen != taken.seq:
        raise Stale(act.seen, taken.seq)
    if act.trigger not in taken.workflow.triggers:
        known = ", ".join(t.trigger for t in taken.workflow.out_of(taken.state))
        raise Invalid((Problem("/trigger", "unknown", f"“{act.trigger}” is no trigger of {taken.workflow.name}; possible now: {known}."),))
    transition = engine.rule(taken.workflow, taken.state, act.trigger)
    if transition.sanctions:
        refuse_recorded(taken.workflow, act.actor, "/trigger")
    parts = _parts(session, house, taken, act, now)
    engine.part(transition, parts)
    act = _timed(house, act, now)
    if read is not None:
        act = read(taken.workflow, transition, act)
    if effects.is_overdue(session, taken, transition, now if act.occurred_at is None else act.occurred_at):
        act = replace(act, overdue=True)
    refuse_unlisted(transition, act, taken.ruleset)
    facts = gather(session, house, taken, transition, act, engine.needs(transition), now)
    act = engine.reckon(transition, facts, act)
    step = engine.fire(taken.workflow, taken.state, parts, facts, act, taken.ruleset.term_table)
    return _write(session, house, taken, step, act, now, key=key), taken


def open_in(session: Session, house: House, opening: Opening, *, read: Reader | None = None, key: Key | None = None) -> tuple[Event, Taken]:
    """`open_case` inside a transaction that is already open."""
    now, act = this_moment(), opening.act
    today = day_of(now, house.zone)
    workflow = house.catalogue.by_name.get(opening.workflow)
    if workflow is None:
        raise Invalid(
            (Problem("/workflow", "unknown", f"There is no workflow “{opening.workflow}”; there are: {', '.join(house.catalogue.by_name)}."),)
        )
    refuse_recorded(workflow, act.actor, "/workflow")
    transition = workflow.edge(START, act.trigger)
    if transition is None:
        possible = ", ".join(t.trigger for t in workflow.openings)
        raise Invalid((Problem("/trigger", "unknown", f"“{act.trigger}” does not open a case of {workflow.name}; possible: {possible}."),))
    if opening.ruleset not in house.catalogue.rulesets_by_name:
        known = ", ".join(house.catalogue.rulesets_by_name)
        raise Invalid((Problem("/ruleset", "unknown", f"There is no ruleset “{opening.ruleset}”; there are: {known}."),))
    refuse_recorded(house.catalogue.rulesets_by_name[opening.ruleset], act.actor, "/ruleset")
    parent = take(session, house, opening.parent, act.actor, today) if opening.parent else None
    if workflow.needs_parent and parent is None:
        raise Invalid((Problem("/parent", "required", f"A case of {workflow.name} belongs to another; name its parent."),))
    if parent is not None and workflow.parents and parent.workflow.name not in workflow.parents:
        raise Invalid((Problem("/parent", "unfit", f"A case of {workflow.name} cannot stand under one of {parent.workflow.name}."),))
    if opening.rehearsal and parent is not None and not is_rehearsal(session, parent):
        raise Invalid((Problem("/rehearsal", "unfit", "A rehearsal stands by itself or under a rehearsal, never under a real case."),))
    unit_id = _unit(session, opening.unit) if opening.unit else parent.unit_id if parent else None
    parts = _opening_parts(session, act, unit_id, today) | (parent.parts if parent else frozenset())
    engine.part(transition, parts)
    act = _timed(house, act, now)
    if read is not None:
        act = read(workflow, transition, act)
    title = workflow.title.say(act.actor.language) if workflow.apart else opening.title
    taken = _create(session, house, workflow, opening.ruleset, parent, unit_id, title, now, opening.rehearsal)
    taken.opened_as, taken.above = parts, parent
    refuse_unlisted(transition, act, taken.ruleset)
    facts = gather(session, house, taken, transition, act, engine.needs(transition), now)
    act = engine.reckon(transition, facts, act)
    step = engine.fire(workflow, START, parts, facts, act, taken.ruleset.term_table)
    link = ledger.link_to(parent) if parent else None
    return _write(session, house, taken, step, act, now, key=key, parent=link), taken


def refuse_recorded(law: Workflow | Ruleset, actor: Actor, pointer: str) -> None:
    """Under a workflow or ruleset for recorded histories no case is opened here and no sanction imposed: it need not know notice and hearing.
    Raises `Invalid`."""
    if law.recorded:
        raise Invalid((Problem(pointer, "recorded", say(actor.language, "problem.recorded")),))


def _write(
    session: Session,
    house: House,
    taken: Taken,
    step: engine.Step,
    act: Act,
    now: int,
    *,
    key: Key | None = None,
    parent: dict[str, Any] | None = None,
) -> Event:
    """The event, then its effects, then the first event of each child case: the one order in which anything is written."""
    children = effects.plan_children(session, house, taken, step, act, day_of(now, house.zone))
    calendar = timekeeping.calendar_for(session, house, taken, step.transition)
    event = ledger.append(
        session,
        house.log,
        taken,
        act,
        after=step.after, role=step.role.value if step.role else "",
        now=now, verdicts=step.verdicts,
        key=key,
        parent=parent,
        opened=[b64url(c.cid) for c in children],
        calendar=calendar.law_hash if calendar else None,
    )
    effects.apply(session, house, taken, step, act, event, calendar)
    for child in children:
        _open_child(session, house, taken, child, act, event, now, step.verdicts)
    _tell(session, house, taken, step, act)
    return event


def _tell(session: Session, house: House, taken: Taken, step: engine.Step, act: Act) -> None:
    """What the system does at once in other cases of the dossier; where it is not possible there, nothing."""
    for effect in step.transition.effects:
        if not isinstance(effect, Tell):
            continue
        data = effects.copied(effect.copy, act, said(session, taken.id))
        for uid in effects.reached(session, taken, effect):
            with suppress(NotNow, Refused):
                taken.position = fire_in(session, house, uid, Act(effect.trigger, SYSTEM, data))[1].position


def _open_child(session: Session, house: House, parent: Taken, child: effects.Child, act: Act, event: Event, now: int,
                verdicts: Sequence[Verdict]) -> None:
    """Open a case by an act on another, of which `verdicts` were given. Where its own rules forbid it, the act is refused, and all are said."""
    workflow = house.catalogue.by_name[child.workflow]
    title = str(child.data.get("what") or child.data.get("finding") or parent.title)[:200]
    unit_id = _unit(session, child.unit) if child.unit else parent.unit_id
    taken = _create(session, house, workflow, parent.ruleset.name, parent, unit_id, title, now, cid=child.cid)
    taken.parts = frozenset({Role(event.role)})
    first = replace(act, trigger=child.trigger, data=child.data, seen=None, on_behalf_of=None, recorded_for=None, clock=None)
    transition = engine.rule(workflow, START, child.trigger)
    refuse_unlisted(transition, first, taken.ruleset)
    facts = gather(session, house, taken, transition, first, engine.needs(transition), now)
    first = engine.reckon(transition, facts, first)
    role = next((r for r in transition.who if r.value == event.role), transition.who[0])
    if child.guarded:
        try:
            step = engine.fire(workflow, START, frozenset({role}), facts, first, taken.ruleset.term_table)
        except Refused as refusal:
            raise Refused(act.trigger, tuple({v.code: v for v in (*verdicts, *refusal.verdicts)}.values())) from refusal
    else:
        followed = engine.follow(workflow, START, facts, first)
        assert followed is not None
        step = replace(followed, role=role)
    _write(session, house, taken, step, first, now, parent={"cid": b64url(parent.cid), "leaf": b64url(bytes.fromhex(event.leaf))})
    parent.position = taken.position


def _create(session: Session, house: House, workflow: Workflow, ruleset: str, parent: Taken | None, unit_id: int | None, title: str, now: int,
            rehearsal: bool = False, cid: bytes | None = None) -> Taken:
    """The empty case, in the dossier of its parent or one of its own; the ledger gives it its first event."""
    rules = parent.ruleset if parent else house.catalogue.rulesets_by_name[ruleset]
    if parent is None or workflow.apart:
        uid = str(uuid4())
        dossier_id = session.execute(_NEW_DOSSIER, {"uid": uid, "position": 0, "opened_at": now}).scalar_one()
        position = 0
    else:
        uid, dossier_id, position = parent.dossier, parent.dossier_id, parent.position
    cid = cid or urandom(16)
    id_ = session.execute(_NEW_STREAM, {"cid": cid, "kind": "case", "seq": 0, "head": b"", "at": 0}).scalar_one()
    number = f"{datetime.fromtimestamp(now / 1e6, UTC).astimezone(house.zone).year}-{id_:06d}"
    case_uid = str(uuid4())
    if parent is not None:
        rehearsal = is_rehearsal(session, parent)
    session.execute(
        insert(cases).values(
            id=id_,
            uid=case_uid,
            number=number,
            dossier_id=dossier_id,
            parent_id=parent.id if parent else None,
            workflow=workflow.name,
            definition=house.pin(session, workflow),
            ruleset=house.pin(session, rules),
            state=START, seq=0, is_open=True,
            unit_id=unit_id,
            title=title, title_bits=wording.bits(title),
            opened_at=now, updated_at=now, rehearsal=rehearsal,
        )
    )
    session.execute(insert(case_search).values(case_id=id_, folded=folded(f"{number} {title}")))
    taken = Taken(
        id_, case_uid, number, dossier_id, uid, position, parent.id if parent else None, workflow, rules, START, 0, False, unit_id, title, cid, b"",
        0, rehearsal=rehearsal,
    )
    if parent is not None and parent.closed_circle:
        routing.keep_circle(session, house, parent, taken)
    return taken


def refuse_unlisted(transition: Transition, act: Act, rules: Ruleset) -> None:
    """Raises `Invalid` for every code of the act that the ruleset of the case does not list, saying what it lists."""
    found = [Problem("/".join(("/data", *map(str, place))), "unlisted", f"The rules of this case do not list that; they list: {', '.join(codes)}.")
             for place, codes in unlisted(transition.asked, act.data, rules.listed)]
    if found:
        raise Invalid(tuple(found))


def _timed(house: House, act: Act, now: int) -> Act:
    """The act with its moment: never in the future; before the day of recording it is a late entry."""
    if act.occurred_on is not None:
        begin = start_of(date.fromisoformat(act.occurred_on), house.zone)
        act = replace(act, occurred_at=begin, zone=offset_of(begin, house.zone))
    if act.occurred_at is None:
        return act
    if act.occurred_at > now:
        raise Invalid((Problem("/occurred_at", "future", "This lies in the future; give the moment at which it happened."),))
    return replace(act, late=day_of(act.occurred_at, house.zone) < day_of(now, house.zone))


def _parts(session: Session, house: House, taken: Taken, act: Act, now: int) -> frozenset[Role]:
    """The parts in which this act may be done: one's own, or those that no wall takes from whose paper is typed or who is stood in for."""
    if act.recorded_for and act.on_behalf_of:
        raise Invalid((Problem("/recorded_for", "both", "An act is recorded for someone, or done on behalf of someone, not both."),))
    other = act.recorded_for or act.on_behalf_of
    if not other:
        return taken.parts
    name = "recorded_for" if act.recorded_for else "on_behalf_of"
    other_id = session.execute(select(person.c.id).where(person.c.uid == other)).scalar()
    if other_id is None:
        raise Invalid((Problem(f"/{name}", "unknown", "Nobody with this identifier is known."),))
    if act.recorded_for and not taken.parts & set(TYPISTS):
        raise NotYours(act.trigger, tuple(TYPISTS))
    if act.recorded_for and not act.data.get("paper"):
        raise Invalid((Problem("/data/paper", "required", "What is typed for someone names the signed paper: file number, place, pages."),))
    if act.on_behalf_of and taken.workflow.held_role not in taken.parts:
        raise NotYours(act.trigger, (f"the person, or who answers in their office for {other}",))
    today = day_of(now, house.zone)
    theirs = frozenset(Role(role) for role, uids in everyone_in(session, taken, today).items() if other in uids and role not in routing.OWN)
    return standing.unwalled(session, taken.id, int(other_id), today, theirs) if taken.has_walls else theirs


def _opening_parts(session: Session, act: Act, unit_id: int | None, today: date) -> frozenset[Role]:
    if act.actor.is_unsigned:
        return frozenset({Role.REPORTER})
    if sees_everything(act.actor) or act.actor.person_id is None:
        return frozenset()
    asked = {"unit": unit_id, "person": act.actor.person_id, "today": today.isoformat()}
    return parts_on_opening(role for (role,) in _GRANTED_AT.run(session, asked))


def _unit(session: Session, code: str) -> int:
    if not (found := _UNIT.run(session, {"code": code})):
        raise Invalid((Problem("/unit", "unknown", f"There is no unit with the code “{code}”."),))
    return int(found[0][0])


def sit(house: House, acts: Sequence[tuple[str, Act]], *, opening: Opening | None = None, read: Reader | None = None,
        key: Key | None = None) -> list[Event]:
    """Type a whole meeting or visit back: several acts, all or none. Raises `InSitting`, which says at which act and why.

    With `opening`, a case is opened first, as act 0; acts that name no case are on it. Dossiers are taken in the order of their numbers
    first, so that two sittings never wait for each other. Every act keeps the key with its own number, so that the same request is answered
    with the same events."""
    steps: list[tuple[str, Act | Opening]] = [*([("", opening)] if opening else []), *acts]
    keys = [Key(f"{key.key}/{n}" if n else key.key, key.request) if key else None for n in range(len(steps))]
    done: list[Event] = []
    try:
        with house.db.atomic("all") as session:
            _lock_in_order(session, {case_id for case_id, _ in acts if case_id})
            for n, (case_id, step) in enumerate(steps):
                done.append(_seated(session, house, n, case_id or (done[0].case if done else ""), step, read, keys[n]))
    except (InSitting, *DRIVER_CONFLICTS):
        with house.db.reading("all") as session:
            first = opening.act if opening else acts[0][1]
            before = [_answered(session, house, first, k) for k in keys if k]
        if before and all(before):
            return [event for event in before if event]
        raise
    return erasing.settled(house, done)


def _seated(session: Session, house: House, n: int, case_id: str, step: Act | Opening, read: Reader | None, key: Key | None) -> Event:
    try:
        if isinstance(step, Opening):
            return open_in(session, house, step, read=read, key=key)[0]
        return fire_in(session, house, case_id, step, read=read, key=key)[0]
    except Refusal as error:
        raise InSitting(n, case_id, error) from error


def _lock_in_order(session: Session, case_ids: set[str]) -> None:
    wanted = select(cases.c.dossier_id).where(cases.c.uid.in_(case_ids))
    session.execute(select(dossier.c.id).where(dossier.c.id.in_(wanted)).order_by(dossier.c.id).with_for_update()).all()


__all__ = ["Opening", "Reader", "fire", "fire_in", "open_case", "open_in", "refuse_recorded", "sit"]
