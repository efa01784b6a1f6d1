"""The calendar feed of a person: their deadlines as iCalendar (RFC 5545), behind an address that only they know and can take back.

It says number and kind, and leads to the case, whose page asks who is there; nothing else of a case is in it. What is paused is not due, and is
not in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from sqlalchemy import delete, insert, select

from inspect_app import i18n
from inspect_app.db import Fixed
from inspect_app.errors import NotFound
from inspect_app.models import feed
from inspect_app.now import now
from inspect_app.services import chronicle, deadlines, queries
from inspect_app.services.deadlines import Deadline
from inspect_app.services.house import House
from inspect_app.services.sessions import hashed
from workflows.acts import Actor

PREFIX = "feed_"
"""A secret of a feed is no token of a program: it opens nothing else, and no other token opens a feed."""
BACK, AHEAD = timedelta(days=30), timedelta(days=400)
PATH = "/api/v1/feeds/deadlines.ics"

_WHOSE = Fixed("""SELECT p.uid, p.full_name, p.id, a.language FROM feed f JOIN person p ON p.id = f.person_id JOIN account a ON a.person_id = p.id
  WHERE f.secret_hash = :hash AND a.active""")


def made_at(house: House, actor: Actor) -> int | None:
    """When this person made the feed that they have; None where they have none."""
    with house.db.reading() as session:
        return session.execute(select(feed.c.made_at).where(feed.c.person_id == actor.person_id)).scalar()


def make(house: House, actor: Actor) -> str:
    """A new address for this person's feed, shown once; the one of before is void."""
    secret = f"{PREFIX}{token_urlsafe(32)}"
    with house.db.atomic() as session:
        session.execute(delete(feed).where(feed.c.person_id == actor.person_id))
        session.execute(insert(feed).values(person_id=actor.person_id, secret_hash=hashed(secret), made_at=now()))
        chronicle.note(session, house, actor, "make_feed", {"person": actor.id})
    return f"{house.public_url}{PATH}?token={secret}"


def revoke(house: House, actor: Actor) -> bool:
    """Take this person's feed back; whether there was one."""
    with house.db.atomic() as session:
        done = session.execute(delete(feed).where(feed.c.person_id == actor.person_id)).rowcount
        if done:
            chronicle.note(session, house, actor, "revoke_feed", {"person": actor.id})
    return bool(done)


def read(house: House, secret: str) -> bytes:
    """The feed behind an address. Raises `NotFound` where it was taken back, or never was."""
    if not (secret.startswith(PREFIX) and secret.isascii() and len(secret) < 100):
        raise NotFound("There is no such feed.")
    with house.db.glance() as session:
        rows = _WHOSE.run(session, {"hash": hashed(secret)})
    if not rows:
        raise NotFound("There is no such feed.")
    actor, today = Actor(*rows[0]), queries.today(house)
    found, _ = deadlines.between(house, actor, today - BACK, today + AHEAD, paused=False)
    return written(house, actor.language, found)


def written(house: House, language: str, found: list[Deadline]) -> bytes:
    """Deadlines as iCalendar: each a day of its own that keeps nobody busy."""
    calendar = Calendar()
    calendar.add("prodid", "-//inspect-app//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", i18n.say(language, "feed.name"))
    calendar.add("x-published-ttl", "PT1H")
    host = urlsplit(house.public_url).hostname or "localhost"
    for one in found:
        event = Event()
        event.add("uid", f"deadline-{one.id}@{host}")
        event.add("dtstamp", datetime.fromtimestamp(now() // 1_000_000, UTC))
        event.add("dtstart", one.due_on)
        event.add("dtend", one.due_on + timedelta(days=1))
        event.add("summary", f"{one.number}: {i18n.clock_label(one.ruleset, language, one.clock)}")
        event.add("class", "CONFIDENTIAL")
        event.add("transp", "TRANSPARENT")
        event.add("url", f"{house.public_url}/cases/{one.case_uid}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
