"""The organisation from the shell: what each command says, its exit status, and that a whole house goes out and in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from inspect_app.cli.main import main


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Run a command line; returns its exit status and what it said."""
    for name, value in {"DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", "DATA": str(tmp_path), "KEYS": str(tmp_path), "MODE": "test"}.items():
        monkeypatch.setenv(f"INSPECT_{name}", value)
    assert main(["init"]) == 0

    def run(line: str, told: str = "") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(told))
        capsys.readouterr()
        status = main([word.replace("~", " ") for word in line.split()])
        out = capsys.readouterr()
        return status, out.out + out.err

    return run


def test_a_house_is_built_from_the_shell_and_goes_out_and_in(shell: object, tmp_path: Path) -> None:
    run = shell
    assert callable(run)
    for line in (
        "unit add HQ Head~office",
        "unit add W1 Ward~1 --under HQ",
        "unit add W2 Ward~2 --under HQ",
        "unit add AB Board --kind body --external",
        "office add head-hq Head --unit HQ",
        "office add head-w1 Head~of~W1 --unit W1 --superior head-hq",
        "user add mai --name Mai~Lan --unit W1",
        "user add an --name An~Vo --unit HQ",
        "user add eva --name Eva~Li --unit HQ --called Eva",
        "office appoint head-w1 mai --since 2026-01-01",
        "office delegate head-w1 mai an --until 2999-01-01 --reason leave",
        "user grant an chair HQ",
        "user absence mai leave --since 2026-08-01 --until 2026-08-09",
        "user move mai W2",
        "unit rename W2 Ward~two",
        "unit move W2 --under W1",
        "setup --appeal-body AB --contact eva",
    ):
        assert run(line)[0] == 0, line
    assert run("user tie mai an", "sisters") == (0, "mai and an have a close tie.\n")
    assert run("user end-grant 1")[0] == run("office end-delegation 1")[0] == run("user back 1 --until 2026-08-04")[0] == 0
    assert run("setup") == (0, "Appeal body: AB Board\nContact for concerns about the chair's line: Eva Li\n")
    out = tmp_path / "all.json"
    assert run(f"organisation export --format json --out {out}")[0] == 0
    assert run(f"organisation export --format csv --out {tmp_path / 'all'}")[0] == 0
    assert "sisters" not in out.read_text("utf-8")
    status, said = run(f"organisation import {tmp_path / 'all'} --json")
    assert status == 0 and {row["outcome"] for row in json.loads(said)["rows"]} == {"unchanged"}
    (tmp_path / "units.csv").write_text("code,name,under\nW5,Ward 5,nowhere\n", "utf-8")
    status, said = run(f"organisation import {tmp_path / 'units.csv'} --dry-run")
    assert status == 1 and "units row 1, under: There is no unit with the code “nowhere”" in said and "Nothing was written." in said


def test_a_person_is_added_with_an_account_and_its_link_or_without_one(shell: object) -> None:
    assert callable(shell)
    assert shell("unit add HQ Head~office")[0] == 0
    status, said = shell("user add mai --name Mai~Lan --unit HQ")
    assert status == 0 and said.startswith("Added Mai Lan: ") and "/welcome/" in said
    status, said = shell("user add --name An~Vo --unit HQ")
    assert status == 0 and said.startswith("Added An Vo: ") and said.count("\n") == 1
    assert shell("user link an") == (1, "inspect-app: /login: There is no account “an”.\n")
    assert shell("user add mai --name Mai~Li --unit HQ")[0] == 1


def test_an_account_is_given_renamed_closed_and_opened_and_the_lists_say_so(shell: object) -> None:
    assert callable(shell)
    for line in ("unit add HQ Head~office", "unit add W1 Ward~1 --under HQ", "office add head-w1 Head~of~W1 --unit W1",
                 "user add --name An~Vo --unit W1"):
        assert shell(line)[0] == 0, line
    uid = shell("user list an")[1].split()[0]
    assert "No account." in shell(f"user show {uid}")[1]
    assert shell(f"user give-account {uid} An --language vi") == (0, f"{uid} signs in as an.\n")
    assert "/welcome/" in shell("user link an")[1]
    assert "Account an: open, no password chosen yet" in shell("user show an")[1]
    for line, said in (("user change-account an anvo", "Changed the account an."),
                       ("user rename anvo --name An~Văn~Vo", "Changed the name of anvo."),
                       ("user close anvo", "Closed the account anvo."), ("user open anvo", "Opened the account anvo again."),
                       ("user revoke-tokens anvo", "Revoked every token of anvo."), ("unit standing W1 outside", "W1 stands outside."),
                       ("unit standing W1 inside", "W1 stands inside."), ("user grant anvo member W1", "grant 2"),
                       ("user absence anvo leave --since 2026-08-01 --until 2026-08-09", "absence 1"),
                       ("office appoint head-w1 anvo --since 2026-01-01", "appointment 1"),
                       ("unit dissolve W1 --on 2026-02-01 --successor HQ", "Dissolved W1."), ("unit restore W1", "W1 goes on.")):
        status, told = shell(line)
        assert status == 0 and said in told, (line, told)
    told = shell("user show anvo")[1]
    assert all(words in told for words in ("An Văn Vo", "belongs to HQ, ", "grant 2: member for W1", "absence 1: leave",
                                           "holds head-w1, 2026-01-01"))
    told = shell("office show head-w1")[1]
    assert "Answers today: nobody" in told and "appointment 1: An Văn Vo, 2026-01-01 to 2026-02-01" in told
    assert shell("office list W1")[1].startswith("head-w1  Head of W1  W1  line of units")
    assert shell("unit list ward") == (0, "HQ  Head office\n  W1  Ward 1\n")
    assert shell("user close nobody")[0] == 1
    told = shell("organisation history --limit 2")[1].splitlines()
    assert len(told) == 2 and "change_unit" in told[0] and "console:" in told[0] and "dissolve_unit" in told[1]
    assert json.loads(shell("organisation history --json")[1])[0]["facts"]["code"] == "W1"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("unit add W1 Ward --under nowhere", "/under: There is no unit with the code “nowhere”"),
        ("user grant nobody chair HQ", "/person: Nobody is known as"),
        ("setup --contact nobody", "/contact: Nobody is known as"),
        ("organisation import /nowhere.json", "/nowhere.json"),
        ("unit add W1 Ward --as nobody", "There is no account “nobody”"),
    ],
)
def test_a_refused_command_says_why_in_one_line(shell: object, line: str, said: str) -> None:
    assert callable(shell)
    status, told = shell(line)
    assert status == 1 and said in told and told.count("\n") == 1
