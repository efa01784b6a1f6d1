"""The outbox: mails wait in the database and are sent in rounds of background work, each claimed, sent and marked.

The text is written when a mail is sent, from what its reader may know at that moment. What is cut off between sending and marking is sent once
more, under the same Message-ID: more no mail server allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import and_, case, delete, func, insert, or_, select, update

from inspect_app import i18n, log
from inspect_app.access.reading import SPEAKING
from inspect_app.errors import NotFound
from inspect_app.models import account, mail, mail_address, notice, notice_choice, person
from inspect_app.now import now
from inspect_app.services import chronicle, mails, notices, posting, told_how
from inspect_app.services.house import House, Post
from inspect_app.services.mails import Text
from inspect_app.services.notices import LETTER, PART, Told
from inspect_app.services.observed import ObservedNotice
from inspect_app.services.queue import WAITING, Claim, Queue
from inspect_app.services.told_how import ADDRESS, AT_ONCE, DIGEST, HERE, USUAL
from workflows.acts import Actor
from workflows.calendar import day_of, micros

SENDING, SENT, DEAD, DROPPED = "sending", "sent", "dead", "dropped"
SECOND = 1_000_000
LEASE = 300 * SECOND
"""How long a mail that is being sent counts as in hand; longer than the server is waited for."""
TRIES = 10
"""So often a mail is tried; then it is dead, and the administrator is shown it."""
FIRST_WAIT, LONGEST_WAIT = 60 * SECOND, 6 * 3600 * SECOND
DIGEST_AT = time(7)
"""When the mails of the day go out, in the organisation's zone."""
AT_A_TIME = 1000
"""So many notices are weighed in one transaction."""
KEPT = 30 * 86_400 * SECOND
"""How long it is kept that a mail was sent."""

_QUEUE = Queue(mail, SENDING, LEASE, due="next_at <= :now", order="next_at, id")


class Outcome(NamedTuple):
    """How many mails one round sent, gave up for now, gave up for good, and found that nobody needs."""

    sent: int = 0
    put_off: int = 0
    dead: int = 0
    dropped: int = 0


def round_of(house: House) -> Outcome:
    """Decide which notices go into which mail, then send every mail that waits. Any number of workers may do so at once. A server that is away
    ends the round: it costs one try of one mail."""
    while weigh(house) == AT_A_TIME:
        pass
    counted = dict.fromkeys(Outcome._fields, 0)
    if house.post is not None:
        with posting.Carrier(house.post) as carrier:
            for outcome, goes_on in _sent(house, house.post, carrier):
                counted[outcome] += 1
                if not goes_on:
                    break
    _forget(house)
    return Outcome(**counted)


# Which notices go into which mail -------------------------------------------------------------------------------------


def weigh(house: House) -> int:
    """Decide of every new notice whether it goes into a mail, by the choice of whom it is for; returns of how many. What goes at once goes into
    one mail for each person and round; what goes once a day waits for the hour of the day."""
    n = notice.c
    way = func.coalesce(notice_choice.c.way, case(USUAL, value=n.kind, else_=HERE))
    if house.post is not None:
        goes = and_(mail_address.c.confirmed_at.is_not(None), account.c.active)
        due = or_(way != DIGEST, n.made_at < _digest_moment(house), ~func.coalesce(goes, False), n.read_at.is_not(None))
    else:
        goes = due = n.id.is_not(None)
    query = (select(n.id, n.person_id, way, goes).outerjoin(notice_choice, and_(notice_choice.c.person_id == n.person_id,
                                                                                 notice_choice.c.kind == n.kind))
             .outerjoin(mail_address, mail_address.c.person_id == n.person_id).outerjoin(account, account.c.person_id == n.person_id)
             .where(~n.weighed, due).order_by(n.id).limit(AT_A_TIME).with_for_update(skip_locked=True, of=notice))
    with house.db.reading("all") as session:
        if not session.execute(select(n.id).where(~n.weighed).limit(1)).first():
            return 0
    with house.db.atomic("all") as session:
        rows = session.execute(query).all()
        together: dict[tuple[int, str], list[int]] = {}
        for id_, person_id, told, there in rows:
            if house.post is not None and there and told != HERE:
                together.setdefault((person_id, told), []).append(id_)
        for (person_id, told), ids in together.items():
            kind = DIGEST if told == DIGEST else "notice"
            made = insert(mail).values(person_id=person_id, kind=kind, made_at=now(), state=WAITING, next_at=now()).returning(mail.c.id)
            session.execute(update(notice).where(n.id.in_(ids)).values(mail_id=session.execute(made).scalar_one()))
        if rows:
            session.execute(update(notice).where(n.id.in_([row[0] for row in rows])).values(weighed=True))
        return len(rows)


def _digest_moment(house: House) -> int:
    """The newest hour at which mails of the day go out: what was told before it goes out now."""
    here = datetime.combine(day_of(now(), house.zone), DIGEST_AT, house.zone)
    moment = micros(here)
    return moment if moment <= now() else micros(datetime.combine(here.date() - timedelta(days=1), DIGEST_AT, house.zone))


# Sending --------------------------------------------------------------------------------------------------------------


def _sent(house: House, post: Post, carrier: posting.Carrier) -> Iterator[tuple[str, bool]]:
    """Each mail that waits: what became of it, and whether the next may be tried."""
    while (claim := _QUEUE.claim(house)) is not None:
        told, made_at = _text(house, claim.id)
        if told is None:
            _settle(house, claim, DROPPED)
            yield "dropped", True
            continue
        try:
            carrier.carry(mails.write(post, told, claim.id, made_at), told.address)
        except posting.Refused as refused:
            yield _put_off(house, claim, str(refused), refused.lasting), True
        except posting.Away as away:
            log.trouble("mail", str(away))
            yield _put_off(house, claim, str(away), False), False
        else:
            _settle(house, claim, SENT)
            yield "sent", True


