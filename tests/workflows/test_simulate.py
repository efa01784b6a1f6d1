"""Walks are legal, the same for the same seed, and their counts add up."""

from __future__ import annotations

import json

import pytest

from inspect_app.cli.main import main
from tests.workflows.samples import STATES, both, small, step
from workflows.catalogue import load_catalogue
from workflows.definition import ANY, State, Workflow
from workflows.effects import Hear, Notify, Pause, Resume, StartClock, StopClock
from workflows.guards import came_before, not_yet_done
from workflows.roles import Role
from workflows.ruleset import GENERIC
from workflows.simulate import LONGEST_WALK, share, simulate, told

WORKFLOWS = {w.name: w for w in load_catalogue().workflows if not w.recorded}


@pytest.mark.parametrize("w", WORKFLOWS.values(), ids=list(WORKFLOWS))
def test_a_report_adds_up_and_is_the_same_for_the_same_seed(w: Workflow) -> None:
    report = simulate(w, GENERIC, 150, seed=3)
    assert report == simulate(w, GENERIC, 150, seed=3) != simulate(w, GENERIC, 150, seed=4)
    assert report.walks == 150 and report.finished <= 150
    opened = {t.dest for t in w.openings}
    assert sum(report.states[name].arrivals for name in opened) >= 150
    assert sum(load.arrivals for name, load in report.states.items() if w.is_final(name)) == report.finished
    assert all(report.overdue.get(name, 0) <= n for name, n in report.limits.items())
    assert set(report.never_visited) == {name for name, load in report.states.items() if not load.arrivals}
    assert all(load.days >= 0 for load in (*report.states.values(), *report.roles.values()))
    assert not any(w.is_final(name) and load.days for name, load in report.states.items()), "nothing waits where all is over"


def test_a_state_behind_a_rule_that_never_holds_is_never_visited() -> None:
    w = small(states=(*STATES, State("secret", both("secret"), final=True)),
              add=(step("unlock", "opened", "secret", guards=(came_before(trigger="decide"),)),))
    report = simulate(w, GENERIC, 200)
    assert report.never_visited == ("secret",) and report.never_fired == ("unlock",)
    assert report.finished == 200


def test_a_rule_on_the_steps_of_the_case_is_obeyed() -> None:
    w = small(hear={"guards": (came_before(trigger="ask"), not_yet_done(trigger="decide"))},
              add=(step("ask", "told", ANY, guards=(not_yet_done(trigger="ask"),)),))
    report = simulate(w, GENERIC, 300)
    assert report.acts == 300 * 5, "open, tell, ask once, hear, decide"


def test_a_clock_that_nobody_stops_fires_and_is_counted_as_overdue() -> None:
    w = small(tell={"effects": (Notify(), StartClock("ack", then="lapse"))}, leave_out=("hear",),
              add=(step("lapse", "told", "heard", who=(Role.SYSTEM,), effects=(Hear(),)),))
    report = simulate(w, GENERIC, 50)
    assert (report.limits, report.overdue, report.overdue_walks, report.finished) == ({"ack": 50}, {"ack": 50}, 50, 50)
    assert report.states["told"].mean_days == 8.0, "seven days, and the one after"


def test_a_clock_that_is_stopped_in_time_is_not_overdue() -> None:
    w = small(tell={"effects": (Notify(), StartClock("check_in_180"))}, hear={"effects": (Hear(), StopClock())})
    report = simulate(w, GENERIC, 100)
    assert (report.limits, report.overdue) == ({"check_in_180": 100}, {})


def test_a_reminder_runs_out_as_often_as_the_ruleset_says_and_is_nobodys_limit() -> None:
    w = small(tell={"effects": (Notify(), StartClock("remind", then="nudge", times="reminders", silent=True), StartClock("ack", then="lapse"))},
              leave_out=("hear",), add=(step("nudge", "told", ANY, who=(Role.SYSTEM,)),
                                        step("lapse", "told", "heard", who=(Role.SYSTEM,), effects=(Hear(), StopClock("remind")))))
    report = simulate(w, GENERIC, 20)
    assert report.limits == {"ack": 20}
    assert 20 * 4 + 20 <= report.acts <= 20 * 4 + 40


def test_a_paused_case_waits_and_its_clocks_with_it() -> None:
    w = small(open={"effects": (StartClock("check_in_180"),)},
              add=(step("pause", "opened", ANY, effects=(Pause(),)), step("resume", "opened", ANY, effects=(Resume(),))))
    report = simulate(w, GENERIC, 200)
    assert report.finished == 200 and not {"pause", "resume"} & set(report.never_fired)


def test_a_walk_that_does_not_end_is_cut_off_and_counted() -> None:
    w = small(leave_out=("decide",), states=(*STATES[:3], State("over", both("over"), final=True)),
              add=(step("end", "heard", "over", guards=(came_before(trigger="hear"), not_yet_done(trigger="open"))), step("back", "heard", "told",
                                                                                                                        effects=(Notify(),))))
    report = simulate(w, GENERIC, 3)
    assert (report.finished, report.acts) == (0, 3 * LONGEST_WALK)


def test_a_share_is_rounded_to_the_nearest() -> None:
    assert [share(1, 3), share(2, 3), share(0, 0), share(7, 7), share(1, 2000)] == [333, 667, 0, 1000, 1]


def test_the_command_tells_it_as_text_and_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("INSPECT_MODE", "test")
    assert main(["workflow", "simulate", "shortcoming", "--cases", "40", "--seed", "5"]) == 0
    text = capsys.readouterr().out
    report = simulate(WORKFLOWS["shortcoming"], GENERIC, 40, 5)
    assert text == told(report) + "\n" and "states never visited: " in text
    assert main(["workflow", "simulate", "shortcoming@1", "--cases", "40", "--seed", "5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(report.plain()))
    assert main(["workflow", "simulate", "nowhere"]) == 1
    assert main(["workflow", "simulate", "shortcoming", "--ruleset", "nowhere"]) == 1
    assert "There is no ruleset nowhere" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["workflow", "simulate", "shortcoming", "--cases", "0"])
