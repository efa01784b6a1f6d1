"""The walls of a case: who is kept out of it, or out of a part in it. Rows of `exclusion` are recomputed whenever they may change.

What they are is a pure function (`access.conflicts`); here its facts are loaded, as few as decide it, and the difference is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, true, tuple_

from inspect_app.access.conflicts import EVERY_PART, TEAM, Involved, walls
from inspect_app.db import Fixed, Session, together
from inspect_app.models import appointment, case_role, cases, declared_conflict, event, exclusion, named, person
from inspect_app.services.house import House
from inspect_app.services.relations import around, at_a_time, day_read, everyone_in
from inspect_app.services.said import said
from workflows.calendar import day_of
from workflows.definition import Transition
from workflows.effects import Appoint, Hold, Recuse, Reinstate, Take
from workflows.protection import TESTIMONY
from workflows.roles import TOOK_PART, Role

ABOUT = (Role.RESPONDENT.value, Role.HEAD.value)
"""Whom a case is about."""
MOVES_WALLS = frozenset({*ABOUT, Role.OWNER.value, *TEAM, Role.APPEAL_DECIDER.value})
ACT_DAYS = frozenset({"committed_on", "matter_on", "happened_from"})
"""Inputs that say on which day the act was that a case is about; columns of rows count as well."""

_E, _X, _A = event.c, exclusion.c, appointment.c
_BEGAN = Fixed("""SELECT c.id, c.parent_id, c.definition, c.ruleset, c.office_id, e.occurred_at FROM cases c
  JOIN event e ON e.stream_id = c.id AND e.seq = 1 WHERE c.id AMONG :some""")
_THERE = Fixed("SELECT case_id, person_id, part, since_on FROM exclusion WHERE case_id AMONG :some")
_ACTED = (select(person.c.id, _E.recorded_at).join(person, person.c.uid.in_((_E.actor, _E.on_behalf_of, _E.recorded_for)))
          .where(_E.stream_id == bindparam("case"), _E.role.in_(TOOK_PART)))
_REACH = Fixed("SELECT 1", """WITH before AS MATERIALIZED (SELECT current_setting('inspect.reach', true) AS reach)
  SELECT reach, set_config('inspect.reach', :reach, true) FROM before""")
_ABOVE = Fixed("SELECT parent_id FROM cases WHERE id = :case")
_TESTIFIED = Fixed("""SELECT id FROM cases WHERE workflow = 'testimony' AND (parent_id = :case
  OR parent_id = (SELECT parent_id FROM cases WHERE id = :case AND workflow = 'responsibility'))""")
_ANSWERING = Fixed("SELECT id FROM cases WHERE parent_id = :case AND workflow = 'responsibility'")
_HELD_SINCE = select(_A.person_id, _A.since_on).where(_A.office_id == bindparam("office"),
                                                      _A.until_on.is_(None) | (_A.until_on >= bindparam("first")))


_PLAYED, _NAMED, _DECLARED = (
    Fixed(f"SELECT t.case_id, t.person_id, t.{told}, e.recorded_at FROM {table} t "  # noqa: S608
               f"JOIN event e ON e.stream_id = t.case_id AND e.seq = t.{began} WHERE t.case_id AMONG :some")
    for table, told, began in (("case_role", "role", "since_seq"), ("named", "seq", "seq"), ("declared_conflict", "seq", "seq")))
"""The rows of some cases with the moment of the event with which each began."""


def rebuild(session: Session, house: House, case_id: int) -> None:
    """Recompute the walls of one case, after its people, the persons it names, or declared conflicts have changed; and of every testimony in it,
    which is kept from those against whom it speaks, also from who comes to be that later."""
    _rebuild(session, house, [case_id, *(id_ for (id_,) in _TESTIFIED.run(session, {"case": case_id}))])


def rebuild_for(session: Session, house: House, person_ids: Iterable[int]) -> None:
    """Recompute the walls of every case that these persons, or their lines, may have to do with, after the organisation has changed: an
    appointment, delegation, belonging, grant or close tie of theirs, or that two records are one person. For an office or a unit that
    was changed or moved, give whoever holds it or belongs to it."""
    people = set(person_ids)
    with _whole(session):
        if not people or session.execute(select(cases.c.id).limit(1)).first() is None:
            return
        near = everyone_in(around(session, people, people)) | people
        found: set[int] = set()
        for some in at_a_time(sorted(near)):
            for table in (case_role, named, declared_conflict):
                counts = case_role.c.role.in_((*MOVES_WALLS, *TOOK_PART)) if table is case_role else true()
                found |= set(session.execute(select(table.c.case_id).where(table.c.person_id.in_(some), counts).distinct()).scalars())
            held = select(appointment.c.office_id).where(appointment.c.person_id.in_(some))
            found |= set(session.execute(select(cases.c.id).where(cases.c.office_id.in_(held))).scalars())
            found |= set(session.execute(select(exclusion.c.case_id).where(exclusion.c.person_id.in_(some)).distinct()).scalars())
        for some in at_a_time(sorted(found)):
            _rebuild(session, house, some)


def moved_by(transition: Transition, data: Mapping[str, Any]) -> bool:
    """Whether an act may change the walls of its case: it gives a part that walls go by, or says on which day the act was."""
    if any(isinstance(e, (Recuse, Reinstate)) or (isinstance(e, (Appoint, Take, Hold)) and e.role.value in MOVES_WALLS)
           or (isinstance(e, Appoint) and e.role is Role.PROTECTED) for e in transition.effects):
        return True
    return any(name in ACT_DAYS or (isinstance(value, list) and any(ACT_DAYS & row.keys() for row in value if isinstance(row, dict)))
               for name, value in data.items())


@contextmanager
def _whole(session: Session) -> Iterator[None]:
    """Walls are judged on the whole of the facts, for whomever the transaction reads otherwise."""
    if session.dialect.name != "postgresql":
        yield
        return
    then = _REACH.run(session, {"reach": "all"})[0][0]
    yield
    _REACH.run_later(session, {"reach": then})


def _rebuild(session: Session, house: House, case_ids: Sequence[int]) -> None:
    with _whole(session):
        involved = _involved(session, house, case_ids)
        about = {p for one, _ in involved.values() for group in (one.respondents, one.named) for p in group}
        everyone = about | {p for one, _ in involved.values() for group in (one.declared, one.below, one.owners, one.investigators) for p in group}
        wanted: dict[tuple[int, int, str], date] = {}
        if everyone:
            org = around(session, everyone, about)
            wanted = {(case_id, p, part): day for case_id, (one, plays) in involved.items() for (p, part), day in walls(org, one).items()
                      if part == EVERY_PART or part in plays}
        there = {(c, p, part): day_read(day) for c, p, part, day in _THERE.run(session, {"some": together(case_ids)})}
        if gone := [key for key, day in there.items() if wanted.get(key) != day]:
            for some in at_a_time(gone):
                session.execute(delete(exclusion).where(tuple_(_X.case_id, _X.person_id, _X.part).in_(some)))
        if new := [{"case_id": c, "person_id": p, "part": part, "since_on": day} for (c, p, part), day in sorted(wanted.items())
                   if there.get((c, p, part)) != day]:
            session.execute(insert(exclusion), new)


def _involved(session: Session, house: House, case_ids: Sequence[int]) -> dict[int, tuple[Involved, frozenset[str]]]:
    """The people of each case, and the parts that its workflow knows."""
    found: dict[int, tuple[Involved, frozenset[str]]] = {}
    rows = _BEGAN.run(session, {"some": together(case_ids)})
    played, spoken_of, recused = (_since(session, house, query, case_ids) for query in (_PLAYED, _NAMED, _DECLARED))
    for case_id, parent_id, definition, ruleset, office_id, began_at in rows:
        workflow, rules = house.law(definition), house.rules(ruleset).values
        roles = played.get(case_id, {})
        parts: dict[str, dict[int, date]] = {}
        for (person_id, role), day in roles.items():
            parts.setdefault(str(role), {})[person_id] = day
        if office_id is not None and workflow.held_role is not None:
            _holders(session, office_id, parts.setdefault(workflow.held_role.value, {}))
        below = _took_part(session, house, parent_id) if parent_id is not None and Role.APPEAL_DECIDER in workflow.parts else {}
        against = against_whom(session, house, parent_id) if parent_id is not None and workflow.name == TESTIMONY else {}
        everyone = {**spoken_of.get(case_id, {}), **recused.get(case_id, {}), **roles}
        act_on = _act_on(session, case_id, day_of(began_at, house.zone)) if everyone or below else day_of(began_at, house.zone)
        found[case_id] = (
            Involved(
                act_on,
                respondents={p: day for role in ABOUT for p, day in parts.get(role, {}).items()},
                named={p: day for (p, _), day in spoken_of.get(case_id, {}).items()} | against,
                declared={p: day for (p, _), day in recused.get(case_id, {}).items()},
                below=below,
                owners=parts.get(Role.OWNER.value, {}),
                investigators={p: day for role in TEAM for p, day in parts.get(role, {}).items()},
                superior_may_investigate=bool(rules["superior_may_investigate"]),
                investigators_may_decide=bool(rules["investigators_may_decide"]),
            ),
            frozenset(role.value for role in workflow.parts),
        )
    return found


def against_whom(session: Session, house: House, case_id: int) -> dict[int, date]:
    """Against whom a witness in a case speaks: whoever it is about, and heads who are asked to answer for it, each from the day on which they
    became that."""
    found: dict[int, date] = {}
    played = _since(session, house, _PLAYED, [case_id, *(id_ for (id_,) in _ANSWERING.run(session, {"case": case_id}))])
    for (person_id, role), day in (one for roles in played.values() for one in roles.items()):
        if role in ABOUT:
            found[person_id] = min(day, found.get(person_id, day))
    return found


def _since(session: Session, house: House, begun: Fixed, case_ids: Sequence[int]) -> dict[int, dict[tuple[int, Any], date]]:
    """Case → (person, the further column) → the day of the event with which it began."""
    rows = begun.run(session, {"some": together(case_ids)})
    found: dict[int, dict[tuple[int, Any], date]] = {}
    for case_id, person_id, told, recorded_at in rows:
        found.setdefault(case_id, {})[person_id, told] = day_of(recorded_at, house.zone)
    return found


def _holders(session: Session, office_id: int, people: dict[int, date]) -> None:
    """Whoever holds the office that handles the case, since it does, is in it as the first was."""
    if not people:
        return
    first = min(people.values())
    for person_id, since_on in session.execute(_HELD_SINCE, {"office": office_id, "first": first}):
        people[person_id] = min(people.get(person_id, date.max), max(first, since_on))


def _took_part(session: Session, house: House, case_id: int | None) -> dict[int, date]:
    """Whoever conducted or decided a case, or one above it: by a part they were given, or by an act."""
    found: dict[int, date] = {}
    while case_id is not None:
        for (person_id, role), day in _since(session, house, _PLAYED, [case_id]).get(case_id, {}).items():
            if role in TOOK_PART:
                found[person_id] = min(day, found.get(person_id, day))
        for person_id, recorded_at in session.execute(_ACTED, {"case": case_id}):
            day = day_of(recorded_at, house.zone)
            found[person_id] = min(day, found.get(person_id, day))
        case_id = _ABOVE.run(session, {"case": case_id})[0][0]
    return found


def _act_on(session: Session, case_id: int, began: date) -> date:
    """The day of the act: the earliest that the case speaks of, else the day on which the case began."""
    told = said(session, case_id)
    rows = [row for value in told.values() if isinstance(value, list) for row in value if isinstance(row, dict)]
    days = [str(row[name]) for row in (told, *rows) for name in ACT_DAYS if row.get(name)]
    return min([began, *(date.fromisoformat(day[:10]) for day in days)])
