"""Searching cases by words, within the reader's sight. A person's name is searched for with a reason alone, which is noted before anything is told
and shown to the auditor."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import orjson
from sqlalchemy import ColumnElement, or_, select

from inspect_app.access.numbers import among
from inspect_app.access.parts import Viewer, reach_of, sees_everything, visible_to
from inspect_app.access.reading import HANDLING, is_told, readable
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session, together
from inspect_app.errors import Invalid, Problem
from inspect_app.i18n import say
from inspect_app.models import cases, person
from inspect_app.models.case import FAR
from inspect_app.now import now
from inspect_app.services import naming, queries, word_index, wording
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.narrowing import mine, of_their_own
from inspect_app.services.queries import CaseRow, found_in, today
from inspect_app.services.recording import append_outside
from inspect_app.services.said import data_of
from inspect_app.services.standing import NAMED, viewer_of
from inspect_app.services.untold import untold
from inspect_app.services.word_index import ANYWHERE, NEAR, Question
from workflows.acts import Actor
from workflows.calendar import day_of

MOST_ASKED = 12
"""Words of one question."""
LONGEST_REASON = 1000
AT_A_TIME, MOST_LOOKS = 60, 20
"""How many cases of the index are looked at in one go for those that the reader sees, and how often for one page."""
MANY = 1000
"""So many are looked at in one go for a reader who sees few of them."""
FEW_UNITS = 8
"""The index is asked within so many units: within more, asking for all is less work."""
STREAM, SEARCHED = "searches", "search_person"

_NOTED = Fixed("""SELECT e.seq, e.actor, e.occurred_at, c.body FROM stream s JOIN event e ON e.stream_id = s.id
  JOIN person p ON p.uid = e.actor LEFT JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0
  WHERE s.kind = 'searches' AND s.kind <> 'case' AND e.seq < :before AND (:everywhere OR p.unit_id AMONG :units)
  ORDER BY e.seq DESC LIMIT :limit""")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found; `cursor` leads on, None at the end. `apart` says that it leads to the cases in which the words do not stand near
    each other, which nobody has looked for yet. `noted` says that the words are a person's name, and that the search was noted with its reason."""

    rows: tuple[CaseRow, ...]
    cursor: str | None
    apart: bool = False
    noted: bool = False


class NeedsReason(Invalid):
    """The words are a person's name: they are searched for with a reason."""


class _Place(NamedTuple):
    """Where a page begins: in which order, and before which case."""

    way: int
    before: int


def search(house: House, actor: Actor, text: str, *, reason: str | None = None, limit: int = 25, cursor: str | None = None) -> Found:
    """The cases that this actor may know of and that have all these words, whatever their marks and order: where each stands near the one
    typed before it first, then the others; each newest first. Raises `Invalid`; `NeedsReason` where they are a person's name and no reason is
    given."""
    asked = _words(actor, text)
    place = _read_cursor(actor, cursor) if cursor else None
    with house.db.reading(reach_of(actor)) as session:
        persons = naming.named(house.db, session, text)
    if persons:
        _note(house, actor, persons, (reason or "").strip(), again=cursor is not None)
    with house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(house))
        return replace(_page(session, house, viewer, _question(session, house, viewer, asked), limit, place), noted=bool(persons))


def _words(actor: Actor, text: str) -> list[str]:
    found = wording.words(text)
    if not found:
        raise Invalid((Problem("/q", "required", say(actor.language, "search.no_words")),))
    if len(set(found)) > MOST_ASKED:
        raise Invalid((Problem("/q", "long", say(actor.language, "search.many_words", most=MOST_ASKED)),))
    return list(dict.fromkeys(found))


def _note(house: House, actor: Actor, persons: tuple[int, ...], reason: str, *, again: bool) -> None:
    """Note whose name is searched for and why. The next page of the same search is not noted again, but asks for the reason."""
    if not reason:
        raise NeedsReason((Problem("/reason", "reason", say(actor.language, "search.reason_needed")),))
    if len(reason) > LONGEST_REASON:
        raise Invalid((Problem("/reason", "long", say(actor.language, "search.reason_long", most=LONGEST_REASON)),))
    if again:
        return
    with house.db.atomic(reach_of(actor)) as session:
        uids = list(session.execute(select(person.c.uid).where(person.c.id.in_(persons)).order_by(person.c.id)).scalars())
        append_outside(session, house.log, STREAM, actor, SEARCHED, {"persons": uids, "reason": reason}, now())


def _question(session: Session, house: House, viewer: Viewer, asked: list[str]) -> Question:
    """The reader's sight as the index knows it: the units of their grants, and the cases that are theirs otherwise. It only narrows what is looked
    at; what is told is decided by `visible_to`."""
    if sees_everything(viewer.actor) or viewer.wide or viewer.units is None or viewer.fast_units is None:
        return Question(asked)
    units = tuple(sorted(viewer.units | viewer.fast_units))
    if len(units) > FEW_UNITS:
        return Question(asked)
    if viewer.own is None:
        return Question(asked)
    named = viewer.own | viewer.held
    beside = list(of_their_own(session, replace(viewer, own=frozenset(), held=frozenset())))
    if any(one.size > NAMED for one in beside):
        return Question(asked)
    ways = [one.where for one in beside]
    other = visible_to(replace(viewer, units=frozenset(), fast_units=frozenset(), audited=viewer.audited), queries.fast(house))
    own = named.union(session.execute(select(cases.c.id).where(or_(*ways), other).limit(NAMED + 1)).scalars()) if ways else named
    return Question(asked, units, together(own)) if len(own) <= NAMED else Question(asked)


