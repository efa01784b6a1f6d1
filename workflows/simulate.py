"""Random legal walks through a workflow, with its clocks: where work piles up, what runs over its time, what is never reached.

Pure and seeded, on values alone: the same seed gives the same report. A walk obeys the table, pauses, clocks, and every guard that looks
at the steps and the clocks of the case alone; of guards that look at people, offices or inputs it takes it that they hold.
People are imagined to take one to ten days for an act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from workflows import effects as fx
from workflows.acts import SYSTEM, Act, Actor, CaseFact, ClockFact, Facts, StepFact
from workflows.calendar import add
from workflows.definition import START, Transition, Workflow
from workflows.roles import Role
from workflows.ruleset import Ruleset

FIRST_DAY = date(2026, 1, 5)
MICROS = 86_400_000_000
LONGEST_WALK = 400
"""So many acts; a walk that is longer counts as unfinished."""
LONGEST_WAIT = 10
"""Days that an act of a person takes at most."""
SHOWN = frozenset({"case", "clocks", "now", "ruleset", "steps", "today"})
"""The facts that a walk knows by itself."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a state or a part had to bear: how often work came to it, and how many days it lay there, over all walks."""

    arrivals: int
    days: int

    @property
    def mean_days(self) -> float:
        return round(self.days / self.arrivals, 1) if self.arrivals else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What the walks showed. `limits` counts the time limits that ended or ran out, `overdue` those of them that ran out first, by name."""

    workflow: str
    version: int
    walks: int
    acts: int
    finished: int
    seed: int
    states: Mapping[str, Load]
    roles: Mapping[str, Load]
    limits: Mapping[str, int]
    overdue: Mapping[str, int]
    overdue_walks: int
    never_visited: tuple[str, ...]
    never_fired: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """The report as plain data: shares in per mille, so that it has no floats but mean days."""
        return {"workflow": self.workflow, "version": self.version, "walks": self.walks, "acts": self.acts, "finished": self.finished,
                "seed": self.seed,
                "states": {name: {"arrivals": load.arrivals, "days": load.days, "mean_days": load.mean_days} for name, load in self.states.items()},
                "roles": {name: {"arrivals": load.arrivals, "days": load.days, "mean_days": load.mean_days} for name, load in self.roles.items()},
                "limits": {name: {"ended": n, "overdue": self.overdue.get(name, 0), "overdue_per_mille": share(self.overdue.get(name, 0), n)}
                           for name, n in self.limits.items()},
                "overdue_walks": self.overdue_walks, "overdue_walks_per_mille": share(self.overdue_walks, self.walks),
                "never_visited": list(self.never_visited), "never_fired": list(self.never_fired)}


def share(part: int, whole: int) -> int:
    """A share in per mille, rounded to the nearest."""
    return (2000 * part + whole) // (2 * whole) if whole else 0


@dataclass
class _Clock:
    due: date
    then: str | None
    silent: bool
    left: int = 0
    late: bool = False


@dataclass
class _Walk:
    """One case on its way."""

    state: str = START
    day: date = FIRST_DAY
    paused_on: date | None = None
    steps: list[StepFact] = field(default_factory=list)
    clocks: dict[str, _Clock] = field(default_factory=dict)
    here: Counter[str] = field(default_factory=Counter)
    late: bool = False


class _Tally:
    def __init__(self) -> None:
        self.arrivals: dict[str, Counter[str]] = {"states": Counter(), "roles": Counter()}
        self.days: dict[str, Counter[str]] = {"states": Counter(), "roles": Counter()}
        self.limits: Counter[str] = Counter()
        self.overdue: Counter[str] = Counter()
        self.fired: Counter[str] = Counter()

    def load(self, part: str, names: Iterator[str]) -> dict[str, Load]:
        return {name: Load(self.arrivals[part][name], self.days[part][name]) for name in names}


def simulate(w: Workflow, rules: Ruleset, walks: int = 10_000, seed: int = 1) -> Report:
    """Walk so many times through a workflow under a ruleset."""
    chance, tally = Random(seed), _Tally()
    finished = overdue_walks = acts = 0
    waits = {s.name: sorted({str(role) for t in w.out_of(s.name) if t not in w.entries and Role.SYSTEM not in t.who for role in t.who}) for s in w.states}
    for _ in range(walks):
        walk = _Walk()
        while not w.is_final(walk.state) and len(walk.steps) < LONGEST_WALK:
            if not _step(w, rules, walk, chance, tally, waits):
                break
        for name, clock in walk.clocks.items():
            _ended(walk, name, clock, tally)
        finished += w.is_final(walk.state)
        overdue_walks += walk.late
        acts += len(walk.steps)
    roles = sorted({role for names in waits.values() for role in names})
    return Report(w.name, w.version, walks, acts, finished, seed, tally.load("states", (s.name for s in w.states)), tally.load("roles", iter(roles)),
                  dict(sorted(tally.limits.items())), dict(sorted(tally.overdue.items())), overdue_walks,
                  tuple(s.name for s in w.states if not tally.arrivals["states"][s.name]),
                  tuple(t for t in dict.fromkeys(t.trigger for t in w.transitions) if not tally.fired[t]))


def _step(w: Workflow, rules: Ruleset, walk: _Walk, chance: Random, tally: _Tally, waits: Mapping[str, list[str]]) -> bool:
    """The next thing that happens: an act of a person, or a clock that runs out before it. False where nothing can happen any more."""
    facts = _facts(w, rules, walk)
    possible = [t for t in w.out_of(walk.state) if t not in w.entries and Role.SYSTEM not in t.who and _allowed(t, facts)]
    # Whoever stays where they are has less and less reason to do the same again.
    weights = [1 / (1 + walk.here[t.trigger]) ** 2 for t in possible]
    chosen = chance.choices(possible, weights)[0] if possible else None
    wait = chance.randint(1 if walk.steps else 0, LONGEST_WAIT)
    ringing = _next_clock(w, walk, None if chosen is None else walk.day + timedelta(days=wait))
    if ringing is not None:
        name, clock = ringing
        _pass(walk, max(walk.day, clock.due + timedelta(days=1)), tally, waits)
        _run_out(walk, name, clock, rules, tally)
        t = w.edge(walk.state, clock.then or "")
        if t is not None and _allowed(t, _facts(w, rules, walk)):
            _carry_out(w, rules, walk, t, tally)
        return True
    if chosen is None:
        return False
    _pass(walk, walk.day + timedelta(days=wait), tally, waits)
    _carry_out(w, rules, walk, chosen, tally)
    return True


def _next_clock(w: Workflow, walk: _Walk, before: date | None) -> tuple[str, _Clock] | None:
    due = [(clock.due, name, clock) for name, clock in walk.clocks.items() if clock.then and (before is None or clock.due < before)]
    return min(due)[1:] if due and walk.paused_on is None else None


def _facts(w: Workflow, rules: Ruleset, walk: _Walk) -> Facts:
    now = (walk.day - FIRST_DAY).days * MICROS
    clocks = {name: ClockFact((c.due - FIRST_DAY).days * MICROS + MICROS - 1, walk.paused_on is None, 0) for name, c in walk.clocks.items()}
    case = CaseFact(walk.state, len(walk.steps), w.name, walk.paused_on is not None, w.is_final(walk.state))
    return Facts({"case": case, "clocks": clocks, "now": now, "ruleset": rules.values, "steps": tuple(walk.steps), "today": walk.day})


def _allowed(t: Transition, facts: Facts) -> bool:
    act = Act(t.trigger, SYSTEM if Role.SYSTEM in t.who else Actor(f"another {t.trigger}", "somebody"))
    return all(g.ask(facts, act).ok for g in t.checks if not g.rule.looks_at_inputs and set(g.rule.needs) <= SHOWN)


def _pass(walk: _Walk, day: date, tally: _Tally, waits: Mapping[str, list[str]]) -> None:
    """Time goes by in a state: it lies there, and before everyone who could act."""
    days = (day - walk.day).days
    if walk.state:
        tally.days["states"][walk.state] += days
        for role in waits[walk.state]:
            tally.days["roles"][role] += days
    walk.day = day


def _run_out(walk: _Walk, name: str, clock: _Clock, rules: Ruleset, tally: _Tally) -> None:
    clock.late = True
    if clock.left:
        clock.left -= 1
        clock.due = add(clock.due, str(rules.values[f"clock.{name}"]), rules.values["working_week"])
    else:
        clock.then = None


def _ended(walk: _Walk, name: str, clock: _Clock, tally: _Tally) -> None:
    """A limit is over: it was kept, or it was not. Silent ones are nobody's."""
    if clock.silent:
        return
    tally.limits[name] += 1
    if clock.late or clock.due < walk.day:
        tally.overdue[name] += 1
        walk.late = True


