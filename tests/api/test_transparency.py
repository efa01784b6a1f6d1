"""The log over HTTP: a receipt with every act, proofs that a stranger's program can check, tiles as witnesses fetch them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from inspect_app.audit import checkpoint, histories, merkle, notes, receipts, tiles
from inspect_app.audit.batches import unb64url
from inspect_app.audit.notes import Verifier
from inspect_app.now import hold, now
from inspect_app.services import checkpoints, keeping_log, persons
from inspect_app.services.house import House
from inspect_app.services.signer import SignerRefuses
from tests.api.conftest import BASE, Caller, Callers
from tests.services.organisation import PASSWORD, Organisation
from workflows.acts import Actor


def keys_of(auditor: Caller) -> list[Verifier]:
    return [Verifier.read(line) for line in auditor.get("/log").get_json()["keys"]]


def test_every_act_is_answered_with_a_receipt_and_so_is_the_same_act_sent_again(callers: Callers, house: House) -> None:
    opened = callers["officer"].open().get_json()
    case = opened["id"]
    first = callers["officer"].act(case, 1, "note_for_record", key="k", note="one").get_json()
    again = callers["officer"].act(case, 1, "note_for_record", key="k", note="one").get_json()
    batch = callers["officer"].post("/events:batch", {"acts": [{"case": case, "seen": 2, "trigger": "note_for_record", "data": {"note": "two"}}]})
    paper = callers["officer"].post(f"/cases/{case}/evidence", {"description": "x", "reference": "y"}, If_Match='"3"').get_json()
    keeping_log.round_of(house)
    known = keys_of(callers["auditor"])
    for event in (opened["event"], first, again, batch.get_json()["results"][0]["event"], paper["event"]):
        told = event["receipt"]
        assert told["log"] == house.log and told["leaf"] == event["leaf"]
        assert receipts.opened(told["note"].encode(), known).leaf.hex() == event["leaf"]
    assert first == again
    assert callers["officer"].get(f"/cases/{case}/events").get_json()["events"][0]["receipt"] is None


def test_whoever_handles_a_case_gets_the_proof_that_its_history_is_whole(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    assert callers["officer"].get(f"/cases/{case}/proof").status_code == 404
    keeping_log.round_of(org.house)
    org.act("officer", case, "note_for_record", note="it waits")
    told = callers["officer"].get(f"/cases/{case}/proof").get_json()
    assert told["complete"] is True and told["waiting"] == 1 and [e["seq"] for e in told["events"]] == [1, 2, 3, 4]
    envelopes = [e["envelope"].encode() for e in told["events"]]
    point = histories.check(histories.read(told["proof"]), envelopes, keys_of(callers["auditor"]))
    assert point.size == told["proof"]["size"]


def test_a_party_gets_the_proof_of_what_it_is_told(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    keeping_log.round_of(org.house)
    told = callers["head"].get(f"/cases/{case}/proof").get_json()
    own = {e["seq"] for e in callers["head"].get(f"/cases/{case}/events").get_json()["events"]}
    assert told["complete"] is False and {e["seq"] for e in told["events"]} == own
    known = keys_of(callers["auditor"])
    point = checkpoint.opened(told["proof"]["checkpoint"].encode(), known, org.house.log)
    for event in told["events"]:
        hashes = [unb64url(h, 32) or b"" for h in event["inclusion"]]
        merkle.check_inclusion(event["index"], point.size, merkle.leaf_hash(event["envelope"].encode()), hashes, point.root)


def test_a_witness_can_make_the_tree_from_its_tiles(callers: Callers, org: Organisation) -> None:
    assert callers["auditor"].get("/log/checkpoint").status_code == 404
    org.ordered()
    keeping_log.round_of(org.house)
    auditor = callers["auditor"]
    raw = auditor.get("/log/checkpoint").get_data()
    point = checkpoint.opened(raw, keys_of(auditor), org.house.log)
    data = auditor.get(f"/log/tile/{tiles.path(0, 0, point.size)}").get_data()
    leaves = [data[n:n + 32] for n in range(0, len(data), 32)]
    assert merkle.root_of(leaves) == point.root
    entries = auditor.get(f"/log/tile/{tiles.path('entries', 0, point.size)}").get_data()
    found = []
    while entries:
        length = int.from_bytes(entries[:2], "big")
        found.append(merkle.leaf_hash(entries[2:2 + length]))
        entries = entries[2 + length:]
    assert found == leaves
    for path in ("0/000", f"0/000.p/{point.size + 1}", "0/001.p/1", "1/000.p/1", "entries/000", "0/x/1", "..%2Fcheckpoint"):
        assert auditor.get(f"/log/tile/{path}").status_code == 404, path


def test_a_late_log_is_told_loudly_and_hinders_nobody(app: Flask, callers: Callers, org: Organisation) -> None:
    client = app.test_client()
    case = org.open().case
    assert client.get("/healthz/log").status_code == 200
    with hold(now() + 2 * checkpoints.LATE):
        assert client.get("/healthz/log").status_code == 503
        assert client.get("/readyz").status_code == 200 and client.get("/readyz").get_json()["log"] == "late"
        assert callers["auditor"].get("/log").get_json()["trouble"] == "late"
        assert callers["officer"].act(case, 1, "note_for_record", note="acts go on").status_code == 201
    keeping_log.round_of(org.house)
    with hold(now() + 2 * checkpoints.LATE):
        assert client.get("/healthz/log").status_code == 200
    assert "log" not in client.get("/readyz").get_json()


def test_metrics_are_for_a_token_of_whoever_keeps_the_log(callers: Callers, org: Organisation) -> None:
    org.open()
    client: FlaskClient = callers.app.test_client(use_cookies=False)
    told = client.get("/metrics", headers=callers["admin"].headers())
    assert told.status_code == 200 and "inspect_log_waiting_events" in told.text
    assert client.get("/metrics", headers=callers["officer"].headers()).status_code == 403
    keeping_log.round_of(org.house)
    assert "inspect_log_waiting_events 0\n" in client.get("/metrics", headers=callers["admin"].headers()).text


def letter_of(callers: Callers, org: Organisation, case: str) -> Any:
    with org.house.db.reading("all") as session:
        id_ = session.execute(text("SELECT MAX(l.id) FROM letter l JOIN cases c ON c.id = l.case_id WHERE c.uid = :uid"), {"uid": case}).scalar_one()
    browser = callers.app.test_client()
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert browser.post("/sign-in", data={"login": "officer", "password": PASSWORD}, headers=ours).status_code == 303
    return browser.get(f"/cases/{case}/letters/{id_}").text


def test_a_paper_names_its_checkpoint_or_says_that_it_has_none_yet(callers: Callers, org: Organisation) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    assert "Not yet witnessed" in letter_of(callers, org, case)
    keeping_log.round_of(org.house)
    page = letter_of(callers, org, case)
    assert "Not yet witnessed" not in page and checkpoints.newest(org.house).point.code in page


def test_an_auditors_engagement_opens_with_a_checkpoint(org: Organisation, callers: Callers) -> None:
    keeping_log.round_of(org.house)
    org.open()
    keeping_log.round_of(org.house)
    persons.grant(org.house, Actor("console:test", "test"), "one", "auditor", "HQ", until="2999-12-31", reason="Engagement letter 6/2026")
    keeping_log.round_of(org.house)
    with org.house.db.reading("all") as session:
        body = session.execute(text("SELECT c.body FROM content c JOIN event e ON e.event_id = c.event_id WHERE e.\"trigger\" = 'grant' "
                                    "ORDER BY e.event_id DESC LIMIT 1")).scalar_one()
    assert notes.read(next(value for _, name, value in orjson.loads(body) if name == "data.checkpoint").encode()).signatures
    assert callers.app.test_client().get(f"{BASE}/log").status_code == 401


def test_the_signer_that_stopped_is_told(callers: Callers, org: Organisation) -> None:
    (org.house.keys / "log.key").unlink()
    org.open()
    with pytest.raises(SignerRefuses, match="key"):
        keeping_log.round_of(org.house)
    with hold(now() + 2 * checkpoints.UNSIGNED):
        assert callers.app.test_client().get("/healthz/log").get_json() == {"log": "unsigned"}
