"""A small organisation for tests: a head office, two wards, and the people who play every part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from uuid_utils import uuid4

from inspect_app.models import account, appointment, belonging, office, person, role_grant, unit
from inspect_app.services import casework, keys, passwords, setup
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.ledger import Event
from inspect_app.services.units import replant
from workflows.acts import Act, Actor

CONSOLE = Actor("console:test", "test")
PASSWORD = "a long enough password"
LOGINS = ("chair", "officer", "lead", "one", "two", "head", "deputy", "auditor", "stranger", "boss", "other_head", "admin",
          "contact")


LONG_AGO = date(2020, 1, 1)
UNITS = (("HQ", "Head office", "", "unit", False), ("W1", "Ward 1", "HQ", "unit", False), ("W2", "Ward 2", "HQ", "unit", False),
         ("AB", "Appeal board", "", "body", True), ("RB", "Review board", "HQ", "body", False))
GRANTS = (("chair", "chair", "HQ"), ("officer", "officer", "HQ"), ("auditor", "auditor", "HQ"), ("admin", "admin", "HQ"), ("head", "unit_lead", "W1"))
OFFICES = (("head-w1", "Head of W1", "W1", "unit", "head"), ("head-w2", "Head of W2", "W2", "unit", "other_head"),
           ("reviewer", "Member of the review board", "RB", "body", "boss"))

_hashes: dict[Path, str] = {}


def hashed_once(house: House) -> str:
    """The one password's hash under the keys of a house; making it is slow on purpose."""
    keys.make(house.keys)
    pepper = keys.named(house.keys)[keys.PEPPER][0]
    if pepper not in _hashes:
        _hashes[pepper] = passwords.hashed(house, PASSWORD)
    return _hashes[pepper]


@dataclass
class Organisation:
    """The house and its people by login."""

    house: House
    people: dict[str, Actor]

    def __getitem__(self, login: str) -> Actor:
        return self.people[login]

    def open(self, who: str = "officer", workflow: str = "inspection", trigger: str = "register", unit: str | None = "W1", title: str = "Drug book",
             parent: str | None = None, **data: Any) -> Event:
        """Open a case as someone."""
        told = data or {"source": "signal", "what": "The drug book had gaps on 3 May 2026."}
        return casework.open_case(self.house, Opening(workflow, Act(trigger, self[who], told), title, unit, parent))

    def act(self, who: str, case: str, trigger: str, seen: int | None = None, **data: Any) -> Event:
        """Carry out an act as someone."""
        return casework.fire(self.house, case, Act(trigger, self[who], data, seen=seen))

    def ordered(self) -> str:
        """A case of inspection that was ordered, with its team."""
        case = self.open().case
        self.act("officer", case, "assess", assessment="founded", no_duplicate=True)
        self.act("officer", case, "propose", work_type="suspicion", why="it repeats")
        self.act("chair", case, "issue", **self.team())
        return case

    def team(self, *others: str) -> dict[str, Any]:
        """The inputs of an order, with a team of these."""
        names = others or ("one", "two")
        return {"team_lead": self["lead"].id, "lead_declared": "clean", "team": [{"person": self[n].id, "declared": "clean"} for n in names],
                "period_from": "2026-01-01", "period_to": "2027-12-31", "plan": "see the annex"}

    def assignment(self, **changed: Any) -> dict[str, Any]:
        """The inputs that hold a head responsible."""
        return {"basis": "handling", "office": "head-w1", "level": "direct", "line": "unit", "owed": "bring it to a conclusion", "due": "2099-12-31",
                "finding": "gaps in the drug book", "summary": "gaps in the drug book of your ward", "determiner": "RB"} | changed


def organise(house: House) -> Organisation:
    """Fill an empty house, in one transaction: how an organisation is entered is proved elsewhere."""
    with house.db.atomic("all") as session:
        units: dict[str, int] = {}
        for code, name, under, kind, external in UNITS:
            made = insert(unit).values(code=code, name=name, kind=kind, external=external, path="/", parent_id=units.get(under)).returning(unit.c.id)
            units[code] = session.execute(made).scalar_one()
        replant(session)
        people: dict[str, int] = {}
        for login in LOGINS:
            row = insert(person).values(uid=str(uuid4()), full_name=f"{login.title()} Person", called=login, unit_id=units["HQ"])
            people[login] = session.execute(row.returning(person.c.id)).scalar_one()
            session.execute(insert(belonging).values(person_id=people[login], unit_id=units["HQ"], since_on=LONG_AGO))
            session.execute(insert(account).values(person_id=people[login], login=login, password_hash=hashed_once(house), language="en"))
        for login, role, at in GRANTS:
            until, reason = (date(2999, 12, 31), "Engagement letter 4/2020") if role == "auditor" else (None, None)
            session.execute(insert(role_grant).values(person_id=people[login], role=role, unit_id=units[at], since_on=LONG_AGO, until_on=until,
                                                      reason=reason))
        for code, title, at, line, login in OFFICES:
            number = session.execute(insert(office).values(code=code, title=title, unit_id=units[at], line=line).returning(office.c.id)).scalar_one()
            session.execute(insert(appointment).values(office_id=number, person_id=people[login], since_on=LONG_AGO))
        setup.keep(session, "appeal_body", "AB")
        setup.keep(session, "concerns_contact", session.execute(select(person.c.uid).where(person.c.id == people["contact"])).scalar_one())
    with house.db.reading("all") as session:
        return Organisation(house, {login: actor_of_login(session, login) for login in LOGINS})
