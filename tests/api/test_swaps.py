"""Other people's ids, put into every address that takes one: nothing of a case leaks to whom it is not for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from inspect_app.errors import NotFound
from inspect_app.models import cases, event
from inspect_app.services import queries
from inspect_app.services.walls import rebuild_for
from tests.access.random_houses import FIRST
from tests.api.conftest import BASE
from tests.api.standings import STANDINGS, Peopled, peopled
from tests.api.test_matrix import Door
from tests.services.organisation import Organisation

SWAPS = 2_500
"""On each database; four times as many with the long proofs."""
WHO = ("stranger", "chair", "officer", "auditor", "team lead", "respondent, head and owner", "companion", "recused", "former member", "delegate",
       "auditor with a close tie", "unit leader", "admin", "data officer", "engagement ended", "decider")


@dataclass(frozen=True)
class Secret:
    """A case, and the words and ids that only those who may know of it read."""

    uid: str
    number: str
    dossier: str
    canary: str
    events: tuple[str, ...]

    def leaks_in(self, text: str, asked: str) -> bool:
        return any(word in text for word in (self.uid, self.number, self.canary, *self.events) if word not in asked)


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


def secrets(everyone: Peopled) -> list[Secret]:
    """Many cases, each with a title of its own, some of them walled from those who see the rest."""
    org = everyone.org
    for n in range(12):
        what = f"canary{n}x the drug book had gaps on 3 May 2026"
        org.open("officer", unit=("W1", "W2")[n % 2], title=f"canary{n}x", source="signal", what=what)
    with org.house.db.atomic("all") as session:
        some = list(session.execute(select(cases.c.id).where(cases.c.workflow == "inspection").order_by(cases.c.id)).scalars())
        for case_id in some[1::3]:
            session.execute(cases.update().where(cases.c.id == case_id).values(closed_circle=True))
        rebuild_for(session, org.house, [org["chair"].person_id or 0])
        found = []
        for id_, uid, number, title in session.execute(select(cases.c.id, cases.c.uid, cases.c.number, cases.c.title)).all():
            ids = tuple(session.execute(select(event.c.id).where(event.c.stream_id == id_)).scalars())
            found.append(Secret(uid, number, "", title if title.startswith("canary") else uid, ids))
    return found


DOORS: tuple[Callable[[Secret], str], ...] = (
    lambda s: f"{BASE}/cases/{s.uid}", lambda s: f"{BASE}/cases/{s.uid}/transitions", lambda s: f"{BASE}/cases/{s.uid}/events",
    lambda s: f"{BASE}/cases/{s.uid}/events/1", lambda s: f"{BASE}/cases/{s.uid}/clocks", lambda s: f"{BASE}/cases/{s.uid}/evidence",
    lambda s: f"{BASE}/cases/{s.uid}/evidence/1", lambda s: f"/cases/{s.uid}", lambda s: f"/cases/{s.uid}/acts/note_for_record",
    lambda s: f"{BASE}/cases?q={s.canary}&count=true", lambda s: f"{BASE}/cases?q={s.number}", lambda s: f"/cases?show=all&q={s.canary}",
)


def _may(everyone: Peopled) -> dict[tuple[str, str], bool]:
    with everyone.org.house.db.reading("all") as session:
        uids = list(session.execute(select(cases.c.uid)).scalars())
    told = {}
    for name in WHO:
        for uid in uids:
            try:
                told[name, uid] = bool(queries.case(everyone.org.house, everyone.org[STANDINGS[name].login], uid).parts)
            except NotFound:
                told[name, uid] = False
    return told


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.full) for n in range(1, 4))])
def test_swapped_ids_leak_nothing(app: Flask, everyone: Peopled, part: int) -> None:
    hidden, doors, rng = secrets(everyone), {name: Door(app, STANDINGS[name], everyone.org) for name in WHO}, Random(part)
    may = _may(everyone)
    assert 0.1 < sum(may.values()) / len(may) < 0.6
    for _ in range(SWAPS):
        name, secret, door = rng.choice(WHO), rng.choice(hidden), rng.choice(DOORS)
        path = door(secret)
        answer = doors[name].send("GET", path)
        if may[name, secret.uid]:
            continue
        assert not secret.leaks_in(answer.text, path), (name, path)
        if f"/cases/{secret.uid}" in path:
            assert answer.status_code == 404, (name, path)
        elif "count=true" in path:
            assert answer.get_json()["total"] == 0, (name, path)


def test_swapped_ids_write_nothing(app: Flask, everyone: Peopled) -> None:
    hidden, rng, may = secrets(everyone), Random(1), _may(everyone)
    doors = {name: Door(app, STANDINGS[name], everyone.org) for name in WHO}
    house = everyone.org.house
    with house.db.reading("all") as session:
        before = dict(session.execute(select(cases.c.uid, cases.c.seq)).tuples().all())
    for _ in range(200):
        name, secret = rng.choice(WHO), rng.choice(hidden)
        if may[name, secret.uid]:
            continue
        act = {"case": secret.uid, "seen": before[secret.uid], "trigger": "note_for_record", "data": {"note": "I was here"}}
        alone = doors[name].send("POST", f"{BASE}/cases/{secret.uid}/events", before[secret.uid], {"trigger": act["trigger"], "data": act["data"]})
        many = doors[name].send("POST", f"{BASE}/events:batch", 0, {"acts": [act]})
        one = doors[name].send("POST", f"{BASE}/sittings", 0, {"template": "visit", "occurred_at": FIRST.isoformat(), "acts": [act]})
        paper = {"description": "x", "reference": "y"}
        added = doors[name].send("POST", f"{BASE}/cases/{secret.uid}/evidence", before[secret.uid], paper)
        child = {"workflow": "shortcoming", "parent": secret.uid, "title": "x", "data": {}}
        opened = doors[name].api.post("/cases", child, Idempotency_Key=str(uuid4()))
        assert [a.status_code for a in (alone, one, added, opened)] == [404] * 4, name
        assert [r["status"] for r in many.get_json()["results"]] == [404], name
        assert not any(secret.leaks_in(a.text, secret.uid) for a in (alone, many, one, added, opened)), name
    with house.db.reading("all") as session:
        assert dict(session.execute(select(cases.c.uid, cases.c.seq)).tuples().all()) == before


def test_an_export_holds_no_case_that_its_taker_does_not_see(app: Flask, everyone: Peopled) -> None:
    hidden, may = secrets(everyone), _may(everyone)
    for name in ("chair", "auditor", "auditor with a close tie"):
        door = Door(app, STANDINGS[name], everyone.org)
        whole = door.send("POST", "/exports", told={"format": "jsonl"}).text
        for secret in hidden:
            assert secret.leaks_in(whole, "") is may[name, secret.uid], (name, secret.canary)
            one = door.send("POST", "/exports", told={"format": "csv", "case": secret.number})
            assert one.status_code == (200 if may[name, secret.uid] else 422)
