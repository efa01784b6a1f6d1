"""`backup | restore | drill | init --new-log` as scripts call them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from inspect_app.cli.main import build
from inspect_app.services import keeping_log
from inspect_app.services.restoring import CannotRestore
from tests.services.organisation import Organisation

SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


def run(settings: Settings, *words: str) -> int:
    args = build().parse_args(words)
    status: int = args.handler(settings, args)
    return status


@SQLITE
def test_a_backup_is_taken_tried_and_restored(org: Organisation, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    org.ordered()
    keeping_log.round_of(org.house)
    key, file = str(tmp_path / "key"), str(tmp_path / "backup")
    assert run(settings, "key", "backup", key) == 0
    with pytest.raises(FileExistsError):
        run(settings, "key", "backup", key)
    assert run(settings, "backup", file, "--key", f"{key}.pub") == 0 and "No key is in it" in capsys.readouterr().out
    assert run(settings, "backup", str(tmp_path / "clear")) == 0 and "not encrypted" in capsys.readouterr().err
    assert run(settings, "drill", "--key", key, "--room", str(tmp_path)) == 0 == run(settings, "drill", file, "--key", key)
    kept = tmp_path / "kept.txt"
    args = build().parse_args(["audit", "checkpoint", "--out", str(kept)])
    assert args.handler(org.house, args) == 0
    place = replace(settings, database_url=f"sqlite:///{tmp_path / 'new.db'}", data=tmp_path / "new")
    assert run(place, "restore", file, "--key", key, "--checkpoint", str(kept)) == 0
    assert "verified and restored" in capsys.readouterr().out
    with pytest.raises(CannotRestore):
        run(place, "restore", file, "--key", key)
    assert run(place, "init", "--new-log") == 0 and "A new log goes on from" in capsys.readouterr().out
    org.open(title="Later")
    keeping_log.round_of(org.house)
    third = replace(settings, database_url=f"sqlite:///{tmp_path / 'third.db'}", data=tmp_path / "third")
    assert run(third, "restore", file, "--key", key, "--new-log") == 0
    told = capsys.readouterr().out
    assert "Lost:" in told and "A new log, " in told
