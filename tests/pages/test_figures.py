"""The pages of published figures and the monthly report: the same for every reader, no style, no number that is withheld."""

from __future__ import annotations

import csv
import re

import pytest
from flask import Flask

from config import Settings
from inspect_app.services import publishing
from tests.api.conftest import Callers
from tests.conftest import application
from tests.pages.test_notices import post, signed_in
from tests.services.organisation import Organisation
from tests.services.test_publishing import AFTER, QUARTER, filled, on


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def test_before_anything_was_published_the_page_says_so(app: Flask) -> None:
    assert "No figures were published yet" in signed_in(app, "head").get("/figures").text
    assert signed_in(app, "head").get("/figures/2026-q1").status_code == 404


def test_every_reader_reads_the_same_with_a_table_beside_each_chart_and_no_style(app: Flask, org: Organisation) -> None:
    filled(org, own=12, others=9)
    with on(org, AFTER):
        publishing.round_of(org.house)
    pages = {}
    for who in ("chair", "head", "auditor", "stranger", "admin"):
        page = signed_in(app, who).get(f"/figures/{QUARTER}").text
        pages[who] = re.sub(r"<form.*?</form>", "", page[page.index("<main"):page.index("</main>")], flags=re.DOTALL)
    assert len(set(pages.values())) == 1
    shown = pages["head"]
    assert "12 of 21" in shown and "%" not in shown
    assert shown.count("<svg") == 5 and shown.count("<figcaption>") == 5 and "style=" not in shown
    outside = signed_in(app, "head").get(f"/figures/{QUARTER}?for=public").text
    assert "12 of 21" not in outside
    taken = signed_in(app, "head").get(f"/figures/{QUARTER}?as=csv")
    rows = list(csv.reader(taken.data.decode("utf-8-sig").splitlines()))
    assert taken.mimetype == "text/csv" and any("12 of 21" in row for row in rows)
    cells = [re.sub("<.*?>", "", c) for c in re.findall(r"<td>(.*?)</td>", shown[shown.index('class="table numbers"'):])]
    assert [n for row in rows for n in row[1:] if n in cells or n == "–"][-len(cells):] == cells
    assert not any("12 of 21" in row for row in csv.reader(signed_in(app, "head").get(f"/figures/{QUARTER}?for=public&as=csv").text.splitlines()))


def test_a_chair_revises_with_a_reason_and_both_editions_stay(app: Flask, org: Organisation) -> None:
    filled(org)
    with on(org, AFTER):
        publishing.round_of(org.house)
    filled(org, own=7, others=0)
    with on(org, AFTER):
        chair = signed_in(app, "chair")
        assert post(chair, f"/figures/{QUARTER}", reason="").status_code == 422
        assert post(chair, f"/figures/{QUARTER}", reason="late papers <b>x</b>").status_code == 303
        newest, first = chair.get(f"/figures/{QUARTER}").text, chair.get(f"/figures/{QUARTER}?revision=0").text
        assert "late papers &lt;b&gt;x" in newest and "19 of 28" in newest
        assert "12 of 21" in first and "was revised since" in first
        assert post(signed_in(app, "head"), f"/figures/{QUARTER}", reason="me too").status_code == 403


def test_the_interface_gives_every_edition_word_for_word(app: Flask, org: Organisation) -> None:
    filled(org)
    with on(org, AFTER):
        publishing.round_of(org.house)
    callers = Callers(app, org)
    told = [callers[who].get(f"/statistics/{QUARTER}").get_json() for who in ("chair", "head")]
    assert told[0] == told[1]
    [edition] = told[0]["editions"]
    assert edition["sha256"] == publishing.of(org.house, QUARTER)[0].sha256
    assert callers["head"].get("/statistics/2020-q1").status_code == 404
    assert callers["head"].get("/statistics/nothing").status_code == 404


def test_the_monthly_report_has_the_published_figures_and_ones_own_work_and_counts_nothing_else(app: Flask, org: Organisation) -> None:
    filled(org)
    case = org.open(title="of ward 1").case
    with on(org, AFTER):
        publishing.round_of(org.house)
        page = signed_in(app, "officer").get("/figures/month?month=2027-04").text
        assert "12 of 21" in page
        earlier = signed_in(app, "officer").get("/figures/month?month=2027-03").text
        assert "12 of 21" not in earlier
        assert f"/cases/{case}" in signed_in(app, "officer").get("/figures/month").text
        assert f"/cases/{case}" not in signed_in(app, "stranger").get("/figures/month").text
        assert "2030" not in re.findall(r"<h1>[^<]*</h1>", signed_in(app, "officer").get("/figures/month?month=2030-01").text)[0]
        assert f"/cases/{case}" not in signed_in(app, "officer").get("/figures/month?month=2020-01").text
    for strange in ("x", "2026-13", "-", "99999-1"):
        assert signed_in(app, "officer").get(f"/figures/month?month={strange}").status_code == 200
