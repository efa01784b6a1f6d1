"""Gathering: of the closed table of facts, only what the guards of this act declare that they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.offices import ANY_SCOPE, answerer, speakers
from inspect_app.db import Fixed, Session
from inspect_app.models import person
from inspect_app.services import deciding, fearing, learning_facts, retained, standing, timekeeping
from inspect_app.services.house import House
from inspect_app.services.relations import superiors_on
from inspect_app.services.said import said
from inspect_app.services.taken import Taken
from workflows import engine
from workflows.acts import (
    NAMED_IN,
    Act,
    BodyFact,
    CaseFact,
    ClockFact,
    EarlierFact,
    ExtensionFact,
    Facts,
    FieldFact,
    KeepingFact,
    MatterFact,
    NamedCase,
    OfficeFact,
    StepFact,
    StrandFact,
)
from workflows.calendar import day_of
from workflows.clocks import Calendar, runs_out
from workflows.criteria import Criterion
from workflows.definition import Transition, Workflow
from workflows.effects import Appoint
from workflows.figures import Figure, spans
from workflows.inputs import Case, Computed, Many, Office, Person, Unit
from workflows.roles import Role

_STEPS = Fixed(
    """SELECT "trigger", COALESCE(recorded_for, on_behalf_of, actor), occurred_at, "after" FROM event WHERE stream_id = :id ORDER BY seq"""
)
_STRANDS = Fixed("SELECT id, parent_id, workflow, definition, state FROM cases WHERE dossier_id = :dossier ORDER BY id")
_PEOPLE = Fixed("""SELECT r.role, p.uid FROM case_role r JOIN person p ON p.id = r.person_id WHERE r.case_id = :id AND r.until_seq IS NULL
  AND (r.until_on IS NULL OR r.until_on >= :today) ORDER BY p.id""")
_TIES = Fixed("SELECT p.uid, x.part FROM exclusion x JOIN person p ON p.id = x.person_id WHERE x.case_id = :id AND x.since_on <= :today")
_ITEMS = Fixed("SELECT n FROM evidence WHERE case_id = :id AND withdrawn_seq IS NULL ORDER BY n")
_CLOCKS = Fixed("SELECT name, due_at, status FROM clock WHERE case_id = :id ORDER BY id")
_LETTERS = Fixed("SELECT kind, MAX(made_at) FROM letter WHERE case_id = :id GROUP BY kind")
_KNOWN = Fixed("SELECT uid FROM person WHERE uid = :uid")
_UID = Fixed("SELECT uid FROM person WHERE id = :id")
_ONE_RECORD = Fixed("SELECT p.uid, COALESCE(one.uid, p.uid) FROM person p LEFT JOIN person one ON one.id = p.same_as_id WHERE p.id = :id")
_OFFICE = Fixed("SELECT o.id, s.code, o.line, o.seats FROM office o LEFT JOIN office s ON s.id = o.superior_id WHERE o.code = :code")
_BODY = Fixed("SELECT id, kind, external FROM unit WHERE code = :code")
_SUPERIORS = Fixed("""SELECT o.line, s.code FROM office o JOIN office s ON s.id = o.superior_id WHERE o.unit_id = :unit""")
_UNIT = Fixed("SELECT code FROM unit WHERE id = :unit")
_SETUP = Fixed("SELECT name, value FROM installation WHERE name IN ('appeal_body', 'concerns_contact')")
_JURISDICTION = Fixed("""SELECT b.code FROM role_grant g JOIN unit_above a ON a.above_id = g.unit_id JOIN unit b ON b.id = a.unit_id
  WHERE g.person_id = :person""")


def people(session: Session, case_id: int, day: date) -> dict[str, tuple[str, ...]]:
    """Who plays which part in the case on a day, by the case itself: role code to identifiers of persons."""
    found: dict[str, tuple[str, ...]] = {}
    for role, uid in _PEOPLE.run(session, {"id": case_id, "today": day.isoformat()}):
        found[role] = (*found.get(role, ()), uid)
    return found


def office(session: Session, code: str, then: date, today: date, workflow: str = ANY_SCOPE, oversight: bool = False) -> OfficeFact | None:
    """An office by its code: who held it then, who holds it today, and who answers for it today where that is another. `holders` are
    those of today, or for oversight those of then."""
    rows = _OFFICE.run(session, {"code": code})
    if not rows:
        return None
    number, superior, line, seats = rows[0]
    known = standing.histories(session, (number,))
    past, here = known[number].holders(then), known[number].holders(today)
    found = answerer(known, number, today, workflow)
    acting = found.person if found is not None and found.person not in here[:1] else None
    then_by, now_by, acts = (_uid(session, person) for person in (next(iter(past), None), next(iter(here), None), acting))
    holders = tuple(str(_uid(session, person)) for person in (past if oversight else here))
    everyone = {*past, *here, *speakers(known, number, today, workflow), *speakers(known, number, then, workflow)}
    return OfficeFact(code, then_by, now_by, acts, superior, line, seats, holders, one_record(session, everyone))


def one_record(session: Session, person_ids: Iterable[int]) -> frozenset[str]:
    """The identifiers of persons, and of the one record of each who was entered twice."""
    return frozenset(uid for id_ in person_ids for row in _ONE_RECORD.run(session, {"id": id_}) for uid in row)


def body(session: Session, code: str, days: Iterable[date]) -> BodyFact | None:
    """A body by its code, with everybody who sat on it on one of these days."""
    rows = _BODY.run(session, {"code": code})
    if not rows:
        return None
    number, kind, external = rows[0]
    return BodyFact(code, kind == "body" and not external, one_record(session, {p for day in days for p in standing.seated(session, number, day)}))


def everyone_in(session: Session, taken: Taken, day: date) -> dict[str, tuple[str, ...]]:
    """Who plays which part in a case on a day: by themselves, for the office that handles it or that it was reported to, and on the
    body that decides it."""
    found = people(session, taken.id, day)
    if taken.office_id is not None and (held := taken.workflow.held_role) is not None:
        found[held.value] = tuple(str(_uid(session, p)) for p in standing.speakers_of(session, taken.office_id, day, taken.workflow.name))
    found.pop(Role.SUPERIOR.value, None)
    if taken.superior_office_id is not None:
        found[Role.SUPERIOR.value] = tuple(str(_uid(session, p)) for p in standing.speakers_of(session, taken.superior_office_id, day,
                                                                                               taken.workflow.name))
    if taken.body_id is not None:
        members = [str(_uid(session, p)) for p in standing.seated(session, taken.body_id, day)]
        found[Role.DECIDER.value] = tuple(dict.fromkeys((*found.get(Role.DECIDER.value, ()), *members)))
    return found


def _uid(session: Session, person_id: int | None) -> str | None:
    return str(_UID.run(session, {"id": person_id})[0][0]) if person_id is not None else None


def named(transition: Transition, act: Act, kind: type[Person] | type[Office] | type[Unit] | type[Case]) -> list[str]:
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

    def on(self) -> date:
        return self.day if self.act.occurred_at is None else day_of(self.act.occurred_at, self.house.zone)

    def case(self) -> CaseFact:
        t = self.taken
        return CaseFact(t.state, t.seq, t.workflow.name, t.paused, t.workflow.is_final(t.state), t.closed_circle)

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

    def investigators(self) -> frozenset[str]:
        return deciding.investigators(self.session, (self.taken.id, *deciding.line_above(self.session, self.taken.id)))

    def took_part(self) -> frozenset[str]:
        return deciding.took_part(self.session, {n: said(self.session, n) for n in deciding.line_above(self.session, self.taken.id)})

    def earlier(self) -> tuple[EarlierFact, ...]:
        return deciding.earlier(self.session, self.taken.id, lambda n: said(self.session, n))

    def tainted(self) -> tuple[int, ...]:
        return deciding.tainted(self.session, self.taken.id)

    def evidence(self) -> tuple[int, ...]:
        return tuple(row[0] for row in _ITEMS.run(self.session, {"id": self.taken.id}))

    def clocks(self) -> dict[str, ClockFact]:
        return self._clocks(self.taken.id, sum(step.trigger == "remind" for step in self.steps()))

    def clocks_above(self) -> dict[str, ClockFact]:
        return self._clocks(self.taken.parent_id) if self.taken.parent_id else {}

    def _clocks(self, case_id: int, reminders: int = 0) -> dict[str, ClockFact]:
        return {name: ClockFact(due_at, status == "running", reminders) for name, due_at, status in _CLOCKS.run(self.session, {"id": case_id})}

    def calendar(self) -> Calendar:
        return self.house.calendar_for(self.session, self.taken.ruleset).under(self.taken.ruleset.values["working_week"])

    def extensions(self) -> dict[str, ExtensionFact]:
        return timekeeping.extensions(self.session, self.house, self.taken)

    def parts(self) -> frozenset[str]:
        return frozenset(role.value for role in self.taken.opened_as or self.taken.parts)

    def people(self) -> dict[str, tuple[str, ...]]:
        return everyone_in(self.session, self.taken, self.day)

    def parts_above(self) -> frozenset[str]:
        return frozenset(role.value for role in self.taken.above.parts) if self.taken.above else frozenset()

    def people_above(self) -> dict[str, tuple[str, ...]]:
        return everyone_in(self.session, self.taken.above, self.day) if self.taken.above else {}

    def asked_already(self) -> bool:
        return fearing.is_asked(self.session, self.taken.id, self.act)

    def _told(self, name: str) -> Any:
        """What the act says, or else what the case said before."""
        return self.act.data.get(name) or (self.said().get(name) if self.taken.seq else None)

    def _then(self) -> date:
        """The day of the matter; today where none was named."""
        matter = self._told("matter_on")
        return date.fromisoformat(str(matter)) if matter else self.day

    def offices(self) -> dict[str, OfficeFact]:
        codes = named(self.transition, self.act, Office) if self.transition else []
        codes = codes or [str(self._told("office"))]
        then, oversight = self._then(), self._told("basis") == "oversight"
        found = {code: office(self.session, code, then, self.day, self.taken.workflow.name, oversight) for code in dict.fromkeys(codes)}
        return {code: fact for code, fact in found.items() if fact is not None}

    def bodies(self) -> dict[str, BodyFact]:
        codes = named(self.transition, self.act, Unit) if self.transition else []
        days = {self._then(), self.day}
        found = {code: body(self.session, code, days) for code in dict.fromkeys(codes or [str(self._told("determiner"))])}
        return {code: fact for code, fact in found.items() if fact is not None}

    def superiors(self) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for line, code in _SUPERIORS.run(self.session, {"unit": self.taken.unit_id}):
            found[line] = found.get(line, frozenset()) | {code}
        return found

    def direct_superiors(self) -> dict[str, frozenset[str]]:
        rows = self.session.execute(select(person.c.uid, person.c.id).where(person.c.uid.in_(self.drawn_in()))).all()
        return {uid: one_record(self.session, superiors_on(self.session, number, self.day)) for uid, number in rows}

    def matter(self) -> MatterFact | None:
        at: int | None = self.taken.id
        known = {id_: (parent_id, fact) for id_, parent_id, fact in self._others()}
        asks = {w.name for w in self.house.catalogue.workflows if w.held_role is Role.HEAD}
        while at is not None and at in known and known[at][1].workflow in asks:
            at = known[at][0]
        if at is None or at not in known:
            return None
        fact = known[at][1]
        result = (self.said() if at == self.taken.id else said(self.session, at)).get("result")
        return MatterFact(fact.workflow, fact.state, fact.is_final, fact.settled, result)

    def ties(self) -> frozenset[str]:
        """Whoever is walled from everything, and of whom somebody spoke in a concern: no verdict tells the one from the other."""
        return self._struck(fearing.spoken_of) | {uid for uid, part in self._walls() if part == EVERY_PART}

    def unfit(self) -> frozenset[str]:
        """Of those named in the act, whoever is walled from the part it gives."""
        gives = {e.role.value for e in (self.transition.effects if self.transition else ()) if isinstance(e, Appoint)}
        named = self.drawn_in()
        return frozenset(uid for uid, part in self._walls() if part in gives and uid in named)

    def _walls(self) -> list[tuple[Any, ...]]:
        return _TIES.run(self.session, {"id": self.taken.id, "today": self.day.isoformat()}) if self.taken.has_walls else []

    def feared(self) -> frozenset[str]:
        return self._struck(fearing.spoken_of, fearing.appealed_against, fearing.reported_under(self.house.zone))

    def _struck(self, *reasons: fearing.Reason) -> frozenset[str]:
        """Who may not act against whom the act is aimed at, for one of these reasons; only acts that touch somebody's standing can be adverse."""
        if self.transition is not None and not self.transition.standing:
            return frozenset()
        offices = {uid for o in self.offices().values() for uid in (o.holder_then, o.holder_now, o.acting_now) if uid}
        found = [(day_of(opened_at, self.house.zone), uid) for person in fearing.aimed_at(self.transition, self.act, self.people()) | offices
                 for reason in reasons for opened_at, uid in reason(self.session, self.taken.id, person) if uid != person]
        if not found:
            return frozenset()
        limit, calendar = str(self.taken.ruleset.values["clock.protection"]), self.calendar()
        return frozenset(uid for day, uid in found if runs_out(day, limit, calendar) >= self.day)

    def drawn_in(self) -> frozenset[str]:
        return frozenset(named(self.transition, self.act, Person)) if self.transition else frozenset()

    def known(self) -> frozenset[str]:
        return frozenset(row[0] for uid in self.drawn_in() for row in _KNOWN.run(self.session, {"uid": uid}))

    def jurisdiction(self) -> frozenset[str]:
        return frozenset(row[0] for row in _JURISDICTION.run(self.session, {"person": self.act.actor.person_id}))

    def unit(self) -> str | None:
        return next((code for (code,) in _UNIT.run(self.session, {"unit": self.taken.unit_id})), None)

    def named_cases(self) -> dict[str, NamedCase]:
        told = named(self.transition, self.act, Case) if self.transition else []
        before = self.said() if self.taken.seq else {}
        told += [str(before[i.name]) for i in self.taken.workflow.every_input if isinstance(i, Case) and i.name in before]
        return learning_facts.named_cases(self.session, self.house, self.act.actor, dict.fromkeys(told), self.day)

    def figures(self) -> dict[str, dict[str, Figure]]:
        return self._figures(self.taken.unit_id)

    def figures_of_all(self) -> dict[str, dict[str, Figure]]:
        return self._figures(learning_facts.unit_above(self.session, self.taken))

    def _figures(self, unit_id: int | None) -> dict[str, dict[str, Figure]]:
        wanted = [i.of for i in self.transition.inputs if isinstance(i, Computed)] if self.transition else []
        times = spans(wanted, {**(self.said() if self.taken.seq else {}), **self.act.data}, self.day)
        return learning_facts.figures(self.session, self.house, self.taken, unit_id, times)

    def causes_before(self) -> frozenset[str]:
        return learning_facts.causes_before(self.session, self.taken)

    def remedies_owed(self) -> int:
        return learning_facts.remedies_owed(self.session, self.taken)

    def pilots(self) -> frozenset[str]:
        return learning_facts.pilots(self.session, self.taken)

    def working_units(self) -> tuple[str, ...]:
        return learning_facts.working_units(self.session, self.jurisdiction())

    def signals_waiting(self) -> int:
        return learning_facts.signals_waiting(self.session, self.house, self.act.actor, self.taken, self.day)

    def criteria(self) -> tuple[Criterion, ...]:
        return self.taken.ruleset.criteria

    def ruleset_version(self) -> str:
        return f"{self.taken.ruleset.name}@{self.taken.ruleset.version}"

    def setup(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {"appeal_body": None, "concerns_contact": None}
        return found | dict(_SETUP.run(self.session, {}))

    def keeping(self) -> KeepingFact:
        return retained.keeping(self.session, self.house, self.taken, self.day)

    def fields(self) -> dict[tuple[int, str], FieldFact]:
        return retained.fields(self.session, self.house, self.taken, self.day)

    def files(self) -> tuple[str, ...]:
        return retained.files(self.session, self.taken.id)

    def elsewhere(self) -> tuple[str, ...]:
        return retained.elsewhere(self.session, self.taken.id, self.taken.uid, self.taken.number)

    def served(self) -> dict[str, int]:
        return dict(_LETTERS.run(self.session, {"id": self.taken.id}))

    def ruleset(self) -> dict[str, Any]:
        return self.taken.ruleset.values


def gather(session: Session, house: House, taken: Taken, transition: Transition | None, act: Act, needs: Iterable[str], now: int) -> Facts:
    """The frozen snapshot of the facts named in `needs`. `now` is the moment of the act, µs since 1970 UTC."""
    gatherer = _Gatherer(session, house, taken, transition, act, now)
    readers: Mapping[str, Callable[[], Any]] = {name: getattr(gatherer, name) for name in needs}
    return Facts({name: read() for name, read in readers.items()})


def gather_before(session: Session, house: House, taken: Taken, transitions: Iterable[Transition], act: Act, now: int) -> dict[str, Facts]:
    """For each transition by trigger, the facts that are known before anything is entered, each as it would be gathered for the act."""
    shared: dict[str, Any] = {}
    found = {}
    for transition in transitions:
        gatherer = _Gatherer(session, house, taken, transition, act, now)
        values = {}
        for name in engine.known_before(transition):
            key = f"{name} {transition.standing}" if name in NAMED_IN else name
            if key not in shared:
                shared[key] = getattr(gatherer, name)()
            values[name] = shared[key]
        found[transition.trigger] = Facts(values)
    return found
