"""An export is whole or not at all, holds what its reader may see, and is itself an event."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select

from inspect_app.access import reading
from inspect_app.audit.envelope import disclosed
from inspect_app.errors import NotFound
from inspect_app.imports.logs import read_log
from inspect_app.imports.mapping import LogMapping
from inspect_app.imports.xes_header import read_header
from inspect_app.models import cases, content, event, person, role_grant, stream, unit
from inspect_app.services import casework, exporting, histories, setup
from inspect_app.services.casework import Opening
from inspect_app.services.exporting import NotAvailable, Order, Taken
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from inspect_app.services.replaying import replay_all
from inspect_app.services.units import replant
from tests.services.histories import CONSOLE, FINES, WHOLE, bring_in, example_house, log_file
from workflows.acts import Act, Actor
from workflows.inputs import Klass

OFFICER = Actor("u-officer", "Hoa", 1)
AUDITOR = Actor("u-auditor", "An", 2)


@pytest.fixture
def house(founded_url: str, tmp_path: Path) -> House:
    return example_house(founded_url, tmp_path)


def staffed(house: House) -> House:
    """One unit with an officer and an auditor, and one case of its own."""
    with house.db.atomic("all") as session:
        session.execute(insert(unit).values(code="D", name="Depot", path="/1/"))
        replant(session)
        for uid, role in (("u-officer", "officer"), ("u-auditor", "auditor")):
            id_ = session.execute(
                insert(person).values(uid=uid, full_name=uid, called=uid, unit_id=1).returning(person.c.id)
            ).scalar_one()
            session.execute(insert(role_grant).values(person_id=id_, role=role, unit_id=1, since_on=date(2020, 1, 1)))
        for name in setup.NAMES:
            setup.keep(session, name, "named")
    told = {"source": "signal", "what": "The drug book had gaps on 3 May."}
    casework.open_case(house, Opening("inspection", Act("register", OFFICER, told), "Sổ thuốc", "D"))
    return house


def export(house: House, actor: Actor, wanted: Wanted, form: str, out: Path, **more: Any) -> Taken:
    """By name, unless told otherwise: what most of these tests are about."""
    return exporting.export(house, actor, Order(wanted, form, **{"named": True} | more), out)


def rows_of(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_an_imported_log_leaves_as_it_came(house: House, tmp_path: Path) -> None:
    path = log_file(
        tmp_path, ("A1", WHOLE), ("A2", ["Create Fine", "Dance"][:1]), ("B<&\"'>", ["Payment", "Create Fine"])
    )
    bring_in(house, path)
    out = tmp_path / "out.xes"
    taken = export(house, CONSOLE, Wanted(), "xes", out)
    mapping = LogMapping.load(FINES)
    came, left = list(read_log(path, mapping)), list(read_log(out, mapping))
    assert [(t.key, t.attributes, [e.attributes for e in t.events]) for t in left] == [
        (t.key, t.attributes, [e.attributes for e in t.events]) for t in came
    ]
    assert taken.events == 10
    assert "fine" in {e.prefix for e in read_header(out).extensions}


def test_every_format_holds_the_same_events_in_their_one_order(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE), ("A2", WHOLE)))
    for form in ("csv", "jsonl", "xes"):
        assert export(house, CONSOLE, Wanted(), form, tmp_path / form).events == 14
    lines = rows_of(tmp_path / "jsonl")
    table = list(csv.DictReader(io.StringIO((tmp_path / "csv").read_text("utf-8"))))
    assert [row["position"] for row in lines] == [*range(1, 8), *range(1, 8)]
    assert [row["event_id"] for row in lines] == [row["event_id"] for row in table]
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_taking_an_export_is_an_event_outside_the_cases(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE)))
    taken = export(house, CONSOLE, Wanted(query="Fine"), "csv", tmp_path / "out.csv")
    with house.db.reading("all") as session:
        row, body = session.execute(
            select(stream.c.kind, content.c.body)
            .join(event, event.c.stream_id == stream.c.id)
            .join(content, content.c.event_id == event.c.event_id)
            .where(stream.c.kind == "exports")
        ).one()
    said = disclosed(body)
    assert (row, said["actor"], said["data.query"], said["data.format"], said["data.events"], said["data.sha256"]) == (
        "exports",
        "console:test",
        "query Fine",
        "csv",
        7,
        taken.sha256,
    )
    assert replay_all(house).found == 0


def test_cases_are_chosen_by_number_and_by_words_without_diacritics(house: House, tmp_path: Path) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE), ("100% 50_5", ["Create Fine"])))
    with house.db.reading("all") as session:
        number = session.execute(select(cases.c.number).where(cases.c.workflow == "road_fine_payment")).scalar_one()
    out = tmp_path / "out.jsonl"
    assert export(house, CONSOLE, Wanted(number=number), "jsonl", out).events == 2
    assert export(house, CONSOLE, Wanted(query="fine a1"), "jsonl", out).events == 7
    assert export(house, CONSOLE, Wanted(query="100%"), "jsonl", out).events == 1
    assert export(house, CONSOLE, Wanted(query="0_5"), "jsonl", out).events == 1
    assert export(house, CONSOLE, Wanted(query="it's"), "jsonl", out).events == 0
    with pytest.raises(NotFound, match="no case 1999-1"):
        export(house, CONSOLE, Wanted(number="1999-1"), "jsonl", out)


@pytest.mark.parametrize(
    ("form", "audience", "said"),
    [
        ("docx", "full", "there are: csv, jsonl, xlsx"),
        ("csv", "public", "not available here"),
        ("csv", "friends", "is unknown"),
    ],
)
def test_what_is_not_offered_is_refused_before_anything_is_written(
    house: House, tmp_path: Path, form: str, audience: str, said: str
) -> None:
    with pytest.raises(NotAvailable, match=said):
        export(house, CONSOLE, Wanted(), form, tmp_path / "out", audience=audience)
    assert not (tmp_path / "out").exists()


def test_an_export_that_fails_leaves_no_file_and_no_event(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(house, log_file(tmp_path, ("A1", WHOLE)))
    (tmp_path / "out.csv").write_text("before", "utf-8")
    monkeypatch.setattr(histories, "history_event", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(house, CONSOLE, Wanted(), "csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text("utf-8") == "before"
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []
    with house.db.reading("all") as session:
        assert session.execute(select(stream.c.id).where(stream.c.kind == "exports")).first() is None
    with pytest.raises(NotFound, match="no folder"):
        export(house, CONSOLE, Wanted(), "csv", tmp_path / "nowhere" / "out.csv")
    with pytest.raises(NotAvailable, match="is a folder"):
        export(house, CONSOLE, Wanted(), "csv", tmp_path)


def test_a_person_exports_what_they_may_see_and_nothing_else(house: House, tmp_path: Path) -> None:
    bring_in(staffed(house), log_file(tmp_path, ("A1", WHOLE)))
    out = tmp_path / "out.jsonl"
    assert export(house, CONSOLE, Wanted(), "jsonl", out).events == 8
    assert export(house, OFFICER, Wanted(), "jsonl", out).events == 1
    [mine] = rows_of(out)
    assert mine["data"] == {"source": "signal", "what": "The drug book had gaps on 3 May."}
    assert export(house, AUDITOR, Wanted(), "jsonl", out).events == 1
    assert export(house, Actor("u-x", "X", 99), Wanted(), "jsonl", out).events == 0
    with house.db.reading("all") as session:
        hidden = session.execute(select(cases.c.number).where(cases.c.workflow == "road_fine")).scalar_one()
    with pytest.raises(NotFound):
        export(house, OFFICER, Wanted(number=hidden), "jsonl", out)


def test_delicate_inputs_are_withheld_from_an_auditors_copy(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed(house)
    register = house.catalogue.by_name["inspection"].openings[0]
    classes = frozenset(Klass(i.klass) for i in register.inputs if i.name == "what")
    monkeypatch.setattr(reading, "DELICATE", classes)
    out = tmp_path / "out.jsonl"
    export(house, AUDITOR, Wanted(), "jsonl", out)
    [copy] = rows_of(out)
    data = copy["data"]
    assert isinstance(data, dict)
    assert data["what"] is None
    assert "what" in data["withheld"]
    export(house, OFFICER, Wanted(), "jsonl", out)
    assert "withheld" not in str(rows_of(out)[0]["data"])
