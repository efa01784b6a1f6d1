"""Small logs from nowhere, and a house that knows the example packs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

from inspect_app.db import Database
from inspect_app.services.conformance import load_mapping
from inspect_app.services.house import House
from inspect_app.services.logs import Imported, import_log
from workflows.acts import Actor
from workflows.catalogue import Catalogue, load_catalogue

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FINES = EXAMPLES / "road_fines" / "mapping.toml"
APPROVALS = EXAMPLES / "approvals" / "mapping.toml"
CONSOLE = Actor("console:test", "test")
WHOLE = (
    "Create Fine",
    "Send Fine",
    "Insert Fine Notification",
    "Add penalty",
    "Payment",
    "Send for Credit Collection",
    "Payment",
)


@cache
def example_catalogue() -> Catalogue:
    """The core's workflows and those of the examples."""
    return load_catalogue([EXAMPLES / "road_fines", EXAMPLES / "approvals"])


def example_house(url: str, data: Path) -> House:
    """A house over a founded database, whose catalogue has the example packs."""
    return House(Database(url), example_catalogue(), ZoneInfo("Asia/Ho_Chi_Minh"), data, "test")


def xes(traces: Iterable[tuple[str, Iterable[str]]]) -> str:
    """A log of fines: each trace a name and its activities, a day apart from 24 July 2006 on."""
    lines = [
        '<log xes.version="1.0">',
        '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>',
        '<extension name="Fines" prefix="fine" uri="urn:example:fines"/>',
    ]
    for name, activities in traces:
        lines.append(f'<trace><string key="concept:name" value={quoteattr(name)}/><int key="fine:points" value="2"/>')
        for day, activity in enumerate(activities, 1):
            lines.append(
                f'<event><string key="concept:name" value={quoteattr(activity)}/><float key="fine:amount" value="35.50"/>'
                f'<date key="time:timestamp" value="2006-07-{day:02d}T00:00:00.000+02:00"/>'
                '<string key="org:resource" value="561"/></event>'
            )
        lines.append("</trace>")
    return "\n".join([*lines, "</log>"])


def log_file(folder: Path, *traces: tuple[str, Iterable[str]], name: str = "fines.xes") -> Path:
    """A file with such a log."""
    path = folder / name
    path.write_text(xes(traces), "utf-8")
    return path


def approvals_file(folder: Path, *rows: tuple[str, str, str]) -> Path:
    """A table of reports: report, status, person; a minute apart."""
    head = "row_id,TRR-statuses_2004-2016_2016-09_ID,trr_id,rank,star,status,status_time,status_date,age"
    lines = [
        f"{n},{person},{report},OFFICER,7,{status},18:{n:02d}:00,2010-03-04,40"
        for n, (report, status, person) in enumerate(rows, 1)
    ]
    path = folder / "approvals.csv"
    path.write_text("\n".join([head, *lines, ""]), "utf-8")
    return path


def bring_in(house: House, path: Path, *, dry_run: bool = False) -> Imported:
    """Import a log of fines."""
    return import_log(house, CONSOLE, path, "road_fine", load_mapping(FINES), dry_run=dry_run)