def _carry_out(w: Workflow, rules: Ruleset, walk: _Walk, t: Transition, tally: _Tally) -> None:
    before, after = walk.state, w.arrives(walk.state, t)
    walk.steps.append(StepFact(t.trigger, t.trigger, (walk.day - FIRST_DAY).days * MICROS, after))
    tally.fired[t.trigger] += 1
    walk.state = after
    walk.here[t.trigger] += 1
    if after != before:
        walk.here.clear()
        tally.arrivals["states"][after] += 1
        for role in sorted({str(r) for x in w.out_of(after) if x not in w.entries and Role.SYSTEM not in x.who for r in x.who}):
            tally.arrivals["roles"][role] += 1
    for e in t.effects:
        _effect(rules, walk, e, tally)


def _effect(rules: Ruleset, walk: _Walk, e: fx.Effect, tally: _Tally) -> None:
    match e:
        case fx.StartClock():
            _stop(walk, e.name, tally)
            limit, times = str(rules.values.get(f"clock.{e.name}", "30d")), int(rules.values[e.times]) if e.times else 1
            if times:
                walk.clocks[e.name] = _Clock(add(walk.day, limit, rules.values["working_week"]), e.then, e.silent, times - 1)
        case fx.StopClock():
            for name in [e.name] if e.name else list(walk.clocks):
                _stop(walk, name, tally)
        case fx.Pause():
            walk.paused_on = walk.day
        case fx.Resume() if walk.paused_on is not None:
            for clock in walk.clocks.values():
                clock.due += walk.day - walk.paused_on
            walk.paused_on = None


