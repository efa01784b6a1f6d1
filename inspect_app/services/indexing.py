"""Keeping the words by which cases are found. A case is found by its number, title and unit from the moment it is opened. What is said in acts is
added by the background work once the event is in the log: so no act waits for it, none is left out, and a database from before fills by itself.
Where content is taken out, words go in the same transaction."""

from __future__ import annotations

from threading import Event as Bell

from sqlalchemy import delete, insert, select, update

from inspect_app import log
from inspect_app.db import DRIVER_ERRORS, Fixed, Session
from inspect_app.models import case_text, cases, dossier, installation, unit
from inspect_app.services import wording
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from workflows.definition import Workflow

EVERY = 1.0
"""Seconds between two looks for what is new."""
AT_ONCE = 200
"""Cases that are worked on in one transaction."""
NAME = "search"
UNTIL = "search_until"
"""Up to which leaf of the log the words of cases are kept."""
LEFT = "search_left"
"""Says that words which were taken out may still lie in the index of the embedded database."""

_NEW = Fixed("""SELECT l.idx, s.id FROM log_leaf l JOIN event e ON e.event_id = l.event_id JOIN stream s ON s.id = e.stream_id AND s.kind = 'case'
  WHERE l.idx >= :first ORDER BY l.idx LIMIT :limit""")
_SIZE = Fixed("SELECT COALESCE(MAX(idx) + 1, 0) FROM log_leaf")
_NOTE = Fixed("INSERT INTO installation (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
_SWEEP = Fixed("INSERT INTO case_found(case_found) VALUES ('optimize')", "SELECT 1")


def put_head(session: Session, case_id: int, number: str, title: str, unit_id: int | None, *, rehearsal: bool = False) -> None:
    """Let a new case be found by its number, title and unit; a rehearsal is found by nobody."""
    if not rehearsal:
        session.execute(insert(case_text).values(case_id=case_id, words=head(session, number, title, unit_id)))


def head(session: Session, number: str, title: str, unit_id: int | None) -> str:
    """The words of a case without those of its acts."""
    named = session.execute(select(unit.c.code, unit.c.name).where(unit.c.id == unit_id)).first() if unit_id is not None else None
    return wording.indexed(unit_id, (number, title, *(named or ())))


def take_out(session: Session, case_id: int) -> None:
    """Take every word of a case out, because some of its content goes; the background work puts those of what is left in again."""
    session.execute(delete(case_text).where(case_text.c.case_id == case_id))
    session.execute(insert(case_text).values(case_id=case_id, words="", stale=True))
    _NOTE.run(session, {"name": LEFT, "value": "1"})


def forget(session: Session, case_id: int) -> None:
    """Take a case out for good."""
    take_out(session, case_id)
    session.execute(delete(case_text).where(case_text.c.case_id == case_id))


def renamed(session: Session, unit_id: int) -> None:
    """The words of a unit are others now: those of its cases are made anew."""
    of_unit = select(cases.c.id).where(cases.c.unit_id == unit_id)
    session.execute(update(case_text).where(case_text.c.case_id.in_(of_unit)).values(stale=True))


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
        rows = _NEW.run(session, {"first": first, "limit": AT_ONCE}) if size > first else []
        stale = session.execute(select(case_text.c.case_id).where(case_text.c.stale).limit(AT_ONCE)).scalars().all()
        wanted = sorted({case_id for _, case_id in rows} | set(stale))
        for case_id in wanted:
            _keep(session, house, case_id)
        until = rows[-1][0] + 1 if len(rows) == AT_ONCE else size
        _NOTE.run(session, {"name": UNTIL, "value": str(until)})
    return max(1, len(wanted))


def _until(session: Session) -> int:
    found = session.execute(select(installation.c.value).where(installation.c.name == UNTIL)).scalar()
    return int(found) if found else 0


def _keep(session: Session, house: House, case_id: int) -> None:
    """Make the words of one case anew from what is there. Its dossier is locked, so that nothing is taken out of it meanwhile."""
    c = cases.c
    in_dossier = select(c.dossier_id).where(c.id == case_id).scalar_subquery()
    session.execute(select(dossier.c.id).where(dossier.c.id == in_dossier).with_for_update())
    number, title, unit_id, law, rehearsal, gone = session.execute(
        select(c.number, c.title, c.unit_id, c.definition, c.rehearsal, c.disposed_at).where(c.id == case_id)).one()
    before = session.execute(select(case_text.c.words, case_text.c.stale).where(case_text.c.case_id == case_id)).first()
    if rehearsal or gone is not None:
        session.execute(delete(case_text).where(case_text.c.case_id == case_id))
        return
    workflow = house.catalogue.by_hash.get(law)
    named = session.execute(select(unit.c.code, unit.c.name).where(unit.c.id == unit_id)).first() if unit_id is not None else None
    texts = _texts(session, workflow, case_id) if workflow is not None else []
    now = wording.indexed(unit_id, (number, title, *(named or ()), *texts))
    if before is None:
        session.execute(insert(case_text).values(case_id=case_id, words=now))
    elif tuple(before) != (now, False):
        session.execute(update(case_text).where(case_text.c.case_id == case_id).values(words=now, stale=False))


def _texts(session: Session, workflow: Workflow, case_id: int) -> list[str]:
    """The texts of class plain of a case; none where its history is damaged: it is found by its number, and verification tells of it."""
    try:
        return [text for e in events_of(session, case_id) for text in wording.plain_texts(workflow, e.trigger, e.data)]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        log.trouble("search", type(error).__name__)
        return []


__all__ = ["forget", "head", "keep", "put_head", "renamed", "round_of", "sweep", "take_out"]
