"""A mapping held against the law: the workflows, triggers and inputs it speaks of, and what a row that tells of a sanction has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from inspect_app.errors import Unreadable
from inspect_app.imports.register_mapping import CaseRule, RegisterMapping, TableRule
from inspect_app.imports.register_reading import column_of
from inspect_app.imports.sheet_rows import CellProblem
from workflows.calendar import add
from workflows.catalogue import Catalogue
from workflows.definition import Workflow
from workflows.inputs import Choice, Day, Input, Klass, Number, Text, Yes

DELICATE = (Klass.SENSITIVE, Klass.SEALED)
_FITS: dict[type[Input], tuple[str, ...]] = {Text: ("text", "day", "moment", "number", "code", "yes"), Choice: ("code", "text"), Day: ("day",),
                                             Number: ("number",), Yes: ("yes",)}


@dataclass(frozen=True, slots=True)
class Laws:
    """The workflow of each case of a mapping, by the name of the case."""

    by_case: Mapping[str, Workflow]

    def of(self, rule: CaseRule) -> Workflow:
        return self.by_case[rule.name]

    def distinct(self) -> list[Workflow]:
        return list({w.law_hash: w for w in self.by_case.values()}.values())


def laws_of(catalogue: Catalogue, mapping: RegisterMapping) -> Laws:
    """The law of a mapping. Raises `Unreadable` naming everything that does not fit it."""
    defects: list[str] = []
    found: dict[str, Workflow] = {}
    for table in mapping.tables.values():
        for rule in table.cases:
            name, _, version = rule.workflow.partition("@")
            workflow = catalogue.by_name.get(name)
            if version and workflow is not None:
                workflow = next((w for w in catalogue.workflows if w.name == name and str(w.version) == version), None)
            if workflow is None:
                defects.append(f"case {rule.name}: there is no workflow “{rule.workflow}”; there are: {', '.join(sorted(catalogue.by_name))}")
                continue
            found[rule.name] = workflow
            defects += [f"case {rule.name}: {said}" for said in _defects(mapping, table, rule, workflow)]
    if defects:
        raise Unreadable(f"The mapping does not fit the law: {'; '.join(defects)}")
    return Laws(found)


def concerns_standing(workflow: Workflow) -> bool:
    """Whether a case of this workflow tells of a sanction: it punishes, or it begins with an act that touches a person's standing."""
    return any(s.punishes for s in workflow.states) or any(t.standing for t in workflow.openings)


def _defects(mapping: RegisterMapping, table: TableRule, rule: CaseRule, workflow: Workflow) -> list[str]:
    said = []
    if concerns_standing(workflow) and rule.sanction is None:
        said.append("it tells of sanctions; write sanction = { until = \"…\" }, so that what is spent or without a day is not taken in")
    if workflow.needs_parent and rule.under is None:
        said.append(f"a case of {workflow.name} belongs to another; write under = \"…\"")
    openings = {t.trigger for t in workflow.openings}
    if rule.events[0].trigger not in openings:
        said.append(f"its first event is “{rule.events[0].trigger}”, but {workflow.name} begins with: {', '.join(sorted(openings))}")
    if rule is table.cases[0]:
        told = {column for one in table.cases for event in one.events for column in event.data.values()}
        said += [f"“{name}” is {column.klass}; tell it by an input, which says who reads it" for name, column in table.columns.items()
                 if column.klass in DELICATE and name not in told]
    for event in rule.events:
        if event.trigger not in workflow.triggers:
            said.append(f"{workflow.name} has no “{event.trigger}”; it has: {', '.join(workflow.triggers)}")
            continue
        inputs = {i.name: i for t in workflow.triggers[event.trigger] for i in t.inputs}
        on = column_of(mapping, table, event.on)
        if on is not None and on.type not in ("day", "moment"):
            said.append(f"“{event.on}” says when “{event.trigger}” was, but is declared as {on.type}")
        for name, column in event.data.items():
            i, declared = inputs.get(name), column_of(mapping, table, column)
            kind = declared.type if declared is not None else "day"
            if i is None:
                said.append(f"“{event.trigger}” has no input “{name}”; it has: {', '.join(inputs)}")
            elif type(i) not in _FITS:
                said.append(f"“{name}” is a {i.kind}, which no table can say")
            elif kind not in _FITS[type(i)]:
                said.append(f"“{name}” is a {i.kind}, but “{column}” is declared as {kind}")
            elif declared is not None and declared.klass in DELICATE and i.klass not in DELICATE:
                said.append(f"“{column}” is {declared.klass}, but more people read “{name}”; declare another input, or leave the column out")
            elif isinstance(i, Choice) and declared is not None and (odd := sorted({*declared.codes.values()} - {code for code, _ in i.options})):
                said.append(f"“{name}” does not know {', '.join(odd)}; it knows: {', '.join(code for code, _ in i.options)}")
    return said


def refused(rule: CaseRule, values: Mapping[str, str], today: date) -> CellProblem | None:
    """Why a row that tells of a sanction is not taken in: without a day of its own, or spent. The sentence tells nothing of the row."""
    sanction = rule.sanction
    if sanction is None:
        return None
    on = values.get(rule.events[0].on)
    if on is None:
        return CellProblem(rule.events[0].on, "undated", "it tells of a sanction without the day of it; such a one is not taken in")
    if sanction.status is not None and values.get(sanction.status) in sanction.ended:
        return CellProblem(sanction.status, "spent", "it tells of a sanction that has ended; such a one is not taken in")
    rung = values.get(sanction.rung, "") if sanction.rung is not None else ""
    until = values.get(sanction.until) if sanction.until is not None else None
    if until is None and rung in sanction.never:
        return None
    if until is None and (months := sanction.months.get(rung)) is not None and on < "9000":
        until = add(date.fromisoformat(on[:10]), f"{months}m").isoformat()
    if until is None:
        return CellProblem(sanction.until or sanction.rung or "", "undated", "it does not say until when the sanction stands, so that nobody "
                           "can tell whether it is spent; such a one is not taken in")
    if until[:10] <= today.isoformat():
        return CellProblem(sanction.until or sanction.rung or "", "spent", "it tells of a sanction that is spent; such a one is not taken in")
    return None
