"""Lists by their roads: page by page they are what asking for everything at once gives, for whoever asks and whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from inspect_app.access.parts import reach_of, visible_to
from inspect_app.db import Session
from inspect_app.models import cases, office, person, stream, unit
from inspect_app.now import now
from inspect_app.services import (
    choosing,
    lists,
    lookups,
    pointing,
    queries,
    reckoning,
    roads,
    searching,
    standing,
    stretches,
    weighing,
    wording,
)
from inspect_app.services.queries import SORTS, Filter, conditions
from inspect_app.services.rows import fast, today
from inspect_app.services.standing import viewer_of
from inspect_app.services.steering import How, steered
from tests.services.organisation import LOGINS, Organisation

WORDS = ("kho", "thuốc", "sổ", "đạn", "xe", "bếp", "ăn", "ca", "lò")
DAY = 86_400_000_000


def filled(org: Organisation, chance: Random, number: int) -> None:
    """Cases of all kinds, units and due days; some with an office, a body or a superior, some rehearsed or put away, and at many moments."""
    with org.house.db.reading() as session:
        offices = session.execute(select(office.c.id).order_by(office.c.id)).scalars().all()
        board = session.execute(select(unit.c.id).where(unit.c.code == "RB")).scalar_one()
    for n in range(number):
        title = " ".join(chance.sample(WORDS, chance.choice((2, 2, 5, 9)))) + f" {n}"
        case = org.open(title=title, unit=chance.choice(("W1", "W2", "HQ"))).case
        if chance.random() < 0.5:
            org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
        changed = {"rehearsal": chance.random() < 0.1, "paused": chance.random() < 0.1, "closed_circle": chance.random() < 0.1,
                   "office_id": chance.choice((None, None, *offices)), "superior_office_id": chance.choice((None, None, None, *offices)),
                   "body_id": chance.choice((None, None, board))} | ({"unit_id": None} if chance.random() < 0.1 else {})
        changed |= {"is_open": False, "state": "closed_no_case"} if chance.random() < 0.3 else {}
        due = chance.choice((None, now() + chance.randint(-50, 50) * DAY))
        with org.house.db.atomic("all") as session:
            one = session.execute(update(cases).where(cases.c.uid == case).values(**changed, due_at=due, due_order=2**53 if due is None else due)
                                  .returning(cases.c.id)).scalar_one()
            at = now() - chance.randint(0, 5) * DAY
            session.execute(update(cases).where(cases.c.id == one).values(updated_at=at))
            session.execute(update(stream).where(stream.c.id == one).values(at=at))
    org.index()


def naive(org: Organisation, who: str, wanted: Filter, sort: str) -> list[int]:
    """Everything at once, in its order."""
    key, down = SORTS[sort]
    actor = org[who]
    with org.house.db.reading(reach_of(actor)) as session:
        viewer = viewer_of(session, actor, today(org.house))
        order = (key.desc(), cases.c.id.desc()) if down else (key, cases.c.id)
        asked_for = (*conditions(org.house, wanted), visible_to(viewer, fast(org.house)))
        rows = session.execute(select(cases.c.id, cases.c.number, cases.c.title).where(*asked_for).order_by(*order)).all()
    asked = set(wording.words(wanted.q or ""))
    return [id_ for id_, number, title in rows if asked <= set(wording.words(f"{number} {title}"))]


def paged(org: Organisation, who: str, wanted: Filter, sort: str, limit: int) -> list[int]:
    """The same page by page."""
    found: list[int] = []
    cursor = None
    while True:
        page = queries.register(org.house, org[who], wanted, sort=sort, limit=limit, cursor=cursor)
        found += [row.id for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize(("wide", "many"), [(10, False), (0, False), (10, True), (0, True)])
def test_pages_are_what_asking_for_everything_gives(org: Organisation, wide: int, many: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "WIDE", wide)  # with 0 nobody reaches enough to be asked without their units
    monkeypatch.setattr(choosing, "GATHERED", 0)  # and nothing is so little that no span is asked for
    for module in (roads, stretches):
        monkeypatch.setattr(module, "STRETCH", 1)
    monkeypatch.setattr(stretches, "GONE", 3)
    monkeypatch.setattr(weighing, "LOOKED_UP", dict.fromkeys(weighing.LOOKED_UP, 10**6 if many == (wide == 0) else 0))
    if many:
        monkeypatch.setattr(reckoning, "LEAST", 0)
        monkeypatch.setattr(reckoning, "MANY", 0)  # whatever somebody has, or asks for, is too many to gather
        monkeypatch.setattr(standing, "NAMED", 1)  # or to name
    chance = Random(7 + wide + many)
    filled(org, chance, 14)
    with org.house.db.reading() as session:
        uids = list(session.execute(select(person.c.uid)).scalars())
    for _ in range(60):
        who, sort = chance.choice(LOGINS), chance.choice(list(SORTS))
        wanted = Filter(
            state=chance.choice((None, None, None, "registered", "triage", "closed_no_case")), workflow=chance.choice((None, None, "inspection")),
            unit=chance.choice((None, None, "W1", "HQ", "nowhere")), overdue=chance.choice((None, None, True, False)),
            assigned_to=chance.choice((None, None, None, *uids[:3])),
            q=chance.choice((None, None, "kho", "so thuoc", "dan xe kho", "lo 2026", "khoa")),
            updated_since=chance.choice((None, None, now() - 2 * DAY)), is_open=chance.choice((None, True, False)),
            contradictory=chance.choice((None, None, None, False)), body=chance.choice((None, None, None, "RB")),
            rehearsal=chance.choice((False, False, True, None)))
        expected = naive(org, who, wanted, sort)
        assert paged(org, who, wanted, sort, chance.choice((1, 3, 50))) == expected, (who, wanted, sort)
        monkeypatch.setattr(lookups, "CAP", cap := chance.choice((1, 3, 1000)))
        assert lookups.count(org.house, org[who], wanted) == (min(cap, len(expected)), len(expected) > cap), (who, wanted, cap)


def test_what_is_remembered_of_a_moment_ago_hides_nothing_new(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "WIDE", 0)
    monkeypatch.setattr(choosing, "GATHERED", 0)
    chance = Random(17)
    for _ in range(3):
        filled(org, chance, 8)
        for who in LOGINS:
            for sort in SORTS:
                assert paged(org, who, Filter(is_open=True), sort, 2) == naive(org, who, Filter(is_open=True), sort), (who, sort)


@pytest.mark.parametrize("wide", [10, 0])
def test_words_that_many_cases_have_are_met_on_the_road(org: Organisation, wide: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few of them are told at once, of whatever else is asked for besides."""
    monkeypatch.setattr(roads, "SAMPLE", 1)  # every word is one that many cases have
    for module in (roads, lists):
        monkeypatch.setattr(module, "SPARE", 0)
    monkeypatch.setattr(roads, "MOST_MET", 1)
    monkeypatch.setattr(standing, "WIDE", wide)  # with 0 nobody reaches enough to be asked without their units
    monkeypatch.setattr(choosing, "GATHERED", 0)
    chance = Random(11)
    filled(org, chance, 16)
    asked: set[str] = set()
    pointed_out = pointing.pointed_out

    def heard(session: Session, words: list[str], told: Mapping[str, Any], most: int) -> list[tuple[int, int]]:
        asked.add(told["road"])
        return pointed_out(session, words, told, most)

    monkeypatch.setattr("inspect_app.services.roads.pointed_out", heard)
    for sort in SORTS:
        for is_open in (None, True, False):
            for q in ("kho", "thuoc so", "2026", "12"):
                wanted = Filter(q=q, is_open=is_open, state=chance.choice((None, None, "triage", "closed_no_case")),
                                body=chance.choice((None, None, "RB")), workflow=chance.choice((None, "inspection")),
                                unit=chance.choice((None, "W1", "HQ")))
                for who in LOGINS:
                    assert paged(org, who, wanted, sort, 3) == naive(org, who, wanted, sort), (who, wanted, sort)
    if org.house.db.is_sqlite:
        assert not asked
    else:
        assert asked >= ({"due", "opened", "updated"} if wide else {"units due", "units opened", "units updated"})


