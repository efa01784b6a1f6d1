"""Every workflow of the catalogue is driven through the public verbs on a real database, at random. State equals replay, no sanction without
notice and hearing, no forbidden actor ever succeeds, sequences have no gap, and a crash leaves nothing behind.

What it knows of workflows it reads from their declarations: a new one is driven as soon as the catalogue has it."""

from __future__ import annotations

import pytest

from tests.services.drive import Drive, with_trial
from tests.services.judging import judge
from tests.services.looking import looking
from tests.services.organisation import Organisation
from tests.workflows.samples import both, step
from workflows.definition import ANY, START, State, Workflow
from workflows.effects import Appoint, Hear, Notify, Sanction, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.guards import actor_has_no_tie, another_person_than
from workflows.inputs import Choice, Person
from workflows.roles import Role

TRIAL = Workflow(
    name="trial", version=1, title=both("Trial"), entries=ENTRIES,
    states=(State("opened", both("opened")), State("told", both("told")), State("heard", both("heard")),
            State("punished", both("punished"), final=True, punishes=True), State("cleared", both("cleared"), final=True)),
    transitions=(
        step("open", START, "opened", who=(Role.OFFICER, Role.CHAIR), inputs=(Person(name="who", label=both("Who")),),
             effects=(Take(Role.OFFICER), Appoint(Role.RESPONDENT, "who"))),
        step("tell", "opened", "told", effects=(Notify(), Serve(Role.RESPONDENT, "inspection_notice"), StartClock("answer", then="absent"))),
        step("hear", "told", "heard", effects=(Hear(), StopClock("answer"))),
        step("absent", "told", "heard", who=(Role.SYSTEM,), effects=(Hear(),)),
        step("hear_again", "heard", "told", effects=(Notify(), StartClock("answer", then="absent"))),
        step("punish", "heard", "punished", who=(Role.CHAIR,), standing=True, guards=(actor_has_no_tie, another_person_than(trigger="tell")),
             inputs=(Choice(name="rung", label=both("Rung"), options=(("reprimand", both("reprimand")),)),), effects=(Sanction("rung"), StopClock())),
        step("clear", ("opened", "told", "heard"), "cleared", who=(Role.CHAIR,), effects=(StopClock(),)),
        step("remark", ("opened", "told"), ANY)))
"""A matter that can end in a sanction, so that the drive meets some whatever the catalogue has."""


def drive(org: Organisation, seed: int, steps: int, least: float = 0.2) -> Drive:
    """Drive so many steps, judge what came of it, and see that it got somewhere."""
    with with_trial(org, TRIAL), looking(org.house.db) as sql:
        driven = Drive(org, seed, sql)
        driven.run(steps)
        judged = judge(org.house)
        driven.done.update(judged=judged["events"], sanctions=judged["sanctions"], clocks=judged["clocks"])
        alive = {w.name for w in org.house.catalogue.workflows if not w.recorded}
    assert driven.done["done"] > least * steps, driven.done
    assert {name for name, _ in driven.seen} == alive
    assert judged["sanctions"] and judged["clocks"] and driven.done["killed"] and driven.done["crashed"]
    return driven


def steps_of(org: Organisation, sqlite: int, postgresql: int) -> int:
    return sqlite if org.house.db.is_sqlite else postgresql


@pytest.mark.parametrize("seed", range(1, 6))
def test_whatever_is_tried_the_law_holds(org: Organisation, seed: int) -> None:
    drive(org, seed, steps_of(org, 4_000, 1_000), 0.15)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 150))
def test_whatever_is_tried_for_long_the_law_holds(org: Organisation, seed: int) -> None:
    drive(org, seed, steps_of(org, 20_000, 2_000))