def _stop(walk: _Walk, name: str, tally: _Tally) -> None:
    clock = walk.clocks.pop(name, None)
    if clock is not None:
        _ended(walk, name, clock, tally)


def told(report: Report) -> str:
    """The report as text."""
    lines = [f"{report.workflow}@{report.version}: {report.walks} walks, {report.acts} acts, {report.finished} finished (seed {report.seed})", ""]
    for title, loads in (("state", report.states), ("part", report.roles)):
        lines.append(f"{title:<34}{'arrivals':>10}{'days':>12}{'mean days':>11}")
        lines += [f"{name:<34}{load.arrivals:>10}{load.days:>12}{load.mean_days:>11}" for name, load in loads.items()]
        lines.append("")
    lines.append(f"{'time limit':<34}{'ended':>10}{'overdue':>12}{'share':>11}")
    for name, n in report.limits.items():
        late = report.overdue.get(name, 0)
        lines.append(f"{name:<34}{n:>10}{late:>12}{_percent(late, n):>11}")
    lines += [f"{'walks with an overdue limit':<34}{report.walks:>10}{report.overdue_walks:>12}{_percent(report.overdue_walks, report.walks):>11}", "",
              f"states never visited: {', '.join(report.never_visited) or 'none'}",
              f"acts never taken: {', '.join(report.never_fired) or 'none'}"]
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    mille = share(part, whole)
    return f"{mille // 10}.{mille % 10} %"


__all__ = ["Load", "Report", "share", "simulate", "told"]
