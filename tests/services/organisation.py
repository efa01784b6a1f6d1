"""A small organisation for tests: a head office, two wards, and the people who play every part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import insert
from uuid_utils import uuid4

from inspect_app.models import account, person
from inspect_app.services import casework, people
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login, hash_password
from inspect_app.services.ledger import Event
from workflows.acts import Act, Actor

PASSWORD = "a long enough password"
LOGINS = ("chair", "officer", "lead", "one", "two", "head", "deputy", "auditor", "stranger", "boss", "other_head")
ROLES = {"chair": "chair", "officer": "officer", "auditor": "auditor"}


@cache
def hashed_once() -> str:
    """The one password's hash; making it is slow on purpose."""
    return hash_password(PASSWORD)


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
    people.add_unit(house, "HQ", "Head office")
    for code, name in (("W1", "Ward 1"), ("W2", "Ward 2")):
        people.add_unit(house, code, name, "HQ")
    with house.db.atomic("all") as session:
        for login in LOGINS:
            id_ = session.execute(insert(person).values(uid=str(uuid4()), full_name=f"{login.title()} Person", called=login, unit_id=1)
                                  .returning(person.c.id)).scalar_one()
            session.execute(insert(account).values(person_id=id_, login=login, password_hash=hashed_once(), language="en"))
    for login, role in ROLES.items():
        people.grant(house, login, role, "HQ")
    people.grant(house, "head", "unit_lead", "W1")
    for code, login, unit in (("head-w1", "head", "W1"), ("head-w2", "other_head", "W2")):
        people.add_office(house, code, f"Head of {unit}", unit)
        people.appoint(house, code, login, "2020-01-01")
    people.add_unit(house, "RB", "Review board", "HQ", kind="body")
    people.add_office(house, "reviewer", "Member of the review board", "RB")
    people.appoint(house, "reviewer", "boss", "2020-01-01")
    with house.db.reading("all") as session:
        return Organisation(house, {login: actor_of_login(session, login) for login in LOGINS})