def test_a_list_leaves_the_planner_as_it_was(org: Organisation) -> None:
    if org.house.db.is_sqlite:
        pytest.skip("SQLite is not steered.")
    with org.house.db.reading("all") as session:
        told = text("SELECT name, setting FROM pg_settings WHERE name LIKE 'enable%' ORDER BY name")
        before = session.execute(told).all()
        ways: tuple[How, ...] = ("walks", "seeks", "walks")
        for how in ways:
            with steered(session, how):
                assert session.execute(told).all() != before
            with steered(session):
                assert session.execute(told).all() == before


def worked(org: Organisation, who: str, size: int) -> list[int]:
    """What waits, page by page."""
    found: list[int] = []
    cursor = None
    while True:
        page = queries.work(org.house, org[who], limit=size, cursor=cursor)
        assert len(page.rows) <= size
        found += [row.id for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize(("looks", "many"), [(1, False), (50, False), (50, True)])
def test_what_waits_is_what_looking_at_every_open_case_gives(org: Organisation, monkeypatch: pytest.MonkeyPatch, looks: int, many: bool) -> None:
    if many:
        monkeypatch.setattr(reckoning, "LEAST", 0)
        monkeypatch.setattr(reckoning, "MANY", 0)
        monkeypatch.setattr(standing, "NAMED", 1)
    monkeypatch.setattr(lists, "MOST_LOOKS", looks)
    monkeypatch.setattr(standing, "WIDE", 0)
    monkeypatch.setattr(choosing, "GATHERED", 0)
    filled(org, Random(3), 20)
    waiting = 0
    for who in LOGINS:
        order = naive(org, who, Filter(is_open=True), "due")
        rows = {row.id: row for row in queries.register(org.house, org[who], limit=200).rows}
        expected = [number for number in order if rows[number].waits]
        assert [row.id for row in queries.work(org.house, org[who], limit=200).rows] == expected, who
        assert worked(org, who, 3) == expected, who
        waiting += len(expected)
    assert waiting


def test_no_list_and_no_search_reads_every_case(org: Organisation) -> None:
    """As the embedded database plans what is asked: it looks cases up, or goes along an index in the order of the list."""
    if not org.house.db.is_sqlite:
        pytest.skip("with few cases PostgreSQL rightly reads them all")
    filled(org, Random(5), 20)
    asked: list[tuple[str, Any]] = []

    def hear(_session: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        asked.append((statement, values))

    event.listen(org.house.db.engine, "before_cursor_execute", hear)
    try:
        for who in LOGINS:
            queries.work(org.house, org[who])
            for sort in SORTS:
                queries.register(org.house, org[who], sort=sort)
                for wanted in (Filter(state="registered"), Filter(workflow="appeal"), Filter(body="RB"), Filter(unit="W1"), Filter(rehearsal=True),
                               Filter(updated_since=now() - DAY), Filter(overdue=True)):
                    queries.register(org.house, org[who], wanted, sort=sort)
            queries.register(org.house, org[who], Filter(q="kho thuốc", is_open=True), sort="due")
            searching.search(org.house, org[who], "kho thuốc")
    finally:
        event.remove(org.house.db.engine, "before_cursor_execute", hear)
    listed = [(statement, values) for statement, values in asked if "FROM cases" in statement]
    assert len(listed) > 20
    with org.house.db.reading("all") as session:
        driver: Any = session.connection.driver_connection
        for statement, values in listed:
            plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert "SCAN cases" not in plan, (statement, plan)
