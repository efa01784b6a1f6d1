"""Corrective action: a remedy whose effect is checked; where there is none it begins again with a new cause, and the third time the head answers."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_appeal as ga
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Due, Hold, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import Choice, Computed, Day, Evidence, Text
from workflows.protection import HOW_IS_THE_HEAD, OWN_REPORT, PROTECT_REPORTER
from workflows.responsibility_v1 import ASSIGNMENT, HOLD_RESPONSIBLE, MAY_BE_ASSIGNED
from workflows.roles import Role
from workflows.shortcoming_v1 import CAUSES, SHORTCOMING
from workflows.words import words

CHECK = (Role.VERIFIER, Role.UNIT_LEAD, Role.OFFICER)
NOT_THE_OWNER = (g.checker_is_not_the_owner, g.checker_did_not_do_it)
CYCLE = Computed(name="cycle", of="cycle", label=words(en="Attempt", vi="Lần thứ"))
ASSIGNED = (Hold(Role.OWNER, "office", handling=True), Due("due"), Serve(Role.OWNER, "action"))


def _said(name: str, en: str, vi: str, *, at_most: int = 4000) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), at_least=3, at_most=at_most, lines=True)


CORRECTIVE_ACTION = Workflow(
    name="corrective_action",
    version=1,
    title=words(en="Corrective action", vi="Khắc phục có kiểm tra hiệu quả"),
    states=(
        State("proposed", words(en="proposed", vi="đã đề xuất")),
        State("assigned", words(en="assigned", vi="đã giao"), settled=True),
        State("in_progress", words(en="in progress", vi="đang thực hiện"), settled=True),
        State("implemented", words(en="implemented, to be verified", vi="đã thực hiện, chờ kiểm tra"), settled=True),
        State("verified", words(en="verified", vi="đã kiểm tra"), settled=True),
        State("monitoring", words(en="its effect is watched", vi="đang theo dõi hiệu quả"), settled=True),
        State("effective_closed", words(en="effective, closed", vi="có hiệu quả, đã kết thúc"), final=True, settled=True),
        State("ineffective", words(en="without effect", vi="không hiệu quả")),
        State("cancelled", words(en="cancelled with reasons", vi="đã hủy, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="propose", label=words(en="Propose", vi="Đề xuất"), source=START, dest="proposed", who=(Role.UNIT_LEAD, Role.OFFICER),
                   guards=(g.office_has_a_holder, g.due_is_ahead),
                   inputs=(*SHORTCOMING, _said("success", "How one will see that it worked", "Dấu hiệu cho thấy có hiệu quả", at_most=1000),
                           *OWN_REPORT),
                   effects=(Take(Role.OFFICER), *PROTECT_REPORTER)),
        Transition(trigger="assign", label=words(en="Assign", vi="Giao"), source="proposed", dest="assigned", who=(Role.OFFICER, Role.CHAIR),
                   approves="propose", guards=(g.another_person_than(trigger="propose"), g.due_is_ahead),
                   inputs=(Day(name="due", label=words(en="By", vi="Hạn")), CYCLE), effects=ASSIGNED),
        Transition(trigger="start", label=words(en="Start", vi="Bắt đầu"), source="assigned", dest="in_progress", who=(Role.OWNER,)),
        Transition(trigger="finish", label=words(en="Done", vi="Đã làm xong"), source="in_progress", dest="implemented", who=(Role.OWNER,),
                   inputs=(_said("what_was_done", "What was done", "Việc đã làm"),
                           Evidence(name="shown_by", label=words(en="Evidence", vi="Chứng cứ số"), required=False))),
        Transition(trigger="send_back", label=words(en="Not done yet", vi="Chưa đạt"), source="implemented", dest="in_progress", who=CHECK,
                   guards=NOT_THE_OWNER, inputs=(_said("why", "What is missing", "Còn thiếu"),)),
        Transition(trigger="verify", label=words(en="Verified: it was done", vi="Đã kiểm tra: đã làm"), source="implemented", dest="verified",
                   who=CHECK,
                   guards=NOT_THE_OWNER, inputs=(_said("what_was_seen", "What was seen", "Kết quả kiểm tra"),), effects=(StopClock(),)),
        Transition(trigger="monitor", label=words(en="Watch its effect", vi="Theo dõi hiệu quả"), source="verified", dest="monitoring", who=CHECK,
                   guards=(g.checker_is_not_the_owner,), effects=(StartClock("effectiveness"),)),
        Transition(trigger="find_effective", label=words(en="It works: close", vi="Có hiệu quả: kết thúc"), source="monitoring",
                   dest="effective_closed",
                   who=CHECK, guards=(*NOT_THE_OWNER, ga.effect_had_its_time), inputs=(_said("effect", "What shows it", "Căn cứ"),),
                   effects=(StopClock(),)),
        Transition(trigger="find_ineffective", label=words(en="It does not work", vi="Không hiệu quả"), source="monitoring", dest="ineffective",
                   who=CHECK,
                   guards=NOT_THE_OWNER, inputs=(_said("defect", "What was found again", "Lỗi lặp lại"),),
                   effects=(StopClock("effectiveness"), Hold(Role.SUPERIOR, "office", above=True), Serve(Role.SUPERIOR, "ineffective"),
                            Serve(Role.OWNER, "ineffective"))),
        Transition(trigger="reopen", label=words(en="Begin again with a new cause", vi="Làm lại với nguyên nhân mới"), source="ineffective",
                   dest="assigned",
                   who=(Role.OFFICER, Role.CHAIR), guards=(ga.cause_is_new, ga.third_failure_reaches_the_head, g.due_is_ahead),
                   inputs=(Choice(name="cause_kind", label=words(en="Kind of cause", vi="Loại nguyên nhân"), options=CAUSES),
                           *(i for i in SHORTCOMING if i.name in ("cause", "measure", "due")), CYCLE), effects=ASSIGNED),
        Transition(trigger="hold_responsible", label=words(en="Assign responsibility to a head", vi="Xác định người đứng đầu phải trả lời"),
                   source="ineffective", dest=ANY, who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(g.actor_has_no_tie, *MAY_BE_ASSIGNED),
                   inputs=ASSIGNMENT, effects=(HOLD_RESPONSIBLE,), preview="responsibility_notice"),
        Transition(trigger="cancel", label=words(en="Cancel", vi="Hủy"), source=("proposed", "assigned", "in_progress", "ineffective"),
                   dest="cancelled",
                   who=(Role.CHAIR,), guards=(g.checker_is_not_the_owner,), inputs=(_said("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=(*ENTRIES, *HOW_IS_THE_HEAD),
)
