"""Calendars and outages from the shell: what each command says and its exit status."""

from __future__ import annotations

import json

import pytest

from tests.test_organisation_commands import shell

__all__ = ["shell"]


def test_a_calendar_is_kept_from_the_shell(shell: object) -> None:
    run = shell
    assert callable(run)
    status, said = run("calendar list")
    assert status == 0 and "empty" in said and "vietnam" in said and "chosen by the house" in said.splitlines()[0]
    said = run("calendar show vietnam --year 2026")[1]
    assert said.count("2026-02-") == 5 and "Giao thừa Tết Nguyên Đán" in said and "2026-08-22  works" in said
    assert run("calendar set vietnam 2031-01-02 --off A~day") == (0, "Set: version 2 of vietnam.\n")
    assert run("calendar set vietnam 2031-01-04 --works For~it")[0] == 0
    assert run("calendar remove vietnam 2031-01-02") == (0, "Removed: version 4 of vietnam.\n")
    assert run("calendar change vietnam --choose --week 1111110") == (0, "Changed vietnam.\n")
    assert run("calendar add it Italia --country IT --from 2026 --to 2026")[0] == 0
    assert run("calendar seed it --from 2027 --to 2027")[1].startswith("Took in ")
    told = {row["name"]: row for row in json.loads(run("calendar list --json")[1])}
    assert (told["vietnam"]["version"], told["vietnam"]["chosen"], told["it"]["country"]) == (5, True, "IT")
    assert run("outage note 2026-05-04 2026-05-05 no~electricity") == (0, "Noted 2026-05-04 to 2026-05-05.\n")
    assert run("outage list") == (0, "2026-05-04  2026-05-05  no electricity\n")
    shown = json.loads(run("calendar show vietnam --year 2031 --json")[1])
    assert {"on": "2031-01-04", "works": True, "what": "For it"} in shown["days"]


@pytest.mark.parametrize(("line", "status", "said"), [
    ("calendar show none", 1, "inspect-app:"),
    ("calendar set none 2031-01-02 --off x", 1, "There is no calendar “none”"),
    ("calendar set vietnam soon --off x", 64, "write a day as YYYY-MM-DD"),
    ("calendar set vietnam 2031-01-02", 64, "one of the arguments --off --works is required"),
    ("calendar remove vietnam 2031-01-02", 1, "Nothing is noted for 2031-01-02"),
    ("calendar add x X --country XX", 1, "No holidays are known for “XX”"),
    ("outage note 2026-05-05 2026-05-04 x", 1, "before it begins"),
])
def test_a_refused_command_says_why(shell: object, line: str, status: int, said: str) -> None:
    run = shell
    assert callable(run)
    try:
        found = run(line)
    except SystemExit as wrong:
        assert wrong.code == status
    else:
        assert found[0] == status and said in found[1]
