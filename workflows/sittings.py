"""Visits and meetings that took place, as templates: what is typed back once, and the acts that it becomes, all or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from workflows.definition import Transition, Workflow
from workflows.inputs import HANDLERS, PARTIES, Day, Input, Klass, Person, Text
from workflows.roles import Role
from workflows.words import Words, words

DAY = Day(name="held_on", label=words(en="Day on which it took place", vi="Ngày diễn ra"), when="past")
SCAN = Text(name="scan", label=words(en="The paper or scan: number, and where it is kept", vi="Giấy tờ hoặc bản chụp: số, nơi lưu"), at_least=3,
            at_most=400, klass=Klass.PERSONAL, readers=PARTIES)


@dataclass(frozen=True, slots=True)
class Beat:
    """One act of a template. `copy` takes inputs of the form over, (ours, theirs), a name that begins with `=` being a literal; with `row`, the
    values become the one row of that input. It is typed for whoever plays `speaks`, where that is another."""

    trigger: str
    copy: tuple[tuple[str, str], ...] = ()
    row: str | None = None
    speaks: Role | None = None

    def data(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """The data of the act."""
        values = {theirs: ours[1:] if ours.startswith("=") else told.get(ours) for ours, theirs in self.copy}
        values = {name: value for name, value in values.items() if value is not None}
        return {self.row: [values]} if self.row else values


@dataclass(frozen=True, slots=True)
class Template:
    """What a visit or meeting was: of which workflow, what is asked beside its day and its paper, and the acts in order. With `opens`, the
    first opens a case; else they are acts on a case that is chosen."""

    name: str
    label: Words
    workflow: str
    who: tuple[Role, ...]
    inputs: tuple[Input, ...]
    beats: tuple[Beat, ...]
    opens: bool = False
    help: Words | None = None

    @property
    def asked(self) -> tuple[Input, ...]:
        """Every field of the form, the case itself excepted."""
        return (*self.inputs, DAY, SCAN)


def _said(name: str, en: str, vi: str) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), at_least=3, at_most=4000, lines=True, klass=Klass.PERSONAL, readers=HANDLERS)


TEMPLATES = (
    Template(
        "unit_check_held", words(en="A unit check that took place", vi="Buổi đơn vị tự kiểm tra đã họp"), "unit_check",
        (Role.RECORDER, Role.UNIT_LEAD),
        (Text(name="what", label=words(en="Subject", vi="Nội dung"), at_least=10, at_most=2000),
         Person(name="person", label=words(en="Who reported for the side that was checked", vi="Người báo cáo của bên được kiểm tra")),
         _said("conclusion", "What the meeting concluded", "Hội nghị kết luận")),
        (Beat("announce", (("what", "what"), ("person", "person"), ("held_on", "held_on"))),
         Beat("hand_in", (("scan", "report"),), speaks=Role.RESPONDENT),
         Beat("draft", (("scan", "draft"),)),
         Beat("conclude", (("what", "point"), ("conclusion", "conclusion")), row="points")),
        opens=True,
        help=words(en="Announcement, own report, draft and conclusion are entered at once; report and draft stand on the paper.",
                   vi="Thông báo, tự báo cáo, dự thảo và kết luận được ghi cùng lúc; báo cáo và dự thảo xem trên giấy.")),
    Template(
        "visit_held", words(en="A visit that took place", vi="Buổi làm việc tại đơn vị đã diễn ra"), "inspection",
        (Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.CHAIR),
        (_said("seen", "What was seen", "Đã xem những gì"),),
        (Beat("note_for_record", (("seen", "note"),)),)),
    Template(
        "consultation_held", words(en="A meeting on the draft that took place", vi="Buổi trao đổi dự thảo kết quả đã diễn ra"), "inspection",
        (Role.TEAM_LEAD,),
        (_said("views", "What the inspected side said", "Ý kiến của bên được kiểm tra"),),
        (Beat("share_draft", (("held_on", "shared_on"),)),
         Beat("comment", (("views", "views"),), speaks=Role.RESPONDENT),
         Beat("consult"))),
)
"""The templates there are. Before the acts, the paper itself is entered as evidence of the case."""

BEFORE_A_BODY: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType({
    "inspection": (("concluding",), ("conclude",)),
    "discipline": (("answered", "unit_sitting", "hearing", "deliberating", "outcome_known"), (
        "freeze_roll", "hear", "conclude", "vote", "vote_to_propose", "decide_alone", "clear", "exempt", "end_not_reached", "end_time_barred",
        "impose")),
    "appeal": (("accepted", "verifying", "heard", "voted"), ("freeze_roll", "hear", "conclude", "vote", "decide_alone", "uphold", "vary", "remove")),
    "responsibility": (("escalated",), ("hear", "determine")),
})
"""What waits for a meeting of a body: in which states of each workflow, and which acts the meeting may give, in their order."""


def before_a_body(workflow: Workflow, state: str) -> tuple[Transition, ...]:
    """The acts that a meeting may give in a case that stands in this state, each possible once those before it were carried out or left out."""
    states, triggers = BEFORE_A_BODY.get(workflow.name, ((), ()))
    if state not in states:
        return ()
    found: list[Transition] = []
    may_be = {state}
    for trigger in triggers:
        edges = [(one, edge) for one in sorted(may_be) if (edge := workflow.edge(one, trigger)) is not None]
        if edges:
            found.append(edges[-1][1])
            may_be |= {workflow.arrives(one, edge) for one, edge in edges}
    return tuple(found)


BY_NAME = {t.name: t for t in TEMPLATES}

__all__ = ["BEFORE_A_BODY", "BY_NAME", "DAY", "SCAN", "TEMPLATES", "Beat", "Template", "before_a_body"]
