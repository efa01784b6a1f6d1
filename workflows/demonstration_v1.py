"""A demonstration: one unit shows a topic to the others on a rehearsal; lessons are drawn, rolled out to every unit, and the next quarter figures
say what came of it."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_learning as gl
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, Due, Hold, Open, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import Case, Choice, Computed, Day, Many, Number, Office, Text, Unit
from workflows.programme_v1 import DECIDES, QUARTER, QUARTER_END, RUNS, SHOWN, YEAR, lines
from workflows.roles import Role
from workflows.words import words

HOST = (Role.OWNER, Role.OFFICER)
SEEN = (("yes", words(en="seen", vi="có")), ("partly", words(en="in part", vi="một phần")), ("no", words(en="not seen", vi="chưa")))
EFFECTS = (("works", words(en="it works", vi="có hiệu quả")), ("does_not", words(en="it does not work", vi="không hiệu quả")),
           ("cannot_tell", words(en="the figures are too small to tell", vi="số liệu quá ít để kết luận")))
LESSON = (
    Choice(name="kind", label=words(en="Keep or fix", vi="Giữ hay sửa"), options=(
        ("keep", words(en="keep", vi="phát huy")), ("fix", words(en="fix", vi="khắc phục")))),
    Text(name="what", label=words(en="Lesson", vi="Kinh nghiệm"), at_least=3, at_most=1000),
    Office(name="office", label=words(en="Office that sees to it", vi="Chức vụ thực hiện")),
    Day(name="due", label=words(en="By", vi="Hạn")),
)

DEMONSTRATION = Workflow(
    name="demonstration",
    version=1,
    title=words(en="Demonstration", vi="Làm mẫu"),
    fast=True,
    learning=True,
    needs_parent=True,
    parents=("programme",),
    states=(
        State("planned", words(en="planned", vi="trong kế hoạch"), settled=True),
        State("prepared", words(en="prepared", vi="đã chuẩn bị"), settled=True),
        State("held", words(en="held", vi="đã làm mẫu"), settled=True),
        State("learnt", words(en="lessons drawn", vi="đã rút kinh nghiệm"), settled=True),
        State("rolled_out", words(en="rolled out", vi="đã nhân rộng"), settled=True),
        State("reviewed", words(en="its effect was looked at", vi="đã đánh giá hiệu quả"), final=True, settled=True),
        State("cancelled", words(en="cancelled with a reason", vi="đã hủy, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="plan", label=words(en="Plan a demonstration", vi="Lập kế hoạch làm mẫu"), source=START, dest="planned", who=RUNS,
                   guards=(g.parent_is(workflow="programme"), g.office_has_a_holder, g.people_named_are_known), inputs=(YEAR, *SHOWN, QUARTER_END),
                   effects=(Hold(Role.OWNER, "office", handling=True), Appoint(Role.OFFICER, "officer"), Due("quarter_end"))),
        Transition(trigger="prepare", label=words(en="Prepare", vi="Chuẩn bị"), source=("planned", "prepared"), dest="prepared", who=HOST,
                   inputs=(lines("script", "Script: what is shown, step by step", "Kịch bản: các bước làm mẫu", at_most=8000),
                           lines("participants", "Who takes part, in which part", "Thành phần tham gia và phần việc"),
                           Many(name="invited", label=words(en="Units that come to watch", vi="Đơn vị dự xem"), required=False, at_least=0,
                                of=(Unit(name="unit", label=words(en="Unit", vi="Đơn vị")),)),
                           Many(name="watch", label=words(en="What observers watch for", vi="Phiếu quan sát"), of=(
                               Text(name="point", label=words(en="Point", vi="Nội dung"), at_least=3, at_most=400),)))),
        Transition(trigger="enter_held", label=words(en="Enter that it was held", vi="Ghi buổi làm mẫu đã tổ chức"), source="prepared", dest="held",
                   who=(*HOST, Role.RECORDER), guards=(gl.demonstration_uses_a_rehearsal,),
                   inputs=(Day(name="held_on", label=words(en="Held on", vi="Ngày tổ chức"), when="past"),
                           Case(name="rehearsal", label=words(en="Rehearsal it was shown on", vi="Vụ việc diễn tập"), rehearsal=True),
                           Number(name="present", label=words(en="Present", vi="Số người dự"), at_least=1, at_most=10_000),
                           Many(name="observed", label=words(en="What observers saw", vi="Kết quả quan sát"), of=(
                               Text(name="point", label=words(en="Point", vi="Nội dung"), at_least=3, at_most=400),
                               Choice(name="outcome", label=words(en="Seen", vi="Kết quả"), options=SEEN),
                               Text(name="remark", label=words(en="Remark", vi="Ghi chú"), required=False, at_most=1000)))),
                   effects=(StopClock(),)),
        Transition(trigger="draw_lessons", label=words(en="Draw lessons", vi="Rút kinh nghiệm"), source="held", dest="learnt", who=RUNS,
                   guards=(gl.offices_in_rows_have_a_holder,),
                   inputs=(Many(name="lessons", label=words(en="Lessons", vi="Kinh nghiệm"), of=LESSON),),
                   effects=(Open("lesson", "note", rows="lessons"),)),
        Transition(trigger="roll_out", label=words(en="Roll out to every unit", vi="Nhân rộng đến mọi đơn vị"), source="learnt", dest="rolled_out",
                   who=RUNS, guards=(g.due_is_ahead,),
                   inputs=(Text(name="rolled_out", label=words(en="What every unit takes over", vi="Nội dung nhân rộng"), at_least=10, at_most=2000,
                                lines=True),
                           Day(name="due", label=words(en="Answers by", vi="Trả lời trước ngày")),
                           Computed(name="units", of="rollout.units", label=words(en="To how many units", vi="Số đơn vị"))),
                   effects=(Open("rollout", "call", copy=(("rolled_out", "what"), ("due", "due"), ("units", "units"))), StartClock("effect_review"))),
        Transition(trigger="review", label=words(en="Look at the effect", vi="Đánh giá hiệu quả"), source="rolled_out", dest="reviewed", who=RUNS,
                   guards=(g.checker_is_not_the_owner, gl.next_quarter_has_come),
                   inputs=(Choice(name="effect", label=words(en="Effect", vi="Hiệu quả"), options=EFFECTS),
                           lines("conclusion", "What shows it, and what follows", "Căn cứ và việc tiếp theo"),
                           Computed(name="compared", of="figures.effect", label=words(en="Before and after", vi="Trước và sau"))),
                   effects=(StopClock(),)),
        Transition(trigger="move", label=words(en="Move to another quarter", vi="Chuyển sang quý khác"), source=("planned", "prepared"), dest=ANY,
                   who=DECIDES, inputs=(QUARTER, lines("why", "Why", "Lý do"), QUARTER_END), effects=(Due("quarter_end"),)),
        Transition(trigger="cancel", label=words(en="Cancel", vi="Hủy"), source=("planned", "prepared"), dest="cancelled", who=DECIDES, unasked=True,
                   inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)

LESSON_WORKFLOW = Workflow(
    name="lesson",
    version=1,
    title=words(en="Lesson", vi="Kinh nghiệm"),
    fast=True,
    learning=True,
    needs_parent=True,
    parents=("demonstration",),
    states=(
        State("noted", words(en="to be seen to", vi="cần thực hiện"), settled=True),
        State("done", words(en="done, to be checked", vi="đã làm, chờ kiểm tra lại"), settled=True),
        State("checked", words(en="checked", vi="đã kiểm tra lại"), final=True, settled=True),
        State("dropped", words(en="dropped with a reason", vi="không thực hiện, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="note", label=words(en="Note a lesson", vi="Ghi kinh nghiệm"), source=START, dest="noted", who=RUNS,
                   guards=(g.office_has_a_holder, g.due_is_ahead), inputs=LESSON,
                   effects=(Hold(Role.OWNER, "office", handling=True), Take(Role.OFFICER), Due("due"))),
        Transition(trigger="finish", label=words(en="Done", vi="Đã làm xong"), source="noted", dest="done", who=(Role.OWNER,),
                   inputs=(lines("what_was_done", "What was done", "Việc đã làm"),)),
        Transition(trigger="check", label=words(en="Checked", vi="Đã kiểm tra lại"), source="done", dest="checked", who=RUNS,
                   guards=(g.checker_is_not_the_owner, g.checker_did_not_do_it),
                   inputs=(lines("what_was_seen", "What was seen", "Kết quả kiểm tra"),),
                   effects=(StopClock(),)),
        Transition(trigger="send_back", label=words(en="Not done yet", vi="Chưa đạt"), source="done", dest="noted", who=RUNS,
                   guards=(g.checker_is_not_the_owner, g.due_is_ahead),
                   inputs=(lines("why", "What is missing", "Còn thiếu"), Day(name="due", label=words(en="By", vi="Hạn mới"))),
                   effects=(Due("due"),)),
        Transition(trigger="drop", label=words(en="Drop", vi="Không thực hiện"), source="noted", dest="dropped", who=RUNS, unasked=True,
                   guards=(g.checker_is_not_the_owner,), inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