def _put_off(house: House, claim: Claim, problem: str, lasting: bool) -> str:
    """What becomes of a mail that did not go: it is tried later, or given up."""
    if lasting or claim.tries >= TRIES:
        _settle(house, claim, DEAD, problem)
        return "dead"
    _QUEUE.settle(house, claim, state=WAITING, problem=problem, next_at=now() + min(FIRST_WAIT * 2 ** (claim.tries - 1), LONGEST_WAIT))
    return "put_off"


def _settle(house: House, claim: Claim, state: str, problem: str | None = None) -> None:
    _QUEUE.settle(house, claim, state=state, problem=problem, ended_at=now())


def _text(house: House, id_: int) -> tuple[Text | None, int]:
    """What a mail says now, and when it was made; None where there is nothing to say any longer, or nobody to say it to."""
    m, a, p = mail.c, mail_address.c, person.c
    with house.db.reading("all") as session:
        row = session.execute(
            select(m.kind, m.made_at, p.uid, p.full_name, p.id, account.c.language, account.c.active, a.address, a.confirmed_at)
            .join(person, p.id == m.person_id).join(account, account.c.person_id == p.id).outerjoin(mail_address, a.person_id == p.id)
            .where(m.id == id_)).first()
        if row is None or not row.active or row.address is None or (row.kind != ADDRESS and row.confirmed_at is None):
            return None, 0
        if row.kind == ADDRESS:
            link = f"{house.public_url}/notices/address/{told_how.secret_of(house, row.uid, row.address)}"
            return (Text(ADDRESS, row.full_name, row.address, row.language, (), link) if row.confirmed_at is None else None), row.made_at
    actor = Actor(row.uid, row.full_name, row.id, row.language)
    with house.db.reading(row.id) as session:
        found = notices.everything(session, house, actor, notice.c.mail_id == id_, notice.c.read_at.is_(None), limit=AT_A_TIME)
    lines = tuple(dict.fromkeys(line(one, row.language) for one in reversed(found)))
    return (Text(row.kind, row.full_name, row.address, row.language, lines, f"{house.public_url}/notices") if lines else None), row.made_at


def line(one: Told, language: str) -> str:
    """One notice as a line of a mail: its kind and the number of the case; not even that where it would tell too much."""
    if isinstance(one, ObservedNotice):
        return i18n.say(language, "mail.observed_late" if one.late else "mail.observed", day=i18n.day(one.due_on, language))
    number = "" if one.closed_circle or one.role in SPEAKING else one.number
    if one.kind == LETTER:
        words = i18n.say(language, "mail.letter")
    elif one.kind == PART:
        words = i18n.say(language, "mail.part")
    else:
        limit = i18n.clock_label(one.ruleset, language, one.clock or "")
        words = i18n.say(language, "mail.reminder", limit=limit, day=i18n.day(one.due_on, language) if one.due_on else "–")
    return f"{number}: {words}" if number else words


def _forget(house: House) -> None:
    """Let go of mails that were sent, or were not needed, a month ago."""
    old = select(mail.c.id).where(mail.c.state.in_((SENT, DROPPED)), mail.c.ended_at < now() - KEPT)
    with house.db.reading("all") as session:
        if not session.execute(old.limit(1)).first():
            return
    with house.db.atomic("all") as session:
        session.execute(update(notice).where(notice.c.mail_id.in_(old)).values(mail_id=None))
        session.execute(delete(mail).where(mail.c.state.in_((SENT, DROPPED)), mail.c.ended_at < now() - KEPT))


# What the administrator sees --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stuck:
    """A mail that was given up, or is tried again: to whom, of which kind, how often it was tried, what the server said."""

    id: int
    to: str
    kind: str
    state: str
    made_at: int
    next_at: int
    tries: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands: how many mails wait and were sent, and those that make trouble, newest first."""

    waiting: int
    sent: int
    stuck: tuple[Stuck, ...]


def standing(house: House) -> Standing:
    """How the outbox stands, for the administrator: nothing of a case is in it."""
    m = mail.c
    with house.db.reading() as session:
        counted = {state: n for state, n in session.execute(select(m.state, func.count()).group_by(m.state))}
        rows = session.execute(select(m.id, person.c.full_name, m.kind, m.state, m.made_at, m.next_at, m.tries, m.problem)
                               .join(person, person.c.id == m.person_id)
                               .where(or_(m.state == DEAD, and_(m.state == WAITING, m.tries > 0))).order_by(m.id.desc()).limit(100)).all()
    return Standing(counted.get(WAITING, 0) + counted.get(SENDING, 0), counted.get(SENT, 0), tuple(Stuck(*row) for row in rows))


def again(house: House, by: Actor, id_: int, *, give_up: bool = False) -> None:
    """Try a mail once more from the beginning, or give it up. Raises `NotFound` where it makes no trouble."""
    there = mail.c.id == id_, or_(mail.c.state == DEAD, and_(mail.c.state == WAITING, mail.c.tries > 0))
    values = {"state": DROPPED, "ended_at": now()} if give_up else {"state": WAITING, "tries": 0, "next_at": now(), "ended_at": None}
    with house.db.atomic() as session:
        if session.execute(update(mail).where(*there).values(**values)).rowcount != 1:
            raise NotFound
        chronicle.note(session, house, by, "give_up_mail" if give_up else "send_mail_again", {"mail": id_})


__all__ = ["AT_ONCE", "DEAD", "DROPPED", "SENT", "WAITING", "Outcome", "Standing", "Stuck", "again", "line", "round_of", "standing", "weigh"]
