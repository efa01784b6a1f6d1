"""What the law works out where the organisation learns: the items of a plan, the units of a roll-out, and figures of the work of units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.acts import Act, Facts
from workflows.computed import Value, computes
from workflows.criteria import Criterion
from workflows.figures import QUARTERS, Figure, last_of, rows
from workflows.words import Words, words

EVERY: dict[str, int] = {"once": 4, "each_year": 4, "each_half": 2, "each_quarter": 1}
"""After how many quarters an inspection of the plan comes again within its year."""
FEW = 5
"""A plan of more tasks is spread thin."""
REMARKS: dict[str, Words] = {
    "spread_thin": words(en="more than five tasks: spread thin", vi="quá năm việc: dàn trải"),
    "generic": words(
        en="a cause that stands there twice, or in an earlier plan: generic", vi="nguyên nhân lặp lại hoặc chép từ lần trước: chung chung")}
CODES = [code for code, _ in QUARTERS]


def _told(case: Facts, act: Act, name: str) -> Any:
    return act.data.get(name, case.said.get(name))


def occurrences(items: Iterable[dict[str, Any]], year: int) -> list[dict[str, Any]]:
    """Each inspection of a plan as often as it comes in the year: from its quarter on, each with the quarter it is planned in."""
    found = []
    for item in items:
        for n in range(CODES.index(item["quarter"]), len(CODES), EVERY.get(str(item.get("every", "once")), len(CODES))):
            found.append({**item, "quarter": CODES[n], "year": year})
    return found


@computes("quarter.end", "said")
def _quarter_end(case: Facts, act: Act) -> Value:
    """The last day of the quarter that is named."""
    year, quarter = _told(case, act, "year"), _told(case, act, "quarter")
    return last_of(year, quarter).isoformat() if isinstance(year, int) and quarter in CODES else None


@computes("programme.items", "said")
def _items(case: Facts, act: Act) -> Value:
    """Every inspection of the programme, recurring ones as often as they come."""
    return occurrences(case.said.get("items") or (), case.said["year"]) if case.said.get("year") else []


@computes("programme.added", "said")
def _added(case: Facts, act: Act) -> Value:
    """Every inspection that a revision adds, recurring ones as often as they come."""
    return occurrences(case.said.get("added") or (), case.said["year"]) if case.said.get("year") else []


@computes("programme.demonstrations", "said")
def _demonstrations(case: Facts, act: Act) -> Value:
    """Every demonstration of the programme, with its year."""
    return [{**row, "year": case.said["year"]} for row in case.said.get("demonstrations") or ()] if case.said.get("year") else []


@computes("plan.remarks", "causes_before")
def _remarks(case: Facts, act: Act) -> Value:
    """What is to be said of a plan: more than five tasks are spread thin, a cause of an earlier plan or of two tasks is generic."""
    tasks = act.data.get("tasks") or ()
    causes = [" ".join(str(row.get("cause")).casefold().split()) for row in tasks]
    found = ["spread_thin"] if len(tasks) > FEW else []
    return [{"remark": code} for code in (*found, *(["generic"] if len(set(causes)) < len(causes) or set(causes) & case.causes_before else []))]


@computes("plan.at_once", "steps")
def _at_once(case: Facts, act: Act) -> Value:
    """Whether it is accepted as it was uploaded first."""
    return all(step.trigger != "remark" for step in case.steps)


@computes("plan.tasks", "said")
def _tasks(case: Facts, act: Act) -> Value:
    """Every task of the plan as it was uploaded last."""
    return [dict(row) for row in case.said.get("tasks") or ()]


@computes("rollout.units", "working_units")
def _units(case: Facts, act: Act) -> Value:
    """Every unit that goes on, for a roll-out leaves none out."""
    return [{"unit": code} for code in case.working_units]


@computes("figures.year", "figures")
def _year(case: Facts, act: Act) -> Value:
    """The figures of the unit over the 365 days before."""
    return rows(case.figures["year"]) if "year" in case.figures else []


@computes("figures.quarter", "figures")
def _quarter(case: Facts, act: Act) -> Value:
    """The figures of the unit in the quarter that is named."""
    return rows(case.figures["quarter"]) if "quarter" in case.figures else []


@computes("figures.effect", "figures_of_all")
def _effect(case: Facts, act: Act) -> Value:
    """The figures of all units over as many days before the demonstration as have passed since, and over the days since."""
    found = case.figures_of_all
    return rows(found["before"], after=found["after"]) if "before" in found else []


@computes("criteria.set", "ruleset_version")
def _criteria_set(case: Facts, act: Act) -> Value:
    """The ruleset whose criteria these are, with its version."""
    return str(case.ruleset_version)


def facts_of(criteria: Iterable[Criterion], counted: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """Of these figures, the row of each criterion that names one; the others are looked at by people alone."""
    return [{"criterion": c.code, **row} for c in criteria if c.figure is not None and c.figure in counted
            for row in rows({c.figure: counted[c.figure]})]


@computes("criteria.facts", "criteria", "figures")
def _criteria_facts(case: Facts, act: Act) -> Value:
    """What is counted for each criterion that names a figure, in the quarter that is named."""
    return facts_of(case.criteria, case.figures.get("quarter") or {})
