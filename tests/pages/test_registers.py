"""The page of registers: for chairs alone; sent, mapped, previewed, imported, without a script; what contradicts itself is seen where it belongs."""

from __future__ import annotations

import html
import io
import re
import unicodedata
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.models import account
from inspect_app.services import register_uploads
from tests.conftest import application
from tests.imports.workbooks import workbook
from tests.pages.test_pages import OURS, Visitor
from tests.services.organisation import Organisation
from tests.services.registers import MAPPING, SOME_FINDINGS, SOME_PLACES, SOME_VISITS, register, written


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def chair(app: Flask) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in("chair")
    return visitor


def token(page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return {"csrf_token": found[1]}


def send(visitor: Visitor, *files: tuple[str, bytes]) -> TestResponse:
    told = token(visitor.get("/registers").text) | {"files": [(io.BytesIO(content), name) for name, content in files]}
    return visitor.client.post("/registers", data=told, headers=OURS, content_type="multipart/form-data")


def tables(tmp_path: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(register(tmp_path / "r").iterdir())]


def post(visitor: Visitor, where: str, **told: object) -> TestResponse:
    return visitor.client.post(where, data=token(visitor.get(where).text) | told, headers=OURS)


def text_of(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return found[1]


def test_it_is_for_chairs_alone(app: Flask, chair: Visitor) -> None:
    assert chair.get("/registers").status_code == 200 and 'href="/registers"' in chair.get("/").text
    for login in ("officer", "admin", "auditor"):
        other = Visitor(app)
        other.sign_in(login)
        assert other.get("/registers").status_code == 403 and 'href="/registers"' not in other.get("/").text


def test_a_register_is_mapped_by_example_corrected_previewed_and_imported(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    sent = send(chair, *tables(tmp_path))
    assert sent.status_code == 303
    where = sent.headers["Location"]
    page = chair.get(where).text
    assert "visits.csv" in page and "Day of the inspection" in page and "[tables.visits]" in text_of(page)
    columns = re.findall(r'name="column" value="([^"]+)"', page)
    assert len(columns) == 14
    chosen = {"visits.csv\nday": "inspected_on", "visits.csv\nwho": "inspector"}
    plain = [column.replace("&#10;", "\n") for column in columns]
    again = post(chair, where, do="propose", column=plain, fact=[chosen.get(column, "-") for column in plain])
    assert again.status_code == 200 and "past_inspection" in text_of(again.text) and "past_finding" not in text_of(again.text)
    before = written(org.house)
    preview = post(chair, where, do="preview", mapping=MAPPING, unit="W1")
    assert preview.status_code == 200 and "Nothing is written yet" in preview.text and "Paint shop 2020-02-03" in preview.text
    assert "It was remedied before it was found." in preview.text and written(org.house) == before
    done = post(chair, where, do="import", mapping=MAPPING, unit="W1")
    assert done.status_code == 200 and "Recorded." in done.text and written(org.house)["cases"] == 14
    assert chair.get(where).status_code == 404
    listed = chair.get("/cases?show=contradictory").text
    flagged = sorted(set(re.findall(r'href="(/cases/[0-9a-f-]{36})["?]', listed)))
    assert len(flagged) == 2 and all("The register contradicts itself" in chair.get(case).text for case in flagged)
    sent = send(chair, *tables(tmp_path), ("mapping.toml", MAPPING.encode()))
    same = post(chair, sent.headers["Location"], do="import", mapping=MAPPING, unit="W1")
    assert "Everything is here already" in same.text and written(org.house)["cases"] == 14


def test_what_is_wrong_is_said_and_nothing_is_written(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    assert send(chair).status_code == 422
    assert "is there twice" in send(chair, ("a.csv", b"x\n1\n"), ("a.csv", b"x\n1\n")).text
    assert send(chair, ("mapping.toml", MAPPING.encode())).status_code == 422
    before = written(org.house)
    where = send(chair, *tables(tmp_path)).headers["Location"]
    for mapping, unit, says in (("register = 3", "W1", "no table is mapped"), (MAPPING, "nowhere", "Choose a unit"), (MAPPING, "AB", "Choose a unit"),
                                (MAPPING.replace("past_inspection", "past_nothing"), "W1", "there is no workflow")):
        answer = post(chair, where, do="import", mapping=mapping, unit=unit)
        assert answer.status_code == 422 and says in answer.text
    bad = send(chair, ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00")).headers["Location"]
    assert chair.get(bad).status_code == 422
    assert written(org.house) == before


def test_the_encoding_that_a_mapping_names_is_taken_though_nothing_could_be_proposed(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    old = [(name, content.replace(b"Paint shop", "Cửa hàng".encode("windows-1258", "ignore"))) for name, content in tables(tmp_path)]
    where = send(chair, *old).headers["Location"]
    assert "windows-1258" in chair.get(where).text and chair.get(where).status_code == 422
    answer = chair.client.post(where, data=token(chair.get(where).text) | {
        "do": "preview", "mapping": f'encoding = "windows-1258"\n{MAPPING}', "unit": "W1"}, headers=OURS)
    assert answer.status_code == 200 and "Nothing is written yet" in answer.text


def in_windows_1258(text: str) -> bytes:
    """With tones as letters of their own, as that encoding has them."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    apart = (unicodedata.normalize("NFD", letter) for letter in unicodedata.normalize("NFC", text))
    return "".join(unicodedata.normalize("NFC", "".join(c for c in one if c not in tones)) + "".join(c for c in one if c in tones)
                   for one in apart).encode("windows-1258")


def test_an_encoding_is_chosen_where_the_file_does_not_show_it_and_others_can_be_sent(chair: Visitor, org: Organisation) -> None:
    table = "Số,Đơn vị,Ngày kiểm tra,Kết quả\n1,Đội Kho,03/02/2024,Đạt\n"
    where = send(chair, ("a.csv", in_windows_1258(table))).headers["Location"]
    page = chair.get(where)
    assert page.status_code == 422 and "textarea" not in page.text and 'name="encoding"' in page.text and "Send other files" in page.text
    drawn = post(chair, where, do="propose", encoding="windows-1258")
    assert drawn.status_code == 200 and "Ngày kiểm tra" in drawn.text and "encoding = &#34;windows-1258&#34;" in text_of(drawn.text)
    assert post(chair, where, do="preview", mapping=html.unescape(text_of(drawn.text)), unit="W1").text.count("Đội Kho") > 0


def test_a_mapping_that_was_sent_along_and_cannot_be_read_is_said_so(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    where = send(chair, *tables(tmp_path), ("mapping.toml", b"register = [")).headers["Location"]
    page = chair.get(where).text
    assert "is not TOML" in page and "register = [" in text_of(page) and "Day of the inspection" in page


def read_in_vietnamese(org: Organisation, login: str) -> None:
    with org.house.db.atomic("all") as session:
        session.execute(update(account).where(account.c.login == login).values(language="vi"))


def wrong_on(page: str) -> str:
    """What stands in the box of what is wrong."""
    found = re.search(r'<div class="alert-box" role="alert">(.*?)</div>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_what_is_wrong_with_files_and_mappings_is_said_in_vietnamese(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    read_in_vietnamese(org, "chair")
    broken = workbook(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row>"}).read_bytes()
    assert "bảng tính bị hỏng; hãy lưu lại" in wrong_on(chair.get(send(chair, ("a.xlsx", broken)).headers["Location"]).text)
    assert "không chỉ bản ánh xạ" in wrong_on(send(chair, ("mapping.toml", MAPPING.encode())).text)
    assert "có hai lần" in wrong_on(send(chair, ("a.csv", b"x\n1\n"), ("a.csv", b"x\n1\n")).text)
    assert "ít nhất một tệp" in wrong_on(send(chair).text)
    where = send(chair, *tables(tmp_path), ("mapping.toml", b"register = [")).headers["Location"]
    assert "không đúng dạng TOML: lỗi ở" in wrong_on(chair.get(where).text)
    for mapping, says in (("register = 3", "register đang là 3; hãy ghi chữ thường không dấu"),
                          (MAPPING.replace("past_inspection", "past_nothing"), "không có quy trình"),
                          (MAPPING.replace("columns.kind", "columns.colour"), "tệp không có cột “colour”")):
        answer = post(chair, where, do="preview", mapping=mapping, unit="W1")
        assert answer.status_code == 422 and says in wrong_on(answer.text)


def test_what_is_wrong_with_a_row_is_said_in_vietnamese(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    read_in_vietnamese(org, "chair")
    files = [(path.name, path.read_bytes()) for path in register(tmp_path / "r", visits=[["V1", "P1", "31/02/2020", "Lan", "pass"]]).iterdir()]
    where = send(chair, *files).headers["Location"]
    page = html.unescape(post(chair, where, do="preview", mapping=MAPPING, unit="W1").text)
    assert "“31/02/2020” không phải là ngày viết như 31/05/2019" in page and "is no day" not in page
    assert "hãy gửi cả dòng đó, hoặc sửa lại" in page and "that it belongs to" not in page


def test_the_remarks_in_a_proposed_mapping_are_in_the_readers_language(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    read_in_vietnamese(org, "chair")
    proposed = html.unescape(text_of(chair.get(send(chair, *tables(tmp_path)).headers["Location"]).text))
    remarks = [line.rpartition("# ")[2] for line in proposed.splitlines() if "# " in line]
    assert len(remarks) > 14 and all(re.search(r"[ăâđêôơưàáạảấầậếềệ]", remark) for remark in remarks)
    assert "Bản đề xuất" in remarks[0] and "giữ nguyên; 100% số ô khớp" in remarks and "A proposal" not in proposed


def test_the_preview_of_a_second_import_tells_what_changes(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    where = send(chair, *tables(tmp_path)).headers["Location"]
    post(chair, where, do="import", mapping=MAPPING, unit="W1")
    visits = [list(row) for row in SOME_VISITS]
    visits[0][3] = "Hoa"
    again = register(tmp_path / "r", visits=visits, findings=(*SOME_FINDINGS, SOME_FINDINGS[0]))
    files = [(path.name, path.read_bytes()) for path in sorted(again.iterdir())]
    preview = post(chair, send(chair, *files).headers["Location"], do="preview", mapping=MAPPING, unit="W1").text
    assert "<del>Lan</del> → <ins>Hoa</ins>" in preview and "1 rows of findings say word for word" in preview


def test_a_register_that_takes_the_name_of_another_is_noticed_before_anything_is_corrected(chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    where = send(chair, *tables(tmp_path)).headers["Location"]
    assert "more have changed than are the same" not in post(chair, where, do="preview", mapping=MAPPING, unit="W1").text
    post(chair, where, do="import", mapping=MAPPING, unit="W1")
    visits = [(*row[:2], "07/08/2021", "Hoa", row[4]) for row in SOME_VISITS]
    other = register(tmp_path / "r", places=[(row[0], "Other", "other") for row in SOME_PLACES], visits=visits, findings=())
    files = [(path.name, path.read_bytes()) for path in sorted(other.iterdir())]
    page = post(chair, send(chair, *files).headers["Location"], do="preview", mapping=MAPPING, unit="W1").text
    assert "Of the rows known under the name workshops more have changed than are the same" in page


def test_files_belong_to_who_sent_them_and_are_discarded(app: Flask, chair: Visitor, org: Organisation, tmp_path: Path) -> None:
    where = send(chair, ("../../../x y.csv", b"x,y\n1,2\n")).headers["Location"]
    folder = register_uploads.kept(org.house, org["chair"], where.rsplit("/", 1)[1])
    assert [path.name for path in register_uploads.tables(folder)] == ["x y.csv"] and folder.is_relative_to(org.house.data)
    assert chair.get("/registers/" + "0" * 32).status_code == chair.get("/registers/..").status_code == 404
    with pytest.raises(Exception, match="no such thing"):
        register_uploads.kept(org.house, org["boss"], where.rsplit("/", 1)[1])
    assert post(chair, where, do="discard").status_code == 303 and not folder.exists()
    assert chair.client.post(where, data={"do": "discard"}, headers=OURS).status_code in (400, 403)
