"""Who was given access to a case stands on its page, for those who handle it, for as long as it is in force."""

from __future__ import annotations

import pytest

from config import Settings
from inspect_app.services import readings
from inspect_app.services.queries import case
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import Organisation


@pytest.fixture
def visitor(settings: Settings, org: Organisation) -> Visitor:
    return Visitor(application(settings, org.house))


def test_access_that_was_given_is_listed_with_its_last_day_and_who_gave_it_until_it_is_withdrawn(visitor: Visitor, org: Organisation) -> None:
    uid = org.open().case
    org.act("chair", uid, "grant_access", person=org["stranger"].id, until="2099-12-31", reason="needs to know")
    for login in ("officer", "auditor"):
        visitor.sign_in(login)
        page = visitor.get(f"/cases/{uid}").text
        told = page[page.index('id="given"'):]
        assert "Stranger Person" in told and "31 Dec 2099, by Chair Person" in told
    org.act("chair", uid, "withdraw_access", person=org["stranger"].id, reason="no longer")
    assert readings.given(org.house, case(org.house, org["officer"], uid)) == []
    visitor.sign_in("officer")
    assert 'id="given"' not in visitor.get(f"/cases/{uid}").text
