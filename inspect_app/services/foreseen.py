"""What follows from an act before it is carried out: read from the effects that the law declares for it, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inspect_app import i18n
from inspect_app.access.reading import HANDLING
from inspect_app.db import Session
from inspect_app.now import now
from inspect_app.services import absences, holding, timekeeping
from inspect_app.services.effects import PARTIES, SUPERIORS
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.readings import SHIELDED
from inspect_app.services.taken import Taken, look
from workflows import draw
from workflows import effects as fx
from workflows.acts import SYSTEM
from workflows.calendar import start_of
from workflows.clocks import Calendar
from workflows.definition import ANY, Transition, Workflow
from workflows.inputs import Input
from workflows.protection import REPORTED_BY
from workflows.roles import Role
from workflows.ruleset import Ruleset
from workflows.timekeeping import OPEN, RUNNING, TIMED, Clock, Happened, Kept, law_of, move_of, turn

TOLD_APART = (*TIMED, fx.Serve, fx.TellAgain, fx.Open, fx.Take, fx.Tell, fx.Attach)
"""Effects that have sentences of their own here, or follow from the act itself."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that follows: of which kind (told, clock, opens, part, moves, ends, waits, other), and its sentence."""

    kind: str
    says: str


def foreseen(house: House, language: str, workflow: Workflow, rules: Ruleset, transition: Transition, row: CaseRow | None = None,
             data: Mapping[str, Any] | None = None, occurred_on: str | None = None) -> list[Consequence]:
    """Everything that follows from an act as things stand, most important first. `row` is the case as whoever acts sees it, None where the act
    opens one; `data` is what was entered so far, `occurred_on` the day it happened (ISO 8601) where that is not today."""
    teller = _Teller(house, language, workflow, rules, transition, row, dict(data or {}), occurred_on)
    with house.db.reading("all") as session:
        taken = look(session, house, row.uid, SYSTEM, today(house)) if row is not None else None
        found = [*teller.moves(), *teller.told(session, taken), *teller.limits(session, taken), *teller.others(), *teller.locked()]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Teller:
    house: House
    language: str
    workflow: Workflow
    rules: Ruleset
    transition: Transition
    row: CaseRow | None
    data: dict[str, Any]
    occurred_on: str | None

    def say(self, kind: str, key: str, **values: object) -> Consequence:
        return Consequence(kind, i18n.say(self.language, key, **values))

    def role(self, role: Role) -> str:
        return i18n.role_label(self.rules, self.language, role.value, self.workflow)

    def day(self, value: date) -> str:
        return i18n.day(value, self.language)

    def moves(self) -> Iterator[Consequence]:
        dest = self.transition.dest
        if dest != ANY and (self.row is None or dest != self.row.state):
            yield self.say("moves", "follows.moves", state=i18n.state_label(self.workflow, self.rules, self.language, dest))

    def told(self, session: Session, taken: Taken | None) -> Iterator[Consequence]:
        """Who gets a letter; how many they are, for those who handle the case, and never of a reporter."""
        for effect in self.transition.effects:
            if isinstance(effect, fx.TellAgain):
                yield self.say("told", "follows.told_again")
            if not isinstance(effect, fx.Serve):
                continue
            role = self.role(effect.role)
            counted = taken is not None and self.row is not None and self.row.parts & HANDLING and effect.role.value not in SHIELDED
            number = len(holding.served(session, self.house, taken, effect.role, today(self.house))) if counted and taken is not None else 0
            yield self.say("told", "follows.letter_to", role=role, n=number) if number else self.say("told", "follows.letter", role=role)

    def limits(self, session: Session, taken: Taken | None) -> Iterator[Consequence]:
        """Which limits begin, stop or move, with the day on which each would end."""
        if not any(isinstance(e, TIMED) for e in self.transition.effects):
            return
        here = [row.clock for row in timekeeping.rows_of(session, self.house, taken.id)] if taken is not None else []
        away = absences.of_case(session, taken.id) if taken is not None and self.workflow.knows_absence else ()
        calendar = self.house.calendar_for(session, self.rules)
        kept, waiting = Kept(tuple(here), away), [e for e in self.transition.effects if self._waits_for(e)]
        for effect in waiting:
            yield from self._awaited(effect, calendar)
        try:
            after = self._turned(kept, calendar, [e for e in self.transition.effects if e not in waiting])
        except (KeyError, ValueError):  # a day that is still to be entered
            yield self.say("clock", "follows.by_what_you_enter")
            return
        for before, then in zip(here, after, strict=False):
            yield from self._changed(before, then)
        for clock in after[len(here):]:
            yield from self._begun(clock)

    def _waits_for(self, effect: fx.Effect) -> Input | None:
        """The input of the day by which a limit ends, where it is still to be entered, or to be worked out from what is."""
        name = effect.input if isinstance(effect, fx.Due) else effect.until if isinstance(effect, (fx.StartClock, fx.Extend)) else None
        if name is None or _is_day(self.data.get(name)):
            return None
        return next((i for i in self.transition.inputs if i.name == name), None)

    def _awaited(self, effect: fx.Effect, calendar: Calendar) -> Iterator[Consequence]:
        """That a limit ends on a day that is still to be entered; where it may be left out, what holds then."""
        field = self._waits_for(effect)
        if field is None or (isinstance(effect, fx.StartClock) and (effect.silent or effect.name in self.workflow.silent_clocks)):
            return
        if field not in self.transition.asked:
            yield self.say("clock", "follows.by_what_you_enter")
            return
        name = effect.name if isinstance(effect, fx.StartClock) else effect.clock if isinstance(effect, fx.Extend) else "due"
        values = {"limit": i18n.clock_label(self.rules, self.language, name),
                  "field": i18n.input_label(self.workflow, self.transition, self.rules, self.language, field)}
        then = self._then(effect.name, effect.then) if isinstance(effect, fx.StartClock) else ""
        if isinstance(effect, fx.Extend):
            yield self.say("clock", "follows.extended", **values)
        elif field.required:
            yield Consequence("clock", i18n.say(self.language, "follows.on_day_entered", **values) + then)
        elif isinstance(effect, fx.Due):
            [clock] = self._turned(Kept(), calendar, [effect])
            yield self.say("clock", "follows.on_day_or", **values, day=self.day(clock.due_on))
        else:
            yield Consequence("clock", i18n.say(self.language, "follows.where_entered", **values) + then)

    def _turned(self, kept: Kept, calendar: Calendar, effects: Iterable[fx.Effect]) -> tuple[Clock, ...]:
        at = start_of(date.fromisoformat(self.occurred_on), self.house.zone) if self.occurred_on else now()
        seq = self.row.seq + 1 if self.row is not None else 1
        happened = Happened(seq, at, now(), self.data, calendar)
        law = law_of(self.workflow, self.rules.values, self.house.zone)
        return turn(kept, move_of(effects, self.transition.who), happened, law).clocks

    def _hidden(self, clock: Clock) -> bool:
        return clock.name in self.workflow.silent_clocks

    def _changed(self, before: Clock, then: Clock) -> Iterator[Consequence]:
        if self._hidden(before) or before == then:
            return
        label = i18n.clock_label(self.rules, self.language, before.name)
        if then.status not in OPEN:
            yield self.say("clock", "follows.stops", limit=label)
        elif then.status != before.status:
            yield self.say("clock", "follows.runs_on" if then.status == RUNNING else "follows.pauses", limit=label, day=self.day(then.due_on))
        elif then.due_on != before.due_on:
            yield self.say("clock", "follows.ends_on", limit=label, day=self.day(then.due_on), before=self.day(before.due_on))

    def _begun(self, clock: Clock) -> Iterator[Consequence]:
        if self._hidden(clock):
            return
        values = {"limit": i18n.clock_label(self.rules, self.language, clock.name), "day": self.day(clock.due_on)}
        says = (i18n.say(self.language, "follows.begins", **values) if clock.begun == today(self.house)
                else i18n.say(self.language, "follows.counts", begun=self.day(clock.begun), **values))
        yield Consequence("clock", says + self._then(clock.name, clock.then))

    def _then(self, name: str, trigger: str | None) -> str:
        """What is done when a limit runs out, as one more sentence; nothing where nothing is due by it."""
        if not trigger or name in self.workflow.undue_clocks:
            return ""
        return " " + i18n.say(self.language, "follows.then", then=i18n.trigger_label(self.workflow, self.rules, self.language, trigger))

    def others(self) -> Iterator[Consequence]:
        for effect in self.transition.effects:
            if isinstance(effect, fx.Open):
                opened = self.house.catalogue.by_name[effect.workflow]
                label = i18n.workflow_label(opened, self.rules, self.language)
                yield self.say("opens", "follows.opens_each" if effect.rows or effect.seats else "follows.opens", workflow=label)
            elif isinstance(effect, fx.Tell):
                told = self.house.catalogue.by_name[effect.workflow]
                yield self.say("opens", "follows.tells", workflow=i18n.workflow_label(told, self.rules, self.language))
            elif isinstance(effect, fx.Take):
                key = "follows.you_handle" if effect.role is Role.OFFICER else "follows.you_take"
                yield self.say("part", "follows.others_take" if self.may_be_others() else key, role=self.role(effect.role))
            elif isinstance(effect, fx.Appoint) and effect.input == REPORTED_BY:
                yield self.say("part", "follows.own_report", role=self.role(effect.role))
            elif not isinstance(effect, TOLD_APART):
                kind = "part" if isinstance(effect, (fx.Appoint, fx.Dismiss, fx.Hold, fx.Seat, fx.Recuse, fx.Reinstate)) else "other"
                yield Consequence(kind, _sentence(draw.effect_words(self.workflow, self.transition, effect, self.language)))

    def may_be_others(self) -> bool:
        """Whether whoever acts may be somebody who does not conduct what they open."""
        return bool(PARTIES & set(self.transition.who)) or (bool(SUPERIORS & set(self.transition.who)) and not self.workflow.fast)

    def locked(self) -> Iterator[Consequence]:
        """What can no longer be done afterwards."""
        if any(isinstance(e, fx.Pause) for e in self.transition.effects):
            yield self.say("ends", "follows.paused")
        if self.workflow.is_final(self.transition.dest):
            yield self.say("ends", "follows.final")
        if self.transition.standing:
            yield self.say("waits", "follows.standing")


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


__all__ = ["Consequence", "foreseen"]
