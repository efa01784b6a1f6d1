"""Who was given access to a case stands on its page, for those who handle it, for as long as it is in force."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from config import Settings
from inspect_app import i18n
from inspect_app.now import hold, now
from inspect_app.services import queries
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation
from tests.services.test_walls import tie
from workflows.roles import Role

DAY = 86_400_000_000


@pytest.fixture
def visitor(settings: Settings, org: Organisation) -> Visitor:
    return Visitor(application(settings, org.house))


def told(visitor: Visitor, login: str, uid: str) -> str:
    """What the list says to somebody; nothing where it is not shown."""
    visitor.sign_in(login)
    found = re.search(r'<h2 id="given">.*?</section>', visitor.get(f"/cases/{uid}?file=1").text)
    return found[0] if found else ""


def give(org: Organisation, who: str, uid: str, days: int, reason: str) -> None:
    org.act(who, uid, "grant_access", person=org["stranger"].id, until=(queries.today(org.house) + timedelta(days)).isoformat(), reason=reason)


def test_access_is_listed_with_its_last_day_its_giver_and_its_reason_until_it_is_withdrawn(visitor: Visitor, org: Organisation) -> None:
    uid = org.open().case
    org.act("chair", uid, "grant_access", person=org["stranger"].id, until="2099-12-31", reason="keeps the keys of the store")
    for login in ("officer", "auditor"):
        page = told(visitor, login, uid)
        assert "Stranger Person" in page and "31 Dec 2099, by Chair Person" in page and "keeps the keys of the store" in page
    org.act("chair", uid, "withdraw_access", person=org["stranger"].id, reason="no longer")
    assert not told(visitor, "officer", uid)


def test_access_that_is_given_again_is_listed_as_it_was_given_last(visitor: Visitor, org: Organisation) -> None:
    uid, begun = org.open().case, now()
    give(org, "chair", uid, 3, "keeps the keys")
    with hold(begun + 2 * DAY):
        give(org, "chair", uid, 5, "keeps the books as well")
        page, today = told(visitor, "officer", uid), queries.today(org.house)
        assert f"from {i18n.day(today, 'en')} until {i18n.day(today + timedelta(5), 'en')}" in page
        assert "keeps the books as well" in page and "keeps the keys" not in page and page.count("Stranger Person") == 1
    with hold(begun + 8 * DAY):
        assert not told(visitor, "officer", uid)


def test_whoever_stands_behind_a_wall_meanwhile_is_not_in_the_list(visitor: Visitor, org: Organisation) -> None:
    uid = org.ordered()
    give(org, "chair", uid, 30, "keeps the keys")
    assert "Stranger Person" in told(visitor, "officer", uid)
    tie(org, "stranger", "head")
    org.act("lead", uid, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    assert not told(visitor, "officer", uid)


def test_whom_the_case_is_about_sees_who_opened_the_file_and_not_who_was_given_access(visitor: Visitor, org: Organisation) -> None:
    uid = org.ordered()
    org.act("lead", uid, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    give(org, "chair", uid, 30, "keeps the keys")
    assert "Stranger Person" in told(visitor, "chair", uid)
    assert not told(visitor, "head", uid)
    assert "Chair Person" in visitor.get(f"/cases/{uid}").text.partition('id="opened"')[2]


def test_whoever_answers_for_a_matter_does_not_see_the_list_of_it_whatever_other_part_they_have(visitor: Visitor, org: Organisation) -> None:
    uid = org.open(workflow="shortcoming", trigger="note", what="The keys were left in the door.", cause_kind="work", cause="Nobody checks at night.",
                   office="head-w1", due="2099-12-31", measure="Check every night.").case
    give(org, "chair", uid, 30, "keeps the keys")
    org.act("chair", uid, "grant_access", person=org["head"].id, until="2099-12-31", reason="reads the whole file")
    assert {Role.OWNER, Role.MEMBER} <= queries.case(org.house, org["head"], uid).parts
    assert "Stranger Person" in told(visitor, "chair", uid) and not told(visitor, "head", uid)
