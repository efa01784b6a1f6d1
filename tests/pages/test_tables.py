"""Rows of a form are taken from a table that somebody has: shown first, marked where they do not fit, recorded only when the form is sent."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from config import Settings
from inspect_app.models import account
from tests.conftest import application
from tests.imports.workbooks import workbook
from tests.pages.test_pages import Visitor, events
from tests.services.organisation import Organisation

PATH = "/cases/new/plan_draft"
WHOLE = """Shortcoming;Kind of cause;Cause, in a sentence;Office that remedies it;By;Measure;How one will see that it worked;Our own notes
The count of the drug book is missing;procedure missing or wrong;nobody ordered the weekly count;Head of W1;15/03/2099;a weekly count;no gap in it;x
"The door of the store ""stood"" open";procedure;nobody has the key at night;head-w1;2099-04-01;a second key;never found open;
"""
VIETNAMESE = """khuyet diem\tLoại nguyên nhân\tNguyên nhân, một câu\tChức vụ khắc phục\tBiện pháp\tDấu hiệu cho thấy có hiệu quả
Sổ thuốc chưa đối chiếu trong tháng\tQuy trinh thieu hoac chua dung\tchưa ai giao đối chiếu\tHead of W1\tđối chiếu thứ sáu\tkhông thiếu trong quý
"""


@pytest.fixture
def visitor(settings: Settings, org: Organisation) -> Visitor:
    return Visitor(application(settings, org.house))


def take(visitor: Visitor, content: bytes, name: str = "plan.csv", **typed: str) -> str:
    answer = visitor.send(PATH, told={"rows_of": "tasks", "tasks-file": (BytesIO(content), name), "what": "Plan of the ward", **typed})
    assert answer.status_code == 200, answer.text
    return answer.text


def values(page: str) -> dict[str, str]:
    """What stands in the rows of the form."""
    found = {name: text for name, text in re.findall(r'<textarea[^>]*name="(tasks-[^"]+)"[^>]*>\s*([^<]*)</textarea>', page)}
    for tag in re.findall(r"<input [^>]*>", page):
        if (name := re.search(r'name="(tasks-[0-9]+-[^"]+)"', tag)) and (value := re.search(r'value="([^"]*)"', tag)):
            found[name[1]] = value[1]
    for name, options in re.findall(r'<select[^>]*name="(tasks-[^"]+)"[^>]*>(.*?)</select>', page, re.S):
        found[name] = next(iter(re.findall(r'<option selected value="([^"]*)"', options)), "")
    return found


def test_rows_of_a_table_are_shown_and_recorded_only_when_the_form_is_sent(visitor: Visitor, org: Organisation) -> None:
    visitor.sign_in("head")
    before = events(org)
    page = take(visitor, WHOLE.encode())
    found = values(page)
    assert events(org) == before and "Plan of the ward" in page
    assert (found["tasks-0-cause_kind"], found["tasks-0-office"], found["tasks-0-due"]) == ("procedure", "head-w1", "2099-03-15")
    assert (found["tasks-1-cause_kind"], found["tasks-1-due"]) == ("procedure", "2099-04-01")
    assert "stood" in found["tasks-1-what"] and "tasks-2-what" not in found and "Our own notes" not in page
    rows = {name: text.replace("&#34;", '"') for name, text in found.items()}
    answer = visitor.send(PATH, told=rows, unit="W1", title="Plan", what="Plan of the ward", draft="file 7", office="head-w1")
    assert answer.status_code == 303, answer.text
    assert events(org) > before


def test_a_table_in_vietnamese_is_understood_with_tabs_and_without_marks(visitor: Visitor) -> None:
    visitor.sign_in("head")
    found = values(take(visitor, b"\xef\xbb\xbf" + VIETNAMESE.encode()))
    assert (found["tasks-0-what"], found["tasks-0-office"]) == ("Sổ thuốc chưa đối chiếu trong tháng", "head-w1")
    assert found["tasks-0-cause_kind"] == "procedure"


def test_a_workbook_is_a_table_too(visitor: Visitor, tmp_path: Path) -> None:
    visitor.sign_in("head")
    cell = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    rows = f'<row r="1">{cell.format("A1", "Shortcoming")}{cell.format("B1", "Measure")}</row>'
    rows += f'<row r="2">{cell.format("A2", "The door stood open")}{cell.format("B2", "a second key")}</row>'
    found = values(take(visitor, workbook(tmp_path / "plan.xlsx", rows).read_bytes(), "plan.xlsx"))
    assert (found["tasks-0-what"], found["tasks-0-measure"]) == ("The door stood open", "a second key")


def test_what_no_list_knows_is_marked_at_its_field_with_what_the_table_says(visitor: Visitor) -> None:
    visitor.sign_in("head")
    page = take(visitor, b"Shortcoming,Kind of cause,By\nThe door stood open,<b>awareness</b>,some day\n")
    assert 'id="wrong-tasks-0-cause_kind"' in page and 'id="wrong-tasks-0-due"' in page
    assert "&lt;b&gt;awareness&lt;/b&gt;" in page and "<b>awareness" not in page and "some day" in page
    assert values(page)["tasks-0-what"] == "The door stood open"


@pytest.mark.parametrize(("content", "name"), [
    (b"", "plan.csv"), (b"a,b\n1,2\n", "plan.csv"), (b"PK\x03\x04 nothing", "plan.xlsx"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "plan.xls"),
    (b"Shortcoming\n" + b"x" * 40_000, "plan.csv"), (b"\xff\xfe\x00\xd8", "plan.csv"), (b"Shortcoming,Shortcoming\na,b\n", "plan.csv"),
    (b"Shortcoming,Measure\na\n", "plan.csv")])
def test_a_file_that_is_no_such_table_is_refused_and_what_was_typed_stays(visitor: Visitor, org: Organisation, content: bytes, name: str) -> None:
    visitor.sign_in("head")
    page = take(visitor, content, name, **{"tasks-0-what": "Typed by hand"})
    assert 'id="wrong-tasks"' in page and "Shortcoming" in page
    assert values(page)["tasks-0-what"] == "Typed by hand"


@pytest.mark.parametrize(("content", "name", "says"), [
    (b"PK\x03\x04 nothing", "plan.xlsx", "hãy lưu lại"), (b"Shortcoming,Measure\na\n", "plan.csv", "dòng 2: dòng này có 1 ô, dòng tiêu đề có 2"),
    (b"a,b\n1,2\n", "plan.csv", "bảng có các cột: a, b"), (b"", "plan.csv", "bảng trống")])
def test_why_no_row_could_be_taken_is_said_in_vietnamese(visitor: Visitor, org: Organisation, content: bytes, name: str, says: str) -> None:
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.login == "head").values(language="vi"))
    visitor.sign_in("head")
    page = take(visitor, content, name)
    assert "Không lấy được dòng nào từ bảng này" in page and says in page


def test_of_a_longer_table_the_first_rows_are_taken_and_the_rest_is_named(visitor: Visitor) -> None:
    visitor.sign_in("head")
    page = take(visitor, b"Shortcoming\n" + b"".join(b"The door stood open %d\n" % n for n in range(60)))
    found = values(page)
    assert "tasks-49-what" in found and "tasks-50-what" not in found
    assert 'id="wrong-tasks"' in page
