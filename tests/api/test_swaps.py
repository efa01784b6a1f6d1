"""Other people's ids, put into every address that takes one: nothing of a case leaks to whom it is not for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from inspect_app.errors import NotFound
from inspect_app.models import cases, dossier, event, evidence, letter, role_grant, unit
from inspect_app.services import engagements, observations, papers, queries, unredacted
from inspect_app.services.walls import rebuild_for
from tests.access.random_houses import FIRST
from tests.api.conftest import BASE
from tests.api.scenario import allegation
from tests.api.standings import STANDINGS, Peopled, peopled
from tests.api.test_matrix import Door, address, doors_of
from tests.services.organisation import Organisation

SWAPS, MORE = {True: 4_000, False: 1_000}, 5_000
"""In the suite, on SQLite and on PostgreSQL; and in each of the four parts that the long proofs have besides, on either."""
WHO = ("stranger", "chair", "officer", "auditor", "team lead", "respondent, head and owner", "companion", "recused", "former member", "delegate",
       "auditor with a close tie", "unit leader", "admin", "data officer", "engagement ended", "decider", "reporter", "protected")


@dataclass(frozen=True)
class Secret:
    """A case, and the words and ids that only those who may know of it read."""

    uid: str
    number: str
    dossier: str
    canary: str
    events: tuple[str, ...]
    unit: str
    officer: str
    letter: int
    receipt: int
    title: str
    engagement: int
    paper: int

    def leaks_in(self, text: str, asked: str) -> bool:
        return any(word in text for word in (self.uid, self.number, self.canary, *self.events) if word not in asked)


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


def secrets(everyone: Peopled) -> list[Secret]:
    """Many cases, each with a title of its own, some of them walled from those who see the rest; one answer that left a receipt, one
    request of an auditor, one paper that was drawn, and one matter that waits for a body to meet."""
    org = everyone.org
    unredacted.ask(org.house, org["auditor"], queries.case(org.house, org["auditor"], everyone.cases["inspection"]), "to see the tie", 3)
    org.act("head", everyone.cases["responsibility"], "receive")
    for n in range(12):
        what = f"canary{n}x the drug book had gaps on 3 May 2026"
        org.open("officer", unit=("W1", "W2")[n % 2], title=f"canary{n}x", source="signal", what=what)
    before_a_body(org)
    papers.draw(org.house, org["officer"], queries.case(org.house, org["officer"], everyone.cases["inspection"]), "order", "en", "none", patience=0)
    org.index()
    with org.house.db.reading("all") as session:
        engagement = int(session.execute(select(role_grant.c.id).where(role_grant.c.person_id == org["auditor"].person_id)).scalar_one())
        number = session.execute(select(cases.c.number).where(cases.c.uid == everyone.cases["inspection"])).scalar_one()
    engagements.begin(org.house, org["auditor"], engagement, "2020-01-01", "2099-12-31")
    engagements.draw(org.house, org["auditor"], engagement, 200)
    observations.observe(org.house, org["auditor"], engagement, None, number, "Nobody was told.", "2099-12-31")
    with org.house.db.atomic("all") as session:
        some = list(session.execute(select(cases.c.id).where(cases.c.workflow == "inspection").order_by(cases.c.id)).scalars())
        for case_id in some[1::3]:
            session.execute(cases.update().where(cases.c.id == case_id).values(closed_circle=True))
        rebuild_for(session, org.house, [org["chair"].person_id or 0])
        found = []
        rows = session.execute(select(cases.c.id, cases.c.uid, cases.c.number, cases.c.title, dossier.c.uid, unit.c.code)
                               .join(dossier, dossier.c.id == cases.c.dossier_id).join(unit, unit.c.id == cases.c.unit_id)).all()
        for id_, uid, number, title, lies_in, code in rows:
            ids = tuple(session.execute(select(event.c.id).where(event.c.stream_id == id_)).scalars())
            paper = session.execute(select(letter.c.id).where(letter.c.case_id == id_).order_by(letter.c.id.desc())).scalar()
            answered = session.execute(select(event.c.seq).where(event.c.stream_id == id_, event.c.role == "head")).scalar()
            drawn = session.execute(select(evidence.c.n).where(evidence.c.case_id == id_, evidence.c.stored_as.is_not(None))).scalar()
            found.append(Secret(uid, number, lies_in, title if title.startswith("canary") else uid, ids, code, org["officer"].id, paper or 1,
                                answered or 1, title, engagement, drawn or 1))
    return found


def before_a_body(org: Organisation) -> None:
    """A matter of discipline about which its body has to meet."""
    case = org.open("officer", "discipline", "open_matter", title="canaryBx", respondent=org["one"].id, status_then="person", status_now="person",
                    source="order", task="own", level="body", decider=org["boss"].id, what="Stores were not counted for two months.").case
    org.act("officer", case, "add_evidence", description="Store book", held_as="reference", reference="File 7, page 3")
    org.act("officer", case, "notify", allegations=[allegation("2026-01-10")], disclosed=[1], rights_notice=True)
    org.act("one", case, "answer", position="agreed", statement="I was alone on shift.")


CASE = "/api/v1/cases/<uuid:uid>"
READS: Mapping[str, Callable[[Secret], str]] = {
    CASE: lambda s: f"{BASE}/cases/{s.uid}",
    f"{CASE}/transitions": lambda s: f"{BASE}/cases/{s.uid}/transitions",
    f"{CASE}/events": lambda s: f"{BASE}/cases/{s.uid}/events",
    f"{CASE}/proof": lambda s: f"{BASE}/cases/{s.uid}/proof",
    f"{CASE}/events/<int(max=999999999):seq>": lambda s: f"{BASE}/cases/{s.uid}/events/1",
    f"{CASE}/plan": lambda s: f"{BASE}/cases/{s.uid}/plan",
    "/cases/<uuid:uid>/plan": lambda s: f"/cases/{s.uid}/plan",
    f"{CASE}/clocks": lambda s: f"{BASE}/cases/{s.uid}/clocks",
    f"{CASE}/evidence": lambda s: f"{BASE}/cases/{s.uid}/evidence",
    f"{CASE}/evidence/<int(max=999999999):n>": lambda s: f"{BASE}/cases/{s.uid}/evidence/{s.paper}",
    "/cases/<uuid:uid>": lambda s: f"/cases/{s.uid}",
    "/cases/<uuid:uid>/acts/<trigger>": lambda s: f"/cases/{s.uid}/acts/note_for_record",
    "/cases/<uuid:uid>/letters/<int:id_>": lambda s: f"/cases/{s.uid}/letters/{s.letter}",
    "/cases/<uuid:uid>/retaliation": lambda s: f"/cases/{s.uid}/retaliation",
    "/cases/<uuid:uid>/unredacted": lambda s: f"/cases/{s.uid}/unredacted",
    "/cases/<uuid:uid>/receipts/<int(max=999999999):seq>": lambda s: f"/cases/{s.uid}/receipts/1",
    f"{CASE}/papers": lambda s: f"{BASE}/cases/{s.uid}/papers",
    f"{CASE}/papers/<int(max=999999999):n>": lambda s: f"{BASE}/cases/{s.uid}/papers/{s.paper}",
    "/cases/<uuid:uid>/papers": lambda s: f"/cases/{s.uid}/papers",
    "/cases/<uuid:uid>/papers/<int(max=999999999):n>": lambda s: f"/cases/{s.uid}/papers/{s.paper}",
    "/cases/<uuid:uid>/papers/<int(max=999999999):n>/file": lambda s: f"/cases/{s.uid}/papers/{s.paper}/file",
    "/cases/<uuid:uid>/papers/draw/<kind>": lambda s: f"/cases/{s.uid}/papers/draw/order",
    "/cases/<uuid:uid>/papers/draw/<kind>/preview.pdf": lambda s: f"/cases/{s.uid}/papers/draw/order/preview.pdf",
    "/cases/new/<name>": lambda s: f"/cases/new/testimony?under={s.uid}",
    "/sittings/meeting/kit.pdf": lambda s: f"/sittings/meeting/kit.pdf?case={s.uid}",
    "/sittings/meeting/back": lambda s: f"/sittings/meeting/back?case={s.uid}",
    "/cases/<uuid:uid>/sheet": lambda s: f"/cases/{s.uid}/sheet",
    "/concerns/<uuid:uid>": lambda s: f"/concerns/{s.uid}",
    "/retention/<number>": lambda s: f"/retention/{s.number}",
    "/retention/<number>/certificate": lambda s: f"/retention/{s.number}/certificate",
    "/answer/<number>": lambda s: f"/answer/{s.number}",
    "/answer/<number>/receipts/<int:seq>": lambda s: f"/answer/{s.number}/receipts/{s.receipt}",
}
"""Doors that name a case, by their rule: to whom it is not, there is none."""

LISTS: Mapping[str, tuple[Callable[[Secret], str], ...]] = {
    "/api/v1/cases": (lambda s: f"{BASE}/cases?q={s.canary}&count=true", lambda s: f"{BASE}/cases?q={s.number}&limit=200",
                      lambda s: f"{BASE}/cases?dossier={s.dossier}&limit=200", lambda s: f"{BASE}/cases?unit={s.unit}&limit=200",
                      lambda s: f"{BASE}/cases?assigned_to={s.officer}&limit=200"),
    "/api/v1/work": (lambda s: f"{BASE}/work?limit=200",),
    "/api/v1/responsibilities": (lambda s: f"{BASE}/responsibilities",),
    "/": (lambda s: "/",),
    "/cases": (lambda s: f"/cases?show=all&q={s.canary}", lambda s: f"/cases?show=all&unit={s.unit}"),
    "/cases/together": (lambda s: f"/cases/together?case={s.uid}",),
    "/responsibilities": (lambda s: "/responsibilities",),
    "/learning": (lambda s: "/learning",),
    "/concerns": (lambda s: "/concerns",),
    "/api/v1/unredacted": (lambda s: f"{BASE}/unredacted",),
    "/api/v1/silence": (lambda s: f"{BASE}/silence",),
    "/silence": (lambda s: "/silence",),
    "/sittings": (lambda s: "/sittings",),
    "/engagements/<int:number>": (lambda s: f"/engagements/{s.engagement}",),
    "/observations": (lambda s: "/observations",),
    "/desk": (lambda s: "/desk",),
    "/desk/<code>": (lambda s: "/desk/RB",),
    "/desk/<code>/minutes": (lambda s: "/desk/RB/minutes",),
    "/sittings/meeting": (lambda s: "/sittings/meeting",),
    "/notices": (lambda s: "/notices?show=all",),
    "/deadlines": (lambda s: f"/deadlines?unit={s.unit}", lambda s: f"/deadlines?view=agenda&person={s.officer}", lambda s: "/deadlines"),
    "/figures/month": (lambda s: "/figures/month",),
    "/retention": (lambda s: "/retention",),
}
"""Doors that list, search and count: nothing of it is in them."""
NOT_EVERYONES = ("/silence", "/observations", "/engagements", "/desk/")
"""Lists that are not for whoever has signed in."""

SENT: Mapping[str, Callable[[Secret], dict[str, str]]] = {
    "/exports": lambda s: {"reason": "the yearly audit", "format": "csv", "case": s.number},
    "/api/v1/exports": lambda s: {"reason": "the yearly audit", "format": "csv", "case": s.number},
    "/access/explain": lambda s: {"login": "officer", "case": s.number},
    "/search": lambda s: {"q": s.number, "reason": "the yearly audit"},
    "/api/v1/search": lambda s: {"q": s.canary, "reason": "the yearly audit"},
    "/engagements/<int:number>": lambda s: {"do": "observe", "case": s.number, "says": "Nobody was told.", "due": "2099-12-31"},
}
"""Forms that are sent with the number of a case: to whom it is not, they answer as for none; a search finds nothing."""

OF_NO_CASE = {
    ("GET", path) for path in (
        "/administration", "/organisation/map", "/workflows", "/workflows/<name>",
        "/access/explain", "/access/unredacted", "/api/v1/calendars", "/api/v1/calendars/<name>", "/api/v1/outages", "/organisation/calendars",
        "/organisation/calendars/<name>", "/api/v1/papers", "/api/v1/papers/<ruleset>/<kind>", "/organisation/papers",
        "/organisation/papers/<ruleset>/<kind>", "/organisation/papers/<ruleset>/<kind>/<language>.pdf", "/administration/figures",
        "/rulesets", "/sittings/<name>",
        "/api/v1/feeds/deadlines.ics", "/notices/address/<secret>", "/organisation/mail", "/figures", "/figures/<quarter>",
        "/api/v1/statistics/<quarter>",
        "/account", "/account/factors", "/account/sessions", "/account/tokens", "/api/docs", "/api/v1/appointments",
        "/api/v1/bodies", "/api/v1/delegations", "/api/v1/offices", "/api/v1/openapi.json", "/api/v1/rulesets", "/api/v1/units",
        "/api/v1/workflows", "/api/v1/workflows/<name>", "/api/v1/workflows/<name>/diagram.<any(svg, mmd, dot):form>", "/cases/new",
        "/concern", "/concern/back", "/engagements", "/engagements/<int:number>/samples/<int:sample>",
        "/exports", "/exports/<uuid:job>",
        "/exports/<uuid:job>/download", "/api/v1/exports", "/api/v1/exports/<uuid:job>", "/api/v1/exports/<uuid:job>/download",
        "/favicon.ico", "/healthz", "/healthz/log", "/log", "/metrics",
        "/api/v1/log", "/api/v1/log/checkpoint", "/api/v1/log/tile/<path:place>", "/kept/<id_>", "/organisation",
        "/organisation/do/<name>", "/organisation/history", "/organisation/import", "/organisation/offices/<code>", "/organisation/people",
        "/organisation/people/<uuid:uid>", "/organisation/units/<code>", "/prove", "/readyz", "/registers",
        "/registers/<id_>", "/search", "/searches", "/api/v1/searches", "/setup", "/sign-in", "/sign-in/provider",
        "/views/<code>", "/intake/<name>", "/intake/<name>/<id_>/<int(max=9):step>",
        "/sign-in/provider/back", "/sign-in/second", "/static/<path:filename>", "/welcome/<secret>")
} | {
    (method, path) for method, path in (
        *(("POST", path) for path in (
            "/views", "/views/<code>/remove", "/intake/<name>", "/intake/<name>/<id_>/<int(max=9):step>", "/intake/<id_>/remove", "/cases/columns",
            "/access/unredacted", "/api/v1/unredacted/<int:number>", "/exports/<uuid:job>/cancel", "/api/v1/calendars",
            "/api/v1/outages", "/sittings/<name>", "/api/v1/papers/<ruleset>/<kind>/numbering",
            "/api/v1/papers/<ruleset>/<kind>/texts/<language>",
            "/notices/<int(max=999999999999):id_>", "/notices/address", "/notices/address/<secret>", "/notices/choice", "/notices/feed",
            "/notices/read", "/organisation/mail/<int(max=999999999999):id_>", "/figures/<quarter>",
            "/account/factors/app", "/account/factors/remove", "/account/factors/sheet", "/account/password", "/account/provider",
            "/account/sessions", "/account/tokens", "/api/v1/appointments", "/api/v1/bodies", "/api/v1/delegations", "/api/v1/offices",
            "/api/v1/units", "/concern", "/concern/back", "/language", "/organisation/do/<name>", "/organisation/export",
            "/organisation/import", "/organisation/people/<uuid:uid>/link",
            "/log", "/observations/<int:number>", "/prove", "/workflows", "/registers", "/registers/<id_>",
            "/setup", "/sign-in", "/sign-in/second", "/sign-out", "/theme", "/welcome/<secret>")),
        ("DELETE", "/api/v1/exports/<uuid:job>"),
        *(("PATCH", path) for path in (
            "/api/v1/calendars/<name>",
            "/api/v1/appointments/<int:number>", "/api/v1/bodies/<code>", "/api/v1/delegations/<int:number>", "/api/v1/offices/<code>",
            "/api/v1/units/<code>")))
}
"""Doors that neither take the name of a case nor tell of one."""

WRITES: Mapping[str, Callable[[Secret, int], tuple[str, Any]]] = {
    f"{CASE}/events": lambda s, seq: (f"{BASE}/cases/{s.uid}/events", {"trigger": NOTE["trigger"], "data": NOTE["data"]}),
    f"{CASE}/evidence": lambda s, seq: (f"{BASE}/cases/{s.uid}/evidence", {"description": "x", "reference": "y"}),
    f"{CASE}/unredacted": lambda s, seq: (f"{BASE}/cases/{s.uid}/unredacted", {"reason": "I was here", "days": 1}),
    "/cases/<uuid:uid>/unredacted": lambda s, seq: (f"/cases/{s.uid}/unredacted", {"reason": "I was here", "days": "1"}),
    "/api/v1/events:batch": lambda s, seq: (f"{BASE}/events:batch", {"acts": [NOTE | {"case": s.uid, "seen": seq}]}),
    "/api/v1/sittings": lambda s, seq: (f"{BASE}/sittings", {"template": "visit", "occurred_at": FIRST.isoformat(),
                                                            "acts": [NOTE | {"case": s.uid, "seen": seq}]}),
    "/api/v1/cases": lambda s, seq: (f"{BASE}/cases", {"workflow": "shortcoming", "parent": s.uid, "title": "x", "data": {}}),
    f"{CASE}/papers": lambda s, seq: (f"{BASE}/cases/{s.uid}/papers", {"kind": "order", "language": "en", "marking": "none"}),
    "/cases/<uuid:uid>/papers/draw/<kind>": lambda s, seq: (f"/cases/{s.uid}/papers/draw/order", {"language": "en", "marking": "none"}),
    "/sittings/meeting/back": lambda s, seq: (f"/sittings/meeting/back?case={s.uid}", {"case": s.uid, "held_on": "2026-01-05", "scan": "minutes 4"}),
    "/cases/<uuid:uid>/acts/<trigger>": lambda s, seq: (f"/cases/{s.uid}/acts/note_for_record", {"note": "I was here", "seen": str(seq)}),
    "/cases/<uuid:uid>/comments": lambda s, seq: (f"/cases/{s.uid}/comments", {"body": "I was here"}),
    "/cases/<uuid:uid>/comments/<int(max=999999999):n>": lambda s, seq: (f"/cases/{s.uid}/comments/1", {"body": "I was here"}),
    "/cases/new/<name>": lambda s, seq: (f"/cases/new/testimony?under={s.uid}", {"heard_on": "2026-01-05", "about": "I was here"}),
    "/cases/together": lambda s, seq: ("/cases/together", {"case": s.uid, f"seen-{s.uid}": str(seq), "act": "inspection:note_for_record",
                                                           "note": "I was here"}),
    "/cases/<uuid:uid>/retaliation": lambda s, seq: (f"/cases/{s.uid}/retaliation", {"what": "I was moved to night shifts."}),
    "/retention/<trigger>": lambda s, seq: ("/retention/hold", {"case": s.uid, "reason": "I was here", "seen": str(seq)}),
    "/concerns/<uuid:uid>": lambda s, seq: (f"/concerns/{s.uid}", {"do": "add_facts", "facts": "I was here", "secret": "d" * 32}),
}
"""Doors through which something is written into a case."""
NOTE: dict[str, Any] = {"trigger": "note_for_record", "data": {"note": "I was here"}}


def test_every_door_of_the_application_is_tried_or_holds_no_case(app: Flask) -> None:
    tried = {("GET", path) for path in (*READS, *LISTS)} | {("POST", path) for path in (*SENT, *WRITES)}
    assert set(doors_of(app)) == tried | OF_NO_CASE and not tried & OF_NO_CASE


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


Tries = list[tuple[str, Secret]]


def _forbidden(everyone: Peopled, hidden: list[Secret]) -> tuple[Tries, Tries]:
    """(who and a case that is not theirs, who and a case that is)."""
    may = _may(everyone)
    assert 0.1 < sum(may.values()) / len(may) < 0.6
    pairs = [(name, secret) for name in WHO for secret in hidden]
    return [p for p in pairs if not may[p[0], p[1].uid]], [p for p in pairs if may[p[0], p[1].uid]]


def _worded(secret: Secret, text: str) -> bool:
    """Whether a page tells a word of a case beside what kind it is of. A testimony is called by its kind."""
    return secret.title in text and secret.title != "Testimony"


def _look(doors: Mapping[str, Door], name: str, secret: Secret, rng: Random) -> str | None:
    """Try one door at random; what it let out, if anything."""
    kind = rng.choice(KINDS_OF_DOORS)
    if kind is READS:
        path = READS[rng.choice(tuple(READS))](secret)
        answer = doors[name].send("GET", path)
        if name == "data officer" and path.startswith("/retention/") and answer.status_code == 200:
            return None if not _worded(secret, answer.text) else path  # who keeps cases is told number, kind and fields, and no word of them
        return None if answer.status_code == 404 and not secret.leaks_in(answer.text, path) else path
    if kind is LISTS:
        path = rng.choice(LISTS[rng.choice(tuple(LISTS))])(secret)
        answer = doors[name].send("GET", path)
        if name == "data officer" and path.endswith(("/unredacted", "/retention")):
            return None if not _worded(secret, answer.text) else path  # who answers requests, or keeps cases, is told which case, and nothing of it
        counted = answer.status_code == 200 and "count=true" in path and answer.get_json()["total"] != 0
        comes_in = answer.status_code == 200 or (any(one in path for one in NOT_EVERYONES) and answer.status_code in (403, 404))
        return path if not comes_in or counted or secret.leaks_in(answer.text, path) else None
    path = rng.choice(tuple(SENT))
    told = SENT[path](secret)
    answer = doors[name].send("POST", address(path, number=str(secret.engagement)), told=told)
    # A search finds nothing; who answers questions of access may ask about it, and sees nothing of it.
    asks = path.endswith("/search") or (path, name) == ("/access/explain", "data officer")
    return None if (asks or answer.status_code in (403, 404, 422)) and not secret.leaks_in(answer.text, str(told)) else path


KINDS_OF_DOORS: tuple[Mapping[str, Any], ...] = (READS, READS, READS, READS, READS, READS, LISTS, LISTS, SENT)
"""Each in proportion to what may go wrong in it."""


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.full) for n in range(1, 5))])
def test_swapped_ids_leak_nothing(app: Flask, everyone: Peopled, part: int) -> None:
    hidden, rng = secrets(everyone), Random(part)
    forbidden, _ = _forbidden(everyone, hidden)
    doors = {name: Door(app, STANDINGS[name], everyone.org) for name in WHO}
    for _ in range(MORE if part else SWAPS[everyone.org.house.db.is_sqlite]):
        name, secret = rng.choice(forbidden)
        assert (leak := _look(doors, name, secret, rng)) is None, (name, leak)


SHUT = (f"{CASE}/plan", "/cases/<uuid:uid>/plan", "/retention/<number>/certificate",
        "/learning", "/api/v1/silence", "/silence", "/sittings", "/desk", "/desk/<code>/minutes", "/deadlines",
        "/figures/month")
"""No case is a yearly programme, nor anything that is learnt from; no signal here is closed or overdue; no visit waits to be entered; a list of
bodies names no case, and none sat today; nothing was disposed of; no limit of a list's reader falls in this month, and the
monthly report names no case."""


def test_every_door_that_is_tried_opens_to_somebody(app: Flask, everyone: Peopled) -> None:
    assert [rule for rule in _shut(app, everyone) if rule not in SHUT] == []


@pytest.mark.full
def test_the_doors_that_open_to_nobody_are_those_that_are_named(app: Flask, everyone: Peopled) -> None:
    assert tuple(_shut(app, everyone, whole=True)) == SHUT


def _shut(app: Flask, everyone: Peopled, *, whole: bool = False) -> list[str]:
    """The doors that open to none of those whose case it is; but for the `whole`, those are not tried of which it is known. One case of each
    kind comes first: a door that opens mostly opens to one of them."""
    _, theirs = _forbidden(everyone, secrets(everyone))
    theirs.sort(key=lambda one: one[1].title.startswith("canary"))
    doors = {name: Door(app, STANDINGS[name], everyone.org) for name in WHO}

    def tried(rules: Mapping[str, Any]) -> list[str]:
        return [rule for rule in rules if whole or rule not in SHUT]

    def answer(name: str, method: str, path: str, **told: Any) -> TestResponse:
        return doors[name].send(method, path, **told)

    shut = [rule for rule in tried(READS) if not any(answer(name, "GET", READS[rule](secret)).status_code == 200 for name, secret in theirs)]
    for rule in tried(LISTS):
        shut += [rule for door in LISTS[rule] if not any(
            secret.leaks_in(answer(name, "GET", door(secret)).text, door(secret)) for name, secret in theirs)]
    shut += [rule for rule in tried(SENT) if not any(
        answer(name, "POST", address(rule, number=str(secret.engagement)), told=SENT[rule](secret)).status_code in (200, 202, 303)
        for name, secret in theirs)]
    return shut + [rule for rule in ("/search", "/api/v1/search") if not any(
        secret.title in answer(name, "POST", rule, told=SENT[rule](secret)).text for name, secret in theirs)]


def test_swapped_ids_write_nothing(app: Flask, everyone: Peopled) -> None:
    hidden, rng = secrets(everyone), Random(1)
    forbidden, _ = _forbidden(everyone, hidden)
    doors = {name: Door(app, STANDINGS[name], everyone.org) for name in WHO}
    house = everyone.org.house
    with house.db.reading("all") as session:
        before = dict(session.execute(select(cases.c.uid, cases.c.seq)).tuples().all())
    for _ in range(500 if house.db.is_sqlite else 200):
        name, secret = rng.choice(forbidden)
        rule = rng.choice(tuple(WRITES))
        if (name, rule) == ("data officer", "/retention/<trigger>"):
            continue  # who keeps cases holds them, and writes no word of the matter
        path, body = WRITES[rule](secret, before[secret.uid])
        if rule == "/api/v1/cases":
            answer = doors[name].api.post("/cases", body, Idempotency_Key=str(uuid4()))
        else:
            answer = doors[name].send("POST", path, before[secret.uid], body)
        if rule.endswith(":batch"):
            assert [r["status"] for r in answer.get_json()["results"]] == [404], name
        else:
            assert answer.status_code == 404, (name, rule)
        assert not secret.leaks_in(answer.text, secret.uid), (name, rule)
    with house.db.reading("all") as session:
        assert dict(session.execute(select(cases.c.uid, cases.c.seq)).tuples().all()) == before


def test_an_export_holds_no_case_that_its_taker_does_not_see(app: Flask, everyone: Peopled) -> None:
    hidden, may = secrets(everyone), _may(everyone)
    for name in ("chair", "auditor", "auditor with a close tie"):
        door = Door(app, STANDINGS[name], everyone.org)
        whole = door.send("POST", "/exports", told={"reason": "the yearly audit", "format": "jsonl"}).text
        for secret in hidden:
            assert secret.leaks_in(whole, "") is may[name, secret.uid], (name, secret.canary)
            one = door.send("POST", "/exports", told={"reason": "the yearly audit", "format": "csv", "case": secret.number})
            assert one.status_code == (200 if may[name, secret.uid] else 422)
