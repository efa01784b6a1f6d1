"""My work: most urgent first, one action a row, and for whom one acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import escape
from types import SimpleNamespace

import pytest
from flask import Flask

from config import Settings
from inspect_app.now import hold, now
from inspect_app.services import acting, awaited, observations, offices, queries
from inspect_app.services.events import events_of
from tests.api.scenario import allegation
from tests.conftest import application
from tests.pages.test_audits import began
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import CONSOLE, Organisation


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


def held_responsible(org: Organisation) -> str:
    """A responsibility of the head of W1, as a case."""
    case = org.ordered()
    org.act("officer", case, "hold_responsible", **org.assignment())
    opened = queries.register(org.house, org["chair"], queries.Filter(workflow="responsibility")).rows[0].uid
    org.act("officer", opened, "notify", served_on=queries.today(org.house).isoformat())
    return opened


def lend(org: Organisation) -> None:
    day = queries.today(org.house)
    offices.delegate(org.house, CONSOLE, "head-w1", "head", "deputy", (day - timedelta(days=1)).isoformat(), (day + timedelta(days=9)).isoformat(),
                     reason="leave")


def test_each_row_has_one_action_and_stands_under_how_urgent_it_is(visitor: Visitor, org: Organisation) -> None:
    org.open()
    visitor.sign_in("officer")
    page = visitor.get("/").text
    table = page[page.index('id="waits"'):]
    assert re.findall(r'class="bucket"><th[^>]*>([^<]+)', table)
    for row in re.findall(r"<tr data-workflow.*?</tr>", table, re.S):
        assert len(re.findall(r'class="btn btn-sm"', row)) == 1


def first(org: Organisation, who: str, case: str) -> awaited.Awaited:
    return awaited.acts(org.house, org[who], [queries.case(org.house, org[who], case)])[case]


def test_what_does_not_stand_on_the_first_page_stands_on_the_next(visitor: Visitor, org: Organisation) -> None:
    titles = [f"Drug book {n:02}" for n in range(53)]
    for title in titles:
        org.open(title=title)
    visitor.sign_in("officer")
    first = visitor.get("/").text
    further = re.search(r'rel="next" href="([^"]+)"', first)
    assert further is not None and 'id="record"' in first
    second = visitor.get(further[1].replace("&amp;", "&")).text
    found = [re.findall(r"Drug book \d\d(?=</a>)", page) for page in (first, second)]
    assert [len(page) for page in found] == [50, 3] and sorted(found[0] + found[1]) == titles
    assert 'rel="next"' not in second and 'id="record"' not in second
    assert re.search(r'rel="next" href="/\?for=me&amp;cursor=', visitor.get("/?for=me").text)


def test_the_action_of_a_row_is_what_the_case_waits_for_and_the_others_are_beside_it(visitor: Visitor, org: Organisation) -> None:
    case = org.open().case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    assert first(org, "officer", case).first == "propose"
    opened = held_responsible(org)
    head, row = first(org, "head", opened), queries.case(org.house, org["head"], opened)
    assert head.first == "receive" and {head.first, *head.others} == set(row.waits)
    matter = org.open("officer", "discipline", "open_matter", title="Matter", respondent=org["one"].id, status_then="person", status_now="person",
                      source="order", task="own", level="body", decider=org["boss"].id, what="Stores were not counted.").case
    org.act("officer", matter, "add_evidence", description="Store book", held_as="reference", reference="File 7")
    org.act("officer", matter, "notify", allegations=[allegation("2026-01-10")], disclosed=[1], rights_notice=True)
    org.act("one", matter, "answer", position="agreed", statement="I was alone on shift.")
    visitor.sign_in("officer")
    page = visitor.get("/").text
    rows = re.findall(r"<tr data-workflow.*?</tr>", page, re.S)
    assert any(re.search(r'<details class="others"><summary.*?</details>', one, re.S) for one in rows)
    for one in rows:
        links = re.findall(r'href="(/cases/[^"]+/acts/[^"]+)"', one)
        assert links and len(links) == len(set(links))


def test_nobody_is_led_to_an_act_that_the_rules_do_not_allow_yet(visitor: Visitor, org: Organisation) -> None:
    case = org.open("head", "shortcoming", "note", "W1", "Fire door", what="The fire door was blocked", cause_kind="procedure",
                    cause="nobody checks it at night", office="head-w1", measure="a check in each round").case
    org.act("head", case, "finish", what_was_done="A check stands in the round.")
    told = awaited.possible(org.house, org["head"], [queries.case(org.house, org["head"], case)])[case]
    assert first(org, "head", case).first == told.first == "check"
    visitor.sign_in("head")
    row = next(one for one in re.findall(r"<tr data-workflow.*?</tr>", visitor.get("/").text, re.S) if case in one)
    assert "/acts/check" not in row and told.lacks and all(escape(rule) in row for rule in told.lacks)


def test_nobody_is_led_to_a_measure_where_there_is_another_way(org: Organisation) -> None:
    law = org.house.catalogue.by_name["minor_matter"]
    row = SimpleNamespace(id=0, uid="u", workflow=law, state="answered", waits=("settle_without", "settle"))
    found = awaited.acts(org.house, org["head"], [row])["u"]  # type: ignore[list-item]
    assert found == awaited.Awaited(None, ("settle_without", "settle"))


def test_an_observation_waits_in_my_work_and_everybody_above_sees_it_once_it_is_late(visitor: Visitor, app: Flask, org: Organisation) -> None:
    number = began(org, 1)
    observations.observe(org.house, org["auditor"], number, "W1", None, "Two signals were left.", queries.today(org.house).isoformat())
    chair = Visitor(app)
    visitor.sign_in("head")
    chair.sign_in("chair")
    assert "Observations to answer" in visitor.get("/").text
    assert "Observations to answer" not in chair.get("/").text
    with hold(now() + 2 * 86_400_000_000):
        late = Visitor(app)
        late.sign_in("chair")
        assert "not answered in time" in late.get("/").text


def test_who_acts_for_an_office_switches_to_it_and_both_names_are_recorded(visitor: Visitor, org: Organisation) -> None:
    case = held_responsible(org)
    lend(org)
    assert [(o.code, o.behalf) for o in acting.offices(org.house, org["deputy"])] == [("head-w1", "Head Person")]
    visitor.sign_in("deputy")
    assert "You act for: Head of W1, Ward 1, until" in visitor.get("/?for=head-w1").text
    number = queries.case(org.house, org["deputy"], case).number
    assert number in visitor.get("/?for=head-w1").text
    assert number not in visitor.get("/?for=me").text
    assert visitor.send(f"/cases/{case}/acts/receive", key="a").status_code == 303
    with org.house.db.reading("all") as session:
        last = list(events_of(session, queries.case(org.house, org["deputy"], case).id))[-1]
    assert (last.actor, last.on_behalf_of) == (org["deputy"].id, org["head"].id)


def test_who_holds_the_office_acts_for_nobody(visitor: Visitor, org: Organisation) -> None:
    case = held_responsible(org)
    assert acting.offices(org.house, org["head"]) == []
    row = queries.case(org.house, org["head"], case)
    assert acting.behalf(org.house, org["head"], row) is None
    visitor.sign_in("head")
    assert 'class="tabs acting"' not in visitor.get("/").text
    assert visitor.client.post(f"/cases/{case}/acts/receive", data={}, headers=OURS).status_code == 400
