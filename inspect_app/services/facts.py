"""Gathering: of the closed table of facts, only what the guards of this act declare that they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import orjson

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.offices import ANY_SCOPE, answerer
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session
from inspect_app.services import standing
from inspect_app.services.house import House
from inspect_app.services.taken import Taken
from workflows.acts import Act, CaseFact, ClockFact, Facts, OfficeFact, StepFact, StrandFact
from workflows.calendar import day_of
from workflows.definition import Transition, Workflow
from workflows.effects import Appoint
from workflows.inputs import Many, Office, Person

_STEPS = Fixed(
    """SELECT "trigger", COALESCE(recorded_for, on_behalf_of, actor), occurred_at, "after" FROM event WHERE stream_id = :id ORDER BY seq"""
)
_BODIES = Fixed("SELECT c.body FROM event e JOIN content c ON c.event_id = e.event_id WHERE e.stream_id = :id ORDER BY e.seq")
_STRANDS = Fixed("SELECT id, parent_id, workflow, definition, state FROM cases WHERE dossier_id = :dossier ORDER BY id")
_PEOPLE = Fixed(
    "SELECT r.role, p.uid FROM case_role r JOIN person p ON p.id = r.person_id WHERE r.case_id = :id AND r.until_seq IS NULL ORDER BY p.id"
)
_TIES = Fixed("SELECT p.uid, x.part FROM exclusion x JOIN person p ON p.id = x.person_id WHERE x.case_id = :id AND x.since_on <= :today")
_ITEMS = Fixed("SELECT n FROM evidence WHERE case_id = :id AND withdrawn_seq IS NULL ORDER BY n")
_CLOCKS = Fixed("SELECT name, due_at, status FROM clock WHERE case_id = :id ORDER BY id")
_LETTERS = Fixed("SELECT kind, MAX(made_at) FROM letter WHERE case_id = :id GROUP BY kind")
_KNOWN = Fixed("SELECT uid FROM person WHERE uid = :uid")
_UID = Fixed("SELECT uid FROM person WHERE id = :id")
_OFFICE = Fixed("SELECT o.id, s.code FROM office o LEFT JOIN office s ON s.id = o.superior_id WHERE o.code = :code")
_UNIT = Fixed("SELECT code FROM unit WHERE id = :unit")
_JURISDICTION = Fixed("""SELECT b.code FROM role_grant g JOIN unit_above a ON a.above_id = g.unit_id JOIN unit b ON b.id = a.unit_id
  WHERE g.person_id = :person""")


def said(session: Session, case_id: int) -> dict[str, Any]:
    """The newest value of each input of a case; rows of a list are put together again."""
    return newest(row[0] for row in _BODIES.run(session, {"id": case_id}))


def newest(bodies: Iterable[bytes]) -> dict[str, Any]:
    """The newest value of each input over the contents of a case's events, oldest first."""
    values: dict[str, Any] = {}
    for body in bodies:
        values.update(data_of(disclosed(body)))
    return values


def data_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs among an event's disclosed fields, lists put together from their rows; a withheld row is left out."""
    data: dict[str, Any] = {}
    for name, value in fields.items():
        if not name.startswith("data."):
            continue
        _, input_name, *row = name.split(".")
        if row:
            if not isinstance(data.get(input_name), list):
                data[input_name] = []
            data[input_name].append((int(row[0]), value))
        elif not isinstance(data.get(input_name), list):
            data[input_name] = value
    return {name: [row for _, row in sorted(value, key=lambda pair: pair[0])] if _is_rows(value) else value for name, value in data.items()}


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], tuple)


def people(session: Session, case_id: int) -> dict[str, tuple[str, ...]]:
    """Who plays which part in the case: role code to identifiers of persons."""
    found: dict[str, tuple[str, ...]] = {}
    for role, uid in _PEOPLE.run(session, {"id": case_id}):
        found[role] = (*found.get(role, ()), uid)
    return found


def office(session: Session, code: str, then: date, today: date, workflow: str = ANY_SCOPE) -> OfficeFact | None:
    """An office by its code: who held it then, who holds it today, and who answers for it today where that is another."""
    rows = _OFFICE.run(session, {"code": code})
    if not rows:
        return None
    number, superior = rows[0]
    known = standing.histories(session, (number,))
    past, here = (next(iter(known[number].holders(day)), None) for day in (then, today))
    found = answerer(known, number, today, workflow)
    acting = found.person if found is not None and found.person != here else None
    then_by, now_by, acts = (_uid(session, person) for person in (past, here, acting))
    return OfficeFact(code, then_by, now_by, acts, superior)


def _uid(session: Session, person_id: int | None) -> str | None:
    return str(_UID.run(session, {"id": person_id})[0][0]) if person_id is not None else None


def named(transition: Transition, act: Act, kind: type[Person] | type[Office]) -> list[str]:
    """The values of all inputs of a kind in an act, rows included."""
    found: list[str] = []
    for i in transition.inputs:
        value = act.data.get(i.name)
        if isinstance(i, kind) and value:
            found.append(str(value))
        elif isinstance(i, Many) and isinstance(value, list):
            columns = [c.name for c in i.of if isinstance(c, kind)]
            found += [str(row[c]) for row in value for c in columns if row.get(c)]
    return found


