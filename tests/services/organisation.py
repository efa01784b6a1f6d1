"""A small organisation for tests: a head office, two wards, and the people who play every part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from uuid_utils import uuid4

from inspect_app.models import account, belonging, person
from inspect_app.services import casework, keys, offices, organisation, passwords, persons, setup
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.ledger import Event
from workflows.acts import Act, Actor

CONSOLE = Actor("console:test", "test")
PASSWORD = "a long enough password"
LOGINS = ("chair", "officer", "lead", "one", "two", "head", "deputy", "auditor", "stranger", "boss", "other_head", "admin",
          "contact")
ROLES = {"chair": "chair", "officer": "officer", "auditor": "auditor", "admin": "admin"}


_hashes: dict[Path, str] = {}


def hashed_once(house: House) -> str:
    """The one password's hash under the keys of a house; making it is slow on purpose."""
    if house.keys not in _hashes:
        keys.make(house.keys)
        _hashes[house.keys] = passwords.hashed(house, PASSWORD)
    return _hashes[house.keys]


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
    """Fill an empty house."""
    organisation.add_unit(house, CONSOLE, "HQ", "Head office")
    for code, name in (("W1", "Ward 1"), ("W2", "Ward 2")):
        organisation.add_unit(house, CONSOLE, code, name, "HQ")
    organisation.add_unit(house, CONSOLE, "AB", "Appeal board", kind="body", external=True)
    with house.db.atomic("all") as session:
        for login in LOGINS:
            id_ = session.execute(insert(person).values(uid=str(uuid4()), full_name=f"{login.title()} Person", called=login, unit_id=1)
                                  .returning(person.c.id)).scalar_one()
            session.execute(insert(belonging).values(person_id=id_, unit_id=1, since_on=date(2020, 1, 1)))
            session.execute(insert(account).values(person_id=id_, login=login, password_hash=hashed_once(house), language="en"))
    for login, role in ROLES.items():
        until, reason = ("2999-12-31", "Engagement letter 4/2020") if role == "auditor" else (None, None)
        persons.grant(house, CONSOLE, login, role, "HQ", until=until, reason=reason)
    persons.grant(house, CONSOLE, "head", "unit_lead", "W1")
    for code, login, unit in (("head-w1", "head", "W1"), ("head-w2", "other_head", "W2")):
        offices.add_office(house, CONSOLE, code, f"Head of {unit}", unit)
        offices.appoint(house, CONSOLE, code, login, "2020-01-01")
    organisation.add_unit(house, CONSOLE, "RB", "Review board", "HQ", kind="body")
    offices.add_office(house, CONSOLE, "reviewer", "Member of the review board", "RB")
    offices.appoint(house, CONSOLE, "reviewer", "boss", "2020-01-01")
    setup.name_both(house, CONSOLE, "AB", "contact")
    with house.db.reading("all") as session:
        return Organisation(house, {login: actor_of_login(session, login) for login in LOGINS})
