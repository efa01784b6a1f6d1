"""What the tests need from the system is found, and where it is not, the remedy is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import system_packages as packages


def planted(folder: Path, version: str) -> Path:
    """A folder with programs of this name and version that do nothing else."""
    for name in ("initdb", "pg_ctl", "postgres"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


def test_postgresql_and_chromium_are_here() -> None:
    assert packages.missing_packages() == []
    found = packages.postgresql_programs()
    assert found is not None and packages.postgresql_version(found) >= packages.POSTGRESQL_AT_LEAST


@pytest.mark.parametrize(("version", "number"), [("15.14 (Debian 15.14-0+deb12u1)", 15), ("18beta1", 18), ("", 0)])
def test_the_version_of_a_server_is_read(tmp_path: Path, version: str, number: int) -> None:
    assert packages.postgresql_version(planted(tmp_path, version)) == number


def test_a_named_folder_is_taken_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BINDIR", str(planted(tmp_path, "17.1")))
    assert packages.postgresql_programs() == tmp_path


def test_a_server_that_is_too_old_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BINDIR", str(planted(tmp_path, "14.9")))
    assert packages.postgresql_programs() != tmp_path


def test_the_long_proofs_need_an_office_program_besides(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(packages, "office_program", lambda: None)
    monkeypatch.setattr(packages, "_rights", lambda: None)
    assert packages.missing_packages() == []
    assert packages.main(full=True) == 1
    assert "Missing: libreoffice-calc-nogui." in capsys.readouterr().err


def test_who_may_not_install_is_told_the_remedy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(packages, "missing_packages", lambda **_: ["chromium"])
    monkeypatch.setattr(packages, "_rights", lambda: None)
    assert packages.main() == 1
    told = capsys.readouterr().err
    assert "Missing: chromium." in told
    assert "apt-get install postgresql chromium" in told


def test_where_nothing_is_missing_nothing_is_installed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(packages, "missing_packages", lambda **_: [])
    monkeypatch.setattr(packages, "better_packages", list)
    assert packages.main() == 0
    assert capsys.readouterr().out == ""


def test_where_there_is_no_lighter_browser_the_whole_one_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wanted: list[list[str]] = []
    monkeypatch.setattr(packages, "better_packages", lambda: [packages.HEADLESS])
    monkeypatch.setattr(packages, "missing_packages", lambda **_: [] if len(wanted) > 1 else ["chromium"])
    monkeypatch.setattr(packages, "_rights", list)
    monkeypatch.setattr(packages, "_install", lambda _, named: wanted.append(named))
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/apt-get")
    assert packages.main() == 0
    assert wanted == [[packages.HEADLESS], ["chromium"]]
