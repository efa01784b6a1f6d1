"""What the law works out where a unit reports its own shortcoming: who did, and when they are asked how they are."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.clocks import runs_out
from workflows.computed import Value, computes
from workflows.guards import speaker
from workflows.roles import Role

OF_THE_UNIT = "unit_check"
"""What is found where a unit checks itself is its own report, whoever enters it."""


@computes("own.reporter", "parts", "parent")
def own_reporter(case: Facts, act: Act) -> Value:
    """Whoever answers for the unit and notes a shortcoming of it; what is found where a unit checks itself counts as well."""
    own = Role.UNIT_LEAD in case.parts or (case.parent is not None and case.parent.workflow == OF_THE_UNIT)
    return [speaker(act)] if own and not act.actor.is_system else None


def _asked_after(name: str, case: Facts, act: Act) -> Value:
    if case.asked_already or not act.data.get("reported_by"):
        return None
    return runs_out(case.on, str(case.ruleset[f"clock.{name}"]), case.calendar).isoformat()


@computes("own.ask_30", "asked_already", "on", "ruleset", "calendar")
def own_ask_30(case: Facts, act: Act) -> Value:
    """The day on which whoever reported is asked first, where no questions run for them yet."""
    return _asked_after("check_in_30", case, act)


@computes("own.ask_90", "asked_already", "on", "ruleset", "calendar")
def own_ask_90(case: Facts, act: Act) -> Value:
    """The day on which whoever reported is asked again, where no questions run for them yet."""
    return _asked_after("check_in_90", case, act)


@computes("own.ask_180", "asked_already", "on", "ruleset", "calendar")
def own_ask_180(case: Facts, act: Act) -> Value:
    """The day on which whoever reported is asked last, where no questions run for them yet."""
    return _asked_after("check_in_180", case, act)
