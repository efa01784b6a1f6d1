"""What kinds of cases and their first acts are called under the ruleset of new cases, where a page speaks of no case yet."""

from __future__ import annotations

from inspect_app import http, i18n
from inspect_app.services import directory
from workflows.definition import Workflow
from workflows.ruleset import Ruleset


def rules_here() -> Ruleset:
    """The ruleset of new cases."""
    house = http.house()
    return house.catalogue.rulesets_by_name[directory.ruleset_of(house)]


def kinds() -> dict[str, str]:
    """What each workflow is called, by its name."""
    rules = rules_here()
    return {w.name: i18n.workflow_label(w, rules, http.language()) for w in http.house().catalogue.workflows}


def opening(workflow: Workflow, rules: Ruleset) -> str:
    """What the act is called that opens a case of this kind."""
    return i18n.trigger_label(workflow, rules, http.language(), workflow.openings[0].trigger)


__all__ = ["kinds", "opening", "rules_here"]
