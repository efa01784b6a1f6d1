"""What is recorded says so, keeps what its source told, and never moves a case the workflow would not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from inspect_app.audit.envelope import b64url, disclosed, faults
from inspect_app.models import case_role, cases, clock, content, dossier, event, letter, log_pending, person, stream
from inspect_app.now import now
from inspect_app.services import casework
from inspect_app.services.house import House
from inspect_app.services.recording import append_outside
from inspect_app.services.replaying import replay_all
from tests.services.histories import CONSOLE, WHOLE, bring_in, example_house, log_file
from workflows.acts import Act, Actor


@pytest.fixture
def house(founded_url: str, tmp_path: Path) -> House:
    return example_house(founded_url, tmp_path)


def test_one_trace_is_one_dossier_with_its_strands_as_cases(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE)))
    with house.db.reading("all") as session:
        [one] = session.execute(select(dossier)).all()
        rows = session.execute(select(cases).order_by(cases.c.id)).all()
        order = session.execute(select(event.c.position, event.c.trigger).order_by(event.c.position)).all()
    assert (one.source, one.position) == ("road_fine:A1", 7)
    assert [(r.workflow, r.state, r.seq, r.is_open, r.parent_id, r.origin, r.title) for r in rows] == [
        ("road_fine", "in_collection", 5, False, None, "recorded", "Fine A1"),
        ("road_fine_payment", "paying", 2, True, rows[0].id, "recorded", "Fine A1"),
    ]
    assert [tuple(o) for o in order] == list(
        enumerate(["create", "send", "notify", "add_penalty", "pay", "collect", "pay"], 1)
    )


def test_each_recorded_event_opens_to_what_its_source_told(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE)))
    heads: dict[int, bytes] = {}
    with house.db.reading("all") as session:
        rows = session.execute(
            select(event, content.c.body, stream.c.cid)
            .join(content, content.c.event_id == event.c.event_id)
            .join(stream, stream.c.id == event.c.stream_id)
            .order_by(event.c.position)
        ).all()
        assert session.execute(select(func.count()).select_from(log_pending)).scalar_one() == len(rows)
        for table in (clock, letter):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0
        streams = {s.id: s for s in session.execute(select(stream))}
    for n, row in enumerate(rows, 1):
        expected = {
            "seq": row.seq,
            "prev": b64url(heads.get(row.stream_id, b"")),
            "cid": b64url(row.cid),
            "log": house.log,
            "at": row.recorded_at,
        }
        assert faults(row.envelope, row.leaf, row.body, expected) == []
        told = disclosed(row.body)
        assert (told["origin"], told["source"], told["row"], told["recorded_by"]) == (
            "recorded",
            "road_fine:A1",
            n,
            "console:test",
        )
        assert (told["x.fine:amount"], told["x.org:resource"]) == (["float", "35.50"], ["string", "561"])
        assert (told["position"], told["actor"], told["zone"], told["trigger"]) == (n, "561", "+02:00", row.trigger)
        assert ("trace.fine:points" in told) is (n == 1)
        assert "fits" not in told
        heads[row.stream_id] = row.leaf
    assert {id_: s.head for id_, s in streams.items()} == heads
    assert disclosed(rows[4].body)["parent"] == {"cid": b64url(rows[0].cid), "leaf": b64url(rows[3].leaf)}


def test_what_the_workflow_does_not_know_is_kept_and_marked(house: House, tmp_path: Path) -> None:
    bring_in(
        house,
        log_file(
            tmp_path,
            ("A1", ["Create Fine", "Add penalty", "Send Fine", "Appeal to Judge", "Appeal to Judge"]),
            ("A2", ["Payment", "Create Fine", "Payment"]),
        ),
    )
    with house.db.reading("all") as session:
        rows = session.execute(
            select(event, content.c.body)
            .join(content, content.c.event_id == event.c.event_id)
            .order_by(event.c.dossier_id, event.c.position)
        ).all()
        parents = session.execute(select(cases.c.workflow, cases.c.parent_id.is_(None)).order_by(cases.c.id)).all()
    assert [(r.trigger, r.before, r.after, r.fits) for r in rows] == [
        ("create", "", "created", True),
        ("add_penalty", "created", "created", False),
        ("send", "created", "sent", True),
        ("appeal", "", "appealed", True),
        ("appeal", "appealed", "appealed", False),
        ("pay", "", "", False),
        ("create", "", "created", True),
        ("pay", "", "paying", True),
    ]
    assert [disclosed(r.body).get("fits", True) for r in rows] == [r.fits for r in rows]
    assert [tuple(p) for p in parents] == [
        ("road_fine", True),
        ("road_fine_judge", False),
        ("road_fine", True),
        ("road_fine_payment", False),
    ]


def test_acts_go_on_where_a_recorded_history_ends(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE[:2])))
    with house.db.atomic("all") as session:
        case_id, uid = session.execute(select(cases.c.id, cases.c.uid)).one()
        session.execute(insert(person).values(uid="u-officer", full_name="Lê Thị Hoa", called="Hoa"))
        session.execute(insert(case_role).values(case_id=case_id, person_id=1, role="officer", since_seq=1))
    done = casework.fire(house, uid, Act("close", Actor("u-officer", "Hoa", 1), {"reason": "paid"}, seen=2))
    assert (done.seq, done.position, done.before, done.after, done.origin) == (3, 3, "sent", "closed", "act")
    assert replay_all(house).differences == []


def test_a_stream_outside_the_cases_is_chained_as_well(house: House) -> None:
    for n in (1, 2):
        with house.db.atomic("all") as session:
            append_outside(session, house.log, "exports", CONSOLE, "export", {"format": "csv", "events": n}, now())
    with house.db.reading("all") as session:
        [one] = session.execute(select(stream)).all()
        rows = session.execute(
            select(event, content.c.body).join(content, content.c.event_id == event.c.event_id).order_by(event.c.seq)
        ).all()
    assert (one.kind, one.seq, one.head) == ("exports", 2, rows[1].leaf)
    for row, before in zip(rows, (b"", rows[0].leaf), strict=True):
        assert faults(row.envelope, row.leaf, row.body, {"seq": row.seq, "prev": b64url(before), "wf": ""}) == []
        assert (row.dossier_id, row.position, row.actor) == (None, None, "console:test")
        assert disclosed(row.body)["data.format"] == "csv"
