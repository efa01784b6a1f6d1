"""The form of an assessment: it begins with every criterion, and shows what was counted for each before it asks whether it is met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from inspect_app import http, i18n
from inspect_app.forms.build import Drawn
from inspect_app.services import assessing, queries
from inspect_app.services.telling import so_many
from workflows.definition import Transition
from workflows.figures import first_of, quarter_of
from workflows.inputs import Computed, Listed, Many
from workflows.ruleset import Ruleset


def _criteria_of(transition: Transition) -> tuple[Many, str, str] | None:
    """The list of criteria that an act asks for, its field of the criterion and the one after it; None where nothing is counted for it."""
    if not any(isinstance(i, Computed) and i.of == assessing.FACTS for i in transition.inputs):
        return None
    return next(((many, one.name, after.name) for many in transition.asked if isinstance(many, Many)
                 for one, after in zip(many.of, many.of[1:], strict=False) if isinstance(one, Listed) and one.of == "criteria"), None)


def begun(transition: Transition, rules: Ruleset) -> dict[str, Any]:
    """What the form begins with: the last quarter that is over, and a row for each criterion. Nothing for other acts."""
    if (found := _criteria_of(transition)) is None:
        return {}
    many, criterion, _ = found
    year, quarter = quarter_of(first_of(*quarter_of(queries.today(http.house()))) - timedelta(days=1))
    return {"year": str(year), "quarter": quarter, many.name: [{criterion: c.code} for c in rules.criteria]}


def beside(transition: Transition, rules: Ruleset, drawn: Drawn, told: Mapping[str, Any]) -> dict[str, str]:
    """By field, what was counted for the criterion of its row in the unit and quarter that are `told`. Nothing for other acts."""
    if (found := _criteria_of(transition)) is None:
        return {}
    many, criterion, answer = found
    counted = assessing.counted(http.house(), http.actor(), transition.who, rules, str(told.get("unit") or ""), told,
                                rehearsal=bool(told.get("as_rehearsal")))
    return {entry.form[answer].name: _words(rules, entry.form[criterion].data, counted) for entry in drawn.form[many.name].entries}


def _words(rules: Ruleset, code: str | None, counted: Mapping[str, dict[str, Any]] | None) -> str:
    language = http.language()
    criterion = next((c for c in rules.criteria if c.code == code), None)
    if criterion is None:
        return i18n.say(language, "assess.no_criterion")
    counts = criterion.counts.say(language)
    if criterion.figure is None:
        return i18n.say(language, "assess.by_people", counts=counts)
    if counted is None:
        return i18n.say(language, "assess.not_yet", counts=counts)
    row = counted[criterion.code]
    if row.get("whole") == 0:
        return i18n.say(language, "assess.nothing", counts=counts)
    return i18n.say(language, "assess.counted", counts=counts, n=so_many(row, "", language))


__all__ = ["begun", "beside"]
