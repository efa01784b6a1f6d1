"""Keeping the words by which cases are found. They are added by the background work once an event is in the log, within a second or two: so no act
waits for it, none is left out, and a database from before fills by itself. Where content is taken out, words go in the same transaction, after it.
The row with the words is locked before content is read for it, and nothing else is: so either the words of content that goes are overwritten, or
what is read is what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Event as Bell
from typing import Any

import orjson
from sqlalchemy import delete, select, update

from inspect_app import log
from inspect_app.audit.envelope import disclosed
from inspect_app.db import DRIVER_ERRORS, Fixed, Session
from inspect_app.models import case_text, cases, installation, unit
from inspect_app.services import wording
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.said import data_of
from workflows.definition import Workflow

EVERY = 1.0
"""Seconds between two looks for what is new."""
AT_ONCE = 200
"""Events that are worked on in one transaction."""
MANY = 5000
"""After a round with words of so many cases, as after an import, the index of the embedded database is put in order: by then it lies in pieces, each
of which would be asked for every word."""
NAME = "search"
UNTIL = "search_until"
"""Up to which leaf of the log the words of cases are kept."""
LEFT = "search_left"
"""Says that words which were taken out may still lie in the index of the embedded database."""

_LOCK = Fixed("SELECT 1", """SELECT case_id FROM case_text WHERE case_id IN (SELECT e.stream_id FROM log_leaf l
  JOIN event e ON e.event_id = l.event_id WHERE l.idx >= :first AND l.idx < :under) ORDER BY case_id FOR UPDATE""")
_NEW = Fixed("""SELECT c.id, e.seq, e."trigger", x.body, c.number, c.title, c.unit_id, u.code, u.name, c.definition,
    c.rehearsal OR c.disposed_at IS NOT NULL, t.words, t.stale
  FROM log_leaf l JOIN event e ON e.event_id = l.event_id JOIN cases c ON c.id = e.stream_id AND e.dossier_id IS NOT NULL
  LEFT JOIN unit u ON u.id = c.unit_id LEFT JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0 LEFT JOIN case_text t ON t.case_id = c.id
  WHERE l.idx >= :first AND l.idx < :under ORDER BY l.idx""")
_SIZE = Fixed("SELECT COALESCE(MAX(idx) + 1, 0) FROM log_leaf")
_NOTE = Fixed("INSERT INTO installation (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
_EMPTY = Fixed("""INSERT INTO case_text (case_id, words, stale) VALUES (:case, '', :yes)
  ON CONFLICT (case_id) DO UPDATE SET words = '', stale = excluded.stale""")
_RENAMED = Fixed("UPDATE case_text SET stale = 1 WHERE case_id IN (SELECT id FROM cases WHERE unit_id = :unit)", """UPDATE case_text SET stale = true
  WHERE case_id IN (SELECT case_id FROM case_text WHERE case_id IN (SELECT id FROM cases WHERE unit_id = :unit) ORDER BY case_id FOR UPDATE)""")
"""In the order of cases, as they are locked elsewhere, so that nobody waits for each other."""
_PUT = Fixed("INSERT INTO case_text (case_id, words) SELECT value ->> 0, value ->> 1 FROM json_each(:many) WHERE true ON CONFLICT DO NOTHING",
             """INSERT INTO case_text (case_id, words) SELECT CAST(value ->> 0 AS bigint), value ->> 1
               FROM json_array_elements(CAST(:many AS json)) ON CONFLICT DO NOTHING""")
"""A case that has words by now is one of which content went meanwhile: it is made anew after."""
_ADD = Fixed("UPDATE case_text SET words = value ->> 1 FROM json_each(:many) WHERE case_id = value ->> 0",
             "UPDATE case_text SET words = value ->> 1 FROM json_array_elements(CAST(:many AS json)) WHERE case_id = CAST(value ->> 0 AS bigint)")
_SAID = Fixed("""SELECT e."trigger", x.body FROM event e JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0
  WHERE e.stream_id = :case ORDER BY e.seq""")
_SWEEP = Fixed("INSERT INTO case_found(case_found) VALUES ('optimize')", "SELECT 1")


def take_out(session: Session, case_id: int) -> None:
    """Take every word of a case out, because some of its content went; the background work puts those of what is left in again, if any."""
    _EMPTY.run(session, {"case": case_id, "yes": True})
    _NOTE.run(session, {"name": LEFT, "value": "1"})


def renamed(session: Session, unit_id: int) -> None:
    """The words of a unit are others now: those of its cases are made anew."""
    _RENAMED.run(session, {"unit": unit_id})


def sweep(house: House) -> None:
    """Where words were taken out: write the index of the embedded database anew, in which they may still lie under their numbers."""
    with house.db.reading("all") as session:
        left = session.execute(select(installation.c.value).where(installation.c.name == LEFT)).first()
    if left is not None:
        with house.db.atomic("all") as session:
            _SWEEP.run(session, {})
            session.execute(delete(installation).where(installation.c.name == LEFT))


def round_of(house: House) -> int:
    """Add the words of all that is new, and make anew what is stale; returns for how many cases."""
    done = 0
    while worked := _some(house):
        done += worked
    if done >= MANY:
        with house.db.atomic("all") as session:
            _SWEEP.run(session, {})
    return done


def keep(house: House, bell: Bell) -> None:
    """Round after round, until the bell rings; an error ends no loop."""
    while not bell.is_set():
        try:
            round_of(house)
        except DRIVER_ERRORS as error:
            log.trouble("search", type(error).__name__)
        bell.wait(EVERY)


def _some(house: House) -> int:
    """One transaction; 0 where nothing was left to do."""
    with house.db.reading("all") as session:
        stale_one = session.execute(select(case_text.c.case_id).where(case_text.c.stale).limit(1)).first()
        waits = _SIZE.run(session, {})[0][0] > _until(session) or stale_one is not None
    if not waits:
        return 0
    with house.db.atomic("all") as session:
        one_at_a_time(session, NAME)
        size, first = _SIZE.run(session, {})[0][0], _until(session)
        under = min(size, first + AT_ONCE)
        done = _add(session, house, first, under) if under > first else 0
        anew = select(case_text.c.case_id).where(case_text.c.stale).limit(AT_ONCE).with_for_update(skip_locked=True)
        stale = session.execute(anew).scalars().all()
        for case_id in stale:
            _keep(session, house, case_id)
        _NOTE.run(session, {"name": UNTIL, "value": str(under)})
    return done + len(stale) or int(under > first)


@dataclass(slots=True)
class _Case:
    """A case with new events: the words that are kept of it, or of its number, title and unit where it is `new`; the new texts; whether it has to be
    made anew as a `whole`."""

    words: str
    new: bool
    whole: bool
    texts: list[str]


def _add(session: Session, house: House, first: int, under: int) -> int:
    """Add the words of these events of the log; returns of how many cases. A case whose earlier events are not all in its words, or that is in
    another unit now, is made anew; so is, because it is stale, one of which anything went or whose unit has another name. Its number never
    changes."""
    found: dict[int, _Case] = {}
    _LOCK.run(session, {"first": first, "under": under} if session.dialect.name == "postgresql" else {})
    news = _NEW.run(session, {"first": first, "under": under})
    for case_id, seq, trigger, body, number, title, unit_id, code, name, law, nowhere, words, stale in news:
        if nowhere:
            continue
        case = found.get(case_id)
        if case is None:
            if words is None:
                case = _Case(_head(unit_id, number, title, code, name), True, seq != 1, [])
            else:
                there = unit_id is not None and words.startswith(f"{wording.of_unit(unit_id)} ")
                case = _Case(words, False, stale or not there, [])
            found[case_id] = case
        workflow = house.catalogue.by_hash.get(law)
        case.texts += _texts(workflow, [(trigger, body)]) if workflow is not None and not case.whole else []
    new: list[tuple[int, str]] = []
    more: list[tuple[int, str]] = []
    for case_id, case in found.items():
        if case.whole:
            _keep(session, house, case_id)
            continue
        now = wording.indexed(case.words, case.texts)
        if case.new:
            new.append((case_id, now))
        elif now != case.words:
            more.append((case_id, now))
    for put, many in ((_PUT, new), (_ADD, more)):
        if many:
            put.run(session, {"many": orjson.dumps(many).decode()})
    return len(found)


def _head(unit_id: int | None, number: str, title: str, code: str | None, name: str | None) -> str:
    """The words of a case without those of its acts."""
    before = wording.entitled(number, title)
    return wording.indexed(" ".join(before if unit_id is None else (wording.of_unit(unit_id), *before)), (code or "", name or ""))


def _until(session: Session) -> int:
    found = session.execute(select(installation.c.value).where(installation.c.name == UNTIL)).scalar()
    return int(found) if found else 0


def _keep(session: Session, house: House, case_id: int) -> None:
    """Make the words of one case, whose row of them is locked, anew from what is there."""
    c = cases.c
    number, title, unit_id, law, rehearsal, gone = session.execute(
        select(c.number, c.title, c.unit_id, c.definition, c.rehearsal, c.disposed_at).where(c.id == case_id)).one()
    before = session.execute(select(case_text.c.words, case_text.c.stale).where(case_text.c.case_id == case_id)).first()
    if rehearsal or gone is not None:
        session.execute(delete(case_text).where(case_text.c.case_id == case_id))
        return
    workflow = house.catalogue.by_hash.get(law)
    code, name = session.execute(select(unit.c.code, unit.c.name).where(unit.c.id == unit_id)).first() or (None, None)
    said = _SAID.run(session, {"case": case_id}) if workflow is not None else []
    now = wording.indexed(_head(unit_id, number, title, code, name), _texts(workflow, said) if workflow is not None else ())
    if before is None:
        _PUT.run(session, {"many": orjson.dumps([(case_id, now)]).decode()})
    elif tuple(before) != (now, False):
        session.execute(update(case_text).where(case_text.c.case_id == case_id).values(words=now, stale=False))


def _texts(workflow: Workflow, said: Iterable[tuple[Any, ...]]) -> list[str]:
    """The texts of class plain in events, each its trigger and its content; none where that is damaged: the case is found by its number, and
    verification tells of it."""
    try:
        return [text for trigger, body in said if body for text in wording.plain_texts(workflow, trigger, data_of(disclosed(body)))]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        log.trouble("search", type(error).__name__)
        return []


__all__ = ["keep", "renamed", "round_of", "sweep", "take_out"]
