"""What the one page of the person a case is about tells beside the file: who decides, who handles it, to whom one appeals, who comes along,
and the next day on which somebody is heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from inspect_app.models import cases, person, unit
from inspect_app.services import facts, setup
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.taken import look
from workflows.acts import SYSTEM
from workflows.roles import Role

CONCERNED = frozenset({Role.RESPONDENT, Role.COMPANION})
"""Whoever has no other part in a case opens the plain page first."""
MOST_NAMED = 12
"""So many deciders are named; of a meeting there is its name and how many they are."""
SUMMONS, PLACE = "hearing_on", "where"
"""What an invitation to be heard says."""


@dataclass(frozen=True, slots=True)
class Around:
    """Names of people and bodies; `deciders` is how many there are, `decide` those who are named. `companions` are (identifier, name)."""

    body: str | None
    deciders: int
    decide: tuple[str, ...]
    handle: tuple[str, ...]
    companions: tuple[tuple[str, str], ...]
    appeal: str | None


def around(house: House, row: CaseRow) -> Around:
    """Who is around a case today. The reporter and those who are protected are in none of it."""
    with house.db.reading("all") as session:
        taken = look(session, house, row.uid, SYSTEM, today(house))
        parts = facts.everyone_in(session, taken, today(house))
        everyone = {uid for one in parts.values() for uid in one}
        known = {uid: name for uid, name in session.execute(select(person.c.uid, person.c.full_name).where(person.c.uid.in_(everyone)))}
        body = session.execute(select(unit.c.name).join(cases, cases.c.body_id == unit.c.id).where(cases.c.id == row.id)).scalar()
        code = setup.named_in(session)["appeal_body"]
        appeal = session.execute(select(unit.c.name).where(unit.c.code == code)).scalar() if code else None

    def names(*roles: Role) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known[uid] for role in roles for uid in parts.get(role, ()) if uid in known))

    decide = names(Role.DECIDER, Role.APPEAL_DECIDER)
    return Around(body, len(decide), decide if len(decide) <= MOST_NAMED else (), names(Role.OFFICER, Role.TEAM_LEAD),
                  tuple((uid, known[uid]) for uid in parts.get(Role.COMPANION, ()) if uid in known), appeal)


def heard_next(events: Iterable[Event], day: date) -> tuple[date, str] | None:
    """The day and the place to which the newest invitation asks, where that day is not over."""
    told = next((e.data for e in reversed(list(events)) if e.data.get(SUMMONS)), None)
    if told is None or (on := date.fromisoformat(str(told[SUMMONS]))) < day:
        return None
    return on, str(told.get(PLACE) or "")
