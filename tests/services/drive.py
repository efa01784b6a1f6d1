"""A drive through every workflow of the catalogue, in process, on a real database: random people, acts, stale versions, late entries, jumps of
the clock, and crashes, with nothing known by name of any workflow.

After each step it is held against a reading of its own of who may do what; at the end the whole history is (`judging`)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from inspect_app.errors import InSitting, Refusal, Refused
from inspect_app.models import belonging, unit
from inspect_app.now import hold
from inspect_app.schemas.acts import read_act
from inspect_app.services import casework, clocks, concerns, offering
from inspect_app.services.casework import Opening
from inspect_app.services.ledger import Event, Key
from inspect_app.services.said import newest
from tests.services.crashing import Crash, crash, killed
from tests.services.looking import Look
from tests.services.organisation import GRANTS, LOGINS, LONG_AGO, OFFICES, Organisation
from tests.workflows.filling import Known, filled, spoilt
from workflows.acts import SYSTEM, Act, Actor
from workflows.calendar import day_of, start_of
from workflows.definition import ANY, START, Transition, Workflow
from workflows.inputs import Case, Evidence, Input, Many
from workflows.roles import PERSONAL, Role

BEGIN = date(2026, 1, 5)
MINUTE, DAY = 60_000_000, 86_400_000_000
ENDS, STAYS, LEAVES = 0.1, 0.25, 0.02
NOWHERE = 99
LETS_GO = 0.6
"""How often, where many matters are under way, one of them is left alone."""
"""How much less often than another a way is taken that ends a matter, stays where it is, or takes somebody out of it: so that matters get far."""
AHEAD = 0.7
"""How often, where a way leads nearer to a state that no case was seen in, such a way is taken."""
OPEN_AT_ONCE = 8
"""So many matters are under way at once: few enough that each gets far."""
REACHING = {Role.CHAIR, Role.AUDITOR}
HANDLING = {Role.HEAD, Role.OWNER}
TYPING = {Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD}


class Row(NamedTuple):
    """A case as it stands in the database."""

    id: int
    uid: str
    workflow: str
    definition: str
    state: str
    seq: int
    dossier: int
    position: int
    paused: bool
    closed_circle: bool
    office: str | None
    body: str | None
    ruleset: str
    final: bool


def weight(law: Workflow, t: Transition) -> float:
    """How often a way is taken among others."""
    kinds = {e.kind for e in t.effects}
    if "attach" in kinds:
        return 3
    if kinds & {"recuse", "pause"}:
        return LEAVES
    return ENDS if law.is_final(t.dest) else STAYS if t.dest == ANY else 1


def columns(t: Transition) -> Iterator[Input]:
    """The inputs of an act, those of its rows included."""
    for i in t.inputs:
        yield from (i, *(i.of if isinstance(i, Many) else ()))


_ROWS = """SELECT c.id, c.uid, c.workflow, c.definition, c.state, c.seq, c.dossier_id, d.position, c.paused, c.closed_circle, o.code, b.code,
  c.ruleset FROM cases c JOIN dossier d ON d.id = c.dossier_id LEFT JOIN office o ON o.id = c.office_id LEFT JOIN unit b ON b.id = c.body_id"""
_NEWEST = "SELECT MAX(event_id), (SELECT MAX(id) FROM cases), (SELECT MAX(id) FROM clock), (SELECT MAX(id) FROM letter) FROM event"
_ALL = """SELECT (SELECT COUNT(*) FROM event), (SELECT COUNT(*) FROM cases), (SELECT COUNT(*) FROM clock), (SELECT COUNT(*) FROM letter),
  (SELECT COUNT(*) FROM case_role), (SELECT COUNT(*) FROM evidence), (SELECT COUNT(*) FROM answered), (SELECT COUNT(*) FROM exclusion)"""
THOROUGH = 0.05
"""How often everything is counted to see that nothing was left, and not only the newest rows looked at."""


class Drive:
    """One drive. `done` counts what became of the attempts, `seen` the states in which cases stood. The workflow named by `often` is opened
    more often than others."""

    def __init__(self, org: Organisation, seed: int, sql: Look, often: str | None = None) -> None:
        self.org, self.house, self.seed, self.sql = org, org.house, seed, sql
        self.chance, self.often = Random(seed), often
        self.at = start_of(BEGIN, org.house.zone) + 8 * 60 * MINUTE
        self.rows: dict[str, Row] = {}
        self.codes: dict[str, Actor] = {}
        self.log: deque[str] = deque(maxlen=25)
        self.done: Counter[str] = Counter()
        self.seen: set[tuple[str, str]] = set()
        self.swept = Counter[str]()
        self.tried, self.taken = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
        self.ahead: dict[str, tuple[frozenset[str], dict[str, int]]] = {}
        self.begun = Counter[str]()
        self.moved: dict[int, int] = {}
        self.step = 0
        self.thorough = True
        self.people = {org[login].id: login for login in LOGINS}
        self.held = {code: org[login].id for code, _, _, _, login in OFFICES}
        self.seats = {at: org[login].id for _, _, at, line, login in OFFICES if line == "body"}
        self.granted: dict[str, set[tuple[Role, str]]] = {}
        for login, role, at in GRANTS:
            self.granted.setdefault(org[login].id, set()).add((Role(role), at))

    # The course ---------------------------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        """So many attempts."""
        kinds = {self.act: 82, self.jump: 1, self.wrong_part: 8, self.crash: 3, self.sitting: 2, self.again: 2, self.under_a_parent: 2}
        for n in range(steps):
            self.step = n
            self.at += self.chance.randint(1, 30) * MINUTE
            self.thorough = self.chance.random() < THOROUGH
            with hold(self.at):
                if len({r.dossier for r in self.rows.values() if not r.final}) < OPEN_AT_ONCE and self.chance.random() < 0.5:
                    kind = self.open
                else:
                    kind = self.chance.choices(list(kinds), list(kinds.values()))[0]
                if not self.rows:
                    kind = self.open
                try:
                    kind()
                except AssertionError as error:
                    raise AssertionError(f"seed {self.seed}, step {n}: {error}\n" + "\n".join(self.log)) from error
            if n % 20 == 19:
                self.forget()

    def forget(self) -> None:
        """Matters that have ended are left alone after a while, but for a few; and so is one that leads to nothing new, or that
        nothing has moved for longest."""
        final = [uid for uid, r in self.rows.items() if r.final]
        for uid in final[:-6]:
            del self.rows[uid]
        going = {r.dossier for r in self.rows.values()}
        if len(going) >= OPEN_AT_ONCE and self.chance.random() < LETS_GO:
            left = max(sorted(going), key=lambda dossier: (self.promise(dossier), -self.moved.get(dossier, 0)))
            self.rows = {uid: r for uid, r in self.rows.items() if r.dossier != left}

    def promise(self, dossier: int) -> int:
        """How near a dossier is to a state that no case was seen in."""
        return min((self.far(self.law(r)).get(r.state, NOWHERE) for r in self.rows.values() if r.dossier == dossier), default=NOWHERE)

    def law(self, r: Row) -> Workflow:
        return self.house.law(r.definition)

    @property
    def today(self) -> date:
        return day_of(self.at, self.house.zone)

    # What may be done, read once more -----------------------------------------------------------------------------------

    def parts(self, r: Row) -> dict[str, set[Role]]:
        """Who plays which part in a case today: from the case, the office, the body, the grants, and without what walls take."""
        today, law = self.today, self.law(r)
        found: dict[str, set[Role]] = {uid: set() for uid in self.people}
        told = self.sql(f"SELECT p.uid, r.role, r.until_on FROM case_role r JOIN person p ON p.id = r.person_id "
                        f"WHERE r.case_id = {r.id} AND r.until_seq IS NULL")
        walls = self.sql(f"SELECT p.uid, x.part, x.since_on FROM exclusion x JOIN person p ON p.id = x.person_id WHERE x.case_id = {r.id}")
        for uid, role, until in told:
            if (until is None or str(until) >= today.isoformat()) and not (r.office and Role(role) in HANDLING):
                found[uid].add(Role(role))
        for uid, grants in self.granted.items() if not r.closed_circle else ():
            for role, _ in grants:
                if role in REACHING or (role is Role.UNIT_LEAD and law.fast):
                    found[uid].add(role)
        if r.body in self.seats:
            found[self.seats[r.body]].add(Role.DECIDER)
        for uid, part, since in walls:
            if str(since) <= today.isoformat():
                found[uid] = found[uid] & set(PERSONAL) if part == "all" else found[uid] - {Role(part)}
        if r.office and law.held_role:
            found[self.held[r.office]].add(law.held_role)
        return found

    def counts(self) -> tuple[Any, ...]:
        return (*self.sql(_NEWEST)[0], *(self.sql(_ALL)[0] if self.thorough else ()))

    def refresh(self, where: str) -> list[Row]:
        """What the database says of some cases now, kept."""
        rows = [Row._make((*row, self.house.law(row[3]).is_final(row[4]))) for row in self.sql(f"{_ROWS} WHERE {where} ORDER BY c.id")]
        for r in rows:
            self.rows[r.uid] = r
            self.seen.add((r.workflow, r.state))
        return rows

    # Steps --------------------------------------------------------------------------------------------------------------

    def pick(self) -> Row:
        """A case: mostly one that is under way, and the first of its dossier as often as all that came out of it."""
        rows = list(self.rows.values())
        going = [r for r in rows if not r.final]
        among = going if going and self.chance.random() < 0.93 else rows
        dossier = self.chance.choice(sorted({r.dossier for r in among}))
        together = sorted((r for r in among if r.dossier == dossier), key=lambda r: r.id)
        return together[0] if self.chance.random() < 0.5 else self.chance.choice(together)

    def known(self, t: Transition, r: Row | None, actor: Actor, rules: Mapping[str, Any] | None = None) -> Known:
        """What there is to choose from; looked up where the form asks for it."""
        evidence = self.evidence(r) if r is not None and any(isinstance(i, Evidence) for i in columns(t)) else []
        values = rules if r is None else self.house.rules(r.ruleset).values
        return Known(self.today, list(self.people), list(self.held), ["W1", "W2", "HQ"], ["RB"], evidence, actor.id, values or {},
                     lambda: self.said(r) if r is not None else {}, cases=self.numbers(t))

    def numbers(self, t: Transition) -> list[str]:
        """Numbers of cases, where the form asks for one."""
        asked = any(isinstance(i, Case) for i in columns(t))
        return [str(row[0]) for row in self.sql("SELECT number FROM cases ORDER BY id DESC LIMIT 9")] if asked else []

    def evidence(self, r: Row) -> list[int]:
        return [row[0] for row in self.sql(f"SELECT n FROM evidence WHERE case_id = {r.id} AND withdrawn_seq IS NULL")]

    def said(self, r: Row) -> dict[str, Any]:
        """What a case said so far, as its content has it."""
        rows = self.sql(f"SELECT c.body FROM event e JOIN content c ON c.event_id = e.event_id WHERE e.stream_id = {r.id} ORDER BY e.seq")
        return newest(bytes(row[0]) for row in rows)

    def told(self, t: Transition, r: Row | None, actor: Actor, rules: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What is entered: mostly what the declarations accept."""
        data = filled(t.asked, self.chance, self.known(t, r, actor, rules))
        if data.get("held_as") == "file":
            data["held_as"] = "reference"
        if self.chance.random() < 0.04:
            data = self.chance.choice(list(spoilt(t.inputs, data)))[1]
        return data

    def actor_of(self, uid: str) -> Actor:
        return self.org[self.people[uid]]

    def drawn(self, r: Row) -> tuple[Act, Transition | None, dict[str, set[Role]]]:
        """An act on a case: mostly one that is possible, by somebody whose it is."""
        law, parts, chance = self.law(r), self.parts(r), self.chance
        possible = [t for t in law.out_of(r.state) if Role.SYSTEM not in t.who]
        theirs = [(t, [uid for uid, has in parts.items() if not has.isdisjoint(t.who)]) for t in possible]
        theirs = [(t, people) for t, people in theirs if people]
        t: Transition | None = None
        if theirs and chance.random() < 0.85:
            moves = [(t, people) for t, people in theirs if t not in law.entries]
            among = moves if moves and chance.random() < 0.8 else theirs
            if r.paused and chance.random() < 0.9:
                among = [(t, people) for t, people in among if t.while_paused or any(e.kind == "resume" for e in t.effects)] or among
            far = self.far(law)
            nearer = [(t, people) for t, people in among if far.get(law.arrives(r.state, t), NOWHERE) < far.get(r.state, NOWHERE)]
            if nearer and chance.random() < AHEAD * max(self.worth(r, t) for t, _ in nearer):
                among = nearer
            t, people = chance.choices(among, [weight(law, t) * self.worth(r, t) for t, _ in among])[0]
            if any(isinstance(i, Evidence) for i in columns(t)) and not self.evidence(r):
                t, people = next(((t, people) for t, people in theirs if any(e.kind == "attach" for e in t.effects)), (t, people))
            self.tried[r.workflow, r.state, t.trigger] += 1
            actor = self.actor_of(chance.choice(people))
        else:
            trigger = chance.choice(sorted(law.triggers))
            t = law.edge(r.state, trigger) or law.triggers[trigger][0]
            # What is the system's own is left to the clocks, so that it can be counted against them.
            as_system = chance.random() < 0.1 and Role.SYSTEM not in t.who
            actor = SYSTEM if as_system else self.actor_of(chance.choice(list(self.people)))
        if r.uid in self.codes and chance.random() < 0.3:
            actor = self.codes[r.uid]
        asked = Act(t.trigger, actor, self.told(t, r, actor), seen=chance.choice((None, r.seq, r.seq)))
        if chance.random() < 0.06:
            asked = replace(asked, seen=chance.choice([n for n in (0, r.seq - 1, r.seq + 1) if n >= 0]))
        if chance.random() < 0.06:
            back = self.today - timedelta(days=chance.randint(0, 45))
            asked = replace(asked, occurred_on=back.isoformat())
            if chance.random() < 0.6:
                asked = replace(asked, data={**asked.data, "paper": "file 7, page 3"})
        if chance.random() < 0.03:
            other, data = chance.choice(list(self.people)), {**asked.data, "paper": "file 8"}
            typed = chance.random() < 0.5
            asked = replace(asked, recorded_for=other if typed else None, on_behalf_of=None if typed else other, data=data)
        return asked, law.edge(r.state, t.trigger), parts

    def worth(self, r: Row, t: Transition) -> float:
        """What is refused again and again is tried less often."""
        key = r.workflow, r.state, t.trigger
        return (1 + self.taken[key]) / (1 + self.tried[key])

    def far(self, law: Workflow) -> dict[str, int]:
        """How many steps each state is from one that no case was seen in; states that lead to none are left out."""
        met = frozenset(state for name, state in self.seen if name == law.name)
        if self.ahead.get(law.law_hash, (None, {}))[0] != met:
            found = {s.name: 0 for s in law.states if s.name not in met}
            edge = set(found)
            while edge:
                edge = {s for s in law.by_name if s not in found and any(law.arrives(s, t) in edge for t in law.out_of(s))}
                found |= dict.fromkeys(edge, 1 + max(found.values()))
            self.ahead[law.law_hash] = met, found
        return self.ahead[law.law_hash][1]

    def act(self) -> None:
        r = self.pick()
        asked, edge, parts = self.drawn(r)
        foreseen = self.foreseen(r, asked) if edge is not None and self.chance.random() < 0.12 else None
        self.attempt(r, asked, edge, parts, foreseen)

    def foreseen(self, r: Row, asked: Act) -> dict[str, bool | None] | None:
        """The verdicts that were offered to the actor, where they act for themselves and today; {} where it is not theirs."""
        if asked.recorded_for or asked.on_behalf_of or asked.occurred_on or asked.actor is SYSTEM:
            return None
        try:
            _, offered = offering.offers(self.house, asked.actor, r.uid)
        except Refusal:
            return {}
        offer = next((o for o in offered if o.transition.trigger == asked.trigger), None)
        return {v.code: v.ok for v in offer.verdicts} if offer else None

    def attempt(self, r: Row, asked: Act, edge: Transition | None, parts: Mapping[str, set[Role]],
                foreseen: dict[str, bool | None] | None = None) -> Event | None:
        """One act, and what must follow from its success, or from its refusal."""
        self.log.append(f"{asked.actor.name}: {r.workflow}.{asked.trigger} in {r.state}@{r.seq} seen={asked.seen} on={asked.occurred_on}")
        before = self.counts()
        try:
            made = casework.fire(self.house, r.uid, asked, read=read_act)
        except Refusal as refusal:
            self.refused(refusal, before, foreseen)
            return None
        self.log[-1] += f" -> {made.after}"
        self.done["done"] += 1
        self.taken[r.workflow, r.state, asked.trigger] += 1
        self.moved[r.dossier] = self.step
        self.held_against(r, asked, edge, parts, made)
        if foreseen is not None:
            assert foreseen, "an act was carried out that was not offered"
            final = dict(made.guards)
            assert all(ok is None or ok is final[code] for code, ok in foreseen.items()), f"offered {foreseen}, decided {final}"
        after = self.refresh(f"c.dossier_id = {r.dossier}")
        new = self.sql(f"SELECT COUNT(*) FROM event WHERE event_id > {before[0]}")[0][0]
        assert new == after[0].position - r.position, "an event stands outside its dossier"
        return made

    def refused(self, refusal: Refusal, before: tuple[Any, ...], foreseen: dict[str, bool | None] | None) -> None:
        kind = type(refusal.reason if isinstance(refusal, InSitting) else refusal).__name__
        self.log[-1] += f" -> {kind}: {str(refusal)[:90]}"
        self.done[kind] += 1
        assert self.counts() == before, "a refusal left a trace"
        if foreseen and isinstance(refusal, Refused):
            final = {v.code: v.ok for v in refusal.verdicts}
            assert all(ok is None or ok is final[code] for code, ok in foreseen.items()), f"offered {foreseen}, refused {final}"

    def held_against(self, r: Row, asked: Act, edge: Transition | None, parts: Mapping[str, set[Role]], made: Event) -> None:
        """Who may do what, when and how, is read here from the declarations alone."""
        law = self.law(r)
        assert edge is not None, "there was no such transition"
        assert (made.before, made.seq, made.after) == (r.state, r.seq + 1, law.arrives(r.state, edge)), "the event does not follow"
        assert asked.seen in (None, r.seq), "an old picture was decided on"
        assert not r.paused or edge.while_paused or any(e.kind == "resume" for e in edge.effects), "a paused case moved"
        late = asked.occurred_on is not None and asked.occurred_on < self.today.isoformat()
        assert made.late is late and (not late or asked.data.get("paper")), "a late entry without its paper"
        role = Role(made.role)
        assert role in edge.who, "an act in a part that may not do it"
        if asked.actor is SYSTEM:
            assert role is Role.SYSTEM
            return
        if asked.actor.is_unsigned:
            assert role in (Role.REPORTER, Role.PROTECTED) and asked.actor.holds == r.uid
            return
        other = asked.recorded_for or asked.on_behalf_of
        assert role in parts[other or asked.actor.id], f"forbidden: {asked.actor.name} acted as {role}"
        if asked.recorded_for:
            assert parts[asked.actor.id] & TYPING, "typed by somebody who types for nobody"
        if asked.on_behalf_of:
            assert law.held_role in parts[asked.actor.id], "on behalf, without answering for the office"

    def wrong_part(self) -> None:
        """An act that is possible, by somebody whose it is not, and with inputs that nothing is wrong with."""
        r = self.pick()
        law, parts = self.law(r), self.parts(r)
        t = self.chance.choice(law.out_of(r.state))
        strangers = [uid for uid, has in parts.items() if has.isdisjoint(t.who)]
        actor = self.actor_of(self.chance.choice(strangers)) if strangers else SYSTEM
        if actor is SYSTEM and Role.SYSTEM in t.who:
            return
        asked = Act(t.trigger, actor, filled(t.inputs, self.chance, self.known(t, r, actor)))
        self.log.append(f"stranger {actor.name}: {r.workflow}.{t.trigger} in {r.state}")
        before = self.counts()
        try:
            casework.fire(self.house, r.uid, asked, read=read_act)
        except Refusal as refusal:
            self.refused(refusal, before, None)
        else:
            raise AssertionError("a forbidden actor succeeded")

    def open(self) -> None:
        """A new matter, by one of its openings."""
        flows = [w for w in self.house.catalogue.by_name.values() if not w.needs_parent]
        preferred = [w for w in flows if w.name == self.often] if self.chance.random() < 0.25 else []
        among = sorted(preferred or flows, key=lambda w: w.name)
        w = self.chance.choices(among, [(1 + len(self.far(w))) / (1 + self.begun[w.name]) for w in among])[0]
        self.begun[w.name] += 1
        t = self.chance.choice(w.openings)
        may = [uid for uid, grants in self.granted.items() if {role for role, _ in grants} & set(t.who)] or list(self.people)
        actor = self.actor_of(self.chance.choice(may if self.chance.random() < 0.85 else list(self.people)))
        ruleset = self.chance.choice(sorted(self.house.catalogue.rulesets_by_name))
        rules = self.house.catalogue.rulesets_by_name[ruleset].values
        opening = Opening(w.name, Act(t.trigger, actor, self.told(t, None, actor, rules)), f"Matter {self.done['opened']}",
                          self.chance.choice(("W1", "W1", "W2", "HQ")), ruleset=ruleset)
        if Role.REPORTER in t.who and self.chance.random() < 0.3:
            self.open_unsigned(opening)
            return
        self.log.append(f"{actor.name} opens {w.name}")
        before = self.counts()
        try:
            made = casework.open_case(self.house, opening, read=read_act)
        except Refusal as refusal:
            self.refused(refusal, before, None)
            return
        assert not w.recorded, "a live case of a workflow for recorded histories"
        roles = {role for role, _ in self.granted.get(actor.id, set())} | {Role.REPORTER}
        assert Role(made.role) in roles & set(t.who), "opened by somebody who may not"
        self.opened(f"c.uid = '{made.case}'")

    def open_unsigned(self, opening: Opening) -> None:
        nobody = concerns.unsigned("en")
        code = f"code {self.seed} {self.done['opened']}"
        self.log.append(f"somebody without a name opens {opening.workflow}")
        before = self.counts()
        data = {name: value for name, value in opening.act.data.items() if value != opening.act.actor.id}
        try:
            concerns.report_unsigned(self.house, replace(opening, act=replace(opening.act, actor=nobody, data=data)), code, read=read_act)
        except Refusal as refusal:
            self.refused(refusal, before, None)
            return
        for r in self.opened("c.id = (SELECT MAX(id) FROM cases)"):
            self.codes[r.uid] = concerns.unsigned("en", r.uid)

    def opened(self, where: str) -> list[Row]:
        self.done["opened"] += 1
        first = self.refresh(where)
        self.moved[first[0].dossier] = self.step
        return [r for r in self.refresh(f"c.dossier_id = {first[0].dossier}") if r.uid == first[0].uid]

    def under_a_parent(self) -> None:
        """A case opened under another by hand, mostly one that stands there by its law: where it may not it is refused."""
        r = self.pick()
        flows = sorted(self.house.catalogue.by_name.values(), key=lambda w: w.name)
        theirs = [w for w in flows if r.workflow in w.parents and any(Role.SYSTEM not in t.who for t in w.openings)]
        w = self.chance.choice(theirs if theirs and self.chance.random() < 0.8 else flows)
        t = self.chance.choice([t for t in w.openings if Role.SYSTEM not in t.who] or w.openings)
        parts = self.parts(r)
        actor = self.actor_of(self.chance.choice([uid for uid, has in parts.items() if not has.isdisjoint(t.who)] or list(self.people)))
        self.log.append(f"{actor.name} opens {w.name} under {r.workflow}")
        before = self.counts()
        try:
            data = self.told(t, r, actor)
            made = casework.open_case(self.house, Opening(w.name, Act(t.trigger, actor, data), "Under another", None, r.uid), read=read_act)
        except Refusal as refusal:
            self.refused(refusal, before, None)
            return
        assert not w.parents or r.workflow in w.parents
        assert Role(made.role) in t.who
        self.done["opened"] += 1
        self.refresh(f"c.dossier_id = {r.dossier}")

    def jump(self) -> None:
        """Time goes by, and the clocks that have run out fire."""
        self.at += self.chance.choice((3, 8, 20, 45, 130)) * DAY
        self.log.append(f"it is {self.today}")
        with hold(self.at):
            before = self.counts()[0] or 0
            swept = clocks.sweep(self.house, self.at)
            self.swept["fired"] += swept.fired
            self.swept["refused"] += swept.refused
            assert self.sql(f"SELECT COUNT(*) FROM event WHERE event_id > {before}")[0][0] >= swept.fired
        if self.rows:
            self.refresh(f"c.dossier_id IN ({','.join(sorted({str(r.dossier) for r in self.rows.values()}))})")

    def crash(self) -> None:
        """The process is cut off in the middle of a transaction: nothing of it is left, or all of it."""
        r = self.pick()
        asked, edge, parts = self.drawn(r)
        after = self.chance.randint(1, 30)
        before = self.counts()
        self.log.append(f"crash after {after}: {asked.actor.name}: {r.workflow}.{asked.trigger} in {r.state}@{r.seq}")
        if self.chance.random() < 0.15:
            whole = killed(self.house, self.at, after, lambda house: casework.fire(house, r.uid, asked, read=read_act))
            self.done["killed"] += 1
            now = self.refresh(f"c.dossier_id = {r.dossier}")
            mine = next(x for x in now if x.uid == r.uid)
            if not whole:
                assert (self.counts(), mine) == (before, r), "a kill left a trace"
            return
        try:
            with crash(self.house, after):
                made = casework.fire(self.house, r.uid, asked, read=read_act)
        except Crash:
            self.done["crashed"] += 1
            assert self.counts() == before, "a crash left a trace"
        except Refusal as refusal:
            self.refused(refusal, before, None)
        else:
            self.done["done"] += 1
            self.held_against(r, asked, edge, parts, made)
            self.refresh(f"c.dossier_id = {r.dossier}")

    def sitting(self) -> None:
        """Several acts at once: all of them, or none."""
        rows = list({r.uid: r for r in (self.pick(), self.pick())}.values())
        acts = [(r.uid, self.drawn(r)[0]) for r in rows]
        self.log.append("sitting: " + ", ".join(f"{a.actor.name} {a.trigger}" for _, a in acts))
        before = self.counts()
        try:
            made = casework.sit(self.house, acts, read=read_act)
        except Refusal as refusal:
            self.refused(refusal, before, None)
            return
        assert [e.case for e in made] == [r.uid for r in rows]
        self.done["sat"] += 1
        for r in rows:
            self.refresh(f"c.dossier_id = {r.dossier}")

    def again(self) -> None:
        """The same request twice is carried out once and answered twice."""
        r = self.pick()
        asked, _, _ = self.drawn(r)
        key = Key(f"key {self.seed} {self.done['keys']}", "request")
        self.done["keys"] += 1
        self.log.append(f"twice: {asked.actor.name}: {r.workflow}.{asked.trigger}")
        before = self.counts()
        try:
            first = casework.fire(self.house, r.uid, asked, read=read_act, key=key)
        except Refusal as refusal:
            self.refused(refusal, before, None)
            return
        between = self.counts()
        try:
            second = casework.fire(self.house, r.uid, asked, read=read_act, key=key)
        except Refusal as refusal:
            # Whoever has left the case by this very act, or whose body it has left, is not told of it again.
            left = self.parts(next(x for x in self.refresh(f"c.dossier_id = {r.dossier}") if x.uid == r.uid))
            assert not left.get(asked.actor.id), refusal
        else:
            assert second.id == first.id
        assert self.counts() == between, "a repeated request was carried out twice"
        self.refresh(f"c.dossier_id = {r.dossier}")


@contextmanager
def with_trial(org: Organisation, *more: Workflow) -> Iterator[Organisation]:
    """The organisation under a catalogue with some more workflows; some of its people have a direct superior."""
    with org.house.db.atomic("all") as session:
        ward = session.execute(select(unit.c.id).where(unit.c.code == "W1")).scalar_one()
        for login in ("one", "two", "stranger", "deputy"):
            session.execute(insert(belonging).values(person_id=org[login].person_id, unit_id=ward, since_on=LONG_AGO))
    catalogue = org.house.catalogue
    org.house.catalogue = replace(catalogue, workflows=(*catalogue.workflows, *more))
    yield org
    org.house.catalogue = catalogue


__all__ = ["START", "Drive", "with_trial"]
