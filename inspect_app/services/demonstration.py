"""A demonstration organisation with a year of casework, lived day by day: the same organisation for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from sqlalchemy import select, update

from inspect_app.db import Session
from inspect_app.errors import Refusal
from inspect_app.models import cases, clock
from inspect_app.now import hold
from inspect_app.now import now as this_moment
from inspect_app.services import casework, links, passwords, publishing
from inspect_app.services.demonstration_acts import Matter, take
from inspect_app.services.demonstration_data import (
    BadDemonstration,
    ConcernData,
    HouseData,
    InspectionData,
    LearningData,
    MatterData,
    ShortcomingData,
    read_house,
)
from inspect_app.services.demonstration_learning import begins_on, life, take_learning
from inspect_app.services.demonstration_matters import take_matter
from inspect_app.services.demonstration_past import settled
from inspect_app.services.demonstration_people import Organisation, settle
from inspect_app.services.demonstration_stories import CONCERNS, INSPECTIONS, MATTERS, RESPONSIBILITIES, SHORTCOMINGS, Step
from inspect_app.services.house import House
from workflows.acts import SYSTEM, Act
from workflows.calendar import day_of, micros
from workflows.figures import first_of, last_of, quarter_of
from workflows.protection import ASKS, SILENCE

PASSWORD = "inspect-demo"  # noqa: S105
"""The one password of all demonstration accounts; it is printed."""

MINUTE = 60_000_000

Text = InspectionData | ShortcomingData | ConcernData | MatterData | LearningData


class AlreadyPeopled(Refusal):
    """The database already has people."""

    def __str__(self) -> str:
        return "This database already has people; load a demonstration into an empty one."


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """An account to try, with what its owner does in the organisation."""

    login: str
    password: str
    name: str
    what: str
    language: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was loaded."""

    house: str
    name: str
    ruleset: str
    language: str
    seed: int
    accounts: tuple[DemonstrationAccount, ...]
    matters: int
    acts: int


def load_demonstration(
    house: House, which: str, seed: int = 1, *, hash_password: Callable[[str], str] | None = None
) -> Demonstration:
    """Load a demonstration, all of it or nothing: `depot` or `hospital`. Its people are invented, and its cases count there.

    Raises `AlreadyPeopled`, or `BadDemonstration` for a name that is not known."""
    data = read_house(which)
    now = this_moment()
    today = day_of(now, house.zone)
    with house.db.atomic("all") as session:
        if not links.nobody_has_come(session):
            raise AlreadyPeopled
        links.make_room(session)
        made = settle(session, data, today, seed, PASSWORD, hash_password or partial(passwords.hashed, house))
        texts: list[Text] = [*data.inspections, *data.shortcomings, *data.concerns, *data.matters, *settled(data, today), _programme(data, today)]
        matters = [_matter(session, house, made, text, seed) for text in texts]
        ahead = _publications(made.ago(max(text.opened for text in texts)), today, house)
        for moment, matter, step in _in_order(house, matters, today, now):
            while ahead and ahead[0][0] < moment:
                _ask(session, house, ahead[0][0])
                _publish(session, house, *ahead.pop(0))
            _ask(session, house, moment)
            matter.day = day_of(moment, house.zone)
            with hold(moment):
                if isinstance(matter.text, MatterData):
                    take_matter(matter, matter.text, step.case, step.verb)
                elif isinstance(matter.text, LearningData):
                    take_learning(matter, matter.text, step.verb)
                else:
                    take(matter, step.case, step.verb)
        for moment, quarter in ahead:
            _ask(session, house, moment)
            _publish(session, house, moment, quarter)
        _ask(session, house, now)
    accounts = tuple(
        DemonstrationAccount(p.key, PASSWORD, p.name, p.what, data.language) for p in data.people if p.account
    )
    return Demonstration(
        which, data.name, data.ruleset, data.language, seed, accounts, len(matters), sum(m.acts for m in matters)
    )


