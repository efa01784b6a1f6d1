"""What the organisation changes in responsibilities under way: handling passes to a new holder, who is served; what was reported to a superior
is told to the next; a dissolved unit's cases follow to its successor; absences stop the clock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from inspect_app.access.offices import answerer, first
from inspect_app.access.trees import DEEPEST
from inspect_app.errors import NotNow, Refused, Stale
from inspect_app.models import absence, case_role, cases, person, responsibility, unit
from inspect_app.now import now
from inspect_app.services import absences, casework, standing
from inspect_app.services.house import House
from inspect_app.services.taken import take
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of
from workflows.roles import Role

SETTLED = ("misdirected", "determined", "linked", "withdrawn", "closed")
"""States in which nobody owes an answer any more."""


def round_of(house: House) -> int:
    """Serve new holders and tell new superiors, and note absences on file, in every responsibility that waits for an answer; returns how
    many acts that took."""
    today = day_of(now(), house.zone)
    follows = _to_successors(house, today, cases.c.unit_id, "follow_successor", ("unit_before", "unit_after"))
    follows += _to_successors(house, today, cases.c.body_id, "follow_body", ("body_before", "determiner"))
    return follows + _to_new_holders(house, today) + _to_new_members(house, today) + _to_new_superiors(house, today) + _absent(house, today)


def _to_successors(house: House, today: date, column: ColumnElement[Any], trigger: str, told: tuple[str, str]) -> int:
    """Open cases of a unit that was dissolved, or before a body that was, follow to its successor; where that is dissolved too, on to the next."""
    heir, done = unit.alias(), 0
    query = (select(cases.c.uid, cases.c.definition, unit.c.code, heir.c.code).join(unit, unit.c.id == column)
             .join(heir, heir.c.id == unit.c.successor_id)
             .where(cases.c.is_open, unit.c.dissolved_on < today).order_by(cases.c.id))
    for _ in range(DEEPEST):
        with house.db.reading("all") as session:
            rows = [row for row in session.execute(query) if trigger in house.law(row.definition).triggers]
        fired = sum(_fire(house, uid, Act(trigger, SYSTEM, dict(zip(told, (before, after), strict=True)))) for uid, _, before, after in rows)
        done += fired
        if not fired:
            break
    return done


def _to_new_holders(house: House, today: date) -> int:
    with house.db.reading("all") as session:
        rows = session.execute(select(cases.c.uid, cases.c.office_id, responsibility.c.person_id)
                               .join(responsibility, responsibility.c.case_id == cases.c.id)
                               .where(cases.c.is_open, cases.c.office_id.is_not(None), cases.c.state.not_in(SETTLED))).all()
        known = standing.histories(session, {office_id for _, office_id, _ in rows})
        changed = [(uid, found[0]) for uid, office_id, before in rows
                   if (found := first(known, office_id, today)) is not None and found[0] != before]
        names = {id_: uid for id_, uid in session.execute(select(person.c.id, person.c.uid).where(person.c.id.in_({p for _, p in changed})))}
    return sum(_fire(house, uid, Act("serve_again", SYSTEM, {"holder": names[person_id]})) for uid, person_id in changed)


def _to_new_members(house: House, today: date) -> int:
    """Where a committee answers member by member, handling passes from whoever left their seat to whoever took one, the first to the first."""
    c, one = cases.c, responsibility.c
    with house.db.reading("all") as session:
        rows = session.execute(
            select(c.id, c.uid, c.parent_id, one.office_id, one.person_id, c.is_open & c.state.not_in(SETTLED)).join(cases, c.id == one.case_id)
            .where(one.level == "joint", one.basis == "handling").order_by(c.id)).all()
        waiting = {(parent, number) for _, _, parent, number, _, waits in rows if waits}
        known = standing.histories(session, {number for _, number in waiting})
        passes: list[tuple[str, int]] = []
        for parent, number in sorted(waiting, key=str):
            holders = tuple(reversed(known[number].holders(today)))
            here = [row for row in rows if (row.parent_id, row.office_id) == (parent, number)]
            left = [row.uid for row in here if row[5] and row.person_id not in holders]
            passes += zip(left, (p for p in holders if p not in {row.person_id for row in here}), strict=False)
        names = {id_: uid for id_, uid in session.execute(select(person.c.id, person.c.uid).where(person.c.id.in_({p for _, p in passes})))}
    return sum(_fire(house, uid, Act("serve_again", SYSTEM, {"holder": names[person_id]})) for uid, person_id in passes)


def _to_new_superiors(house: House, today: date) -> int:
    """What was reported to a superior is told to whoever answers for that office now."""
    c, r = cases.c, case_role.c
    with house.db.reading("all") as session:
        rows = session.execute(
            select(c.uid, c.workflow, c.superior_office_id, r.person_id)
            .outerjoin(case_role, (r.case_id == c.id) & (r.role == Role.SUPERIOR.value) & r.until_seq.is_(None))
            .where(c.is_open, c.superior_office_id.is_not(None), c.state == "escalated")).all()
        known = standing.histories(session, {number for _, _, number, _ in rows})
        changed = [uid for uid, workflow, number, told in rows
                   if (found := answerer(known, number, today, workflow)) is None or found.person != told]
    return sum(_fire(house, uid, Act("escalate_again", SYSTEM)) for uid in changed)


def _absent(house: House, today: date) -> int:
    """Absences on file of those who have to answer, but not yet noted in the case: those that are not over for longer than a year."""
    done = 0
    a = absence.c
    with house.db.reading("all") as session:
        rows = session.execute(
            select(cases.c.id, cases.c.uid, a.kind, a.since_on, a.until_on, cases.c.opened_at)
            .join(responsibility, responsibility.c.case_id == cases.c.id).join(absence, a.person_id == responsibility.c.person_id)
            .where(cases.c.is_open, cases.c.state.not_in(SETTLED), a.until_on >= today - timedelta(days=366))
            .order_by(cases.c.id, a.id)).all()
        noted = {id_: absences.of_case(session, id_) for id_ in {row[0] for row in rows}}
    for id_, uid, kind, since, until, opened_at in rows:
        if until < day_of(opened_at, house.zone) or any(one.since <= since and until <= one.until for one in noted[id_]):
            continue
        data = {"ground": kind if kind in absences.GROUNDS else "duty", "away_from": since.isoformat(), "away_until": until.isoformat()}
        done += _note(house, uid, Act("note_absence", SYSTEM, data), since, until)
    return done


def _note(house: House, uid: str, act: Act, since: date, until: date) -> bool:
    """Note an absence, unless another round has noted it since it was looked for."""
    try:
        with house.db.atomic("all") as session:
            taken = take(session, house, uid, SYSTEM, day_of(now(), house.zone))
            if any(one.since <= since and until <= one.until for one in absences.of_case(session, taken.id)):
                return False
            casework.fire_in(session, house, uid, act)
    except (NotNow, Refused, Stale):
        return False
    return True


def _fire(house: House, uid: str, act: Act) -> bool:
    try:
        casework.fire(house, uid, act)
    except (NotNow, Refused, Stale):
        return False
    return True
