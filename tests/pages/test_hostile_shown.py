"""What somebody is called, and what a thing is called, is text wherever it is shown: hostile names, titles, unit names, file names and words of
events make no new element and no new attribute on any page that shows them, and no formula in a table that leaves the house."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import pypdfium2
import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Column, Table, select, update
from werkzeug.routing import MapAdapter

from config import Settings
from inspect_app.models import cases, office, person, role_grant, saved_view, unit
from inspect_app.now import hold, now
from inspect_app.services import evidence, keeping_log, observations, offices, papers, persons, queries, views
from inspect_app.services.casework import fire
from tests.api.scenario import allegation
from tests.conftest import application
from tests.pages.hostile import HARMLESS, PAYLOADS, intruders, skeleton
from tests.pages.test_audits import began
from tests.pages.test_pages import Visitor
from tests.services.organisation import CONSOLE, Organisation
from workflows.acts import Act

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
SHOWN: tuple[tuple[Table, str], ...] = ((person, "full_name"), (person, "called"), (unit, "name"), (office, "title"), (cases, "title"),
                                        (role_grant, "reason"), (saved_view, "name"))
"""What things and people are called, where it can be changed without an act."""
PEOPLE = ("chair", "officer", "head", "one", "auditor", "admin")
FEW = ("chair", "head", "admin")
"""Those who stand for everybody where it has to be quick."""
ALL = 400
"""So many pages are looked at at most; one of each kind."""
PARTS, FEWEST = 6, 5
"""The long proof has so many parts; and of each thing that is renamed there are so many at least, so that each rendering shows as many payloads."""

Say = Callable[[], str]


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def harmless() -> Say:
    numbers = count()
    return lambda: f"{HARMLESS} {next(numbers)}"


def together(n: int, first: int = 0) -> Say:
    """Each call gives the next `n` payloads in one text."""
    at = count(first)
    return lambda: " ".join(PAYLOADS[next(at) % len(PAYLOADS)] for _ in range(n))


def busy(org: Organisation, say: Say) -> str:
    """A house in which there is something on every page, with these words in what was told; returns a case of inspection."""
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    kept = evidence.store(org.house, io.BytesIO(b"a list"), f"{say()}.txt".replace("/", " "), "text/plain")
    fire(org.house, case, Act("add_evidence", org["officer"], {
        "description": say(), "held_as": "file", "sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type, "filename": kept.filename},
        stored_as=kept.stored_as))
    org.act("officer", case, "hold_responsible", **org.assignment(summary=say(), finding=say()))
    opened = queries.register(org.house, org["chair"], queries.Filter(workflow="responsibility")).rows[0].uid
    org.act("officer", opened, "notify", served_on=queries.today(org.house).isoformat())
    matter = org.open("officer", "discipline", "open_matter", title="Matter", respondent=org["one"].id, status_then="person", status_now="person",
                      source="order", task="own", level="body", decider=org["boss"].id, what=say()).case
    org.act("officer", matter, "add_evidence", description=say(), held_as="reference", reference=say())
    org.act("officer", matter, "notify", allegations=[allegation("2026-01-10", what=say(), place=say(), provision=say())], disclosed=[1],
            rights_notice=True)
    org.open("officer", "shortcoming", "note", title="Book", what=say(), cause_kind="procedure", cause=say(), office="head-w1", due="2099-12-31",
             measure=say())
    org.open("stranger", "concern", "raise_concern", title="Concern", what=say(), conduct="act", place="store", happened_from="2026-05-04")
    persons.record_absence(org.house, CONSOLE, org["two"].id, "leave", "2026-01-01", "2099-12-31")
    for n in range(FEWEST):
        views.keep(org.house, org["chair"], f"Mine {n}", "show=all", None, private=True)
        offices.add_office(org.house, CONSOLE, f"post-{n}", f"Post {n}", "W2")
        persons.grant(org.house, CONSOLE, "boss", "member", "W2", since=f"{2030 + n}-01-01", until=f"{2030 + n}-12-31", reason="Order")
    observations.observe(org.house, org["auditor"], began(org, 2), "W1", None, say(), "2099-12-31")
    papers.draw(org.house, org["officer"], queries.case(org.house, org["officer"], case), "order", "en", "none", patience=0)
    keeping_log.round_of(org.house)
    return case


def noted(org: Organisation, case: str, words: Iterator[str]) -> None:
    """Each of these words in an event of its own."""
    for one in words:
        org.act("officer", case, "note_for_record", note=one)


def renamed(org: Organisation, says: dict[str, Say]) -> None:
    """Everything and everybody is called something else; what each column is called follows its own sequence."""
    with org.house.db.atomic("all") as session:
        for table, name in SHOWN:
            column: Column[str] = table.c[name]
            for (id_,) in session.execute(select(table.c.id).where(column.is_not(None))).all():
                words = says[f"{table.name}.{name}"]()
                session.execute(update(table).where(table.c.id == id_).values({name: words[:getattr(column.type, "length", None)]}))


def sequences(made: Callable[[], Say]) -> dict[str, Say]:
    return {f"{table.name}.{name}": made() for table, name in SHOWN}


def walked(app: Flask, visitor: Visitor) -> list[str]:
    """The pages that somebody gets to by links, from the first: one of each kind."""
    rules: MapAdapter = app.url_map.bind("localhost")
    ahead, seen, kinds = ["/"], {"/"}, Counter[str]()
    found: list[str] = []
    while ahead and len(found) < ALL:
        path = ahead.pop(0)
        answer = visitor.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        found.append(path)
        for link in html.document_fromstring(answer.text).iter("a"):
            there = (link.get("href") or "").split("#")[0]
            if not there.startswith("/") or there in seen or there.startswith(("/static", "/api")):
                continue
            seen.add(there)
            kind = str(rules.match(there.split("?")[0], method="GET")[0])
            kinds[kind] += 1
            if kinds[kind] == 1:
                ahead.append(there)
    return found


def looked_at(app: Flask, org: Organisation, renderings: int, made: Callable[[int], dict[str, Say]], people: Sequence[str] = PEOPLE) -> int:
    """Look at every page as everybody, first with harmless names and then with hostile ones: nothing but text differs."""
    renamed(org, sequences(harmless))
    visitors = [Visitor(app) for _ in people]
    for visitor, login in zip(visitors, people, strict=True):
        visitor.sign_in(login)
    pages = [walked(app, visitor) for visitor in visitors]
    readers = [(visitor, {path: Counter(skeleton(visitor.get(path).text)) for path in paths})  # now that it is known who opened what
               for visitor, paths in zip(visitors, pages, strict=True)]
    for n in range(renderings):
        renamed(org, made(n))
        for visitor, plain in readers:
            for path, before in plain.items():
                page = visitor.get(path).text
                assert list(intruders(page)) == [], path
                after = Counter(skeleton(page))
                assert after == before, (path, after - before, before - after)
    return len({path for _, plain in readers for path in plain})


def cells(app: Flask) -> list[str]:
    """Every cell of the table of the chair."""
    chair = Visitor(app)
    chair.sign_in("chair")
    answer = chair.send("/exports", told={"reason": "the yearly audit", "format": "csv"})
    assert answer.status_code == 200, answer.text
    return [cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in row]


def no_formula(app: Flask) -> None:
    found = cells(app)
    assert len(found) > 100
    assert [cell for cell in found if cell[:1] in ("=", "@", "\t", "\r") or (cell[:1] in ("+", "-") and not cell[1:2].isdigit())] == []


def no_program(app: Flask, number: str) -> None:
    """The case file as PDF shows what was typed, and carries no program, no form and no file."""
    chair = Visitor(app)
    chair.sign_in("chair")
    answer = chair.send("/exports", told={"reason": "the yearly audit", "format": "pdf", "case": number})
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF-")
    assert not any(mark in answer.data for mark in (b"/JavaScript", b"/AcroForm", b"/EmbeddedFile", b"/Launch"))
    text = "".join("".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.data)).split())
    assert "<script>alert(1)</script>" in text


def test_hostile_names_and_words_are_text_on_every_page_that_shows_them(app: Flask, org: Organisation) -> None:
    case = busy(org, together(2))
    noted(org, case, (" ".join(PAYLOADS[i:i + 20]) for i in range(0, len(PAYLOADS), 20)))
    with hold(now()):
        assert looked_at(app, org, 1, lambda n: sequences(lambda: together(4)), FEW) > 40
    no_formula(app)
    no_program(app, queries.case(org.house, org["chair"], case).number)


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))
def test_each_of_three_hundred_is_text_as_every_name_and_in_every_word(app: Flask, org: Organisation, part: int) -> None:
    share = len(PAYLOADS) // PARTS
    some = PAYLOADS[part * share:(part + 1) * share]
    case = busy(org, together(1, part * share))
    noted(org, case, iter(some))
    says = sequences(lambda: together(1, part * share))
    with hold(now()):
        assert looked_at(app, org, share // FEWEST, lambda n: says) > 40
    no_formula(app)
    no_program(app, queries.case(org.house, org["chair"], case).number)
