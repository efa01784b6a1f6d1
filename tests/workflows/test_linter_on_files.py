"""A defect in a TOML file is told with its line: by the reader, and by `workflow lint`, which ends with 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_app.cli.main import main
from workflows.errors import BadDefinition
from workflows.pack import load_workflow

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

SOUND = """\
name = "permit"
version = 1
title = { en = "Permit", vi = "Cấp phép" }

[states.asked]
label = { en = "asked", vi = "đã xin" }

[states.told]
label = { en = "told", vi = "đã thông báo" }

[states]
heard = { label = { en = "heard", vi = "đã nghe" } }
granted = { label = { en = "granted", vi = "đã cấp" }, final = true }

[states.refused]
label = { en = "refused", vi = "đã từ chối" }
final = true
punishes = true

[[transitions]]  # the start
trigger = "ask"
label = { en = "Ask", vi = "Xin" }
source = ""
dest = "asked"
who = ["officer"]
inputs = [
    { kind = "text", name = "what", label = { en = "What", vi = "Nội dung" }, class = "plain", readers = "everyone" },
    { kind = "day", name = "day", label = { en = "Day", vi = "Ngày" }, class = "plain", readers = "everyone" },
]

[[transitions]]
trigger = "tell"
label = { en = "Tell", vi = "Báo" }
help.en = '''
[[transitions]]
not a table, a text'''
help.vi = "Báo trước"
source = "asked"
dest = "told"
who = ["officer"]
effects = ["notify"]

[[transitions]]
trigger = "hear"
label = { en = "Hear", vi = "Nghe" }
source = "told"
dest = "heard"
who = ["officer"]
effects = ["hear"]

[[transitions]]
trigger = "refuse"
label = { en = "Refuse", vi = "Từ chối" }
source = "heard"
dest = "refused"
who = ["chair"]
effects = [{ effect = "sanction", input = "rung" }]

[[transitions.inputs]]
kind = "choice"
name = "rung"
label = { en = "Rung", vi = "Mức" }
class = "plain"
readers = "everyone"
options = { reprimand = { en = "reprimand", vi = "khiển trách" } }