class _Gatherer:
    """Reads each fact at most once for one act."""

    def __init__(self, session: Session, house: House, taken: Taken, transition: Transition | None, act: Act, now: int) -> None:
        self.session, self.house, self.taken, self.transition, self.act, self.moment = session, house, taken, transition, act, now
        self.day = day_of(now, house.zone)

    def now(self) -> int:
        return self.moment

    def today(self) -> date:
        return self.day

    def case(self) -> CaseFact:
        t = self.taken
        return CaseFact(t.state, t.seq, t.workflow.name, t.paused, t.workflow.is_final(t.state))

    def _others(self) -> list[tuple[int, int | None, StrandFact]]:
        found = []
        for id_, parent_id, name, definition, state in _STRANDS.run(self.session, {"dossier": self.taken.dossier_id}):
            workflow: Workflow = self.house.law(definition)
            found.append((id_, parent_id, StrandFact(name, state, workflow.is_final(state), workflow.is_settled(state))))
        return found

    def parent(self) -> StrandFact | None:
        return next((fact for id_, _, fact in self._others() if id_ == self.taken.parent_id), None)

    def children(self) -> tuple[StrandFact, ...]:
        return tuple(fact for _, parent, fact in self._others() if parent is not None and parent == self.taken.id)

    def strands(self) -> dict[str, StrandFact]:
        return {fact.workflow: fact for _, _, fact in self._others()}

    def steps(self) -> tuple[StepFact, ...]:
        return tuple(StepFact(*row) for row in _STEPS.run(self.session, {"id": self.taken.id}))

    def said(self) -> dict[str, Any]:
        if "said" not in self.taken.memory:
            self.taken.memory["said"] = said(self.session, self.taken.id)
        found: dict[str, Any] = self.taken.memory["said"]
        return found

    def origin(self) -> dict[str, Any]:
        return said(self.session, self.taken.parent_id) if self.taken.parent_id else {}

    def evidence(self) -> tuple[int, ...]:
        return tuple(row[0] for row in _ITEMS.run(self.session, {"id": self.taken.id}))

    def clocks(self) -> dict[str, ClockFact]:
        reminders = sum(step.trigger == "remind" for step in self.steps())
        return {name: ClockFact(due_at, status == "running", reminders) for name, due_at, status in _CLOCKS.run(self.session, {"id": self.taken.id})}

    def people(self) -> dict[str, tuple[str, ...]]:
        return people(self.session, self.taken.id)

    def offices(self) -> dict[str, OfficeFact]:
        codes = named(self.transition, self.act, Office) if self.transition else []
        matter = self.act.data.get("matter_on")
        if (not codes or matter is None) and self.taken.seq:
            before = self.said()
            matter = matter or before.get("matter_on")
            codes = codes or [before["office"]] if before.get("office") else codes
        then = date.fromisoformat(str(matter)) if matter else self.day
        found = {code: office(self.session, code, then, self.day) for code in dict.fromkeys(codes)}
        return {code: fact for code, fact in found.items() if fact is not None}

    def ties(self) -> frozenset[str]:
        """Whoever is walled from everything; and of those named in the act, whoever is walled from the part it gives."""
        effects = self.transition.effects if self.transition else ()
        gives = {e.role.value for e in effects if isinstance(e, Appoint)}
        named = self.drawn_in()
        return frozenset(uid for uid, part in _TIES.run(self.session, {"id": self.taken.id, "today": self.day.isoformat()})
                         if part == EVERY_PART or (part in gives and uid in named))

    def drawn_in(self) -> frozenset[str]:
        return frozenset(named(self.transition, self.act, Person)) if self.transition else frozenset()

    def known(self) -> frozenset[str]:
        return frozenset(row[0] for uid in self.drawn_in() for row in _KNOWN.run(self.session, {"uid": uid}))

    def jurisdiction(self) -> frozenset[str]:
        return frozenset(row[0] for row in _JURISDICTION.run(self.session, {"person": self.act.actor.person_id}))

    def unit(self) -> str | None:
        rows = _UNIT.run(self.session, {"unit": self.taken.unit_id})
        return rows[0][0] if rows else None

    def served(self) -> dict[str, int]:
        return dict(_LETTERS.run(self.session, {"id": self.taken.id}))

    def ruleset(self) -> dict[str, Any]:
        return self.taken.ruleset.values


def gather(session: Session, house: House, taken: Taken, transition: Transition | None, act: Act, needs: Iterable[str], now: int) -> Facts:
    """The frozen snapshot of the facts named in `needs`. `now` is the moment of the act, µs since 1970 UTC."""
    gatherer = _Gatherer(session, house, taken, transition, act, now)
    readers: Mapping[str, Callable[[], Any]] = {name: getattr(gatherer, name) for name in needs}
    return Facts({name: read() for name, read in readers.items()})


def as_text(value: Any) -> str:
    """A value of an event as one line."""
    return value if isinstance(value, str) else orjson.dumps(value).decode("utf-8")
