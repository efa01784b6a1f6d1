"""A mapping held against the law: the workflows, triggers and inputs it speaks of, and what a row that tells of a sanction has to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from inspect_app.errors import Unreadable
from inspect_app.imports.register_coherence import column_of
from inspect_app.imports.register_mapping import CaseRule, RegisterMapping, TableRule
from inspect_app.imports.register_values import Column
from inspect_app.imports.sheet_rows import CellProblem
from workflows.calendar import add
from workflows.catalogue import Catalogue
from workflows.definition import Workflow
from workflows.inputs import Choice, Day, Input, Klass, Number, Text, Yes
from workflows.words import Words, filled, joined, words

DELICATE = (Klass.SENSITIVE, Klass.SEALED)
_FITS: dict[type[Input], tuple[str, ...]] = {Text: ("text", "day", "moment", "number", "code", "yes"), Choice: ("code", "text"), Day: ("day",),
                                             Number: ("number",), Yes: ("yes",)}
_OF_A_CASE = words(en="case {case}: {what}", vi="vụ việc {case}: {what}")


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
    defects: list[Words] = []
    found: dict[str, Workflow] = {}
    for table in mapping.tables.values():
        for rule in table.cases:
            name, _, version = rule.workflow.partition("@")
            workflow = catalogue.by_name.get(name)
            if version and workflow is not None:
                workflow = next((w for w in catalogue.workflows if w.name == name and str(w.version) == version), None)
            if workflow is None:
                known = ", ".join(sorted(catalogue.by_name))
                defects.append(words(en=f"case {rule.name}: there is no workflow “{rule.workflow}”; there are: {known}",
                                     vi=f"vụ việc {rule.name}: không có quy trình “{rule.workflow}”; đang có: {known}"))
                continue
            found[rule.name] = workflow
            defects += [filled(_OF_A_CASE, case=rule.name, what=said) for said in _defects(mapping, table, rule, workflow)]
    if defects:
        raise Unreadable(filled(words(en="The mapping does not fit the law: {what}", vi="Bản ánh xạ không hợp với các quy trình: {what}"),
                                what=joined(defects)))
    return Laws(found)


def concerns_standing(workflow: Workflow) -> bool:
    """Whether a case of this workflow tells of a sanction: it punishes, or it begins with an act that touches a person's standing."""
    return any(s.punishes for s in workflow.states) or any(t.standing for t in workflow.openings)


def _defects(mapping: RegisterMapping, table: TableRule, rule: CaseRule, workflow: Workflow) -> list[Words]:
    said = []
    if concerns_standing(workflow) and rule.sanction is None:
        said.append(words(en="it tells of sanctions; write sanction = { until = \"…\" }, so that what is spent or without a day is not taken in",
                          vi="vụ việc này nói về hình thức kỷ luật; hãy ghi sanction = { until = \"…\" }, để không nhập kỷ luật đã hết hiệu lực "
                             "hoặc không có ngày"))
    if workflow.needs_parent and rule.under is None:
        said.append(words(en=f"a case of {workflow.name} belongs to another; write under = \"…\"",
                          vi=f"vụ việc theo {workflow.name} phải thuộc một vụ việc khác; hãy ghi under = \"…\""))
    openings = {t.trigger for t in workflow.openings}
    if (first := rule.events[0].trigger) not in openings:
        said.append(words(en=f"its first event is “{first}”, but {workflow.name} begins with: {', '.join(sorted(openings))}",
                          vi=f"sự kiện đầu là “{first}”, nhưng {workflow.name} bắt đầu bằng: {', '.join(sorted(openings))}"))
    if rule is table.cases[0]:
        told = {column for one in table.cases for event in one.events for column in event.data.values()}
        said += [words(en=f"“{name}” is {column.klass}; tell it by an input, which says who reads it",
                       vi=f"“{name}” thuộc mức {column.klass}; hãy đưa cột này vào data, nơi quy định ai được đọc")
                 for name, column in table.columns.items() if column.klass in DELICATE and name not in told]
    for event in rule.events:
        if event.trigger not in workflow.triggers:
            said.append(words(en=f"{workflow.name} has no “{event.trigger}”; it has: {', '.join(workflow.triggers)}",
                              vi=f"{workflow.name} không có “{event.trigger}”; đang có: {', '.join(workflow.triggers)}"))
            continue
        inputs = {i.name: i for t in workflow.triggers[event.trigger] for i in t.inputs}
        on = column_of(mapping, table, event.on)
        if on is not None and on.type not in ("day", "moment"):
            said.append(words(en=f"“{event.on}” says when “{event.trigger}” was, but is declared as {on.type}",
                              vi=f"“{event.on}” cho biết ngày của “{event.trigger}”, nhưng được khai báo là {on.type}"))
        for name, column in event.data.items():
            if (misfit := _misfit(event.trigger, name, inputs, column, column_of(mapping, table, column))) is not None:
                said.append(misfit)
    return said


