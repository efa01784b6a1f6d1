"""Evidence over HTTP: stored before the act, committed to by the event, checked when it is read."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from inspect_app.models import evidence, upload
from inspect_app.now import now
from inspect_app.services.evidence import DAY, store, sweep
from inspect_app.services.house import House
from tests.api.conftest import Caller, Callers
from tests.api.test_acting import opened, problem
from tests.services.organisation import Organisation

PDF = b"%PDF-1.7\n1 0 obj\n" + b"\xe2\xe3\xcf\xd3" * 9
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def packed(*names: str, **texts: bytes) -> bytes:
    """A zip archive with these parts."""
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, texts.get(name, b"<x/>"))
    return kept.getvalue()


DOCX = packed("[Content_Types].xml", "word/document.xml")
XLSX = packed("[Content_Types].xml", "xl/workbook.xml")
ODT = packed("mimetype", "content.xml", mimetype=b"application/vnd.oasis.opendocument.text")


def send(caller: Caller, case: str, seen: int, content: bytes, name: str, kind: str | None = None, **fields: str) -> TestResponse:
    """Send a file; `Key` among the fields is the Idempotency-Key."""
    headers = caller.headers(If_Match=f'"{seen}"', **({"Idempotency_Key": fields.pop("Key")} if "Key" in fields else {}))
    data: dict[str, Any] = {"description": "the drug book"} | fields | {"file": (BytesIO(content), name, kind) if kind else (BytesIO(content), name)}
    return caller.client.post(f"/api/v1/cases/{case}/evidence", data=data, headers=headers)


def files(house: House) -> set[str]:
    """The names of the files that are stored."""
    folder = house.data / "evidence"
    return {f.name for f in folder.iterdir()} if folder.is_dir() else set()


def waiting(house: House) -> list[str]:
    """The stored files that wait for an event."""
    with house.db.reading("all") as session:
        return list(session.execute(select(upload.c.stored_as)).scalars())


def test_the_event_commits_to_hash_size_and_kind_of_the_file(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    answer = send(callers["officer"], case, 1, PDF, "book.pdf", "application/pdf")
    told = answer.get_json()
    assert (answer.status_code, answer.headers["ETag"], told["n"]) == (201, '"2"', 1), told
    assert answer.headers["Location"] == f"/api/v1/cases/{case}/evidence/1"
    assert told["event"]["data"] == {
        "description": "the drug book",
        "held_as": "file",
        "sha256": sha256(PDF).hexdigest(),
        "size": len(PDF),
        "media_type": "application/pdf",
        "filename": "book.pdf",
    }
    back = callers["chair"].get(answer.headers["Location"])
    assert (back.data, back.mimetype) == (PDF, "application/pdf")
    assert back.headers["Content-Disposition"].startswith("attachment;") and back.headers["Content-Security-Policy"].startswith("sandbox;")
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    listed = callers["officer"].get(f"/cases/{case}/evidence").get_json()["evidence"]
    assert [(i["n"], i["filename"], i["sha256"], i["file"]) for i in listed] == [(1, "book.pdf", sha256(PDF).hexdigest(), answer.headers["Location"])]
    assert len(files(org.house)) == 1 and "book" not in files(org.house).pop() and waiting(org.house) == []


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "a.png", "image/png"),
        (JPEG, "a.jpg", "image/jpeg"),
        ("Sổ thuốc\n".encode(), "a.txt", "text/plain"),
        (b"a;b\n", "a.csv", "text/csv"),
        (DOCX, "a.docx", None),
        (XLSX, "a.xlsx", None),
        (ODT, "a.odt", None),
        (PDF, "no ending", "application/octet-stream"),
        (b"x" * (1 << 20) + "é".encode(), "long.txt", "text/plain"),
        (b"x" * ((1 << 20) - 1) + "é".encode(), "split.txt", "text/plain"),
    ],
)
def test_a_file_that_is_what_it_says_is_kept(callers: Callers, content: bytes, name: str, kind: str | None) -> None:
    case = opened(callers)
    answer = send(callers["officer"], case, 1, content, name, kind)
    assert answer.status_code == 201, answer.get_json()
    assert callers["officer"].get(f"/cases/{case}/evidence/1").data == content


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "a.pdf", None),
        (PNG, "a", "application/pdf"),
        (b"MZ\x90\x00", "a.pdf", "application/pdf"),
        (b"", "a.txt", "text/plain"),
        (b"\x00\x01", "a.txt", "text/plain"),
        (b"caf\xe9", "a.txt", "text/plain"),
        (b"caf\xc3", "a.txt", "text/plain"),
        (packed("readme"), "a.docx", None),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", None),
        (b"PK\x03\x04 broken", "a.docx", None),
        (XLSX, "a.docx", None),
        (b"<html></html>", "a.html", "text/html"),
        (b"<svg/>", "a.svg", "image/svg+xml"),
        (packed("[Content_Types].xml", "word/document.xml", *map(str, range(1001))), "a.docx", None),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_leaves_nothing(
    callers: Callers, org: Organisation, content: bytes, name: str, kind: str | None
) -> None:
    case = opened(callers)
    told = problem(send(callers["officer"], case, 1, content, name, kind), 422, "invalid")
    assert [e["pointer"] for e in told["errors"]] == ["/file"]
    assert files(org.house) == set() and waiting(org.house) == []


def test_an_act_that_is_refused_leaves_no_file(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    problem(send(callers["officer"], case, 7, PDF, "a.pdf"), 412, "stale")
    told = problem(send(callers["officer"], case, 1, PDF, "a.pdf", description="x" * 500), 422, "invalid")
    assert [e["pointer"] for e in told["errors"]] == ["/description"]
    problem(send(callers["officer"], case, 1, PDF, "a.pdf", occurred_at="yesterday"), 422, "invalid")
    problem(send(callers["auditor"], case, 1, PDF, "a.pdf"), 403, "not_yours")
    assert files(org.house) == set() and waiting(org.house) == []


def test_a_file_counts_by_its_hash_when_it_is_sent_again(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    first = send(callers["officer"], case, 1, PDF, "a.pdf", Key="e1")
    again = send(callers["officer"], case, 1, PDF, "a.pdf", Key="e1")
    assert (again.status_code, again.get_json()) == (201, first.get_json())
    problem(send(callers["officer"], case, 1, PNG, "a.png", Key="e1"), 422, "key_reused")
    assert len(files(org.house)) == 1 and waiting(org.house) == []


def test_a_paper_kept_elsewhere_is_a_reference(callers: Callers) -> None:
    case = opened(callers)
    post = callers["officer"].post
    body = {"description": "minutes", "reference": "file 12, shelf 3, pages 1-4"}
    told = post(f"/cases/{case}/evidence", body, If_Match='"1"')
    assert told.status_code == 201 and told.get_json()["event"]["data"]["held_as"] == "reference"
    problem(callers["officer"].get(f"/cases/{case}/evidence/1"), 404, "not_found")
    for wrong, pointer in (
        ({"description": "minutes"}, "/reference"),
        (body | {"held_as": "file"}, "/held_as"),
        ({"reference": "x"}, "/description"),
        (body | {"size": 5}, "/size"),
    ):
        told_wrong = problem(post(f"/cases/{case}/evidence", wrong, If_Match='"2"'), 422, "invalid")
        assert [e["pointer"] for e in told_wrong["errors"]] == [pointer]
    problem(post(f"/cases/{case}/evidence", body), 428, "seen_required")


def test_a_request_without_one_file_says_so(callers: Callers) -> None:
    case = opened(callers)
    caller = callers["officer"]
    for data in (
        {"description": "x"},
        {"description": "x", "other": (BytesIO(PDF), "a.pdf")},
        {"file": [(BytesIO(PDF), "a.pdf"), (BytesIO(PDF), "b.pdf")]},
    ):
        answer = caller.client.post(
            f"/api/v1/cases/{case}/evidence", data=data, content_type="multipart/form-data", headers=caller.headers(If_Match='"1"')
        )
        assert [e["pointer"] for e in problem(answer, 422, "invalid")["errors"]] == ["/file"]


def test_a_file_that_was_changed_behind_our_back_is_not_given_out(callers: Callers, org: Organisation) -> None:
    case = opened(callers)
    send(callers["officer"], case, 1, PDF, "a.pdf")
    path = org.house.data / "evidence" / files(org.house).pop()
    path.write_bytes(PDF[:-1] + b"x")
    answer = callers["officer"].get(f"/cases/{case}/evidence/1")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json") and PDF[:8] not in answer.data
    path.unlink()
    assert callers["officer"].get(f"/cases/{case}/evidence/1").status_code == 500


def test_a_party_sees_what_it_added_and_what_is_cited_in_what_it_may_read(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    send(callers["lead"], case, 5, PDF, "theirs.pdf")
    send(callers["head"], case, 6, PNG, "ours.png")
    send(callers["lead"], case, 7, JPEG, "hidden.jpg")

    def seen(login: str) -> list[int]:
        return [i["n"] for i in callers[login].get(f"/cases/{case}/evidence").get_json()["evidence"]]

    assert (seen("head"), seen("lead"), seen("auditor")) == ([2], [1, 2, 3], [1, 2, 3])
    problem(callers["head"].get(f"/cases/{case}/evidence/1"), 404, "not_found")
    org.act("head", case, "report", explanation="we were two short")
    org.act(
        "lead",
        case,
        "draft",
        speaks_for="they said so at once",
        findings=[{"finding": "gaps in the book", "norm": "rule 4", "committed_on": "2026-01-02", "evidence": [1]}],
    )
    assert seen("head") == [2]
    org.act("lead", case, "share_draft", shared_on="2026-01-06")
    assert seen("head") == [1, 2] and callers["head"].get(f"/cases/{case}/evidence/1").data == PDF


def test_files_without_an_event_are_removed_after_a_day(house: House) -> None:
    store(house, BytesIO(PDF), "a.pdf", "application/pdf")
    assert sweep(house) == 0 and len(files(house)) == 1
    with house.db.atomic("all") as session:
        session.execute(update(upload).values(made_at=now() - DAY - 1))
    assert sweep(house) == 1 and files(house) == set()
    with house.db.reading("all") as session:
        assert session.execute(select(evidence)).first() is None


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "..\\a.pdf", "a\r\nSet-Cookie: x.pdf", "Sổ “thuốc”.pdf", "x" * 300 + ".pdf", "\u202e.pdf"])
def test_a_name_is_only_a_name(callers: Callers, org: Organisation, name: str) -> None:
    case = opened(callers)
    kept = store(org.house, BytesIO(PDF), name, "application/pdf")
    assert "/" not in kept.filename and "\\" not in kept.filename and kept.filename.isprintable() and len(kept.filename) <= 200
    assert send(callers["officer"], case, 1, PDF, name.replace("\r\n", "")).status_code == 201
    back = callers["officer"].get(f"/cases/{case}/evidence/1")
    assert back.status_code == 200 and back.headers["Content-Disposition"].isascii()
