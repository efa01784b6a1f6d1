"""What others read of our exports: pm4py finds the log that came in, in the log that goes out."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from inspect_app.db import Database
from inspect_app.imports.mapping import LogMapping
from inspect_app.services import exporting, logs
from inspect_app.services.exporting import Order
from inspect_app.services.founding import found, migrate
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from tests.conftest import ROOT
from workflows.acts import Actor
from workflows.catalogue import load_catalogue

PYTHON = ROOT / ".venv-interop" / "bin" / "python"
CONSOLE = Actor("console:test", "console:test")
PACK = ROOT / "examples" / "road_fines"


@pytest.fixture
def fines(tmp_path: Path) -> Iterator[House]:
    db = Database(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(db)
    found(db)
    yield House(db, load_catalogue([PACK]), ZoneInfo("Europe/Rome"), tmp_path / "data", "test")
    db.close()


def exported(house: House, log: Path, folder: Path) -> Path:
    """The log, imported and exported again."""
    logs.import_log(house, CONSOLE, log, "road_fine", LogMapping.load(PACK / "mapping.toml"))
    out = folder / "out.xes"
    exporting.export(house, CONSOLE, Order(Wanted(), "xes", named=True), out)
    return out


def same_to_pm4py(one: Path, two: Path) -> str:
    if not PYTHON.exists():
        pytest.fail("pm4py is not there; run `make interop`, which sets it up in an environment of its own.", pytrace=False)
    said = subprocess.run([PYTHON, Path(__file__).parent / "compare.py", one, two], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr[-2000:]
    return said.stdout


@pytest.mark.full
def test_a_hundred_fines_are_the_same_to_pm4py(fines: House, test_data: Path, tmp_path: Path) -> None:
    log = test_data / "road-fines" / "roadtraffic100traces.xes"
    assert "100 traces, 390 events, 10 variants" in same_to_pm4py(log, exported(fines, log, tmp_path))


@pytest.mark.full
def test_the_whole_log_is_the_same_to_pm4py_and_valid_by_the_schema(fines: House, test_data: Path, tmp_path: Path) -> None:
    log = test_data / "road-fines" / "Road_Traffic_Fine_Management_Process.xes.gz"
    out = exported(fines, log, tmp_path)
    plain = tmp_path / "in.xes"
    with gzip.open(log) as packed, plain.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)
    assert "150370 traces, 561470 events, 231 variants" in same_to_pm4py(plain, out)
    schema = etree.XMLSchema(etree.parse(test_data / "standards" / "xes-1849-2016-ns.xsd"))
    assert schema.validate(etree.parse(out)), str(schema.error_log)[:500]


@pytest.mark.full
def test_pm4py_loses_nothing_of_objects_and_events(fines: House, test_data: Path, tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.fail("pm4py is not there; run `make interop`, which sets it up in an environment of its own.", pytrace=False)
    logs.import_log(fines, CONSOLE, test_data / "road-fines" / "roadtraffic100traces.xes", "road_fine", LogMapping.load(PACK / "mapping.toml"))
    out = tmp_path / "out.jsonocel"
    exporting.export(fines, CONSOLE, Order(Wanted(), "ocel-json"), out)
    said = subprocess.run([PYTHON, Path(__file__).parent / "compare_ocel.py", out], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr[-2000:]
    assert said.stdout.startswith("390 events")
