"""A small organisation for tests: a head office, two wards, and the people who play every part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from uuid_utils import uuid4

from inspect_app.db import Session
from inspect_app.models import account, appointment, belonging, office, person, role_grant, unit
from inspect_app.services import casework, indexing, keeping_log, keys, passwords, setup
from inspect_app.services.casework import Opening
from inspect_app.services.house import House
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

_hashes: dict[str, str] = {}


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

    def index(self) -> None:
        """What waits is put into the log, and its words into the index."""
        keeping_log.round_of(self.house)
        indexing.round_of(self.house)

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
    """Fill an empty house, in one transaction and few statements: how an organisation is entered is proved elsewhere."""
    password = hashed_once(house)
    uids = {login: str(uuid4()) for login in LOGINS}
    with house.db.atomic("all") as session:
        units = _units(session)
        rows = [{"uid": uids[login], "full_name": f"{login.title()} Person", "called": login, "unit_id": units["HQ"]} for login in LOGINS]
        people = dict(zip(LOGINS, _numbered(session, person, rows), strict=True))
        session.execute(insert(belonging), [{"person_id": people[login], "unit_id": units["HQ"], "since_on": LONG_AGO} for login in LOGINS])
        session.execute(insert(account), [{"person_id": people[login], "login": login, "password_hash": password, "language": "en"}
                                          for login in LOGINS])
        session.execute(insert(role_grant), [
            {"person_id": people[login], "role": role, "unit_id": units[at], "since_on": LONG_AGO,
             "until_on": date(2999, 12, 31) if role == "auditor" else None, "reason": "Engagement letter 4/2020" if role == "auditor" else None}
            for login, role, at in GRANTS])
        posts = [{"code": code, "title": title, "unit_id": units[at], "line": line} for code, title, at, line, _ in OFFICES]
        offices = _numbered(session, office, posts)
        session.execute(insert(appointment), [{"office_id": number, "person_id": people[login], "since_on": LONG_AGO}
                                              for number, (*_, login) in zip(offices, OFFICES, strict=True)])
        setup.keep(session, "appeal_body", "AB")
        setup.keep(session, "concerns_contact", uids["contact"])
        found = session.execute(select(account.c.login, person.c.uid, person.c.full_name, person.c.id, account.c.language)
                                .join(person, person.c.id == account.c.person_id)).all()
    return Organisation(house, {login: Actor(*rest) for login, *rest in found})


def _units(session: Session) -> dict[str, int]:
    """Plant the units; returns their numbers by code."""
    rows = [{"code": code, "name": name, "kind": kind, "external": external, "path": "/"} for code, name, _, kind, external in UNITS]
    numbers = dict(zip((code for code, *_ in UNITS), _numbered(session, unit, rows), strict=True))
    session.execute(update(unit).where(unit.c.id == bindparam("number")).values(parent_id=bindparam("above")),
                    [{"number": numbers[code], "above": numbers[under]} for code, _, under, _, _ in UNITS if under])
    replant(session)
    return numbers


def _numbered(session: Session, table: Table, rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows; returns their numbers in the same order."""
    return list(session.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows).scalars())
