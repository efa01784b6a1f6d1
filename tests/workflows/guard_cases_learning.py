"""For every guard of programmes, demonstrations, pilot units and assessments, what it may be shown when it holds and when it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.workflows.guard_cases import Case
from workflows.acts import NamedCase, OfficeFact, StrandFact

HELD, EMPTY = OfficeFact("head", "then", "now", None, None), OfficeFact("head", None, None, None, None)
STANDS, SETTLED, OVER = (StrandFact("child", "open", False, False), StrandFact("child", "dated", False, True),
                         StrandFact("child", "closed", True, False))
PLANNED = NamedCase("inspection", "registered", False, False, False, frozenset({"W1", "HQ"}), "programme")
CONCLUDED = PLANNED._replace(state="concluded", settled=True)


def named(one: NamedCase, **more: Any) -> dict[str, Any]:
    return {"named_cases": {"2026-000007": one}} | more


def hosts(*rows: tuple[str, str]) -> dict[str, Any]:
    return {"demonstrations": [{"quarter": quarter, "target": target, "office": "head"} for quarter, target in rows]}


NUMBER, FOR_W1 = {"inspection": "2026-000007"}, {"said": {"target": "W1"}}
EVERYWHERE = frozenset({"W1", "W2", "u1", "u2"})
LATER = {"today": date(2026, 4, 1)}
LEARNING: dict[str, tuple[list[Case], list[Case]]] = {
    "units_planned_are_in_jurisdiction": (
        [Case({"jurisdiction": EVERYWHERE}, {"items": [{"target": "W1"}]}), Case({"jurisdiction": EVERYWHERE}), Case()],
        [Case({"jurisdiction": {"W1"}}, {"items": [{"target": "W1"}, {"target": "W2"}]}), Case(data={"added": [{"target": "W1"}]}),
         Case(data=hosts(("q1", "W1")))]),
    "offices_in_rows_have_a_holder": (
        [Case({"offices": {"head": HELD}}, hosts(("q1", "W1"))), Case(), Case({"offices": {"head": HELD}}, {"lessons": [{"office": "head"}]})],
        [Case({"offices": {"head": EMPTY}}, hosts(("q1", "W1"))), Case(data=hosts(("q1", "W1"))), Case(data={"lessons": [{"office": "head"}]})]),
    "each_quarter_has_another_host": (
        [Case(data=hosts(("q1", "W1"), ("q2", "W2"))), Case()],
        [Case(data=hosts(("q1", "W1"), ("q1", "W2"))), Case(data=hosts(("q1", "W1"), ("q2", "W1")))]),
    "inspection_is_of_this_plan": (
        [Case(named(PLANNED, **FOR_W1), NUMBER)],
        [Case(named(PLANNED._replace(source="signal"), **FOR_W1), NUMBER), Case(named(PLANNED._replace(rehearsal=True), **FOR_W1), NUMBER),
         Case(named(PLANNED._replace(workflow="concern"), **FOR_W1), NUMBER),
         Case(named(PLANNED._replace(units=frozenset({"HQ"})), **FOR_W1), NUMBER),
         Case(FOR_W1, NUMBER), Case(named(PLANNED, said={}), NUMBER)]),
    "inspection_is_concluded": (
        [Case(named(CONCLUDED, said=NUMBER)), Case(named(PLANNED._replace(is_final=True), said=NUMBER))],
        [Case(named(PLANNED, said=NUMBER)), Case(named(CONCLUDED)), Case({"said": NUMBER})]),
    "demonstration_uses_a_rehearsal": (
        [Case(named(PLANNED._replace(rehearsal=True)), {"rehearsal": "2026-000007"})],
        [Case(named(PLANNED), {"rehearsal": "2026-000007"}), Case(data={"rehearsal": "2026-000007"})]),
    "next_quarter_has_come": (
        [Case({"said": {"held_on": "2026-02-10"}} | LATER), Case({"said": {"held_on": "2026-03-02"}} | LATER)],
        [Case({"said": {"held_on": "2026-02-10"}, "today": date(2026, 3, 31)}), Case({"said": {"held_on": "2026-03-03"}} | LATER), Case(LATER)]),
    "children_have_ended": ([Case(), Case({"children": (OVER, OVER)})], [Case({"children": (OVER, SETTLED)}), Case({"children": (STANDS,)})]),
    "no_other_unit_is_pilot": ([Case(), Case({"pilots": frozenset({"W1"}), "unit": "W1"})],
                               [Case({"pilots": frozenset({"W2"}), "unit": "W1"}), Case({"pilots": frozenset({"W1"})})]),
    "own_shortcomings_are_remedied": ([Case()], [Case({"remedies_owed": 1})]),
    "quarter_is_over": ([Case(data={"year": 2025, "quarter": "q4"})], [Case(data={"year": 2026, "quarter": "q1"}), Case(),
                                                                       Case(data={"year": "2025", "quarter": "q4"})]),
    "no_signal_waits": ([Case()], [Case({"signals_waiting": 2})]),
    "tasks_lie_ahead": ([Case(), Case({"said": {"tasks": [{"due": "2026-03-02"}, {}]}})],
                        [Case({"said": {"tasks": [{"due": "2026-03-01"}]}}), Case({"said": {"tasks": [{"due": "2026-03-02"}]}} | LATER)]),
    "mentor_is_another": ([Case(data={"person": "bert", "mentor": "cleo"})],
                          [Case(data={"person": "bert", "mentor": "bert"}),
                           Case({"people": {"owner": ("cleo",)}}, {"person": "bert", "mentor": "cleo"})]),
}
