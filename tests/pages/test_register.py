"""The register: filters in its address, tabs, chips, columns, saved views, one act in many cases, and the way through a filtered set."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from config import Settings
from inspect_app.errors import Invalid, NotFound
from inspect_app.pages.listing import Listing
from inspect_app.services import batches, neighbours, queries, views
from inspect_app.services.queries import Filter
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def visitor(app: Flask) -> Iterator[Visitor]:
    yield Visitor(app)


def token(visitor: Visitor) -> str:
    found = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/").text)
    assert found is not None
    return found[1]


def post(visitor: Visitor, path: str, **told: str | list[str]) -> tuple[int, str, str]:
    answer = visitor.client.post(path, data=told | {"csrf_token": token(visitor)}, headers=OURS)
    return answer.status_code, answer.headers.get("Location", ""), answer.text


@pytest.mark.parametrize("address", ["", "show=ended&workflow=inspection&unit=W1&q=book&mine=1&since=30&sort=-opened", "state=triage"])
def test_a_question_is_its_address_and_back(address: str) -> None:
    assert Listing.within(Listing.within(address).question) == Listing.within(address)


def test_what_an_address_does_not_know_is_left_out() -> None:
    assert Listing.within("show=nothing&since=12&assigned_to=somebody&drop=1") == Listing()


def test_each_filter_that_is_set_is_a_chip_that_takes_it_away(visitor: Visitor, org: Organisation) -> None:
    org.open()
    visitor.sign_in("chair")
    page = visitor.get("/cases?workflow=inspection&unit=W1&mine=1&q=drug").text
    chips = re.findall(r'<a class="chip" href="([^"]+)">([^<]+)', page)
    assert {words.strip() for _, words in chips} == {"Kind: Inspection", "Unit: Ward 1", "I have a part in it", "“drug”"}
    assert "/cases?unit=W1&amp;q=drug&amp;mine=1" in {url for url, _ in chips}


def test_the_states_of_the_chosen_kind_are_tabs(visitor: Visitor, org: Organisation) -> None:
    org.open(title="Registered one")
    assessed = org.open(title="Assessed one").case
    org.act("officer", assessed, "assess", assessment="founded", no_duplicate=True)
    visitor.sign_in("chair")
    page = visitor.get("/cases?workflow=inspection&state=triage").text
    assert re.search(r'state=triage[^"]*" aria-current="true">being assessed', page)
    assert "Assessed one" in page and "Registered one" not in page


def test_who_finds_nothing_by_words_reads_that_the_newest_are_found_a_moment_later(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    org.open(title="Kho vật tư")

    def said() -> list[bool]:
        return ["found a moment later" in page for page in (visitor.get("/cases?q=vat+tu").text, post(visitor, "/search", q="vat tu")[2])]

    assert said() == [True, True]
    org.index()
    assert said() == [False, False] and "Kho vật tư" in visitor.get("/cases?q=vat+tu").text
    assert "found a moment later" not in visitor.get("/cases?unit=nowhere").text


def test_the_button_after_words_that_stand_near_each_other_offers_to_look_for_them_apart(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("officer")
    org.open(title="Kho vật tư")
    org.index()
    apart, following = "Look for the words apart from each other, too", "Next page"
    page = post(visitor, "/search", q="vat tu")[2]
    assert apart in page and following not in page
    page = post(visitor, "/search", q="kho")[2]
    assert apart not in page and following not in page


def test_columns_and_their_order_are_remembered(visitor: Visitor, org: Organisation) -> None:
    org.open()
    visitor.sign_in("chair")
    where = post(visitor, "/cases/columns", column=["opened", "state"], question="workflow=inspection", **{"at-opened": "1", "at-state": "2"})
    assert where[:2] == (303, "/cases?workflow=inspection")
    page = visitor.get("/cases").text
    head = page[page.index("<thead>"):page.index("</thead>")]
    assert [words for words in re.findall(r"(Case|Opened|State|Unit|Due)", head)] == ["Case", "Opened", "State"]


def test_a_view_is_found_by_its_short_link_and_by_nobody_else_while_it_is_private(visitor: Visitor, org: Organisation) -> None:
    org.open()
    visitor.sign_in("chair")
    _, link, _ = post(visitor, "/views", name="Ward one", question="unit=W1&show=all")
    assert visitor.get(link).headers["Location"].startswith("/cases?show=all&unit=W1&view=")
    assert "Ward one" in visitor.get("/cases").text
    visitor.client.delete_cookie("sid")
    visitor.sign_in("officer")
    assert visitor.get(link).status_code == 404
    assert "Ward one" not in visitor.get("/cases").text
    assert post(visitor, f"{link}/remove")[0] == 404


def test_a_shared_view_shows_each_reader_only_what_they_may_see(visitor: Visitor, org: Organisation) -> None:
    org.open(title="Only for the chair", unit="W2")
    code = views.keep(org.house, org["chair"], "All of it", "show=all", "HQ", private=False)
    assert [v.name for v in views.of(org.house, org["officer"])] == ["All of it"]
    assert views.of(org.house, org["stranger"]) == []
    assert [v.name for v in views.of(org.house, org["head"])] == []
    with pytest.raises(NotFound):
        views.one(org.house, org["stranger"], code)
    visitor.sign_in("auditor")
    assert "Only for the chair" in visitor.client.get(f"/views/{code}", follow_redirects=True).text


def test_who_may_share_what(org: Organisation) -> None:
    assert [code for code, _ in views.shareable(org.house, org["head"])] == ["W1"]
    assert views.shareable(org.house, org["stranger"]) == []
    for who, unit, private in (("stranger", "W1", False), ("head", "HQ", False), ("chair", "HQ", True)):
        with pytest.raises(Invalid):
            views.keep(org.house, org[who], "A view", "show=all", unit, private=private)


def test_a_view_that_searches_for_words_is_not_shared(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("chair")
    status, _, page = post(visitor, "/views", name="Whom I mean", question="q=somebody", unit="HQ")
    assert status == 422 and "stays private" in page and "Whom I mean" in page
    assert post(visitor, "/views", name="Whom I mean", question="q=somebody")[0] == 303


def test_of_acts_in_many_cases_those_that_the_rules_allow_are_offered_and_those_first_that_lead_on(visitor: Visitor, org: Organisation) -> None:
    chosen = [org.open(title=f"Case {n}").case for n in range(2)]
    assert all("decline_proposal" in {t.trigger for t in batches.together(queries.case(org.house, org["chair"], uid))} for uid in chosen)
    for login in ("officer", "chair"):
        visitor.sign_in(login)
        offers = re.findall(r'name="act" value="inspection:([a-z_]+)"', visitor.client.get("/cases/together", query_string={"case": chosen}).text)
        assert "decline_proposal" not in offers and "note_for_record" in offers
        assert login != "officer" or offers[0] == "assess"


def test_one_act_in_many_cases_has_an_answer_for_each(visitor: Visitor, org: Organisation) -> None:
    first, second, moved = (org.open(title=f"Case {n}").case for n in range(3))
    visitor.sign_in("officer")
    page = visitor.client.get("/cases/together", query_string={"case": [first, second, moved], "act": "inspection:assess"}).text
    hidden: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page[page.index('class="act card"'):]):
        hidden.setdefault(name, []).append(value)
    org.act("officer", moved, "note_for_record", note="meanwhile")
    told = hidden | {"assessment": "founded", "no_duplicate": "y"}
    answer = visitor.client.post("/cases/together", data=told, headers=OURS)
    assert re.findall(r'data-status="(\d+)"', answer.text) == ["201", "201", "412"]
    assert [queries.case(org.house, org["officer"], uid).state for uid in (first, second, moved)] == ["triage", "triage", "registered"]
    again = visitor.client.post("/cases/together", data=told, headers=OURS)
    assert re.findall(r'data-status="(\d+)"', again.text)[:2] == ["201", "201"]
    assert queries.case(org.house, org["officer"], first).seq == 2


def test_what_touches_a_persons_standing_is_never_offered_in_many_cases(visitor: Visitor, org: Organisation) -> None:
    cases = [org.open().case for _ in range(2)]
    for case in cases:
        org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
        org.act("officer", case, "propose", work_type="suspicion", why="it repeats")
    visitor.sign_in("chair")
    page = visitor.client.get("/cases/together", query_string={"case": cases}).text
    assert "inspection:note_for_record" in page and '"inspection:issue"' not in page and "issue_paper" not in page
    assert visitor.client.post("/cases/together", data={"csrf_token": token(visitor), "case": cases, "act": "inspection:issue"},
                               headers=OURS).status_code == 422


def test_cases_of_others_are_not_there_for_an_act_in_many(visitor: Visitor, org: Organisation) -> None:
    case = org.open(title="Not theirs").case
    visitor.sign_in("stranger")
    assert "Not theirs" not in visitor.get(f"/cases/together?case={case}").text
    assert post(visitor, "/cases/together", case=case, act="inspection:note_for_record", note="x")[0] == 404


@pytest.mark.parametrize("sort", ["due", "-due", "updated", "-updated", "opened", "-opened"])
def test_the_way_through_a_filtered_set_is_its_list(org: Organisation, sort: str) -> None:
    for n in range(4):
        org.open(title=f"Case {n}", unit=("W1", "W2")[n % 2])
    org.open(title="Case 4", unit="W1")
    wanted = Filter(unit="W1")
    rows = queries.register(org.house, org["chair"], wanted, sort=sort).rows
    assert len(rows) == 3
    for n, row in enumerate(rows):
        before, after = neighbours.neighbours(org.house, org["chair"], row, wanted, sort)
        assert (before and before.uid) == (rows[n - 1].uid if n else None)
        assert (after and after.uid) == (rows[n + 1].uid if n + 1 < len(rows) else None)


def test_the_page_of_a_case_leads_on_through_the_list_it_was_opened_from(visitor: Visitor, org: Organisation) -> None:
    for n in range(2):
        org.open(title=f"Case {n}")
    visitor.sign_in("chair")
    link = re.search(r'href="(/cases/[0-9a-f-]+\?within=[^"]+)">Case', visitor.get("/cases?unit=W1&sort=opened").text)
    assert link is not None
    page = visitor.get(link[1].replace("&amp;", "&")).text
    assert 'rel="next"' in page and 'rel="prev"' not in page
    assert "/cases?unit=W1&amp;sort=opened" in page
