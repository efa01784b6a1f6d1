"""A plan draft: a unit's plan as it was uploaded, a row for each shortcoming, with remarks before it is accepted; what passes becomes corrective
actions."""

from __future__ import annotations

import workflows.computed_learning  # noqa: F401  (the table of computations is whole only with it)
from workflows import guards as g
from workflows import guards_learning as gl
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Hold, Open, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import Computed, Many, Office, Text
from workflows.programme_v1 import RUNS, lines
from workflows.roles import Role
from workflows.shortcoming_v1 import SHORTCOMING
from workflows.words import words

TASKS = Many(name="tasks", from_table=True, label=words(en="Shortcomings, a row each", vi="Khuyết điểm, mỗi dòng một việc"), of=(
    *SHORTCOMING,
    Text(name="success", at_least=3, at_most=1000, label=words(en="How one will see that it worked", vi="Dấu hiệu cho thấy có hiệu quả"))))
REMARKS = Computed(name="remarks", of="plan.remarks", label=words(en="Remarks of the law", vi="Nhận xét tự động"))
PAPER = Text(name="draft", label=words(en="The draft: file number, place, or number of the evidence", vi="Bản dự thảo: số, nơi lưu hoặc số chứng cứ"),
             at_least=3, at_most=400)

PLAN_DRAFT = Workflow(
    name="plan_draft",
    version=1,
    title=words(en="Plan draft", vi="Dự thảo kế hoạch khắc phục"),
    learning=True,
    states=(
        State("uploaded", words(en="uploaded", vi="đã nộp"), settled=True),
        State("remarked", words(en="returned with remarks", vi="đã góp ý, trả lại"), settled=True),
        State("accepted", words(en="accepted", vi="đã thông qua"), final=True, settled=True),
        State("withdrawn", words(en="withdrawn", vi="đã rút"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="upload", label=words(en="Upload a plan draft", vi="Nộp dự thảo kế hoạch"), source=START, dest="uploaded",
                   who=(Role.UNIT_LEAD, Role.OFFICER), guards=(g.office_has_a_holder, gl.offices_in_rows_have_a_holder),
                   inputs=(lines("what", "What the plan is about", "Nội dung kế hoạch", at_most=400), PAPER,
                           Office(name="office", label=words(en="Office that answers for it", vi="Chức vụ chịu trách nhiệm")), TASKS, REMARKS),
                   effects=(Hold(Role.OWNER, "office", handling=True), Take(Role.OFFICER)),
                   help=words(en="“Awareness” is no cause. More than five tasks, or causes taken from the last plan, are remarked.",
                              vi="“Nhận thức” không phải là nguyên nhân. Quá năm việc, hoặc chép lại nguyên nhân lần trước, sẽ có nhận xét.")),
        Transition(trigger="remark", label=words(en="Return with remarks", vi="Góp ý, trả lại"), source="uploaded", dest="remarked", who=RUNS,
                   guards=(g.checker_is_not_the_owner,), inputs=(lines("remarked", "Remarks", "Góp ý"),)),
        Transition(trigger="upload_again", label=words(en="Upload it again", vi="Nộp lại"), source="remarked", dest="uploaded", who=(Role.OWNER,),
                   guards=(gl.offices_in_rows_have_a_holder,), inputs=(PAPER, TASKS, REMARKS)),
        Transition(trigger="accept", label=words(en="Accept", vi="Thông qua"), source="uploaded", dest="accepted", who=RUNS,
                   guards=(g.checker_is_not_the_owner, g.another_person_than(trigger="upload"), gl.tasks_lie_ahead),
                   inputs=(Computed(name="at_once", of="plan.at_once", label=words(en="Accepted at once", vi="Thông qua ngay lần đầu")),
                           Computed(name="accepted", of="plan.tasks", label=words(en="Corrective actions", vi="Số việc khắc phục"))),
                   effects=(StopClock(), Open("corrective_action", "propose", rows="accepted"))),
        Transition(trigger="withdraw", label=words(en="Withdraw", vi="Rút"), source=("uploaded", "remarked"), dest="withdrawn", who=(Role.OWNER,),
                   unasked=True, inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
