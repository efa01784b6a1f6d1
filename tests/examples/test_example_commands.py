"""The commands of the examples' own pages, from an empty folder to a replayed history."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from inspect_app.cli.main import main
from inspect_app.db import Database
from inspect_app.imports.logs import read_log
from inspect_app.imports.mapping import LogMapping
from inspect_app.services.founding import found, migrate
from tests.services.histories import EXAMPLES, FINES, WHOLE, log_file


@pytest.fixture
def founded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A founded installation that knows the road fines."""
    url = f"sqlite:///{tmp_path / 'inspect.db'}"
    for name, value in (("DATABASE_URL", url), ("PACKS", str(EXAMPLES / "road_fines")), ("MODE", "test")):
        monkeypatch.setenv(f"INSPECT_{name}", value)
    db = Database(url)
    migrate(db)
    found(db)
    db.close()
    return tmp_path


def test_a_log_goes_in_is_replayed_and_comes_out(founded: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    path = log_file(founded, ("A1", WHOLE), ("A2", ["Create Fine", "Add penalty"]))
    bring = ["import", "log", str(path), "--workflow", "road_fine", "--mapping", str(FINES)]
    assert main([*bring, "--dry-run", "--json"]) == 0
    told = orjson.loads(capfdbinary.readouterr().out)
    assert (told["dry_run"], told["created"], told["misfitting_events"]) == (True, 2, 1)
    assert main(bring) == 0
    said = capfdbinary.readouterr().out.decode()
    assert said.startswith("2 traces: 2 created (9 events), 0 unchanged, 0 rejected.\n1 of 2 traces and 8 of 9 events fit.\n")
    assert main([*bring, "--json"]) == 0
    told = orjson.loads(capfdbinary.readouterr().out)
    assert (told["created"], told["unchanged"], told["rejected"], told["traces"]) == (0, 2, 0, 2)
    assert main(["audit", "replay"]) == 0
    capfdbinary.readouterr()
    assert main(["export", "--all", "--format", "xes", "--named", "--out", "-"]) == 0
    out = founded / "again.xes"
    out.write_bytes(capfdbinary.readouterr().out)
    mapping = LogMapping.load(FINES)
    assert [[e.attributes for e in t.events] for t in read_log(out, mapping)] == [[e.attributes for e in t.events] for t in read_log(path, mapping)]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["import", "log", "none.xes", "--workflow", "road_fine", "--mapping", str(FINES)], 1),
        (["import", "log", str(FINES), "--workflow", "road_fine", "--mapping", str(FINES)], 1),
        (["import", "log", str(FINES), "--workflow", "nothing", "--mapping", str(FINES)], 1),
        (["import", "log", str(FINES), "--workflow", "road_fine", "--mapping", "none.toml"], 1),
        (["export", "--case", "1999-1", "--format", "csv", "--out", "out.csv"], 1),
        (["export", "--all", "--as", "nobody", "--format", "csv", "--out", "out.csv"], 1),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_nothing(
    founded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int
) -> None:
    monkeypatch.chdir(founded)
    before = {p.name for p in founded.iterdir() if not p.name.startswith("inspect.db")}
    assert main(arguments) == status
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert {p.name for p in founded.iterdir() if not p.name.startswith("inspect.db")} == before
