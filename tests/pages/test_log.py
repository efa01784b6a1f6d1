"""The page of the log: a bundle that is dropped on it is judged, and held against the log as it is now."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import Settings
from inspect_app.audit import checkpoint
from inspect_app.audit.notes import Signer
from inspect_app.services import keeping_log, keys
from tests.conftest import application
from tests.pages.test_pages import OURS, Visitor
from tests.services.bundles import contents, forged, packed, resigned, take
from tests.services.organisation import CONSOLE, Organisation

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
Send = Callable[[bytes | None], TestResponse]


@pytest.fixture
def app(settings: Settings, org: Organisation) -> Flask:
    return application(settings, org.house)


@pytest.fixture
def bundle(org: Organisation, tmp_path: Path) -> bytes:
    org.ordered()
    keeping_log.round_of(org.house)
    return take(org.house, CONSOLE, None, "full", tmp_path / "all.zip").read_bytes()


@pytest.fixture
def send(app: Flask) -> Send:
    visitor = Visitor(app)
    visitor.sign_in("auditor")

    def sent(raw: bytes | None) -> TestResponse:
        token = re.findall(r'name="csrf_token" value="([^"]*)"', visitor.get("/log").text)[-1]
        file = {} if raw is None else {"file": (io.BytesIO(raw), "all.zip")}
        return visitor.client.post("/log", data={"csrf_token": token, **file}, headers=OURS, content_type="multipart/form-data")

    return sent


def verdict(answer: TestResponse) -> str:
    found = re.search(r"<strong>([^<]*)</strong>", answer.text)
    return found[1] if found else ""


def test_an_intact_bundle_is_held_against_the_log_also_when_that_has_grown(org: Organisation, bundle: bytes, send: Send) -> None:
    answer = send(bundle)
    assert (answer.status_code, verdict(answer)) == (200, "Intact.") and "Held against the checkpoint" in answer.text
    org.ordered()
    keeping_log.round_of(org.house)
    answer = send(bundle)
    assert (answer.status_code, verdict(answer)) == (200, "Intact.") and "Held against the checkpoint" in answer.text


def test_a_bundle_with_an_event_less_is_found_out(org: Organisation, bundle: bytes, send: Send) -> None:
    files = contents(bundle)
    name = next(one for one in files if one.startswith("cases/"))
    answer = send(forged(org.house, files, lambda told: told["events"].pop(), name))
    assert (answer.status_code, verdict(answer)) == (422, "Altered or incomplete.")


def test_a_bundle_whose_log_is_not_how_this_one_was_is_found_out(org: Organisation, bundle: bytes, send: Send) -> None:
    """Two histories continued from one backup, both signed by the key of the house: the bundle of one is not of the other."""
    files = contents(bundle)
    point = checkpoint.read(files["checkpoint.txt"].decode().split("\n\n")[0] + "\n")
    other = checkpoint.Checkpoint(point.origin, point.size, bytes(32))
    note = other.signed([Signer(org.house.log, keys.signing(org.house.keys, keys.LOG)[0])])
    answer = send(resigned(org.house, files | {"checkpoint.txt": note.encode()}))
    assert (answer.status_code, verdict(answer)) == (422, "Altered or incomplete.")


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 no archive", packed({"a.txt": b"x"}), packed({"checkpoint.txt": b"x" * 70_000})])
def test_what_is_no_bundle_is_said_to_be_none(raw: bytes, send: Send) -> None:
    answer = send(raw)
    assert (answer.status_code, verdict(answer)) == (422, "Cannot tell.") and "not signed by a key of this log" in answer.text


def test_a_bundle_whose_checkpoint_is_damaged_in_its_packing_is_said_to_be_so(bundle: bytes, send: Send) -> None:
    with ZipFile(io.BytesIO(bundle)) as archive:
        info = archive.getinfo("checkpoint.txt")
    start = info.header_offset + 30 + len(info.filename)
    answer = send(bundle[:start] + bytes([0xFF] * 8) + bundle[start + 8:])
    assert (answer.status_code, verdict(answer)) == (422, "Cannot tell.")


def test_without_a_file_the_page_says_what_is_needed(send: Send) -> None:
    answer = send(None)
    assert answer.status_code == 422 and "No file came" in answer.text


def test_flipped_bits_are_never_intact_with_other_content(bundle: bytes, send: Send) -> None:
    chance = Random(5)
    for _ in range(12):
        raw = bytearray(bundle)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        answer = send(bytes(raw))
        assert answer.status_code == 422 or verdict(answer) == "Intact."
