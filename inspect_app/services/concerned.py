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
from workflows.definition import Workflow
from workflows.effects import Appoint, Seat
from workflows.roles import PERSONAL, Role

CONCERNED = frozenset({Role.RESPONDENT, Role.COMPANION})
"""Whoever has no other part in a case opens the plain page first."""
MOST_NAMED = 12
"""So many deciders are named; of a meeting there is its name and how many they are."""
NOT_DECIDING = frozenset({*PERSONAL, Role.SYSTEM})
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

    decide = names(Role.DECIDER, Role.APPEAL_DECIDER, *who_decides(row.workflow, row.state, row.closed_circle))
    handle = names(Role.OFFICER, Role.TEAM_LEAD, Role.DIRECT_SUPERIOR, *((Role.RECORDER,) if row.workflow.fast else ()))
    return Around(body, len(decide), decide if len(decide) <= MOST_NAMED else (), handle,
                  tuple((uid, known[uid]) for uid in parts.get(Role.COMPANION, ()) if uid in known), appeal)


def who_decides(workflow: Workflow, state: str, closed_circle: bool = False) -> tuple[Role, ...]:
    """The parts by which a matter is decided from this state on: of what is not settled yet, those that settle it; of what is settled, those that
    have to choose among several acts, as on an appeal. Empty where nothing is left to decide. Whoever takes the minutes does not decide; a closed
    circle is reached by no grant, and outside of it nobody is a decider whom the workflow does not name."""
    if workflow.is_settled(state):
        ways = tuple(t for t in workflow.onward.get(state, ()) if t.standing and NOT_DECIDING.isdisjoint(t.who))
        ways = ways if len(ways) > 1 else ()
    else:
        ways = tuple(t for t in workflow.transitions if workflow.is_settled(t.dest) and NOT_DECIDING.isdisjoint(t.who) and not t.while_paused
                     and any(s in workflow.by_name and not workflow.is_settled(s) for s in t.sources))
    names_one = any(isinstance(e, Seat) or (isinstance(e, Appoint) and e.role is Role.DECIDER) for t in workflow.transitions for e in t.effects)
    found = dict.fromkeys(role for t in ways for role in t.who if role is not Role.RECORDER)
    if closed_circle:
        found.pop(Role.CHAIR, None)
    elif Role.CHAIR in found and not names_one:
        found.pop(Role.DECIDER, None)
    return tuple(found)


def heard_next(events: Iterable[Event], day: date) -> tuple[date, str] | None:
    """The day and the place to which the newest invitation asks, where that day is not over."""
    told = next((e.data for e in reversed(list(events)) if e.data.get(SUMMONS)), None)
    if told is None or (on := date.fromisoformat(str(told[SUMMONS]))) < day:
        return None
    return on, str(told.get(PLACE) or "")
