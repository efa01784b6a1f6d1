"""Everyone of the contract in one house: each role, each relation to a case, and those who have lost theirs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import insert, select, update
from uuid_utils import uuid4

from inspect_app.access.conflicts import Passed, Tied
from inspect_app.models import account, case_role, cases, office, person, role_grant, unit
from inspect_app.services import keeping_log, persons, queries
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.walls import rebuild_for
from tests.services.organisation import CONSOLE, Organisation, hashed_once
from tests.services.random_rows import write
from workflows.roles import Role

MORE = ("member", "recorder", "leader", "data_officer", "companion", "reporter", "witness", "checker", "former", "delegate", "ward",
        "gone_auditor", "kin", "appellate", "heard")
NONE: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Standing:
    """Who: their account, the roles granted to them today, the parts they play in each kind of case, and the scopes of their token."""

    login: str
    granted: frozenset[Role] = NONE
    inspection: frozenset[Role] = NONE
    responsibility: frozenset[Role] = NONE
    shortcoming: frozenset[Role] = NONE
    concern: frozenset[Role] = NONE
    testimony: frozenset[Role] = NONE
    scopes: str = "read write decide export administer"

    def parts(self, kind: str) -> frozenset[Role]:
        found: frozenset[Role] = getattr(self, kind)
        return found


def _only(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


def _everywhere(login: str, role: Role) -> Standing:
    """Somebody with one role for the whole house, and the same part in every case."""
    only = _only(role)
    return Standing(login, only, only, only, only, only, only)


STANDINGS: dict[str, Standing] = {
    "stranger": Standing("stranger"),
    "admin": Standing("admin", _only(Role.ADMIN)),
    "chair": _everywhere("chair", Role.CHAIR),
    "member, nothing assigned": Standing("member", _only(Role.MEMBER)),
    "officer": _everywhere("officer", Role.OFFICER),
    "recorder, nothing assigned": Standing("recorder", _only(Role.RECORDER)),
    "unit leader": Standing("leader", _only(Role.UNIT_LEAD), shortcoming=_only(Role.UNIT_LEAD)),
    "auditor": _everywhere("auditor", Role.AUDITOR),
    "data officer": Standing("data_officer", _only(Role.DATA_OFFICER)),
    "team lead": Standing("lead", inspection=_only(Role.TEAM_LEAD)),
    "team member": Standing("one", inspection=_only(Role.TEAM_MEMBER)),
    "decider": Standing("boss", responsibility=_only(Role.DECIDER)),
    "respondent, head and owner": Standing("head", _only(Role.UNIT_LEAD), _only(Role.RESPONDENT), _only(Role.HEAD),
                                           _only(Role.OWNER, Role.UNIT_LEAD)),
    "companion": Standing("companion", inspection=_only(Role.COMPANION)),
    "reporter": Standing("reporter", inspection=_only(Role.REPORTER), concern=_only(Role.REPORTER, Role.PROTECTED)),
    "protected": Standing("witness", inspection=_only(Role.PROTECTED)),
    "witness": Standing("heard", testimony=_only(Role.PROTECTED)),
    "verifier": Standing("checker", shortcoming=_only(Role.VERIFIER)),
    "appeal decider": Standing("appellate", responsibility=_only(Role.APPEAL_DECIDER)),
    "former member": Standing("former"),
    "delegate": Standing("delegate", responsibility=_only(Role.HEAD), shortcoming=_only(Role.OWNER)),
    "recused": Standing("two"),
    "own unit only": Standing("ward"),
    "engagement ended": Standing("gone_auditor"),
    "auditor with a close tie": Standing("kin", _only(Role.AUDITOR), shortcoming=_only(Role.AUDITOR), concern=_only(Role.AUDITOR)),
    "token that only reads": replace(_everywhere("officer", Role.OFFICER), scopes="read"),
}
"""What the contract says of each, written out by hand."""


@dataclass
class Peopled:
    """The house with one case of each kind: uid by kind."""

    org: Organisation
    cases: dict[str, str] = field(default_factory=dict)

    def seq(self, kind: str) -> int:
        with self.org.house.db.reading("all") as session:
            return int(session.execute(select(cases.c.seq).where(cases.c.uid == self.cases[kind])).scalar_one())

    def number(self, kind: str) -> str:
        with self.org.house.db.reading("all") as session:
            return str(session.execute(select(cases.c.number).where(cases.c.uid == self.cases[kind])).scalar_one())

    def state(self, kind: str) -> str:
        with self.org.house.db.reading("all") as session:
            return str(session.execute(select(cases.c.state).where(cases.c.uid == self.cases[kind])).scalar_one())


def add_people(org: Organisation, *logins: str) -> None:
    """More accounts in the house."""
    with org.house.db.atomic("all") as session:
        ward = session.execute(select(unit.c.id).where(unit.c.code == "W1")).scalar_one()
        for login in logins:
            id_ = session.execute(insert(person).values(uid=str(uuid4()), full_name=f"{login} Person", called=login,
                                                        unit_id=ward if login == "ward" else None).returning(person.c.id)).scalar_one()
            session.execute(insert(account).values(person_id=id_, login=login, password_hash=hashed_once(org.house), language="en"))
    with org.house.db.reading() as session:
        org.people.update({login: actor_of_login(session, login) for login in logins})


def peopled(org: Organisation) -> Peopled:
    """Give everyone of `STANDINGS` their standing."""
    add_people(org, *MORE)
    for login, role, at in (("member", "member", "HQ"), ("recorder", "recorder", "HQ"), ("leader", "unit_lead", "W1"),
                            ("data_officer", "data_officer", "HQ"), ("kin", "auditor", "HQ"), ("gone_auditor", "auditor", "HQ")):
        until, reason = ("2999-12-31", "Engagement letter 5/2020") if role == "auditor" else (None, None)
        persons.grant(org.house, CONSOLE, login, role, at, until=until, reason=reason)
    made = Peopled(org)
    case = made.cases["inspection"] = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    made.cases["testimony"] = org.open("officer", "testimony", "hear_witness", None, parent=case, person=org["heard"].id, heard_on="2026-01-05",
                                       about="who held the keys").case
    org.act("officer", case, "add_evidence", description="the drug book", held_as="reference", reference="cupboard 3")
    org.act("chair", case, "grant_access", person=org["former"].id, until="2099-12-31", reason="to look")
    org.act("chair", case, "withdraw_access", person=org["former"].id, reason="has looked")
    org.act("head", case, "name_companion", person=org["companion"].id)
    org.act("two", case, "declare_conflict", ground="interest")
    org.act("officer", case, "hold_responsible", **org.assignment())
    with org.house.db.reading("all") as session:
        made.cases["responsibility"] = session.execute(select(cases.c.uid).where(cases.c.workflow == "responsibility")).scalar_one()
    org.act("officer", made.cases["responsibility"], "notify", served_on="2026-01-05")
    made.cases["shortcoming"] = org.open("officer", "shortcoming", "note", what="The book has no page numbers", cause_kind="procedure",
                                         cause="nobody ordered it", office="head-w1", due="2099-12-31", measure="number the pages").case
    made.cases["concern"] = org.open("reporter", "concern", "raise_concern", what="The stock book of May was written anew.", conduct="act",
                                     place="store room", happened_from="2026-05-04").case
    _relations(org.house, org, made)
    keeping_log.round_of(org.house)
    return made


def _relations(house: House, org: Organisation, made: Peopled) -> None:
    yesterday, long_ago = queries.today(house) - timedelta(days=1), date(2020, 1, 1)
    with house.db.atomic("all") as session:
        ids = {kind: number for kind, number in session.execute(select(cases.c.workflow, cases.c.id))}
        for login, role, kind in (("reporter", "reporter", "inspection"), ("witness", "protected", "inspection"),
                                  ("checker", "verifier", "shortcoming"), ("appellate", "appeal_decider", "responsibility")):
            session.execute(insert(case_role).values(case_id=ids[kind], person_id=org[login].person_id, role=role, since_seq=1))
        session.execute(update(role_grant).where(role_grant.c.person_id == org["gone_auditor"].person_id)
                        .values(since_on=long_ago, until_on=yesterday))
        head = org["head"].person_id or 0
        number = session.execute(select(office.c.id).where(office.c.code == "head-w1")).scalar_one()
        kin = org["kin"].person_id or 0
        write(session, [Passed(number, head, org["delegate"].person_id or 0, long_ago, date(2099, 12, 31)),
                        Tied(min(head, kin), max(head, kin), long_ago, None)])
        rebuild_for(session, house, [head, kin, org["delegate"].person_id or 0])


__all__ = ["STANDINGS", "Peopled", "Standing", "add_people", "peopled"]
