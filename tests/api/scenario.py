"""A story told over HTTP: who did what on which day, and what came of it. Days are held, so that months pass at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import insert, select
from uuid_utils import uuid4

from inspect_app.models import belonging, letter, person, sanction, unit
from inspect_app.now import hold, now
from inspect_app.services import clocks, letters, queries
from inspect_app.services.replaying import replay_all
from tests.api.conftest import Caller, Callers
from tests.services.organisation import LONG_AGO
from workflows.acts import SYSTEM
from workflows.calendar import day_of, micros

PARTY = "vn_party"


@dataclass
class Story:
    """The house, its callers, and the rules its matters fall under."""

    callers: Callers
    ruleset: str = PARTY
    spoken: dict[tuple[str, date], Caller] = field(default_factory=dict)

    @contextmanager
    def on(self, *day: int) -> Iterator[None]:
        """Noon of a day, in the organisation's zone; the worker has done its round before."""
        with hold(micros(datetime.combine(date(*day), time(12), self.callers.org.house.zone))):
            self.sweep()
            yield

    def sweep(self) -> None:
        """One round of the worker."""
        clocks.sweep(self.callers.org.house, now())

    def who(self, login: str) -> str:
        """The identifier of a person with an account."""
        return self.callers.org[login].id

    def speaks(self, login: str) -> Caller:
        """A caller whose token is of this day."""
        key = login, day_of(now(), self.callers.org.house.zone)
        if key not in self.spoken:
            self.spoken[key] = self.callers.with_scopes(login, "read write decide export administer")
        return self.spoken[key]

    def open(self, login: str, workflow: str, trigger: str, parent: str | None = None, unit: str | None = "W1", **data: Any) -> str:
        """Open a case; its identifier."""
        body = {"workflow": workflow, "trigger": trigger, "title": "A matter", "ruleset": self.ruleset, "data": data}
        body |= {"parent": parent} if parent is not None else {"unit": str(unit)}
        answer = self.speaks(login).post("/cases", body, Idempotency_Key=str(uuid4()))
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["id"])

    def case(self, case: str, login: str = "auditor") -> dict[str, Any]:
        answer = self.speaks(login).get(f"/cases/{case}")
        assert answer.status_code == 200, answer.get_json()
        told: dict[str, Any] = answer.get_json()
        return told

    def state(self, case: str, login: str = "auditor") -> str:
        return str(self.case(case, login)["state"])

    def send(self, login: str, case: str, trigger: str, **data: Any) -> Any:
        """One act, told what stands now; the whole answer."""
        outer = {name: data.pop(name) for name in ("occurred_at", "recorded_for", "on_behalf_of") if name in data}
        seen = self.speaks(login).get(f"/cases/{case}").get_json().get("seq", 0)
        body = {"trigger": trigger, "data": data} | outer
        return self.speaks(login).post(f"/cases/{case}/events", body, If_Match=f'"{seen}"')

    def act(self, login: str, case: str, trigger: str, **data: Any) -> dict[str, Any]:
        """An act that succeeds; its event."""
        answer = self.send(login, case, trigger, **data)
        assert answer.status_code == 201, answer.get_json()
        told: dict[str, Any] = answer.get_json()
        return told

    def refused(self, login: str, case: str, trigger: str, **data: Any) -> set[str]:
        """An act that the law refuses; the guards that do not hold."""
        answer = self.send(login, case, trigger, **data)
        assert answer.status_code == 422, (answer.status_code, answer.get_json())
        return {g["code"] for g in answer.get_json().get("guards", ()) if not g["ok"]}

    def events(self, case: str, login: str | None = None) -> list[dict[str, Any]]:
        """The events as a reader may know them: the chair, or, of what is spent or cleared, which no chair needs any longer, the auditor."""
        answer = self.speaks(login or "chair").get(f"/cases/{case}/events?limit=200")
        if answer.status_code == 404 and login is None:
            answer = self.speaks("auditor").get(f"/cases/{case}/events?limit=200")
        assert answer.status_code == 200, answer.get_json()
        return list(answer.get_json()["events"])

    def said(self, case: str, login: str | None = None) -> dict[str, Any]:
        """The newest value of each input, as a reader may know it."""
        found: dict[str, Any] = {}
        for event in self.events(case, login):
            found.update(event["data"])
        return found

    def due(self, case: str, name: str, login: str = "auditor") -> date | None:
        """The day on which a running limit ends."""
        told = self.speaks(login).get(f"/cases/{case}/clocks").get_json()["clocks"]
        running = [datetime.fromisoformat(c["due_at"]).astimezone(self.callers.org.house.zone).date() for c in told
                   if c["name"] == name and c["status"] == "running"]
        return running[-1] if running else None

    def today(self) -> str:
        """The day that is held."""
        return day_of(now(), self.callers.org.house.zone).isoformat()

    def overdue(self, login: str = "chair") -> list[str]:
        """The cases that the register calls overdue."""
        return [str(one["id"]) for one in self.speaks(login).get("/cases?overdue=true&limit=200").get_json()["cases"]]

    def below(self, case: str, workflow: str, login: str = "chair") -> list[dict[str, Any]]:
        """The cases that a case opened, of one kind."""
        return [told for uid in self.case(case, login)["children"] if (told := self.case(uid, login))["workflow"] == workflow]

    def letters(self, case: str, to: str | None = None) -> list[str]:
        """The letters of a case, or of one person in it, oldest first."""
        house = self.callers.org.house
        with house.db.reading("all") as session:
            row = queries.case(house, SYSTEM, case)
            query = select(letter.c.kind).where(letter.c.case_id == row.id).order_by(letter.c.id)
            if to is not None:
                query = query.join(person, person.c.id == letter.c.person_id).where(person.c.uid == self.who(to))
            return list(session.execute(query).scalars())

    def shown_letters(self, case: str, to: str) -> list[dict[str, str]]:
        """One person's letters as they read them, newest first."""
        house, actor = self.callers.org.house, self.callers.org[to]
        row = queries.case(house, actor, case)
        shown = [letters.read(house, actor, row, one["id"]) for one in letters.listed(house, actor, row)]
        return [{"kind": one.kind, "title": one.title, "text": "\n".join(f"{a} {b}" for a, b in one.paragraphs)} for one in shown]

    def sanctions(self, login: str) -> list[tuple[str, str | None]]:
        """What was imposed on somebody, and what became of it."""
        with self.callers.org.house.db.reading("all") as session:
            rows = session.execute(select(sanction.c.rung, sanction.c.ended_as).join(person, person.c.id == sanction.c.person_id)
                                   .where(person.c.uid == self.who(login)).order_by(sanction.c.id))
            return [(rung, ended_as) for rung, ended_as in rows]

    def members(self, number: int, unit_code: str = "W1") -> list[str]:
        """So many people who belong to a unit."""
        found = []
        with self.callers.org.house.db.atomic("all") as session:
            unit_id = session.execute(select(unit.c.id).where(unit.c.code == unit_code)).scalar_one()
            for n in range(number):
                uid = str(uuid4())
                row = insert(person).values(uid=uid, full_name=f"Member {n}", called=f"Member {n}", unit_id=unit_id).returning(person.c.id)
                session.execute(insert(belonging).values(person_id=session.execute(row).scalar_one(), unit_id=unit_id, since_on=LONG_AGO))
                found.append(uid)
        return found

    def sound(self) -> None:
        """Every case is what its events make it."""
        assert replay_all(self.callers.org.house).differences == []

    # What a matter of discipline goes through, with what it needs at the least ----------------------------------------------------

    def matter(self, respondent: str = "one", **changed: Any) -> str:
        """A matter of discipline, opened by the officer, with one item of evidence."""
        told = {"respondent": self.who(respondent), "status_then": "person", "status_now": "person", "source": "order", "task": "own",
                "level": "cell" if self.ruleset == PARTY else "body", "what": "Stores were not counted for two months."}
        told |= {"body": "W1"} if self.ruleset == PARTY else {"decider": self.who("boss")}
        opening = {name: value for name, value in (told | changed).items() if value is not None}
        case = self.open("officer", "discipline", "open_matter", **opening)
        self.act("officer", case, "add_evidence", description="Store book", held_as="reference", reference="File 7, page 3")
        return case

    def notified(self, case: str, *days: str, **changed: Any) -> None:
        """The allegations are served: one for each day."""
        rows = [allegation(day) for day in days]
        self.act("officer", case, "notify", **({"allegations": rows, "disclosed": [1], "rights_notice": True} | changed))

    def sat(self, case: str, roll: list[dict[str, Any]]) -> None:
        """A unit sits: roll, hearing."""
        self.act("officer", case, "freeze_roll", roll=roll)
        self.heard(case)

    def heard(self, case: str) -> None:
        self.act("officer", case, "hear", attended="heard", minutes="They said the keys were elsewhere.", companion_offered=True)

    def concluded(self, case: str, *proven: bool, login: str = "chair") -> None:
        """Each allegation is concluded: proven or not."""
        rows = [{"allegation": n, "result": "proven" if one else "not_proven", "why": "By the book.", "speaks_for": "They asked for help early."}
                for n, one in enumerate(proven, 1)]
        self.act(login, case, "conclude", conclusions=rows, degree="Not counted, no loss, keys shared.")


def allegation(day: str, **changed: Any) -> dict[str, Any]:
    """One specific allegation."""
    return {"what": "Did not count the store as the order asks.", "kind": "omission", "committed_on": day, "place": "Store 2",
            "provision": "Store order, article 4", "evidence": [1]} | changed


def roll_of(people: list[str], *recused: str) -> list[dict[str, Any]]:
    """A roll on which all of these vote, but those recused."""
    return [{"person": uid} | ({"recused": True, "why": "took part before"} if uid in recused else {}) for uid in people]


def ballot(votes: dict[str, int], none: int = 0, spoiled: int = 0) -> dict[str, Any]:
    """A tally that adds up."""
    valid = sum(votes.values()) + none
    return {"present": valid + spoiled, "issued": valid + spoiled, "returned": valid, "spoiled": spoiled, "none": none,
            "votes": [{"sanction": code, "votes": number} for code, number in votes.items()]}


DECIDED: dict[str, Any] = {"reasons": "The store was not counted; nothing was lost.", "factors_considered": True}
