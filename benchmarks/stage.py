"""The stage of every benchmark: a house with one officer and many cases of a workflow that goes there and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.engine import make_url

from inspect_app.db import Database
from inspect_app.models import account, belonging, person, role_grant, unit
from inspect_app.services import casework, setup, tokens
from inspect_app.services.casework import Opening
from inspect_app.services.founding import found, migrate, secure
from inspect_app.services.house import House
from inspect_app.services.units import replant
from workflows.acts import Act, Actor
from workflows.catalogue import load_catalogue

PACK = Path(__file__).parent / "pack"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICER = Actor("u-officer", "Officer", 1)
WHY = "The stock lists of May were not kept; see the note of the store of 12 May, page 3."
NEXT = {"here": "go", "there": "come"}
"""What is done next from each state."""


@dataclass(frozen=True)
class Stage:
    """A prepared installation, as a process that joins in needs it."""

    url: str
    cases: tuple[str, ...]
    token: str


def house_at(url: str, *, pool_size: int = 1) -> House:
    """The house over a prepared database."""
    return House(Database(url, pool_size=pool_size), load_catalogue((PACK,)), ZONE, Path("."), "test")


def set_up(url: str, cases: int, application: str | None = None) -> Stage:
    """Migrate, found, and open `cases` cases in an empty database; `url` is its owner's, `application` the address it is served under, with a
    role that owns nothing."""
    house = house_at(url)
    migrate(house.db)
    found(house.db)
    role = make_url(application).username if application else None
    if role is not None:
        secure(house.db, role)
    with house.db.atomic() as session:
        session.execute(insert(unit).values(code="D", name="Depot", path="/1/"))
        session.execute(insert(unit).values(code="K1", name="Store 1", path="/1/2/", parent_id=1))
        session.execute(insert(unit).values(code="AB", name="Appeal board", path="/3/", kind="body", external=True))
        replant(session)
        session.execute(insert(person).values(uid=OFFICER.id, full_name=OFFICER.name, called=OFFICER.name, unit_id=1))
        session.execute(insert(account).values(person_id=1, login="officer", password_hash="!"))
        session.execute(insert(person).values(uid="u-contact", full_name="Contact", called="Contact", unit_id=1))
        session.execute(insert(account).values(person_id=2, login="contact", password_hash="!"))
        for number in (1, 2):
            session.execute(insert(belonging).values(person_id=number, unit_id=1, since_on=date(2020, 1, 1)))
        session.execute(insert(role_grant).values(person_id=1, role="officer", unit_id=1, since_on=date(2020, 1, 1)))
    setup.name_both(house, Actor("console:benchmark", "benchmark"), "AB", "contact")
    opening = Opening("there_and_back", Act("begin", OFFICER), "A case that goes there and back", "K1")
    with house.db.atomic() as session:
        uids = tuple(casework.open_in(session, house, opening)[1].uid for _ in range(cases))
    token = tokens.create_token(house, "officer", "benchmark", "read write", 30)
    house.db.close()
    return Stage(application or url, uids, token)
