"""Administration in one place: how the installation is, and workflows with picture, table, versions and what differs between them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from flask import Flask
from sqlalchemy import insert
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.models import definition
from inspect_app.now import hold, now
from inspect_app.services import calendars, keeping_log
from tests.conftest import ROOT, application
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import CONSOLE, Organisation
from workflows.catalogue import Catalogue
from workflows.inspection_v1 import INSPECTION
from workflows.words import words

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
EXAMPLE = ROOT / "examples" / "approvals" / "approval.toml"
DAY = 86_400_000_000


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("admin")
    return visitor


def test_the_overview_says_how_the_log_and_background_work_are(admin: Visitor, org: Organisation) -> None:
    case = org.ordered()
    keeping_log.round_of(org.house)
    page = admin.get("/administration").text
    assert "background work keeps up" in page and org.house.log in page
    assert all(where in page for where in ('"/organisation"', '"/workflows"', '"/rulesets"', '"/organisation/calendars"', '"/retention"', '"/log"'))
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    with hold(now() + 400 * DAY):
        admin.sign_in("admin")
        assert "background work is not running" in admin.get("/administration").text


def test_a_law_that_bound_cases_before_is_compared_with_the_one_that_is_loaded(admin: Visitor, org: Organisation) -> None:
    org.open()
    older = INSPECTION.law() | {"version": 0}
    older["transitions"] = [t for t in older["transitions"] if t["trigger"] != "remind"]
    with org.house.db.atomic("all") as session:
        session.execute(insert(definition).values(hash="ab" * 32, kind="workflow", name="inspection", version=0, law=orjson.dumps(older),
                                                  first_used_at=now() - 900 * DAY))
    page = admin.get("/workflows/inspection").text
    assert "<svg" in page and "no longer loaded" in page and "Open cases" not in page
    told = admin.get(f"/workflows/inspection?before={'ab' * 32}&after={INSPECTION.law_hash}").text
    assert re.search(r"act <code>remind</code>.{0,200}added", told, re.S)
    assert admin.get("/workflows/inspection?before=no&after=no").status_code == 404
    assert admin.get("/workflows/nothing").status_code == 404


def sent(visitor: Visitor, raw: bytes | None) -> TestResponse:
    csrf = re.findall(r'name="csrf_token" value="([^"]+)"', visitor.get("/workflows").text)[-1]
    file = {} if raw is None else {"file": (io.BytesIO(raw), "approval.toml")}
    return visitor.client.post("/workflows", data={"csrf_token": csrf, **file}, headers=OURS, content_type="multipart/form-data")


def test_a_definition_is_checked_with_lines_before_it_is_put_into_a_pack(admin: Visitor) -> None:
    answer = sent(admin, Path(EXAMPLE).read_bytes())
    assert answer.status_code == 200 and "is sound" in answer.text and "no workflow of this name" in answer.text
    wrong = sent(admin, Path(EXAMPLE).read_bytes().replace(b'dest = "', b'dest = "nowhere_', 1))
    assert wrong.status_code == 422 and "is not sound" in wrong.text and "line " in wrong.text
    assert [sent(admin, raw).status_code for raw in (None, b"\xff\xfe", b"not toml = = 1", b"")] == [422, 422, 422, 422]


def test_the_calendar_that_a_ruleset_names_is_said_to_be_in_force_under_it(settings: Settings, org: Organisation) -> None:
    calendars.add(org.house, CONSOLE, "vietnam", "Holidays of Vietnam", country="VN", years=(2026, 2026))
    generic = org.house.catalogue.rulesets_by_name["generic"]
    naming, lacking = (replace(generic, name=name.lower(), title=words(en=name, vi=name), keys=tuple((dict(generic.keys) | {"calendar": of}).items()))
                       for name, of in (("Naming", "vietnam"), ("Lacking", "gone")))
    house = replace(org.house, catalogue=Catalogue(org.house.catalogue.workflows, (generic, naming, lacking)))
    visitor = Visitor(application(settings, house))
    visitor.sign_in("admin")
    page = visitor.get("/administration").text
    for said in ("– No holidays; ", "Naming – Holidays of Vietnam", "Lacking – “gone” is named and does not exist: no day is a holiday"):
        assert said in page
    page = visitor.get("/organisation/calendars").text
    assert "<dt>Naming</dt><dd>Holidays of Vietnam</dd>" in page and "<dt>Lacking</dt><dd>“gone” is named" in page
