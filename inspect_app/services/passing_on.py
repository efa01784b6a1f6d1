"""What the organisation changes in responsibilities under way: handling passes to a new holder, who is served; absences stop the clock."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from inspect_app.access.offices import first
from inspect_app.errors import NotNow, Refused, Stale
from inspect_app.models import absence, cases, person, responsibility
from inspect_app.now import now
from inspect_app.services import absences, casework, standing
from inspect_app.services.house import House
from inspect_app.services.taken import take
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of

SETTLED = ("misdirected", "determined", "linked", "withdrawn", "closed")
"""States in which nobody owes an answer any more."""


def round_of(house: House) -> int:
    """Serve new holders, and note absences on file, in every responsibility that waits for an answer; returns how many acts that took."""
    today = day_of(now(), house.zone)
    return _to_new_holders(house, today) + _absent(house, today)


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
