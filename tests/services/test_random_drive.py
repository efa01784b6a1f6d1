"""Every workflow of the catalogue is driven through the public verbs on a real database, at random. State equals replay, no sanction without
notice and hearing, no forbidden actor ever succeeds, sequences have no gap, and a crash leaves nothing behind.

What it knows of workflows it reads from their declarations: a new one is driven as soon as the catalogue has it."""

from __future__ import annotations

from typing import Any

import pytest

from inspect_app.services import keeping_log
from inspect_app.services.verifying import verify
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


SOME, ENOUGH = 4_000, 10_000
"""After so many steps cases stood in half of all states; after so many in three of five."""
SQLITE, POSTGRESQL = "sqlite", "postgresql"


def runs(seeds: range, kind: str, steps: int) -> list[Any]:
    """One run for each seed on a database of this kind."""
    marks = [pytest.mark.postgresql] if kind == POSTGRESQL else []
    return [pytest.param(kind, seed, steps, marks=marks, id=f"{kind}-{seed}") for seed in seeds]


def drive(org: Organisation, seed: int, steps: int) -> None:
    """Drive so many steps, judge what came of it, and see that it got somewhere."""
    with with_trial(org, TRIAL), looking(org.house.db) as sql:
        driven = Drive(org, seed, sql, TRIAL.name)
        driven.run(steps)
        judged = judge(org.house)
        keeping_log.round_of(org.house)
        verified = verify(org.house)
        assert (verified.status, verified.waiting) == (0, 0), [str(one) for one in verified.findings[:5]]
        alive = {w.name for w in org.house.catalogue.workflows if not w.recorded}
    met = {name for name, _ in driven.seen}
    states = {(w.name, s.name) for w in org.house.catalogue.workflows if w.name in alive for s in w.states}
    reached = driven.seen & states
    assert driven.done["done"] > steps / 7, driven.done
    assert judged["clocks"] and driven.done["killed"] and driven.done["crashed"], (driven.done, judged)
    assert judged["sanctions"] or steps < SOME, (driven.done, judged)
    assert met <= alive and len(met) >= len(alive) / 2
    assert len(reached) >= len(states) / 2 or steps < SOME, sorted(states - reached)
    assert len(reached) >= len(states) * 3 / 5 or steps < ENOUGH, sorted(states - reached)


SHORT = [*runs(range(1, 6), SQLITE, 4_000), *runs(range(6, 8), POSTGRESQL, 2_500)]
LONG = [*runs(range(200, 300), SQLITE, 10_000), *runs(range(150, 190), POSTGRESQL, 2_500)]


@pytest.mark.parametrize(("settings", "seed", "steps"), SHORT, indirect=["settings"])
def test_whatever_is_tried_the_law_holds(org: Organisation, seed: int, steps: int) -> None:
    drive(org, seed, steps)


@pytest.mark.full
@pytest.mark.parametrize(("settings", "seed", "steps"), LONG, indirect=["settings"])
def test_whatever_is_tried_for_long_the_law_holds(org: Organisation, seed: int, steps: int) -> None:
    drive(org, seed, steps)


@pytest.mark.full
@pytest.mark.parametrize("settings", [SQLITE], indirect=True)
def test_what_punishes_is_reached_sooner_or_later(org: Organisation) -> None:
    punishing = {(w.name, s.name) for w in org.house.catalogue.workflows for s in w.states if s.punishes}
    with with_trial(org, TRIAL), looking(org.house.db) as sql:
        driven = Drive(org, 300, sql, TRIAL.name)
        for _ in range(10):
            driven.run(SOME)
            if driven.seen & punishing:
                return
    raise AssertionError(sorted(driven.seen))


def test_long_proofs_are_as_long_as_they_say() -> None:
    for together, wanted in ((SHORT, (20_000, 5_000)), (LONG, (1_000_000, 100_000))):
        assert tuple(sum(p.values[2] for p in together if p.values[0] == kind) for kind in (SQLITE, POSTGRESQL)) == wanted