def _misfit(trigger: str, name: str, inputs: Mapping[str, Input], column: str, declared: Column | None) -> Words | None:
    """Why an input cannot be told from a column, or nothing; a computed column is not declared, and is a day."""
    i = inputs.get(name)
    kind = declared.type if declared is not None else "day"
    if i is None:
        return words(en=f"“{trigger}” has no input “{name}”; it has: {', '.join(inputs)}",
                     vi=f"“{trigger}” không có mục “{name}”; đang có: {', '.join(inputs)}")
    if type(i) not in _FITS:
        return words(en=f"“{name}” is a {i.kind}, which no table can say", vi=f"mục “{name}” thuộc kiểu {i.kind}, không bảng nào ghi được")
    if kind not in _FITS[type(i)]:
        return words(en=f"“{name}” is a {i.kind}, but “{column}” is declared as {kind}",
                     vi=f"mục “{name}” thuộc kiểu {i.kind}, nhưng cột “{column}” được khai báo là {kind}")
    if declared is not None and declared.klass in DELICATE and i.klass not in DELICATE:
        return words(en=f"“{column}” is {declared.klass}, but more people read “{name}”; declare another input, or leave the column out",
                     vi=f"cột “{column}” thuộc mức {declared.klass}, nhưng nhiều người hơn được đọc mục “{name}”; hãy chọn mục khác, hoặc bỏ cột")
    if isinstance(i, Choice) and declared is not None and (odd := sorted({*declared.codes.values()} - {code for code, _ in i.options})):
        known = ", ".join(code for code, _ in i.options)
        return words(en=f"“{name}” does not know {', '.join(odd)}; it knows: {known}", vi=f"mục “{name}” không có {', '.join(odd)}; đang có: {known}")
    return None


def refused(rule: CaseRule, values: Mapping[str, str], today: date) -> CellProblem | None:
    """Why a row that tells of a sanction is not taken in: without a day of its own, or spent. The sentence tells nothing of the row."""
    sanction = rule.sanction
    if sanction is None:
        return None
    on = values.get(rule.events[0].on)
    if on is None:
        return CellProblem(rule.events[0].on, "undated", words(
            en="it tells of a sanction without the day of it; such a one is not taken in",
            vi="dòng này nói về một hình thức kỷ luật mà không ghi ngày; không nhập dòng như vậy"))
    if sanction.status is not None and values.get(sanction.status) in sanction.ended:
        return CellProblem(sanction.status, "spent", words(
            en="it tells of a sanction that has ended; such a one is not taken in",
            vi="dòng này nói về một hình thức kỷ luật đã chấm dứt; không nhập dòng như vậy"))
    rung = values.get(sanction.rung, "") if sanction.rung is not None else ""
    until = values.get(sanction.until) if sanction.until is not None else None
    if until is None and rung in sanction.never:
        return None
    if until is None and (months := sanction.months.get(rung)) is not None and on < "9000":
        until = add(date.fromisoformat(on[:10]), f"{months}m").isoformat()
    if until is None:
        return CellProblem(sanction.until or sanction.rung or "", "undated", words(
            en="it does not say until when the sanction stands, so that nobody can tell whether it is spent; such a one is not taken in",
            vi="không ghi hình thức kỷ luật có hiệu lực đến khi nào, nên không biết đã hết hiệu lực hay chưa; không nhập dòng như vậy"))
    if until[:10] <= today.isoformat():
        return CellProblem(sanction.until or sanction.rung or "", "spent", words(
            en="it tells of a sanction that is spent; such a one is not taken in",
            vi="dòng này nói về một hình thức kỷ luật đã hết hiệu lực; không nhập dòng như vậy"))
    return None
