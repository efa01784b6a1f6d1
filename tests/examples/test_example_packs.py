"""The example packs are sound, and fit the public logs they were made for exactly as often as was counted elsewhere."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import pytest

from inspect_app.cli.main import main
from inspect_app.services.conformance import Tally, conform, load_mapping
from tests.services.histories import APPROVALS, EXAMPLES, FINES, WHOLE, example_catalogue, log_file
from workflows.words import LANGUAGES

ROME = ZoneInfo("Europe/Rome")


def conforming(path: Path, workflow: str = "road_fine", mapping: Path | None = FINES) -> Tally:
    return conform(example_catalogue(), ROME, workflow, path, load_mapping(mapping) if mapping else None)


def test_every_word_of_the_examples_is_in_every_language() -> None:
    for name in ("road_fine", "road_fine_payment", "road_fine_prefecture", "road_fine_judge", "approval"):
        workflow = example_catalogue().by_name[name]
        for words in (workflow.title, *(s.label for s in workflow.states), *(t.label for t in workflow.transitions)):
            assert len({words.say(language) for language in LANGUAGES}) == len(LANGUAGES), words


def test_strands_run_beside_the_fine(tmp_path: Path) -> None:
    tally = conforming(
        log_file(
            tmp_path,
            ("A1", WHOLE),
            (
                "A2",
                [
                    "Create Fine",
                    "Payment",
                    "Send Fine",
                    "Insert Date Appeal to Prefecture",
                    "Insert Fine Notification",
                    "Receive Result Appeal from Prefecture",
                    "Notify Result Appeal to Offender",
                    "Appeal to Judge",
                    "Payment",
                ],
            ),
            ("A3", ["Payment", "Create Fine"]),
            ("A4", ["Create Fine", "Insert Date Appeal to Prefecture", "Notify Result Appeal to Offender"]),
            ("A5", ["Create Fine", "Dance"]),
        )
    )
    assert (tally.traces, tally.fitting_traces, tally.events, tally.fitting_events) == (5, 2, 23, 20)
    assert [(m.trace, m.activity, m.state) for m in tally.misfits] == [
        ("A3", "Payment", ""),
        ("A4", "Notify Result Appeal to Offender", "lodged"),
        ("A5", "Dance", ""),
    ]


def test_without_a_mapping_activities_are_triggers_or_their_labels(tmp_path: Path) -> None:
    path = log_file(tmp_path, ("A1", ["create", "Send the fine", "Ghi việc tống đạt", "First payment", "dance"]))
    tally = conforming(path, mapping=None)
    assert (tally.fitting_events, tally.events, [m.activity for m in tally.misfits]) == (4, 5, ["dance"])


def test_the_command_prints_json_and_refuses_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_PACKS", str(EXAMPLES / "road_fines"))
    monkeypatch.setenv("INSPECT_MODE", "test")
    path = log_file(tmp_path, ("A1", WHOLE))
    assert main(["workflow", "conform", "road_fine", "--log", str(path), "--mapping", str(FINES), "--json"]) == 0
    told = orjson.loads(capsys.readouterr().out)
    assert (told["traces"], told["fitting_traces"], told["events"], told["fitting_events"]) == (1, 1, 7, 7)
    for arguments in (
        ["no_such", "--log", str(path)],
        ["road_fine", "--log", str(tmp_path / "none.xes")],
        ["road_fine", "--log", str(path), "--mapping", str(tmp_path / "none.toml")],
    ):
        assert main(["workflow", "conform", *arguments]) == 1
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)


def test_the_first_hundred_fines_all_fit(test_data: Path) -> None:
    tally = conforming(test_data / "road-fines" / "roadtraffic100traces.xes")
    assert (tally.traces, tally.fitting_traces, tally.events, tally.fitting_events) == (100, 100, 390, 390)


@pytest.mark.full
def test_all_road_fines_fit_as_counted(test_data: Path) -> None:
    tally = conforming(test_data / "road-fines" / "Road_Traffic_Fine_Management_Process.xes.gz")
    assert (tally.traces, tally.fitting_traces, tally.events, tally.fitting_events) == (150_370, 150_310, 561_470, 561_395)
    assert not tally.broken


@pytest.mark.full
def test_approvals_fit_as_counted_and_broken_guards_are_told_apart(test_data: Path) -> None:
    tally = conforming(test_data / "trr-approvals" / "trr_statuses_2004-2016.csv.gz", "approval", APPROVALS)
    assert (tally.traces, tally.fitting_traces, tally.events) == (67_044, 66_787, 201_401)
    assert tally.broken == {
        ("approval", "review", "another_person_than(trigger=submit)"): 1_214,
        ("approval", "approve", "another_person_than(trigger=review)"): 5_319,
        ("approval", "approve", "another_person_than(trigger=submit)"): 45,
    }
