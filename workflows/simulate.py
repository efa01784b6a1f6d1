"""Random legal walks through a workflow, with its clocks: where work piles up, what runs over its time, what is never reached.

Pure and seeded, on values alone: the same seed gives the same report. A walk obeys the table, pauses, clocks, and every guard that looks
at the steps and the clocks of the case alone; of guards that look at people, offices or inputs it takes it that they hold.
People are imagined to take one to ten days for an act, and to let one in seven lie for up to three months; ways that end a matter early are
taken less often than those that go on, and what another case tells this one comes by chance.
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
LONGEST_WAIT, LONGEST_SILENCE, SILENT = 10, 90, 0.15
"""Days that an act of a person takes at most; and how long, and how often, somebody lets a matter lie."""
RARELY_ENDED, RARELY_TOLD = 0.1, 0.05
"""How much less often than another a way that ends the matter is taken, or one that comes from another case."""
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


class _Table:
    """A workflow made ready to be walked through: what may happen in each state, and which guards a walk can judge."""

    def __init__(self, w: Workflow, rules: Ruleset) -> None:
        self.w, self.rules, self.week = w, rules, str(rules.values["working_week"])
        fired = {e.then for _, t in w.numbered for e in t.effects if isinstance(e, fx.StartClock)}
        self.ways = {state: [(t, self._weight(t)) for t in w.out_of(state)
                             if t not in w.entries and (Role.SYSTEM not in t.who or t.trigger not in fired)] for state in (START, *w.by_name)}
        self.waits = {s: sorted({str(role) for t, _ in ways if Role.SYSTEM not in t.who for role in t.who}) for s, ways in self.ways.items()}
        self._judged = {id(t): [(g.rule.holds, dict(g.args)) for g in t.checks if not g.rule.looks_at_inputs and set(g.rule.needs) <= SHOWN]
                        for _, t in w.numbered}

    def _weight(self, t: Transition) -> float:
        return (RARELY_TOLD if Role.SYSTEM in t.who else 1) * (RARELY_ENDED if self.w.is_final(t.dest) else 1)

    def allows(self, t: Transition, facts: Facts) -> bool:
        act = Act(t.trigger, SYSTEM if Role.SYSTEM in t.who else Actor(f"another {t.trigger}", "somebody"))
        return all(holds(facts, act, **args) for holds, args in self._judged[id(t)])


def simulate(w: Workflow, rules: Ruleset, walks: int = 10_000, seed: int = 1) -> Report:
    """Walk so many times through a workflow under a ruleset."""
    chance, tally, table = Random(seed), _Tally(), _Table(w, rules)  # noqa: S311  (walks are to be repeated, not to be secret)
    finished = overdue_walks = acts = 0
    for _ in range(walks):
        walk = _Walk()
        while not w.is_final(walk.state) and len(walk.steps) < LONGEST_WALK and _step(table, walk, chance, tally):
            pass
        for name, clock in walk.clocks.items():
            _ended(walk, name, clock, tally)
        finished += w.is_final(walk.state)
        overdue_walks += walk.late
        acts += len(walk.steps)
    roles = sorted({role for state, names in table.waits.items() if state for role in names})
    return Report(w.name, w.version, walks, acts, finished, seed, tally.load("states", (s.name for s in w.states)), tally.load("roles", iter(roles)),
                  dict(sorted(tally.limits.items())), dict(sorted(tally.overdue.items())), overdue_walks,
                  tuple(s.name for s in w.states if not tally.arrivals["states"][s.name]),
                  tuple(t for t in dict.fromkeys(t.trigger for t in w.transitions) if not tally.fired[t]))


def _step(table: _Table, walk: _Walk, chance: Random, tally: _Tally) -> bool:
    """The next thing that happens: an act, or a clock that runs out before it. False where nothing can happen any more."""
    facts = _facts(table, walk)
    possible = [(t, weight) for t, weight in table.ways[walk.state] if table.allows(t, facts)]
    # Whoever stays where they are has less and less reason to do the same again.
    weights = [weight / (1 + walk.here[t.trigger]) ** 2 for t, weight in possible]
    chosen = chance.choices(possible, weights)[0][0] if possible else None
    wait = 0 if not walk.steps else chance.randint(1, LONGEST_SILENCE if chance.random() < SILENT else LONGEST_WAIT)
    ringing = _next_clock(walk, None if chosen is None else walk.day + timedelta(days=wait))
    if ringing is not None:
        name, clock = ringing
        then = clock.then or ""
        _pass(walk, max(walk.day, clock.due + timedelta(days=1)), tally, table)
        _run_out(walk, name, clock, table)
        t = table.w.edge(walk.state, then)
        if t is not None and table.allows(t, _facts(table, walk)):
            _carry_out(table, walk, t, tally)
        return True
    if chosen is None:
        return False
    _pass(walk, walk.day + timedelta(days=wait), tally, table)
    _carry_out(table, walk, chosen, tally)
    return True


def _next_clock(walk: _Walk, before: date | None) -> tuple[str, _Clock] | None:
    due = [(clock.due, name, clock) for name, clock in walk.clocks.items() if clock.then and (before is None or clock.due < before)]
    return min(due)[1:] if due and walk.paused_on is None else None


def _facts(table: _Table, walk: _Walk) -> Facts:
    now = (walk.day - FIRST_DAY).days * MICROS
    clocks = {name: ClockFact((c.due - FIRST_DAY).days * MICROS + MICROS - 1, walk.paused_on is None, 0) for name, c in walk.clocks.items()}
    case = CaseFact(walk.state, len(walk.steps), table.w.name, walk.paused_on is not None, table.w.is_final(walk.state))
    return Facts({"case": case, "clocks": clocks, "now": now, "ruleset": table.rules.values, "steps": tuple(walk.steps), "today": walk.day})


def _pass(walk: _Walk, day: date, tally: _Tally, table: _Table) -> None:
    """Time goes by in a state: it lies there, and before everyone who could act."""
    days = (day - walk.day).days
    if walk.state:
        tally.days["states"][walk.state] += days
        for role in table.waits[walk.state]:
            tally.days["roles"][role] += days
    walk.day = day


def _run_out(walk: _Walk, name: str, clock: _Clock, table: _Table) -> None:
    clock.late = True
    if clock.left:
        clock.left -= 1
        clock.due = add(clock.due, str(table.rules.values[f"clock.{name}"]), table.week)
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


def _carry_out(table: _Table, walk: _Walk, t: Transition, tally: _Tally) -> None:
    before, after = walk.state, table.w.arrives(walk.state, t)
    walk.steps.append(StepFact(t.trigger, t.trigger, (walk.day - FIRST_DAY).days * MICROS, after))
    tally.fired[t.trigger] += 1
    walk.state = after
    walk.here[t.trigger] += 1
    if after != before:
        walk.here.clear()
        tally.arrivals["states"][after] += 1
        tally.arrivals["roles"].update(table.waits[after])
    for e in t.effects:
        _effect(table, walk, e, tally)


def _effect(table: _Table, walk: _Walk, e: fx.Effect, tally: _Tally) -> None:
    match e:
        case fx.StartClock():
            _stop(walk, e.name, tally)
            limit, times = str(table.rules.values[f"clock.{e.name}"]), int(table.rules.values[e.times]) if e.times else 1
            if times:
                walk.clocks[e.name] = _Clock(add(walk.day, limit, table.week), e.then, e.silent or e.window, times - 1)
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
        ran_out = report.overdue.get(name, 0)
        lines.append(f"{name:<34}{n:>10}{ran_out:>12}{_percent(ran_out, n):>11}")
    late = _percent(report.overdue_walks, report.walks)
    lines += [f"{'walks with an overdue limit':<34}{report.walks:>10}{report.overdue_walks:>12}{late:>11}", "",
              f"states never visited: {', '.join(report.never_visited) or 'none'}",
              f"acts never taken: {', '.join(report.never_fired) or 'none'}"]
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    mille = share(part, whole)
    return f"{mille // 10}.{mille % 10} %"


__all__ = ["Load", "Report", "share", "simulate", "told"]
