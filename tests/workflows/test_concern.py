"""The law of concerns: sealed is sealed, the way is asked for, and nobody closes what they proposed to close."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflows.concern_v1 import CONCERN
from workflows.definition import Transition, Workflow, defects
from workflows.effects import Route, Serve
from workflows.inputs import Klass, Many
from workflows.inspection_v1 import INSPECTION
from workflows.responsibility_v1 import RESPONSIBILITY
from workflows.roles import Role

OUTSIDE = {Role.RESPONDENT, Role.COMPANION, Role.HEAD, Role.UNIT_LEAD, Role.OWNER, Role.ADMIN}


@pytest.mark.parametrize("t", [*CONCERN.transitions, *CONCERN.entries], ids=lambda t: t.trigger)
def test_nothing_of_a_concern_is_for_whom_it_may_speak_of(t: Transition) -> None:
    asked = [i for i in t.inputs if i.name != "paper"]
    columns = [c for i in asked if isinstance(i, Many) for c in i.of]
    assert not [i.name for i in (*asked, *columns) if OUTSIDE & set(i.readers)]


def test_who_reports_is_sealed_for_all_but_themselves_and_the_contact() -> None:
    sealed = {i.name: set(i.readers) for i in CONCERN.every_input if i.klass is Klass.SEALED}
    assert sealed == {"reporter": {Role.REPORTER, Role.DECIDER}, "about": {Role.REPORTER, Role.DECIDER}}


def test_a_way_that_asks_for_no_such_input_is_a_defect() -> None:
    lost = replace(CONCERN.openings[0], effects=(Route("named", "apart", "kind", "elsewhere"),))
    broken = replace(CONCERN, transitions=(lost, *CONCERN.transitions[1:]), checked=False)
    assert "“raise_concern”: the effect route speaks of an input “elsewhere” that is not asked for" in defects(broken)


def test_every_end_tells_the_reporter() -> None:
    ends = [t for t in CONCERN.transitions if CONCERN.is_final(t.dest)]
    assert len(ends) == 3
    assert all(any(isinstance(e, Serve) and e.role is Role.REPORTER for e in t.effects) for t in ends)


@pytest.mark.parametrize(("workflow", "trigger"), [(INSPECTION, "launch"), (INSPECTION, "conclude"), (RESPONSIBILITY, "notify"),
                                                   (RESPONSIBILITY, "determine")])
def test_whatever_may_strike_at_someone_asks_whether_they_are_protected(workflow: Workflow, trigger: str) -> None:
    for t in workflow.triggers[trigger]:
        assert t.standing and "adverse_act_needs_another_decider" in {g.rule.name for g in t.checks}