def _page(session: Session, house: House, viewer: Viewer, question: Question, limit: int, place: _Place | None) -> Found:
    """One page. Where words stand near each other somewhere, the others follow on a page of their own. Whether there are any is not looked up
    before: it would ask the index a second question with each search."""
    ways = [way for way in question.ways() if place is None or way >= place.way]
    for way in ways:
        before = place.before if place is not None and way == place.way else FAR
        rows, following = _of_way(session, house, viewer, question, limit, _Place(way, before))
        apart = following is None and bool(rows) and way != ways[-1]
        if apart:
            following = _Place(way + 1, FAR)
        if rows or following is not None:
            return Found(tuple(rows), _cursor(following) if following else None, apart)
    return Found((), None)


def _of_way(session: Session, house: House, viewer: Viewer, question: Question, limit: int, place: _Place) -> tuple[list[CaseRow], _Place | None]:
    rows: list[CaseRow] = []
    before = place.before
    most = AT_A_TIME if question.own is not None or viewer.wide else MANY
    for _ in range(MOST_LOOKS):
        ids = word_index.find(session, question, place.way, before, most)
        where = (among(cases.c.id, ids), *_in_sight(viewer, ids), ~cases.c.rehearsal)
        for row in found_in(session, house, viewer, *where, down=True) if ids else ():
            if _is_told(session, viewer, row, question.words):
                if len(rows) == limit:
                    return rows, _Place(place.way, rows[-1].id)
                rows.append(row)
        if len(ids) < most:
            return rows, None
        before = ids[-1]
    return rows, _Place(place.way, before)


def _in_sight(viewer: Viewer, ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """What every case that this reader sees fulfils, in words that a database reads before all others because they are few and cheap: that it is of
    one of their units, or else, where any of these cases may be, their own. Nothing is said of a reader who sees many."""
    if viewer.wide or viewer.units is None or viewer.fast_units is None or viewer.own is None:
        return []
    here = frozenset(ids)
    return [or_(among(cases.c.unit_id, viewer.units | viewer.fast_units), *mine(replace(viewer, own=viewer.own & here, held=viewer.held & here)))]


def _is_told(session: Session, viewer: Viewer, row: CaseRow, asked: list[str]) -> bool:
    """Whether the words stand in what this reader may read of a case. Who handles it reads all that is in the index."""
    if sees_everything(viewer.actor) or row.parts & HANDLING:
        return True
    said = set(wording.words(" ".join((row.number, row.title, row.unit or "", row.unit_name or ""))))
    if said.issuperset(asked):
        return True
    kept = untold(session, row.id, row.workflow, row.parts, viewer.actor.id)
    for e in events_of(session, row.id):
        if is_told(row.workflow, e.trigger, e.role, row.parts):
            data, _ = readable(row.workflow, e.trigger, e.data, row.parts, row.unredacted, untold=e.seq in kept)
            said |= {word for text in wording.plain_texts(row.workflow, e.trigger, data) for word in wording.words(text)}
    return said.issuperset(asked)


def _cursor(place: _Place) -> str:
    return urlsafe_b64encode(orjson.dumps(list(place))).decode("ascii").rstrip("=")


def _read_cursor(actor: Actor, text: str) -> _Place:
    try:
        way, before = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if way not in (NEAR, ANYWHERE) or not isinstance(before, int) or not 0 <= before <= FAR:
            raise ValueError
    except (ValueError, TypeError):
        raise Invalid((Problem("/cursor", "invalid", "Take the cursor from the search's own answer."),)) from None
    return _Place(way, before)


@dataclass(frozen=True, slots=True)
class Noted:
    """A search for a person's name: who searched for whom, on which day, why."""

    by: str
    names: tuple[str, ...]
    on: date
    reason: str


def noted(house: House, actor: Actor, limit: int = 50, cursor: str | None = None) -> tuple[tuple[Noted, ...], str | None]:
    """The searches for names by people of the units that this auditor is engaged for, newest first, and the cursor of the next page. Raises
    `Invalid` for an unknown cursor."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        raise Invalid((Problem("/cursor", "invalid", "Take the cursor from the list's own answer."),))
    with house.db.reading("all") as session:
        units = None if sees_everything(actor) else viewer_of(session, actor, today(house)).audited
        rows = _NOTED.run(session, {"before": int(cursor or FAR), "limit": limit + 1, "everywhere": units is None,
                                    "units": together(units or ())})
        told = [(actor, at, data_of(disclosed(body)) if body else {}) for _, actor, at, body in rows[:limit]]
        uids = {actor for actor, _, _ in told} | {uid for _, _, data in told for uid in data.get("persons", ())}
        names: dict[str, str] = dict(session.execute(select(person.c.uid, person.c.full_name).where(person.c.uid.in_(uids))).all())
    found = tuple(Noted(names.get(actor, actor), tuple(names.get(uid, uid) for uid in data.get("persons", ())), day_of(at, house.zone),
                        str(data.get("reason", ""))) for actor, at, data in told)
    return found, str(rows[limit - 1][0]) if len(rows) > limit else None


__all__ = ["Found", "NeedsReason", "Noted", "noted", "search"]
