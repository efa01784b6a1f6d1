"""A register comes in once: each row is counted once, what is the same changes nothing wherever it stands, what has changed is corrected, never
overwritten."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from itertools import combinations, count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from config import Settings
from inspect_app.errors import NotFound, Unreadable
from inspect_app.imports.register_reading import load_register_mapping
from inspect_app.models import cases, event, register_flag, unit
from inspect_app.now import hold
from inspect_app.services import register_writing, registers
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.register_laws import laws_of
from inspect_app.services.registers import import_register
from inspect_app.services.replaying import replay_all
from inspect_app.services.verifying import verify
from tests.imports.both import in_both
from tests.services.organisation import CONSOLE, Organisation
from tests.services.registers import MAPPING, SOME_FINDINGS, SOME_PLACES, SOME_VISITS, corrections, outcomes, register, take_in, written
from workflows.calendar import day_of

FOOD = Path(__file__).resolve().parents[2] / "examples" / "food_inspections" / "mapping.toml"


def states(house: House) -> list[tuple[str, str, bool]]:
    with house.db.reading("all") as session:
        return sorted((w, s, bool(o)) for w, s, o in session.execute(select(cases.c.workflow, cases.c.state, cases.c.is_open)))


def test_rows_become_inspections_findings_and_corrective_actions(org: Organisation, tmp_path: Path) -> None:
    report = take_in(org.house, register(tmp_path / "r"), unit="W1")
    assert [outcomes(report, name) for name in ("places", "visits", "findings")] == [(3, 0, 0, 0), (3, 0, 0, 0), (6, 0, 0, 0)]
    assert report.cases == {"visit": 3, "finding": 6, "action": 5}
    assert states(org.house) == sorted([
        *[("past_finding", "found", False)] * 6, *[("past_inspection", "concluded", False)] * 2, ("past_inspection", "inspected", True),
        *[("past_action", "remedied", False)] * 3, ("past_action", "remedied_late", False), ("past_action", "required", True)])
    assert dict(report.contradictions) == {"remedied_before": 1, "open_with_a_day": 1} and dict(report.counts) == {"in_time": 3}
    assert replay_all(org.house).found == 0 and verify(org.house).status == 0


def test_a_recorded_row_says_where_it_comes_from_and_does_not_pretend_to_be_an_act(org: Organisation, tmp_path: Path) -> None:
    take_in(org.house, register(tmp_path / "r"), unit="W1")
    with org.house.db.reading("all") as session:
        found = session.execute(select(cases).where(cases.c.reference == "V1")).mappings().one()
        told = list(events_of(session, found["id"]))
        rows = {(origin, bool(fits)) for origin, fits in session.execute(select(event.c.origin, event.c.fits))}
    assert found["title"] == "Paint shop 2020-02-03" and found["origin"] == "recorded" and found["due_at"] is None
    assert [(e.trigger, e.actor, e.role, e.data) for e in told] == [
        ("inspect", "Lan", "", {"subject": "Paint shop"}), ("conclude", "Lan", "", {"result": "met"})]
    assert told[0].occurred_at == 1_580_662_800_000_000 and told[0].zone == "+07:00"
    assert rows == {("recorded", True)}


def test_the_same_rows_change_nothing_wherever_they_stand(org: Organisation, tmp_path: Path) -> None:
    folder = register(tmp_path / "r")
    take_in(org.house, folder)
    before = written(org.house)
    again = take_in(org.house, folder)
    assert [outcomes(again, name) for name in again.tables] == [(0, 0, 3, 0), (0, 0, 3, 0), (0, 0, 6, 0)]
    assert again.events == 0 and sum(counted["moved"] for counted in again.tables.values()) == 0
    for seed in range(5):
        shuffled = [Random(seed).sample(list(rows), len(rows)) for rows in (SOME_PLACES, SOME_VISITS, SOME_FINDINGS)]
        mixed = take_in(org.house, register(tmp_path / "r", *shuffled))
        assert mixed.total("unchanged") == mixed.rows == 12 and mixed.events == 0
        assert mixed.tables["findings"]["moved"] == fewest_moved([SOME_FINDINGS.index(row) for row in shuffled[2]])
    assert written(org.house) == before and verify(org.house).status == 0


def fewest_moved(order: list[int]) -> int:
    """How many have to be put elsewhere, by trying: the others stand in their order already."""
    return next(n for n in range(len(order)) if any(
        list(rest) == sorted(rest) for rest in combinations(order, len(order) - n)))


def test_rows_that_moved_up_because_one_was_left_out_are_not_reordered(org: Organisation, tmp_path: Path) -> None:
    take_in(org.house, register(tmp_path / "r"))
    fewer = take_in(org.house, register(tmp_path / "r", findings=SOME_FINDINGS[1:]))
    assert outcomes(fewer, "findings") == (0, 0, 5, 0) and fewer.absent["findings"] == 1 and fewer.tables["findings"]["moved"] == 0
    more = take_in(org.house, register(tmp_path / "r", findings=(("V3", "1.1", "New", "", "", "none"), *SOME_FINDINGS)))
    assert outcomes(more, "findings") == (1, 0, 6, 0) and more.tables["findings"]["moved"] == 0
    turned = take_in(org.house, register(tmp_path / "r", findings=(*SOME_FINDINGS[1:], SOME_FINDINGS[0])))
    assert turned.tables["findings"]["moved"] == 1


def test_the_preview_is_in_the_order_of_the_file_and_tells_what_a_correction_changes(org: Organisation, tmp_path: Path) -> None:
    take_in(org.house, register(tmp_path / "r"))
    findings, visits = [list(row) for row in SOME_FINDINGS], [list(row) for row in SOME_VISITS]
    findings[2][2:4] = ["No guard at all", "31"]
    visits[1][3:] = ["Hoa", "pass"]
    report = take_in(org.house, register(tmp_path / "r", visits=visits, findings=findings), dry_run=True)
    places = [(one.table, one.row) for one in report.preview]
    assert places == sorted(places, key=lambda one: (list(report.tables).index(one[0]), one[1])) and len(places) == 12
    changed = {(one.table, one.row): [tuple(change) for change in one.changes] for one in report.preview if one.outcome != "unchanged"}
    assert changed == {("visits", 3): [("result", "not_met", "met"), ("who", "Minh", "Hoa")], ("findings", 4): []}
    days = [list(row) for row in SOME_FINDINGS]
    days[2][3] = "31"
    report = take_in(org.house, register(tmp_path / "r", findings=days), dry_run=True)
    assert [change for one in report.preview for change in one.changes] == [("days", "30", "31")]


def test_a_title_follows_the_row_that_was_corrected(org: Organisation, tmp_path: Path) -> None:
    take_in(org.house, register(tmp_path / "r"), unit="W1")
    visits = [list(row) for row in SOME_VISITS]
    visits[0][2] = "05/02/2020"
    take_in(org.house, register(tmp_path / "r", visits=visits), unit="W1")
    with org.house.db.reading("all") as session:
        assert session.execute(select(cases.c.title).where(cases.c.reference == "V1")).scalar_one() == "Paint shop 2020-02-05"
    assert verify(org.house).status == 0 and replay_all(org.house).found == 0


def test_rows_come_into_the_units_that_they_say_and_a_unit_nobody_knows_is_a_reason_to_reject(org: Organisation, tmp_path: Path) -> None:
    mapping = MAPPING.replace('reference = "{visit}"', 'reference = "{visit}"\nunit = "places.called"', 1)
    with org.house.db.reading("all") as session:
        codes = {code: name for code, name in session.execute(select(unit.c.code, unit.c.name))}
    places = (("P1", codes["W2"].upper(), "x"), ("P2", "w1", "x"), ("P3", "Yard", "x"))
    visits = (*SOME_VISITS, ("V4", "P3", "03/02/2020", "Lan", ""))
    report = take_in(org.house, register(tmp_path / "r", places, visits), mapping=mapping, unit="W1")
    assert [(r.row, r.column, r.code) for r in report.rejections] == [(5, "places.called", "unit")] and in_both(report.rejections[0].message)
    with org.house.db.reading("all") as session:
        found = {(title, code) for title, code in session.execute(select(cases.c.title, unit.c.code).join(unit, unit.c.id == cases.c.unit_id))}
    assert {code for title, code in found if title.startswith(codes["W2"].upper())} == {"W2"} and ("9.4", "W1") in found and ("7.2", "W2") in found


def test_rows_that_say_the_same_and_tables_without_cases_are_told(org: Organisation, tmp_path: Path) -> None:
    findings = (*SOME_FINDINGS, SOME_FINDINGS[0], SOME_FINDINGS[0])
    report = take_in(org.house, register(tmp_path / "r", findings=findings), dry_run=True)
    assert report.repeated == {"findings": 2} and report.lonely == []
    alone = MAPPING[:MAPPING.index("[tables.visits]")]
    assert take_in(org.house, tmp_path / "r" / "places.csv", mapping=alone, dry_run=True).lonely == ["places"]


def test_each_changed_row_gets_exactly_one_correction_and_nothing_is_overwritten(org: Organisation, tmp_path: Path) -> None:
    random = Random(11)
    folder = register(tmp_path / "r")
    take_in(org.house, folder)
    told = {"visits": [list(row) for row in SOME_VISITS], "findings": [list(row) for row in SOME_FINDINGS]}
    expected = 0
    for n in range(12):
        table = random.choice(("visits", "findings"))
        changed = random.sample(range(len(told[table])), random.randint(1, 3))
        for at in changed:
            if table == "visits":
                told[table][at][3] = f"Inspector {n}"
            else:
                told[table][at][3] = str(20 + n)
        for rows in told.values():
            random.shuffle(rows)
        before = written(org.house)["event"]
        report = take_in(org.house, register(folder, visits=told["visits"], findings=told["findings"]))
        expected += len(changed)
        assert report.total("updated") == len(changed) and report.total("created") == report.total("rejected") == 0
        assert corrections(org.house) == expected
        assert written(org.house)["event"] - before == report.events
    assert replay_all(org.house).found == 0 and verify(org.house).status == 0


def test_a_correction_has_its_day_and_both_values_and_what_is_told_only_now_follows(org: Organisation, tmp_path: Path) -> None:
    folder = register(tmp_path / "r")
    take_in(org.house, folder)
    findings = [list(row) for row in SOME_FINDINGS]
    findings[2][4:] = ["12/02/2020", "done"]
    with hold(1_700_000_000_000_000):
        report = take_in(org.house, register(folder, findings=findings))
    assert outcomes(report, "findings") == (0, 1, 5, 0) and report.events == 2
    with org.house.db.reading("all") as session:
        case_id = session.execute(select(event.c.stream_id).where(event.c.trigger == "correct_row")).scalar_one()
        told = list(events_of(session, case_id))
    assert [(e.trigger, e.after, e.fits) for e in told] == [
        ("require", "required", True), ("correct_row", "required", True), ("remedy", "remedied", True)]
    assert told[1].occurred_at == 1_700_000_000_000_000 and told[1].actor == CONSOLE.id
    assert told[1].data["changes"] == [{"column": "state", "was": "open", "now": "done"}, {"column": "remedied", "now": "2020-02-12"}]
    assert take_in(org.house, folder).events == 0


def test_what_contradicted_itself_and_no_longer_does_is_no_longer_flagged(org: Organisation, tmp_path: Path) -> None:
    folder = register(tmp_path / "r")
    take_in(org.house, folder)

    def flags() -> set[tuple[str, bool]]:
        with org.house.db.reading("all") as session:
            return {(rule, until is None) for rule, until in session.execute(select(register_flag.c.rule, register_flag.c.until))}

    assert flags() == {("remedied_before", True), ("open_with_a_day", True)}
    findings = [list(row) for row in SOME_FINDINGS]
    findings[3][4] = "06/02/2020"
    take_in(org.house, register(folder, findings=findings))
    assert flags() == {("remedied_before", False), ("open_with_a_day", True)}
    take_in(org.house, register(folder))
    assert flags() == {("remedied_before", True), ("open_with_a_day", True)}


def test_new_rows_come_under_what_is_there_also_from_a_file_of_their_own(org: Organisation, tmp_path: Path) -> None:
    folder = register(tmp_path / "r", findings=SOME_FINDINGS[:1])
    take_in(org.house, folder)
    dossiers = written(org.house)["dossier"]
    report = take_in(org.house, register(folder))
    assert outcomes(report, "findings") == (5, 0, 1, 0)
    only = tmp_path / "findings.csv"
    only.write_text("visit,rule,what,days,remedied,state\nV2,8.8,Lamp broken,3,06/02/2020,none\nV9,8.8,Lamp broken,3,,none\n", "utf-8")
    refused = take_in(org.house, only, dry_run=True)
    assert [(r.row, r.column, r.code) for r in refused.rejections] == [(3, "visit", "no_parent"), (2, "visits.day", "no_day")]
    assert all(in_both(r.message) for r in refused.rejections)
    alone = take_in(org.house, only, mapping=MAPPING.replace('on = "visits.day"', 'on = "remedied"'))
    assert outcomes(alone, "findings") == (1, 0, 0, 1) and alone.absent == {"findings": 6}
    assert [(r.row, r.column, r.code) for r in alone.rejections] == [(3, "visit", "no_parent")]
    assert written(org.house)["dossier"] == dossiers and verify(org.house).status == 0


def test_a_row_that_cannot_be_taken_is_rejected_with_its_column_and_the_rest_comes_in(org: Organisation, tmp_path: Path) -> None:
    visits = (("V1", "P1", "31/02/2020", "Lan", "pass"), ("V2", "P2", "04/02/2020", "Minh", "maybe"), ("V2", "P2", "04/02/2099", "Minh", "fail"),
              ("", "P2", "04/02/2020", "Minh", "fail"), ("V5", "P2", "04/02/2020", "Minh", "fail"), ("V6", "P2", "04/02/2020", "A", ""),
              ("V6", "P2", "04/02/2020", "B", ""), ("V5", "P2", "04/02/2020", "Minh", "fail"))
    findings = (("V1", "7.1", "x", "1", "", "none"), ("V5", "7.1", "x", "1", "", "open"))
    report = take_in(org.house, register(tmp_path / "r", visits=visits, findings=findings))
    assert {(r.table, r.row, r.column, r.code) for r in report.rejections} == {
        ("visits", 2, "day", "day"), ("visits", 3, "result", "code"), ("visits", 4, "day", "future"), ("visits", 5, "visit", "empty"),
        ("visits", 7, "visit", "key_twice"), ("visits", 8, "visit", "key_twice"), ("visits", 9, "visit", "key_twice"),
        ("findings", 2, "visit", "no_parent")}
    assert outcomes(report, "visits") == (1, 0, 0, 7) and outcomes(report, "findings") == (1, 0, 0, 1)
    assert all(in_both(r.message) for r in report.rejections)
    assert [r["message"] for r in report.as_json()["rejections"]] == [r.message.say("en") for r in report.rejections]


def test_a_dry_run_writes_nothing_and_says_row_by_row_what_would_be(org: Organisation, tmp_path: Path) -> None:
    folder = register(tmp_path / "r")
    empty = written(org.house)
    report = take_in(org.house, folder, dry_run=True)
    assert written(org.house) == empty
    done = take_in(org.house, folder)
    assert (report.cases, report.events) == (done.cases, done.events) and report.preview and not done.preview
    shown = {(s.table, s.row): s for s in report.preview}
    assert shown["findings", 5].cases == (("finding", "9.4"), ("action", "9.4")) and shown["findings", 5].contradictions == ("remedied_before",)
    findings = [list(row) for row in SOME_FINDINGS]
    findings[0][3] = "11"
    again = take_in(org.house, register(folder, findings=[*findings, ("V3", "1.1", "New", "1", "", "open")]), dry_run=True)
    assert outcomes(again, "findings") == (1, 1, 5, 0) and written(org.house)["register_row"] == 12


def test_an_import_that_is_cut_off_goes_on_where_it_ended(org: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = [(f"V{n}", "P1", "03/02/2020", "Lan", "pass") for n in range(40)]
    findings = [(f"V{n % 40}", f"{n % 5}", "x", "10", "10/02/2020", "done") for n in range(120)]
    folder = register(tmp_path / "r", visits=visits, findings=findings)
    monkeypatch.setattr(registers, "FIRST_SIZE", 20)
    real, calls = register_writing.Writer.write, count(1)

    def dies(self: Any, *args: Any) -> None:
        real(self, *args)
        if next(calls) > 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(register_writing.Writer, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        take_in(org.house, folder)
    half = written(org.house)
    assert 0 < half["register_row"] < 163 and verify(org.house).status == 0
    monkeypatch.setattr(register_writing.Writer, "write", real)
    report = take_in(org.house, folder)
    assert report.total("unchanged") == half["register_row"] and report.rows == 163
    assert written(org.house)["register_row"] == 163 and take_in(org.house, folder).events == 0
    assert replay_all(org.house).found == 0


def test_a_row_that_others_look_up_is_corrected_in_the_installations_own_stream(org: Organisation, tmp_path: Path) -> None:
    folder = register(tmp_path / "r")
    take_in(org.house, folder)
    report = take_in(org.house, register(folder, places=(("P1", "Paint shop", "closed"), *SOME_PLACES[1:])))
    assert outcomes(report, "places") == (0, 1, 2, 0) and report.events == 0 and corrections(org.house) == 1
    assert verify(org.house).status == 0 and take_in(org.house, folder).total("unchanged") == 12


SANCTIONS = """
register = "decisions"
[tables.decisions]
key = ["number"]
columns.number = { needed = true }
columns.person = { class = "sensitive" }
columns.measure = { class = "sensitive" }
columns.on = { type = "day" }
columns.until = { type = "day", class = "sensitive" }
columns.state = { type = "code", codes = { stands = "stands", spent = "spent" } }
[[tables.decisions.cases]]
name = "sanction"
workflow = "past_sanction"
title = "Sanction {number}"
events = [{ trigger = "impose", on = "on", data = { person = "person", sanction = "measure", until = "until" } }]
sanction = { until = "until", status = "state", ended = ["spent"] }
"""


def test_a_sanction_keeps_its_own_day_and_one_that_is_spent_or_undated_is_not_taken_in(org: Organisation, tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text("number,person,measure,on,until,state\n1,Anna Secret,warning,2026-01-05,2027-01-05,stands\n2,Bert Secret,warning,2019-01-05,"
                    "2020-01-05,stands\n3,Cleo Secret,warning,,2027-01-05,stands\n4,Dora Secret,warning,2026-01-05,,stands\n"
                    "5,Emil Secret,warning,2026-01-05,2027-01-05,spent\n", "utf-8")
    with hold(1_772_420_400_000_000):
        for dry_run in (True, False):
            report = take_in(org.house, path, mapping=SANCTIONS, dry_run=dry_run)
            assert outcomes(report, "decisions") == (1, 0, 0, 4)
            assert [(r.row, r.code) for r in report.rejections] == [(3, "spent"), (4, "undated"), (5, "undated"), (6, "spent")]
            assert "Secret" not in str(report.as_json()) and all(in_both(r.message) for r in report.rejections)
    with org.house.db.reading("all") as session:
        [(id_, state, title)] = session.execute(select(cases.c.id, cases.c.state, cases.c.title)).all()
        [told] = events_of(session, id_)
    assert (state, title) == ("recorded_elsewhere", "Sanction 1") and told.data["person"] == "Anna Secret"
    assert day_of(told.occurred_at, org.house.zone) == date(2026, 1, 5)


@pytest.mark.parametrize(("changed", "says"), [
    (("past_sanction", "past_nothing"), "there is no workflow"),
    (('sanction = { until = "until", status = "state", ended = ["spent"] }', ""), "tells of sanctions"),
    (('data = { person = "person",', 'data = { act = "number", who = "person",'), "has no input “who”"),
    (('trigger = "impose"', 'trigger = "inspect"'), "begins with: impose"),
    (('columns.until = { type = "day", class', 'columns.until = { class'), "is declared as text"),
])
def test_a_mapping_that_does_not_fit_the_law_is_refused(org: Organisation, tmp_path: Path, changed: tuple[str, str], says: str) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text("number,person,measure,on,until,state\n", "utf-8")
    with pytest.raises(Unreadable, match=says) as refused:
        take_in(org.house, path, mapping=SANCTIONS.replace(*changed))
    assert in_both(refused.value.args[0], says)


def test_an_unknown_unit_and_a_missing_table_are_said(org: Organisation, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no unit"):
        take_in(org.house, register(tmp_path / "r"), unit="none")
    other = tmp_path / "other"
    other.mkdir()
    (other / "something.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(Unreadable, match="none of the tables"):
        take_in(org.house, other)


@pytest.mark.full
def test_the_whole_food_inspection_register_comes_in_once(org: Organisation, test_data: Path, tmp_path: Path) -> None:
    source, mapping = test_data / "food-inspections", load_register_mapping(FOOD)
    if not source.is_dir():
        pytest.skip("The food-inspection register is not among the test data.")
    report = import_register(org.house, CONSOLE, [source], mapping, unit_code="W1")
    assert {name: sum(outcomes(report, name)) for name in report.tables} == {"establishments": 2209, "inspections": 8602, "violations": 28612}
    assert report.total("created") == report.rows == 39_423
    assert report.contradictions["corrected_before_inspection"] == 47 and report.contradictions["not_corrected_with_a_date"] == 71
    assert dict(report.counts) == {"corrected_on_time": 12_187, "corrected_late": 2_623}
    before = written(org.house)
    assert before["register_flag"] == sum(report.contradictions.values())
    again = import_register(org.house, CONSOLE, [source], mapping, unit_code="W1")
    assert again.total("unchanged") == 39_423 and again.events == 0
    shuffled = import_register(org.house, CONSOLE, [shuffle(source, tmp_path)], mapping, unit_code="W1")
    assert shuffled.total("unchanged") == 39_423 and shuffled.events == 0 and shuffled.tables["violations"]["moved"] > 28_000
    assert written(org.house) == before and replay_all(org.house).found == 0


def shuffle(source: Path, folder: Path) -> Path:
    """The same tables, their rows in another order."""
    for name in ("establishments.csv", "inspections.csv", "violations.csv.gz"):
        opens: Any = gzip.open if name.endswith(".gz") else open
        with opens(source / name, "rt", encoding="utf-8-sig", newline="") as file:
            heading, *rows = csv.reader(file)
        Random(4).shuffle(rows)
        with (folder / name.removesuffix(".gz")).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heading, *rows])
    return folder


def test_the_example_mapping_fits_the_law(settings: Settings, house: House) -> None:
    mapping = load_register_mapping(FOOD)
    assert set(laws_of(house.catalogue, mapping).by_case) == {"inspection", "finding", "action"}
