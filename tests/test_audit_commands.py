"""`audit verify | checkpoint | consistency | tables` as scripts call them: exit statuses, and one word for each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from inspect_app.cli import audit
from inspect_app.cli.main import build
from inspect_app.errors import NotFound, Unreadable
from inspect_app.models import metadata
from inspect_app.services import checkpoints, keeping_log, mirrors
from tests.services.organisation import Organisation

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def run(org: Organisation, *words: str) -> int:
    args = build().parse_args(["audit", *words])
    handler: Any = args.handler
    return int(handler(org.house, args))


@SQLITE
def test_a_checkpoint_is_kept_and_held_against_the_log(org: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    with pytest.raises(NotFound):
        run(org, "checkpoint")
    org.ordered()
    keeping_log.round_of(org.house)
    assert run(org, "checkpoint", "--out", str(first)) == 0
    org.open()
    keeping_log.round_of(org.house)
    assert run(org, "checkpoint", "--out", str(second)) == run(org, "verify", "--checkpoint", str(first), "--checkpoint", str(second)) == 0
    assert capsys.readouterr().out.endswith("intact.\n")
    code = checkpoints.newest(org.house).point.code
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert [run(org, "verify", "--code", one) for one in (code, code.lower(), wrong, f"9{code}", "no code")] == [0, 0, 2, 3, 4]
    assert run(org, "consistency", str(first), str(second), "--proof", str(tmp_path / "proof.txt")) == 0
    assert (tmp_path / "proof.txt").read_text()
    with pytest.raises(Unreadable):
        run(org, "consistency", str(second), str(first))
    assert run(org, "checkpoint") == 0 and capsys.readouterr().out.endswith(second.read_text())


@SQLITE
def test_each_status_has_its_meaning(org: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, kept, broken = org.ordered(), tmp_path / "kept.txt", tmp_path / "broken.txt"
    keeping_log.round_of(org.house)
    run(org, "checkpoint", "--out", str(kept))
    broken.write_text("no checkpoint at all")
    assert run(org, "verify", "--checkpoint", str(broken)) == run(org, "consistency", str(broken), str(kept)) == 4
    with org.house.db.atomic("all") as session:
        session.execute(text("UPDATE cases SET title = 'Another' WHERE uid = :uid"), {"uid": case})
    capsys.readouterr()
    assert run(org, "verify", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == 2 and told["first"]["what"] in {one["what"] for one in told["findings"]}
    assert run(org, "verify") == 2 and "First:" in capsys.readouterr().out
    with pytest.raises(Unreadable):
        run(org, "verify", "--key", "no key")
    with pytest.raises(Unreadable):
        run(org, "verify", "--receipts", str(kept))


@SQLITE
def test_every_column_of_a_covered_table_is_told_to_be_covered_or_not(org: Organisation, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(org, "tables", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    columns = {f"{table.name}.{name}" for table in metadata.sorted_tables for name in table.columns.keys()}  # noqa: SIM118
    covered = {f"{table}.{name}" for table, how in told["covered"].items() for names in how.values() for name in names}
    left_out = {one for one in columns if one in mirrors.UNCOVERED or one.split(".")[0] in mirrors.UNCOVERED}
    assert covered | left_out == columns and not covered & left_out
    assert run(org, "tables") == 0
    assert audit.SHOWN
