"""The pages of notices, deadlines and mail: what is new, how to be told, the feed and its address, and that nothing needs a script."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from config import Settings
from inspect_app import i18n
from inspect_app.models import account, cases, clock
from inspect_app.services import feeds, letters, notices, outbox, queries, told_how
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.mail_server import running
from tests.services.organisation import Organisation
from workflows.calendar import day_of


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


def signed_in(app: Flask, who: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(who)
    return visitor


def post(visitor: Visitor, path: str, **data: str) -> Any:
    csrf = re.search(r'csrf_token" value="([^"]+)"', visitor.get("/notices").text)
    assert csrf is not None
    return visitor.client.post(path, data={"csrf_token": csrf[1], **data}, headers=OURS)


def due_of(org: Organisation, case: str) -> date:
    with org.house.db.reading("all") as session:
        return day_of(session.execute(select(cases.c.due_at).where(cases.c.uid == case)).scalar_one(), org.house.zone)


def test_a_new_notice_is_counted_on_every_page_opened_and_then_read(app: Flask, org: Organisation) -> None:
    case = org.ordered()
    lead = signed_in(app, "lead")
    assert '<span class="count">1<' in lead.get("/").text
    assert "You were given a part: team leader" in lead.get("/notices").text
    [one] = notices.listed(org.house, org["lead"])[0]
    assert post(lead, f"/notices/{one.id}").headers["Location"] == f"/cases/{case}"
    assert 'class="count"' not in lead.get("/").text
    assert "You were given a part" not in lead.get("/notices").text
    assert "You were given a part" in lead.get("/notices?show=all").text
    assert post(signed_in(app, "one"), f"/notices/{one.id}").status_code == 404


def test_a_letter_is_opened_from_its_notice(app: Flask, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    head = signed_in(app, "head")
    one = next(n for n in notices.listed(org.house, org["head"])[0] if isinstance(n, notices.Notice) and n.kind == "letter")
    place = post(head, f"/notices/{one.id}").headers["Location"]
    assert re.fullmatch(rf"/cases/{one.case_uid}/letters/\d+", place)
    assert head.get(place).status_code == 200
    assert post(head, "/notices/read", until=str(one.id + 10)).status_code == 303
    assert notices.unread(org.house, org["head"]) == 0


def test_a_letter_is_in_the_language_of_whom_it_is_to_whoever_prints_it(app: Flask, org: Organisation) -> None:
    case = org.ordered()
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.login == "head").values(language="vi"))
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    child = next(n.case_uid for n in notices.listed(org.house, org["head"])[0] if isinstance(n, notices.Notice) and n.kind == "letter")
    row = queries.case(org.house, org["chair"], child)
    one = letters.read(org.house, org["chair"], row, letters.listed(org.house, org["chair"], row)[0]["id"])
    page = signed_in(app, "chair").get(f"/cases/{child}/letters/{one.id}").text
    sheet = page[page.index('lang="vi"'):page.index("</article>")]
    assert i18n.say("vi", "letter.not_witnessed") in sheet and one.day is not None and i18n.day(one.day, "vi") in sheet
    assert i18n.say("en", "letter.not_witnessed") not in page


def test_how_to_be_told_is_chosen_and_an_address_is_confirmed_from_its_mail(app: Flask, org: Organisation) -> None:
    lead = signed_in(app, "lead")
    assert post(lead, "/notices/choice", letter="digest", part="here", reminder="at_once").status_code == 303
    assert told_how.chosen(org.house, org["lead"]).ways == {"letter": "digest", "part": "here", "reminder": "at_once", "observed": "at_once"}
    assert post(lead, "/notices/choice", letter="never").status_code == 422
    assert "Write one address" in post(lead, "/notices/address", address="nobody").text
    with running() as server:
        org.house.post = server.post()
        assert post(lead, "/notices/address", address="lead@ward.example").status_code == 303
        outbox.round_of(org.house)
        link = re.search(r"/notices/address/[0-9a-f]+", server.taken[0].decode().replace("=\r\n", ""))
    assert link is not None
    assert "lead@ward.example" in lead.get(link[0]).text
    assert not told_how.chosen(org.house, org["lead"]).confirmed
    assert post(signed_in(app, "one"), link[0]).status_code == 404
    assert post(lead, link[0]).status_code == 303
    assert told_how.chosen(org.house, org["lead"]).confirmed


def test_the_feed_says_number_and_kind_leads_to_the_case_and_can_be_taken_back(app: Flask, org: Organisation) -> None:
    case, paused, rehearsed = (org.open(title=f"Drug book {n}").case for n in range(3))
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == paused).values(paused=True))
        session.execute(update(cases).where(cases.c.uid == rehearsed).values(rehearsal=True))
    officer = signed_in(app, "officer")
    shown = post(officer, "/notices/feed").text
    address = re.search(r"http://[^<]*/api/v1/feeds/deadlines\.ics\?token=feed_[\w-]+", shown)
    assert address is not None
    assert "feed_" not in officer.get("/notices").text
    path = address[0].removeprefix(org.house.public_url)
    answer = app.test_client().get(path)
    assert answer.mimetype == "text/calendar"
    read = Calendar.from_ical(answer.data)
    [one] = read.walk("VEVENT")
    with org.house.db.reading("all") as session:
        number = session.execute(select(cases.c.number).where(cases.c.uid == case)).scalar_one()
    assert str(one["SUMMARY"]).startswith(f"{number}: ")
    assert one.decoded("DTSTART") == due_of(org, case)
    where = str(one["URL"]).removeprefix(org.house.public_url)
    assert where == f"/cases/{case}" and "Drug book" in officer.get(where).text
    stranger = app.test_client().get(where)
    assert stranger.status_code == 303 and "/sign-in" in stranger.location
    text = answer.text.replace("\r\n ", "")
    assert text.count(case) == 1 and "Drug book" not in text and "Ward" not in text
    again = post(officer, "/notices/feed").text
    assert app.test_client().get(path).status_code == 404
    newest = re.search(r"feed_[\w-]+", again)
    assert newest is not None
    assert app.test_client().get(f"/api/v1/feeds/deadlines.ics?token={newest[0]}").status_code == 200
    post(officer, "/notices/feed", revoke="1")
    assert app.test_client().get(f"/api/v1/feeds/deadlines.ics?token={newest[0]}").status_code == 404


def test_no_other_token_opens_a_feed_and_a_feed_opens_nothing_else(app: Flask, org: Organisation) -> None:
    from inspect_app.services.tokens import create_token

    secret = feeds.make(org.house, org["officer"]).rpartition("=")[2]
    token = create_token(org.house, "officer", "program", "read", 30)
    client = app.test_client()
    assert client.get(f"/api/v1/feeds/deadlines.ics?token={token}").status_code == 401
    assert client.get("/api/v1/feeds/deadlines.ics").status_code == 404
    for wrong in ("feed_", "feed_" + "x" * 43, "feed_" + "x" * 500, "féed_", "%00"):
        assert client.get("/api/v1/feeds/deadlines.ics", query_string={"token": wrong}).status_code == 404
    assert client.get("/api/v1/work", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_walled_case_is_in_nobodys_feed_and_calendar(app: Flask, org: Organisation) -> None:
    from inspect_app.models import exclusion

    case = org.open(title="walled off").case
    path = feeds.make(org.house, org["officer"]).removeprefix(org.house.public_url)
    month = f"/deadlines?month={due_of(org, case):%Y-%m}&unit=HQ"
    officer = signed_in(app, "officer")
    assert b"VEVENT" in app.test_client().get(path).data and case in officer.get(month).text
    with org.house.db.atomic("all") as session:
        id_ = session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()
        session.execute(exclusion.insert().values(case_id=id_, person_id=org["officer"].person_id, part="all", since_on=date(2020, 1, 1)))
    assert b"VEVENT" not in app.test_client().get(path).data
    for view in (month, f"{month}&view=agenda", f"/deadlines?month={due_of(org, case):%Y-%m}"):
        assert case not in officer.get(view).text


def test_the_calendar_shows_month_and_agenda_by_unit_and_by_who_works_with_paused_limits_marked(app: Flask, org: Organisation) -> None:
    case = org.open(title="Drug book of ward 1", unit="W1").case
    due, chair = due_of(org, case), signed_in(app, "chair")
    month = f"/deadlines?month={due:%Y-%m}"
    assert case in chair.get(f"{month}&unit=W1").text and case not in chair.get(f"{month}&unit=W2").text
    assert case in chair.get(f"{month}&person={org['officer'].id}").text and case not in chair.get(f"{month}&person={org['lead'].id}").text
    assert "Drug book of ward 1" in chair.get(f"{month}&unit=W1&view=agenda").text
    shown = re.search(r'<a class="limit.*?</a>', chair.get(f"{month}&unit=W1").text)
    assert shown and "Drug book of ward 1" in shown[0] and queries.case(org.house, org["chair"], case).number in shown[0]
    assert case in signed_in(app, "officer").get(month).text
    with org.house.db.atomic("all") as session:
        session.execute(update(clock).values(status="paused"))
    assert "limit-paused" in chair.get(f"{month}&unit=W1").text
    assert case not in chair.get(f"/deadlines?month={due + timedelta(days=90):%Y-%m}&unit=W1").text
    for strange in ("month=x", "month=2026-13", "month=99999-1", "unit=%00", "person=%27", "view=%3Cscript%3E", "month=-"):
        assert chair.get(f"/deadlines?{strange}").status_code == 200


def test_nobody_is_found_in_the_calendar_by_what_concerns_them(app: Flask, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    due, chair = due_of(org, case), signed_in(app, "chair")
    page = chair.get(f"/deadlines?month={due:%Y-%m}&person={org['head'].id}").text
    assert "limit-what" not in page
    assert f'value="{org["head"].id}"' not in page


def test_the_administrator_sees_mails_that_make_trouble_and_nothing_of_a_case(app: Flask, org: Organisation) -> None:
    with running() as server:
        org.house.post = server.post()
        told_how.set_address(org.house, org["lead"], "lead@ward.example")
        told_how.confirm(org.house, org["lead"], told_how.secret_of(org.house, org["lead"].id, "lead@ward.example"))
        case = org.ordered()
        server.answers = ["550 nobody <script>alert(1)</script> here"]
        outbox.round_of(org.house)
        admin = signed_in(app, "admin")
        page = admin.get("/organisation/mail").text
        assert "given up after 1 tries" in page and "550 nobody &lt;script&gt;" in page and case not in page and "Lead Person" in page
        [stuck] = outbox.standing(org.house).stuck
        assert post(admin, f"/organisation/mail/{stuck.id}", again="1").status_code == 303
        assert outbox.round_of(org.house).sent == 1
    assert signed_in(app, "lead").get("/organisation/mail").status_code == 403