[[transitions]]
trigger = "grant"
label = { en = "Grant", vi = "Cấp" }
source = ["asked", "heard"]
dest = "granted"
who = ["chair"]
"""



@pytest.fixture(autouse=True)
def in_a_test_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_MODE", "test")


PLANTED = {
    "an unknown key of a state": ('[states.told]\n', '[states.told]\nlast = true\n', "state “told”: unknown key “last”", "[states.told]"),
    "a state that is not reached": ("[states.refused]\n", '[states.lost]\nlabel = { en = "lost", vi = "mất" }\nfinal = true\n\n[states.refused]\n',
                                    "the state “lost” cannot be reached", "[states.lost]"),
    "a state in a line of its own that is not reached": (
        "granted = {", 'lost = { label = { en = "lost", vi = "mất" }, final = true }\ngranted = {', "the state “lost” cannot be reached", "lost ="),
    "a missing notice": ('effects = ["notify"]', "", "“refuse” imposes a sanction that can be reached without notice", 'trigger = "refuse"'),
    "a missing hearing": ('effects = ["hear"]', "", "“refuse” imposes a sanction that can be reached without hearing", 'trigger = "refuse"'),
    "a punishment that is not declared": ("punishes = true\n", "", "“refuse” imposes a sanction and leads to “refused”", 'trigger = "refuse"'),
    "a transition for nobody": ('dest = "granted"\nwho = ["chair"]', 'dest = "granted"\nwho = []', "“grant” names nobody who may do it",
                                'trigger = "grant"'),
    "a transition of which a part is missing": ('dest = "told"\n', "", "transition “tell”: “dest” is missing", 'trigger = "tell"'),
    "a dead end": ('source = ["asked", "heard"]\ndest = "granted"', 'source = "asked"\ndest = "told"', "the state “granted” cannot be reached",
                   "granted ="),
    "an unknown guard": ('dest = "heard"\n', 'dest = "heard"\nguards = ["is_nice"]\n', "transition “hear”: there is no guard “is_nice”",
                         'trigger = "hear"'),
    "an unknown effect": ('["hear"]', '["hear", "explode"]', "transition “hear”: there is no such effect", 'trigger = "hear"'),
    "an effect of another type": ('input = "rung"', "input = 3", "transition “refuse”: “input” takes a value of type str", 'trigger = "refuse"'),
    "an input without a class": ('"Nội dung" }, class = "plain"', '"Nội dung" }', "transition “ask”, input “what”: needs class", 'name = "what"'),
    "an input without readers": ('"Ngày" }, class = "plain", readers = "everyone"', '"Ngày" }, class = "plain"',
                                 "transition “ask”, input “day”: needs readers", 'name = "day"'),
    "an input whose number is a text": ('"Nội dung" },', '"Nội dung" }, at_least = "three",',
                                        "transition “ask”, input “what”: “at_least” takes a value of type int", 'name = "what"'),
    "a choice without options": ("options = { reprimand = { en = \"reprimand\", vi = \"khiển trách\" } }", "options = {}",
                                 "“refuse”: the input “rung” cannot be drawn", 'name = "rung"'),
    "a criterion about a person": ('name = "rung"', 'name = "loyalty"', "“refuse”: the input “loyalty” is a criterion about what a person thinks",
                                   'name = "loyalty"'),
    "a clock that fires nothing": ('["hear"]', '["hear", { effect = "startclock", name = "ack", then = "lapse" }]',
                                   "the clock “ack” fires a trigger “lapse” that does not exist", 'trigger = "hear"'),
    "a proposal that its own part approves": (
        'dest = "granted"\nwho = ["chair"]', 'dest = "granted"\napproves = "hear"\nwho = ["officer"]',
        "the part “officer” proposes by “hear” and alone approves it by “grant”", 'trigger = "grant"'),
}


def line_of(text: str, mark: str) -> int:
    """The line of a mark; for a transition that of its heading."""
    n = next(n for n, row in enumerate(text.splitlines(), 1) if mark in row)
    return n - 1 if mark.startswith("trigger") else n


@pytest.mark.parametrize(("old", "new", "sentence", "mark"), PLANTED.values(), ids=list(PLANTED))
def test_a_defect_of_a_file_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, sentence: str,
                                                  mark: str) -> None:
    assert SOUND.count(old) == 1
    path = tmp_path / "permit.toml"
    path.write_text(SOUND.replace(old, new), "utf-8")
    with pytest.raises(BadDefinition) as caught:
        load_workflow(path)
    told = list(zip(caught.value.defects, caught.value.lines, strict=True))
    line = line_of(SOUND.replace(old, new), mark)
    assert [at for found, at in told if found.startswith(sentence)] == [line]
    assert main(["workflow", "lint", str(path)]) == 1
    out, said = capsys.readouterr()
    assert out == "" and len(said.splitlines()) == len(told)
    assert f"permit.toml:{line}: {sentence}" in said


def test_a_sound_file_is_said_to_be_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "permit.toml"
    path.write_text(SOUND, "utf-8")
    assert main(["workflow", "lint", str(path)]) == 0
    assert capsys.readouterr().out == "permit@1 is sound.\n"


def test_what_has_no_line_is_told_without_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "permit.toml"
    path.write_text(SOUND.replace("version = 1\n", ""), "utf-8")
    assert main(["workflow", "lint", str(path)]) == 1
    assert capsys.readouterr().err == "permit.toml: it needs a name and a version number\n"
    assert main(["workflow", "lint", str(tmp_path / "gone.toml")]) == 1


def test_a_file_of_a_recorded_pack_is_exempt_from_notice_and_hearing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "permit.toml"
    path.write_text(SOUND.replace('effects = ["notify"]', "").replace('effects = ["hear"]', ""), "utf-8")
    assert main(["workflow", "lint", str(path)]) == 1
    (tmp_path / "pack.toml").write_text('name = "permits"\nrecorded = true\n', "utf-8")
    assert main(["workflow", "lint", str(path)]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("path", sorted(p for p in EXAMPLES.glob("*/*.toml") if p.stem not in ("pack", "mapping", "ruleset")), ids=lambda p: p.stem)
def test_the_shipped_examples_are_sound(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workflow", "lint", str(path)]) == 0
    capsys.readouterr()


def test_the_same_table_written_another_way_gives_no_wrong_line(tmp_path: Path) -> None:
    path = tmp_path / "permit.toml"
    path.write_text('name = "p"\nversion = 1\ntitle = { en = "P", vi = "P" }\nstates.a.label = { en = "a", vi = "a" }\n'
                    'transitions = [{ trigger = "open", source = "", dest = "a", who = [], label = { en = "o", vi = "o" } }]\n', "utf-8")
    with pytest.raises(BadDefinition) as caught:
        load_workflow(path)
    assert dict(zip(caught.value.defects, caught.value.lines, strict=True)) == {
        "from the state “a” no end can be reached": 4, "“open” names nobody who may do it": None}
