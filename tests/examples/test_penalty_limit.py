"""In the public log of road fines the engine's own clock gives the day on which the penalty was added."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from inspect_app.services.conformance import load_mapping, traces_of
from tests.services.histories import FINES, WHOLE, example_catalogue, log_file
from workflows.calendar import day_of
from workflows.timekeeping import STOPPED, Happened, Kept, law_of, move_of, turn

ROME = ZoneInfo("Europe/Rome")


class Compared(NamedTuple):
    """How many fines had a penalty, on how many the limit ended on its day, and on how many sixty times 24 hours lead to its moment."""

    penalties: int
    on_the_day: int
    by_hours: int


def compare(path: Path) -> Compared:
    """Take every event of every fine through the fold that the application uses, under the pack's own ruleset."""
    catalogue, mapping = example_catalogue(), load_mapping(FINES)
    fine = catalogue.by_name["road_fine"]
    law = law_of(fine, catalogue.rulesets_by_name["road_fines"].values, ROME)
    penalties = on_the_day = by_hours = 0
    for trace in traces_of(path, mapping):
        state, kept = "", Kept()
        for seq, told in enumerate(trace.events, 1):
            target = mapping.activities[told.activity]
            transition = fine.edge(state, target.trigger) if target.workflow == fine.name else None
            if transition is None:
                continue
            kept = turn(kept, move_of(transition.effects, transition.who), Happened(seq, told.occurred_at, told.occurred_at, {}), law)
            state = fine.arrives(state, transition)
            if target.trigger == "add_penalty":
                limit = kept.clocks[-1]
                assert limit.status == STOPPED
                added = day_of(told.occurred_at, ROME)
                penalties += 1
                on_the_day += limit.due_on == added
                by_hours += limit.started_at + 60 * 86_400_000_000 == told.occurred_at
    return Compared(penalties, on_the_day, by_hours)


def test_the_penalty_day_of_the_first_hundred_fines_is_the_end_of_the_limit(test_data: Path) -> None:
    found = compare(test_data / "road-fines" / "roadtraffic100traces.xes")
    assert found.penalties == found.on_the_day > 20


def test_a_penalty_on_another_day_would_be_told(tmp_path: Path) -> None:
    assert compare(log_file(tmp_path, ("A1", WHOLE))) == Compared(1, 0, 0)


@pytest.mark.full
def test_the_penalty_day_of_every_fine_is_the_end_of_the_limit(test_data: Path) -> None:
    found = compare(test_data / "road-fines" / "Road_Traffic_Fine_Management_Process.xes.gz")
    assert (found.penalties, found.on_the_day) == (79_860, 79_860)
    assert found.by_hours == 55_910
