"""What a transition leaves behind, as data. The set is closed: a new kind is a decision of the project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Effect:
    """The base of the closed set; `kind` is the class name in lower case."""

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()

    def law(self) -> dict[str, Any]:
        return {"kind": self.kind} | {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, Role) else value


@dataclass(frozen=True, slots=True)
class Serve(Effect):
    """A letter of a kind to everyone who plays `role` in the case."""

    role: Role
    letter: str


@dataclass(frozen=True, slots=True)
class TellAgain(Effect):
    """A letter of a kind to everyone else who was ever served a letter in the case: who was told of a matter is told of its end."""

    letter: str


@dataclass(frozen=True, slots=True)
class StartClock(Effect):
    """Start the time limit `name`, as long as the ruleset's `clock.<name>` says; when it runs out, `then` is fired by
    the system.

    With `times`, a key of the ruleset, it runs out so many times, each as long after the one before. A `silent` one is no
    limit of anybody: nothing is due by it, it only makes the system act. A `window` is shown, and nothing is due by it either: while it is
    open somebody may act, and when it closes nobody is late. With `not_before` it ends no earlier than the day in that input.
    With `until`, it runs out with the day in that input instead; where there is none, it does not run."""

    name: str
    then: str | None = None
    times: str | None = None
    silent: bool = False
    not_before: str | None = None
    until: str | None = None
    window: bool = False


@dataclass(frozen=True, slots=True)
class StopClock(Effect):
    """Stop the time limit `name`; without a name, all of the case."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Appoint(Effect):
    """Whoever the input names plays `role` from now on; `column` is the person's column where the input has rows, `until` the input with
    the last day, where there is one."""

    role: Role
    input: str
    column: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Dismiss(Effect):
    """Whoever the input names no longer plays `role`."""

    role: Role
    input: str


@dataclass(frozen=True, slots=True)
class Recuse(Effect):
    """Whoever speaks has a conflict: their conducting parts end, and they are walled from the case."""


@dataclass(frozen=True, slots=True)
class Reinstate(Effect):
    """The conflict of whoever the input names is lifted. Parts that had ended stay ended."""

    input: str


@dataclass(frozen=True, slots=True)
class Take(Effect):
    """The actor plays `role` from now on."""

    role: Role


@dataclass(frozen=True, slots=True)
class Hold(Effect):
    """Whoever answers for the office named by the input plays `role` from now on: where the basis is oversight, its holder on the
    day of the matter; where the level is joint, the member the case names; else its present holder, or who acts in it.

    With `handling`, the case stays with the office: whoever answers for it later has the part then, and who had it before is relieved.
    With `above`, it is the first office above it for which somebody else answers; where there is none, nobody."""

    role: Role
    input: str
    handling: bool = False
    above: bool = False


@dataclass(frozen=True, slots=True)
class Seat(Effect):
    """The body named by the input decides this case: whoever holds an office of it on a day is `decider` on that day.

    With `meeting`, a unit may be named as well, whose members meet and vote; and where nothing is named, nothing changes."""

    input: str
    meeting: bool = False


@dataclass(frozen=True, slots=True)
class Move(Effect):
    """The case belongs to the unit named by the input from now on: whoever is granted a role there sees it and handles it."""

    input: str


@dataclass(frozen=True, slots=True)
class Open(Effect):
    """Open a child case: its first event is `trigger`, its data taken over from the inputs named in `copy` ((ours,
    theirs), …).

    A name that begins with `=` is a literal. With `rows`, one case for each row of that input, the row's own columns
    taken over first. With `seats`, where the level is joint, one case for each holder of the office named by that input, and each
    names its `answerer`. A day named in `anew` is moved by the days this case has lasted. The case stands in the unit of this one, or in
    that named by `unit`: a column of the rows, or an input of the act. The child's guards must hold, unless `guarded` is off because a right
    may not be blocked by them."""

    workflow: str
    trigger: str
    copy: tuple[tuple[str, str], ...] = ()
    rows: str | None = None
    guarded: bool = True
    seats: str | None = None
    anew: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Tell(Effect):
    """The system fires `trigger` in every case of `workflow` that stands `below` this one, or `beside` it under the same case, ended ones
    too, or in the nearest one `above` it, where it is possible there and the guards hold. Its data are taken over as for `Open`; `@` is the
    person who speaks."""

    workflow: str
    trigger: str
    to: str = "below"
    copy: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Route(Effect):
    """A concern finds its way by who is named in the rows of `named`: to those who handle matters of the unit; or, where it names one of
    them, where `apart` asks for it, or where `kind` is retaliation, to the contact for concerns alone, in a closed circle. `about` is the
    number of the reporter's own matter that retaliation follows."""

    named: str
    apart: str
    kind_of: str
    about: str


