"""The time limits of a case as its events make them: one fold, taken a step at a time by the doors and all at once by replay.

An event that touches limits names the version of the calendar that was in force, and one that a limit fired names that limit; so the events
alone, with the law and the calendars kept under their hashes, give every limit back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import singledispatch
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from workflows import effects as fx
from workflows.calendar import day_of
from workflows.clocks import EMPTY, Calendar, Derivation, Extension, Span, derive
from workflows.definition import ANY, Workflow
from workflows.effects import protected_in
from workflows.roles import Role

RUNNING, PAUSED, STOPPED, FIRED = "running", "paused", "stopped", "fired"
OPEN = (RUNNING, PAUSED)
NAMED = "day"
"""The limit of a clock that ends on a day that was named."""
QUESTION = "check_in"
"""The act by which the system asks somebody how they are."""

TIMED = (fx.StartClock, fx.StopClock, fx.Due, fx.Away, fx.Pause, fx.Resume, fx.Extend, fx.Recount, fx.Outage)
"""The effects that touch time limits."""
COUNTED = (fx.StartClock, fx.Due, fx.Away, fx.Resume, fx.Extend, fx.Recount, fx.Outage)
"""Those of them for which days are counted, so that their event names a calendar."""

Which = tuple[str, int, int]
"""One limit of a case: its name, the event that began it, and which of the repetitions it is."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit, with everything its day is derived from but the calendar's days. `calendar` is the hash of that version.

    `kept` is a day that a party had before the calendar changed; `paused_on` the day on which it was paused last."""

    name: str
    limit: str
    times: int
    started_seq: int
    started_at: int
    begun: date
    due_on: date
    due_at: int
    then: str | None = None
    status: str = RUNNING
    ended_at: int | None = None
    calendar: str = ""
    named: date | None = None
    pauses: tuple[Span, ...] = ()
    away: tuple[Span, ...] = ()
    extensions: tuple[Extension, ...] = ()
    outages: tuple[Span, ...] = ()
    not_before: date | None = None
    kept: date | None = None
    paused_on: date | None = None

    @property
    def which(self) -> Which:
        return self.name, self.started_seq, self.times

    def derived(self, calendar: Calendar, zone: ZoneInfo) -> Derivation:
        """When it ends under a calendar, line by line."""
        return derive(self.begun, self.named or self.limit, calendar, times=self.times, pauses=self.pauses, away=self.away,
                      extensions=self.extensions, outages=self.outages, not_before=self.not_before, kept=self.kept, zone=zone)

    def grounds(self) -> str:
        """What its day is derived from besides its limit, as one line of JSON, for a row to keep."""
        told = {"named": self.named, "pauses": self.pauses, "away": self.away, "extensions": self.extensions, "outages": self.outages,
                "not_before": self.not_before, "kept": self.kept, "paused_on": self.paused_on}
        return json.dumps({k: v for k, v in told.items() if v}, default=date.isoformat, ensure_ascii=False, separators=(",", ":"))


def read_grounds(text: str) -> dict[str, Any]:
    """The fields of a clock that its grounds keep; the inverse of `Clock.grounds`."""
    raw = json.loads(text)
    found: dict[str, Any] = {k: date.fromisoformat(v) for k, v in raw.items() if isinstance(v, str)}
    for name in ("pauses", "away", "outages"):
        if name in raw:
            found[name] = tuple(Span(date.fromisoformat(a), date.fromisoformat(b), ground) for a, b, ground in raw[name])
    if "extensions" in raw:
        found["extensions"] = tuple(Extension(date.fromisoformat(a), date.fromisoformat(b)) for a, b in raw["extensions"])
    return found


class Move(NamedTuple):
    """What one transition means for time limits: its effects, and whether the system takes the step."""

    effects: tuple[fx.Effect, ...]
    by_system: bool = False

    @property
    def passes_on(self) -> bool:
        """The case goes to a new holder of the office: whose absences counted before do not count for them."""
        return self.by_system and any(isinstance(e, fx.Hold) and e.handling for e in self.effects)


class Happened(NamedTuple):
    """What an event says that matters to time limits. `fired` is the limit that made the system act."""

    seq: int
    occurred_at: int
    recorded_at: int
    data: Mapping[str, Any]
    calendar: Calendar = EMPTY
    fired: Which | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """What binds the limits of a case: the ruleset's values, the organisation's zone, and which limits are those of parties."""

    values: Mapping[str, Any]
    zone: ZoneInfo
    protected: frozenset[str] = frozenset()
    moves: Mapping[tuple[str, str], Move] = field(default_factory=dict)
    """(state, trigger) to what it means; only replay needs it."""

    def calendar(self, one: Calendar) -> Calendar:
        """A calendar with the week of the ruleset, where it has none."""
        return one.under(self.values["working_week"])


class Kept(NamedTuple):
    """The limits of a case, and the days on which whoever has to answer is away."""

    clocks: tuple[Clock, ...] = ()
    away: tuple[Span, ...] = ()


class _Turn(NamedTuple):
    law: Law
    happened: Happened
    calendar: Calendar

    @property
    def day(self) -> date:
        return day_of(self.happened.occurred_at, self.law.zone)

    def again(self, clock: Clock) -> Clock:
        """A limit derived again under the calendar in force now; that of a party never ends earlier than before."""
        found = clock.derived(self.calendar, self.law.zone)
        if found.due_on < clock.due_on and clock.name in self.law.protected:
            clock = replace(clock, kept=clock.due_on)
            found = clock.derived(self.calendar, self.law.zone)
        return replace(clock, due_on=found.due_on, due_at=found.due_at, calendar=self.happened.calendar.law_hash)

    def begin(self, clock: Clock) -> Clock:
        found = clock.derived(self.calendar, self.law.zone)
        return replace(clock, due_on=found.due_on, due_at=found.due_at)


def turn(kept: Kept, move: Move, happened: Happened, law: Law) -> Kept:
    """The limits after an event. Those that are there keep their places; new ones come last. Raises ValueError for data that is no day."""
    step = _Turn(law, happened, law.calendar(happened.calendar))
    if happened.fired is not None:
        kept = kept._replace(clocks=tuple(_ended(c, FIRED, happened) if c.which == happened.fired and c.status == RUNNING else c
                                          for c in kept.clocks))
    if move.passes_on:
        kept = kept._replace(away=())
    for effect in move.effects:
        kept = _take(effect, kept, step)
    return kept


def _ended(clock: Clock, status: str, happened: Happened) -> Clock:
    return replace(clock, status=status, ended_at=happened.recorded_at)


def _each(kept: Kept, step: Any, *, of: tuple[str, ...] = OPEN, name: str | None = None) -> Kept:
    return kept._replace(clocks=tuple(step(c) if c.status in of and name in (None, c.name) else c for c in kept.clocks))


@singledispatch
def _take(effect: fx.Effect, kept: Kept, step: _Turn) -> Kept:
    """What one effect does to the limits; most do nothing."""
    return kept


@_take.register
def _start(effect: fx.StartClock, kept: Kept, step: _Turn) -> Kept:
    happened, values = step.happened, step.law.values
    limit = str(values.get(f"clock.{effect.name}", "30d"))
    floor = happened.data.get(effect.not_before) if effect.not_before else None
    kept = _each(kept, lambda c: _ended(c, STOPPED, happened), name=effect.name)
    if effect.until is not None:
        return _named(kept, step, effect.name, happened.data.get(effect.until), effect.then)
    begun = step.day
    made = [step.begin(Clock(effect.name, limit, n, happened.seq, happened.occurred_at, begun, begun, 0, effect.then,
                             calendar=happened.calendar.law_hash, away=tuple(a for a in kept.away if a.until > begun),
                             not_before=date.fromisoformat(str(floor)) if floor else None))
            for n in range(1, 1 + (int(values[effect.times]) if effect.times else 1))]
    return kept._replace(clocks=(*kept.clocks, *made))


@_take.register
def _due(effect: fx.Due, kept: Kept, step: _Turn) -> Kept:
    happened, value = step.happened, step.happened.data.get(effect.input)
    if not value:
        return _start(fx.StartClock("due"), kept, step)
    return _named(_each(kept, lambda c: _ended(c, STOPPED, happened), name="due"), step, "due", value, None)


def _named(kept: Kept, step: _Turn, name: str, value: Any, then: str | None) -> Kept:
    """With a limit that ends on a day that was named, where one was."""
    if not value:
        return kept
    happened, day = step.happened, date.fromisoformat(str(value))
    clock = Clock(name, NAMED, 1, happened.seq, happened.occurred_at, step.day, day, 0, then, named=day, calendar=happened.calendar.law_hash)
    return kept._replace(clocks=(*kept.clocks, step.begin(clock)))


@_take.register
def _stop(effect: fx.StopClock, kept: Kept, step: _Turn) -> Kept:
    """A matter that ends takes its limits with it; the days on which a head is asked who reported something in it stay."""
    asks = effect.name is None
    return _each(kept, lambda c: c if asks and c.then == QUESTION and c.named else _ended(c, STOPPED, step.happened), name=effect.name)


@_take.register
def _away(effect: fx.Away, kept: Kept, step: _Turn) -> Kept:
    since, until = (date.fromisoformat(str(step.happened.data[name])) for name in (effect.since, effect.until))
    span = Span(since, until, str(step.happened.data.get("ground", "")))
    kept = kept._replace(away=(*kept.away, span))
    return _each(kept, lambda c: step.again(replace(c, away=(*c.away, span))) if until > c.begun else c)


@_take.register
def _pause(effect: fx.Pause, kept: Kept, step: _Turn) -> Kept:
    return _each(kept, lambda c: replace(_ended(c, PAUSED, step.happened), paused_on=step.day), of=(RUNNING,))


@_take.register
def _resume(effect: fx.Resume, kept: Kept, step: _Turn) -> Kept:
    def run_on(clock: Clock) -> Clock:
        since = clock.paused_on or step.day
        pause = Span(since, max(since, step.day))
        return step.again(replace(clock, status=RUNNING, ended_at=None, paused_on=None, pauses=(*clock.pauses, pause)))

    return _each(kept, run_on, of=(PAUSED,))


@_take.register
def _extend(effect: fx.Extend, kept: Kept, step: _Turn) -> Kept:
    more = Extension(date.fromisoformat(str(step.happened.data[effect.until])), step.day)
    return _each(kept, lambda c: step.again(replace(c, extensions=(*c.extensions, more))), name=effect.clock)


@_take.register
def _recount(effect: fx.Recount, kept: Kept, step: _Turn) -> Kept:
    def anew(clock: Clock) -> Clock:
        """What has run out already stays as it was, and nothing runs out by the change itself."""
        if clock.due_at < step.happened.occurred_at:
            return clock
        found = step.again(clock)
        return found if found.due_on >= step.day else step.again(replace(clock, kept=step.day))

    return _each(kept, anew, of=(RUNNING,))


@_take.register
def _outage(effect: fx.Outage, kept: Kept, step: _Turn) -> Kept:
    since, until = (date.fromisoformat(str(step.happened.data[name])) for name in (effect.since, effect.until))
    down = Span(since, until)
    return _each(kept, lambda c: step.again(replace(c, outages=(*c.outages, down))) if since <= c.due_on <= until else c, of=(RUNNING,))


def move_of(effects: Iterable[fx.Effect], who: Iterable[Role]) -> Move:
    """What a transition means for time limits."""
    return Move(tuple(e for e in effects if isinstance(e, (*TIMED, fx.Hold))), Role.SYSTEM in tuple(who))


def law_of(workflow: Workflow, values: Mapping[str, Any], zone: ZoneInfo) -> Law:
    """What binds the limits of a case of this workflow, without its moves: whoever acts knows them."""
    return Law(values, zone, workflow.protected_clocks)


def read_law(law: bytes, values: Mapping[str, Any], zone: ZoneInfo) -> Law:
    """The same from a workflow's canonical bytes, with its moves, so that replay needs no file."""
    raw = json.loads(law)
    final = {s["name"] for s in raw["states"] if s["final"]}
    every = [s["name"] for s in raw["states"]]
    moves: dict[tuple[str, str], Move] = {}
    steps = []
    for entry, transitions in ((False, raw["transitions"]), (True, raw["entries"])):
        for t in transitions:
            who = tuple(Role(code) for code in t["who"])
            effects = tuple(e for told in t["effects"] if (e := _effect(told)) is not None)
            steps.append((who, effects))
            for source in t["source"]:
                for state in [s for s in every if entry or s not in final] if source == ANY else [source]:
                    moves.setdefault((state, t["trigger"]), move_of(effects, who))
    return Law(values, zone, protected_in(steps), moves)


_READ: dict[str, type[fx.Effect]] = {cls.__name__.lower(): cls for cls in (*TIMED, fx.Hold)}


def _effect(told: Mapping[str, Any]) -> fx.Effect | None:
    """An effect from its law; None for one that does not touch time. What an older law left out is as it was then: not there."""
    cls = _READ.get(told["kind"])
    if cls is None:
        return None
    given = {name: value for name, value in told.items() if name in cls.__dataclass_fields__}
    return cls(**given | ({"role": Role(given["role"])} if "role" in given else {}))


__all__ = ["Clock", "Happened", "Kept", "Law", "Move", "Which", "law_of", "move_of", "read_grounds", "read_law", "turn"]
