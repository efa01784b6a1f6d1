"""Receipts on the pages: after an act, beside every event, and as a file that the verification reads; and a log that is opened."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from config import Settings
from inspect_app.audit import receipts
from inspect_app.services import checkpoints, keeping_log
from tests.conftest import application
from tests.pages.test_pages import OURS, REGISTER, Visitor
from tests.services.organisation import Organisation

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def test_after_an_act_the_page_hands_out_its_receipt(app: Flask, org: Organisation) -> None:
    keeping_log.round_of(org.house)
    visitor = Visitor(app)
    visitor.sign_in("officer")
    where = visitor.send("/cases/new/inspection", OURS, REGISTER).headers["Location"]
    page = visitor.get(where).text
    assert "Recorded as event 1." in page
    link = re.search(r'href="(/cases/[^"]+/receipts/1)"', page)
    assert link is not None
    answer = visitor.get(link[1])
    assert answer.headers["Content-Disposition"].endswith('-1.txt"')
    with org.house.db.reading("all") as session:
        told = receipts.opened(answer.data, checkpoints.known(session))
    assert told.log == org.house.log and told.leaf.hex() in page


def test_a_receipt_is_for_who_is_told_of_the_event(app: Flask, org: Organisation) -> None:
    case = org.ordered()
    visitor = Visitor(app)
    visitor.sign_in("stranger")
    assert visitor.get(f"/cases/{case}/receipts/1").status_code == 404
    visitor.sign_in("lead")
    assert visitor.get(f"/cases/{case}/receipts/1").status_code == 200
    assert visitor.get(f"/cases/{case}/receipts/99").status_code == 404


def test_the_log_is_closed_to_the_public_unless_it_is_opened(app: Flask, settings: Settings, org: Organisation) -> None:
    keeping_log.round_of(org.house)
    doors = ("/log", "/api/v1/log", "/api/v1/log/checkpoint")
    assert [Visitor(app).get(door).status_code for door in doors] == [303, 401, 401]
    opened = Visitor(application(replace(settings, open_log=True), org.house))
    assert [opened.get(door).status_code for door in doors] == [200, 200, 200]
    assert opened.client.post("/log", headers=OURS).status_code == 422
    assert [opened.get(door).status_code for door in ("/metrics", "/", "/silence", "/cases")] == [303, 303, 303, 303]
