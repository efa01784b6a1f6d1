"""A small register that nobody kept: visits to workshops, and what was found there."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from inspect_app.imports.register_reading import read_register_mapping
from inspect_app.models import cases, dossier, event, register_case, register_flag, register_row
from inspect_app.services.house import House
from inspect_app.services.register_reports import Report
from inspect_app.services.registers import import_register
from tests.services.organisation import CONSOLE

Rows = Sequence[Sequence[str]]

PLACES = ("place", "called", "kind")
VISITS = ("visit", "place", "day", "who", "result")
FINDINGS = ("visit", "rule", "what", "days", "remedied", "state")

SOME_PLACES: Rows = (("P1", "Paint shop", "workshop"), ("P2", "Tyre store", "store"), ("P3", "Yard", "open ground"))
SOME_VISITS: Rows = (("V1", "P1", "03/02/2020", "Lan", "pass"), ("V2", "P2", "04/02/2020", "Minh", "fail"), ("V3", "P1", "05/03/2020", "Lan", ""))
SOME_FINDINGS: Rows = (
    ("V1", "7.1", "No guard on the drill", "10", "10/02/2020", "done"),
    ("V1", "7.2", "Rags on the floor", "10", "20/02/2020", "done"),
    ("V2", "7.1", "No guard on the saw", "30", "", "open"),
    ("V2", "9.4", "Door blocked", "5", "01/02/2020", "done"),
    ("V2", "9.4", "Door blocked", "5", "05/02/2020", "open"),
    ("V3", "7.2", "Rags on the floor", "", "", "none"),
)

MAPPING = """
register = "workshops"
zone = "Asia/Ho_Chi_Minh"

[tables.places]
file = "places.csv"
key = ["place"]
columns.place = { needed = true }
columns.called = {}
columns.kind = {}

[tables.visits]
file = "visits.csv"
key = ["visit"]
joins.places = ["place"]
columns.visit = { needed = true }
columns.place = {}
columns.day = { type = "day", formats = ["%d/%m/%Y"], needed = true }
columns.who = {}
columns.result = { type = "code", codes = { pass = "met", fail = "not_met" } }

[[tables.visits.cases]]
name = "visit"
workflow = "past_inspection"
title = "{places.called} {day}"
reference = "{visit}"
events = [
    { trigger = "inspect", on = "day", by = "who", data = { subject = "places.called" } },
    { trigger = "conclude", on = "day", by = "who", data = { result = "result" }, when = [{ column = "result", asks = "present" }] },
]

[tables.findings]
file = "findings.csv"
key = ["visit", "rule", "what"]
repeats = true
joins.visits = ["visit"]
columns.visit = { needed = true }
columns.rule = {}
columns.what = { class = "personal" }
columns.days = { type = "number" }
columns.remedied = { type = "day", formats = ["%d/%m/%Y"] }
columns.state = { type = "code", codes = { done = "done", open = "open", none = "none" } }
computed.due = { day = "visits.day", plus_days = "days" }

[[tables.findings.cases]]
name = "finding"
workflow = "past_finding"
under = "visit"
title = "{rule}"
events = [{ trigger = "find", on = "visits.day", data = { norm = "rule", finding = "what" } }]

[[tables.findings.cases]]
name = "action"
workflow = "past_action"
under = "finding"
title = "{rule}"
when = [{ column = "state", asks = "one_of", values = ["done", "open"] }]
events = [
    { trigger = "require", on = "visits.day", data = { due = "due" } },
    { trigger = "remedy_late", on = "remedied", when = [{ column = "remedied", asks = "after", to = "due" }] },
    { trigger = "remedy", on = "remedied", when = [{ column = "remedied", asks = "not_after", to = "due" }] },
]

[[contradictions]]
name = "remedied_before"
table = "findings"
case = "action"
says = { en = "It was remedied before it was found.", vi = "Ngày khắc phục có trước ngày phát hiện." }
where = [{ column = "remedied", asks = "before", to = "visits.day" }]

[[contradictions]]
name = "open_with_a_day"
table = "findings"
case = "action"
says = { en = "It is open, and has a day.", vi = "Chưa xong nhưng có ngày." }
where = [{ column = "state", asks = "one_of", values = ["open"] }, { column = "remedied", asks = "present" }]

[[counts]]
name = "in_time"
table = "findings"
says = { en = "In time", vi = "Đúng hạn" }
where = [{ column = "remedied", asks = "not_after", to = "due" }]
"""


def write_table(path: Path, heading: Sequence[str], rows: Rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def register(folder: Path, places: Rows = SOME_PLACES, visits: Rows = SOME_VISITS, findings: Rows = SOME_FINDINGS) -> Path:
    """The folder with the three tables."""
    folder.mkdir(exist_ok=True)
    for name, heading, rows in (("places", PLACES, places), ("visits", VISITS, visits), ("findings", FINDINGS, findings)):
        write_table(folder / f"{name}.csv", heading, rows)
    return folder


def take_in(house: House, *paths: Path, mapping: str = MAPPING, dry_run: bool = False, unit: str | None = None) -> Report:
    return import_register(house, CONSOLE, paths, read_register_mapping(mapping.encode()), dry_run=dry_run, unit_code=unit)


def outcomes(report: Report, table: str) -> tuple[int, int, int, int]:
    counted = report.tables[table]
    return counted["created"], counted["updated"], counted["unchanged"], counted["rejected"]


def written(house: House) -> dict[str, int]:
    """How many rows every table has that an import may write."""
    with house.db.reading("all") as session:
        return {table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (dossier, cases, event, register_row, register_case, register_flag)}


def corrections(house: House) -> int:
    with house.db.reading("all") as session:
        return session.execute(select(func.count()).select_from(event).where(event.c.trigger == "correct_row")).scalar_one()