def _ask(session: Session, house: House, until: int) -> None:
    """What the background work would have done by then for whoever is protected: ask them how they are, and record that no answer came."""
    due = (select(clock.c.id, clock.c.due_at, clock.c.then, clock.c.name, clock.c.started_seq, clock.c.times, cases.c.uid)
           .join(cases, cases.c.id == clock.c.case_id).where(clock.c.status == "running", clock.c.then.in_((ASKS, SILENCE)), clock.c.due_at < until)
           .order_by(clock.c.due_at, clock.c.id).limit(1))
    while (one := session.execute(due).first()) is not None:
        with hold(one.due_at + 1):
            session.execute(update(clock).where(clock.c.id == one.id).values(status="fired", ended_at=one.due_at + 1))
            casework.fire_in(session, house, one.uid, Act(one.then, SYSTEM, clock=(one.name, one.started_seq, one.times)))


def _publications(begun: date, today: date, house: House) -> list[tuple[int, str]]:
    """(when, quarter): the nights on which the background work would have published the quarters since the beginning, oldest first."""
    found, end = [], first_of(*quarter_of(begun)) - timedelta(days=1)
    while (end := last_of(*quarter_of(end + timedelta(days=1)))) + publishing.GRACE < today:
        night = datetime.combine(end + publishing.GRACE + timedelta(days=1), time(2, 0), house.zone)
        found.append((micros(night), publishing.named(end)))
    return found


def _publish(session: Session, house: House, moment: int, quarter: str) -> None:
    with hold(moment):
        publishing.publish_missing(session, house, quarter)


def _programme(data: HouseData, today: date) -> LearningData:
    begun = begins_on(today)
    return replace(data.learning, begun=begun, opened=(today - begun).days)


def _matter(
    session: Session, house: House, made: Organisation, text: Text, seed: int
) -> Matter:
    opened_on = _worked(made.ago(text.opened))
    return Matter(session, house, made, text, Random(f"{seed}/{made.data.house}/{text.title}"), opened_on, opened_on)  # noqa: S311


def _worked(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _life(matter: Matter) -> list[Step]:
    """The steps of a matter, the responsibility's among the inspection's."""
    text = matter.text
    if isinstance(text, LearningData):
        return life(text, matter.made.data.inspections)
    if isinstance(text, MatterData):
        return list(MATTERS[f"{text.workflow}.{text.story}"])
    if isinstance(text, ConcernData):
        return list(CONCERNS[text.story])
    if isinstance(text, ShortcomingData):
        return list(SHORTCOMINGS[text.story])
    steps = list(INSPECTIONS[text.story])
    if text.head is not None:
        steps += [Step(step.day + text.head.at, step.case, step.verb) for step in RESPONSIBILITIES[text.head.story]]
    return sorted(steps, key=lambda step: step.day)


def _in_order(house: House, matters: list[Matter], today: date, now: int) -> Iterator[tuple[int, Matter, Step]]:
    """Every step of every matter in the order in which they happened, in working hours, the last of them today."""
    found: list[tuple[int, int, Matter, Step]] = []
    for n, matter in enumerate(matters):
        moment = 0
        for step in _life(matter):
            day = today - timedelta(days=matter.text.opened - step.day)
            if day > today:
                raise BadDemonstration(f"“{matter.text.title}” begins too late for its story “{getattr(matter.text, 'story', '')}”.")
            at = micros(datetime.combine(_worked(day), time(8, 0), house.zone)) + matter.rng.randrange(460) * MINUTE
            moment = min(max(at, moment + 25 * MINUTE), max(now - MINUTE, moment + 1))
            found.append((moment, n, matter, step))
    found.sort(key=lambda item: item[:2])
    return ((moment, matter, step) for moment, _, matter, step in found)


__all__ = [
    "PASSWORD",
    "AlreadyPeopled",
    "BadDemonstration",
    "Demonstration",
    "DemonstrationAccount",
    "HouseData",
    "load_demonstration",
]