@dataclass(frozen=True, slots=True)
class Due(Effect):
    """The day in the input is when this case is due; where none is given, the ruleset's `clock.due` says how long it may take."""

    input: str


@dataclass(frozen=True, slots=True)
class Away(Effect):
    """Whoever has to answer is away from the day in one input to the day in the other: the limits that run do not count those days."""

    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Extend(Effect):
    """More time: the limit `clock` ends on the day in the input `until`, which its guards keep within the cap of the ruleset."""

    clock: str
    until: str


@dataclass(frozen=True, slots=True)
class Recount(Effect):
    """The limits that run are derived again under the calendar now in force; those of a party are never shortened."""


@dataclass(frozen=True, slots=True)
class Outage(Effect):
    """There was no way to act from the day in one input to the day in the other: what would end then ends one working day after it."""

    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Pause(Effect):
    """Put the mark *paused* on the case: clocks stop, and only what is open to a paused case can happen."""


@dataclass(frozen=True, slots=True)
class Resume(Effect):
    """Take the mark away; clocks run on with the days they had left."""


@dataclass(frozen=True, slots=True)
class Notify(Effect):
    """The respondent learns the allegations. A sanction cannot be reached around it."""


@dataclass(frozen=True, slots=True)
class Hear(Effect):
    """The respondent was heard. A sanction cannot be reached around it."""


@dataclass(frozen=True, slots=True)
class Sanction(Effect):
    """A sanction of the ladder is imposed; the input names the rung. `effective` and `expires` name the inputs with its first and last day."""

    input: str
    lowest_only: bool = False
    effective: str | None = None
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class EndSanction(Effect):
    """The sanction that this case imposed no longer stands; `how` says why: spent, varied, revoked. With `spent` it is one that was spent
    already, and is undone all the same."""

    how: str
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Attach(Effect):
    """The evidence given with the act becomes an item of the case."""


@dataclass(frozen=True, slots=True)
class Issue(Effect):
    """The paper drawn with the act becomes an item of the case, and takes the next number of its series."""


@dataclass(frozen=True, slots=True)
class Withdraw(Effect):
    """The item of evidence named by the input is withdrawn: kept, but no longer cited."""

    input: str


@dataclass(frozen=True, slots=True)
class Erase(Effect):
    """What the input lists is taken out of the contents of earlier events: value and salt go, the commitments stay."""

    input: str


@dataclass(frozen=True, slots=True)
class Dispose(Effect):
    """Of the case stay its commitments, the bare course of its history, and this event, which is the certificate."""


KINDS: dict[str, type[Effect]] = {
    cls.__name__.lower(): cls
    for cls in (Serve, TellAgain, StartClock, StopClock, Appoint, Dismiss, Recuse, Reinstate, Take, Hold, Seat, Move, Open, Route, Tell, Due, Away,
                Extend, Recount, Outage, Pause, Resume, Notify, Hear, Sanction, EndSanction, Attach, Issue, Withdraw, Erase, Dispose)
}


PARTIES = frozenset({Role.RESPONDENT, Role.HEAD, Role.REPORTER, Role.PROTECTED})
"""Whose time a changed calendar may lengthen and never shorten."""


def protected_in(steps: Iterable[tuple[tuple[Role, ...], tuple[Effect, ...]]]) -> frozenset[str]:
    """The time limits of a workflow's steps (who, effects) that are not those of officials alone: all but such as only they end by name."""
    names, stops = {"due"}, dict[str, set[Role]]()
    for who, effects in steps:
        for e in effects:
            if isinstance(e, StartClock):
                names.add(e.name)
            elif isinstance(e, StopClock) and e.name is not None:
                stops.setdefault(e.name, set()).update(who)
    return frozenset(name for name in names if not stops.get(name) or stops[name] & PARTIES)
