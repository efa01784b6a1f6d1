"""Beside the programme: training, mandates from above, the review round, and what office-holders can do and want to learn."""

from __future__ import annotations

import workflows.computed_learning  # noqa: F401  (the table of computations is whole only with it)
from workflows import guards as g
from workflows import guards_learning as gl
from workflows.definition import START, State, Transition, Workflow
from workflows.demonstration_v1 import EFFECTS
from workflows.effects import Appoint, Due, Hold, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import Choice, Computed, Day, Klass, Many, Number, Office, Person, Text
from workflows.programme_v1 import DECIDES, RUNS, lines
from workflows.roles import Role
from workflows.words import words

BETWEEN = (Role.OWNER, Role.TEAM_MEMBER)
"""Whoever is reviewed, and their mentor; nobody else reads what they say to each other, and no case can use it."""
CAN = (("alone", words(en="does it alone", vi="tự làm được")), ("with_help", words(en="does it with help", vi="làm được khi có hướng dẫn")),
       ("wants_training", words(en="wants training", vi="cần tập huấn")))

TRAINING = Workflow(
    name="training",
    version=1,
    title=words(en="Training", vi="Tập huấn"),
    fast=True,
    learning=True,
    states=(
        State("planned", words(en="planned", vi="trong kế hoạch"), settled=True),
        State("held", words(en="held", vi="đã tổ chức"), settled=True),
        State("reviewed", words(en="its effect was looked at", vi="đã đánh giá hiệu quả"), final=True, settled=True),
        State("cancelled", words(en="cancelled with a reason", vi="đã hủy, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="plan", label=words(en="Plan a training", vi="Lập kế hoạch tập huấn"), source=START, dest="planned",
                   who=(Role.UNIT_LEAD, *RUNS), guards=(g.due_is_ahead,),
                   inputs=(lines("what", "Topic", "Nội dung tập huấn", at_most=400), lines("attendees", "For whom", "Đối tượng"),
                           Day(name="due", label=words(en="By", vi="Hạn"))),
                   effects=(Take(Role.OFFICER), Due("due"))),
        Transition(trigger="enter_held", label=words(en="Enter that it was held", vi="Ghi đã tổ chức"), source="planned", dest="held",
                   who=(Role.UNIT_LEAD, *RUNS, Role.RECORDER),
                   inputs=(Day(name="held_on", label=words(en="Held on", vi="Ngày tổ chức"), when="past"),
                           Number(name="present", label=words(en="Present", vi="Số người dự"), at_least=1, at_most=10_000),
                           lines("checked_how", "How it was checked that it was understood, and what that showed", "Cách kiểm tra và kết quả chung")),
                   effects=(StopClock(),)),
        Transition(trigger="review", label=words(en="Look at the effect", vi="Đánh giá hiệu quả"), source="held", dest="reviewed",
                   who=(Role.UNIT_LEAD, *RUNS), guards=(gl.next_quarter_has_come,),
                   inputs=(Choice(name="effect", label=words(en="Effect", vi="Hiệu quả"), options=EFFECTS),
                           lines("conclusion", "What shows it, and what follows", "Căn cứ và việc tiếp theo"),
                           Computed(name="compared", of="figures.effect", label=words(en="Before and after", vi="Trước và sau")))),
        Transition(trigger="cancel", label=words(en="Cancel", vi="Hủy"), source="planned", dest="cancelled", who=(Role.UNIT_LEAD, *RUNS),
                   unasked=True, inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)

MANDATE = Workflow(
    name="mandate",
    version=1,
    title=words(en="Mandate from above", vi="Nhiệm vụ cấp trên giao"),
    fast=True,
    learning=True,
    states=(
        State("received", words(en="to be carried out", vi="cần thực hiện"), settled=True),
        State("done", words(en="done, to be checked", vi="đã làm, chờ kiểm tra lại"), settled=True),
        State("answered", words(en="reported upwards", vi="đã báo cáo cấp trên"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="receive", label=words(en="Enter a mandate from above", vi="Ghi nhiệm vụ cấp trên giao"), source=START, dest="received",
                   who=RUNS, guards=(g.office_has_a_holder, g.due_is_ahead),
                   inputs=(lines("what", "What is to be done", "Nội dung nhiệm vụ", at_most=2000),
                           Text(name="given_by", label=words(en="Who gave it, and the number of the paper", vi="Cơ quan giao, số văn bản"),
                                at_least=3, at_most=400),
                           Office(name="office", label=words(en="Office that carries it out", vi="Chức vụ thực hiện")),
                           Day(name="due", label=words(en="By", vi="Hạn"))),
                   effects=(Hold(Role.OWNER, "office", handling=True), Take(Role.OFFICER), Due("due"))),
        Transition(trigger="finish", label=words(en="Done", vi="Đã làm xong"), source="received", dest="done", who=(Role.OWNER,),
                   inputs=(lines("what_was_done", "What was done", "Việc đã làm"),)),
        Transition(trigger="send_back", label=words(en="Not done yet", vi="Chưa đạt"), source="done", dest="received", who=RUNS,
                   guards=(g.checker_is_not_the_owner, g.due_is_ahead),
                   inputs=(lines("why", "What is missing", "Còn thiếu"), Day(name="due", label=words(en="By", vi="Hạn mới"))), effects=(Due("due"),)),
        Transition(trigger="report_up", label=words(en="Report upwards", vi="Báo cáo cấp trên"), source="done", dest="answered", who=RUNS,
                   guards=(g.checker_is_not_the_owner,), inputs=(lines("reported", "What was reported, and the number of the paper",
                                                                       "Nội dung báo cáo, số văn bản"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)

REVIEW_ROUND = Workflow(
    name="review_round",
    version=1,
    title=words(en="Review round", vi="Rà soát định kỳ"),
    learning=True,
    states=(
        State("called", words(en="called", vi="đã triệu tập"), settled=True),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
        State("cancelled", words(en="cancelled with a reason", vi="đã hủy, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="call", label=words(en="Call a review round", vi="Triệu tập rà soát"), source=START, dest="called", who=RUNS,
                   guards=(g.unit_is_in_jurisdiction,),
                   inputs=(lines("what", "What is gone through", "Nội dung rà soát", at_most=2000),
                           Day(name="due", label=words(en="Day of the meeting", vi="Ngày họp"))), effects=(Take(Role.OFFICER), Due("due"))),
        Transition(trigger="close", label=words(en="Close the meeting", vi="Kết thúc cuộc họp"), source="called", dest="closed", who=DECIDES,
                   guards=(gl.no_signal_waits,), inputs=(lines("decided", "What was decided", "Kết luận"),), effects=(StopClock(),),
                   help=words(en="Before it closes, every signal that waits gets a disposition.",
                              vi="Trước khi kết thúc, mọi dấu hiệu đang chờ phải được phân loại.")),
        Transition(trigger="cancel", label=words(en="Cancel", vi="Hủy"), source="called", dest="cancelled", who=DECIDES, unasked=True,
                   inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)


def _between(name: str, en: str, vi: str) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), required=False, at_least=3, at_most=4000, lines=True, klass=Klass.SENSITIVE, readers=BETWEEN)


def _by_task(name: str, en: str, vi: str) -> Many:
    return Many(name=name, label=words(en=en, vi=vi), klass=Klass.SENSITIVE, readers=BETWEEN, of=(
        Text(name="task", label=words(en="Task", vi="Nhiệm vụ"), at_least=3, at_most=400, klass=Klass.SENSITIVE, readers=BETWEEN),
        Choice(name="can", label=words(en="How it goes", vi="Mức độ làm được"), options=CAN, klass=Klass.SENSITIVE, readers=BETWEEN)))


CAPABILITY_REVIEW = Workflow(
    name="capability_review",
    version=1,
    title=words(en="Capability review", vi="Rà soát năng lực theo nhiệm vụ"),
    learning=True,
    states=(
        State("begun", words(en="begun", vi="đã bắt đầu"), settled=True),
        State("said", words(en="the office-holder has spoken", vi="người giữ chức vụ đã nêu"), settled=True),
        State("discussed", words(en="the mentor has spoken", vi="người kèm cặp đã nêu"), settled=True),
        State("agreed", words(en="agreed", vi="đã thống nhất"), final=True, settled=True),
        State("ended", words(en="ended", vi="đã thôi"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="begin", label=words(en="Begin a capability review", vi="Bắt đầu rà soát năng lực"), source=START, dest="begun",
                   who=(Role.UNIT_LEAD, *RUNS), guards=(g.people_named_are_known, gl.mentor_is_another),
                   inputs=(Person(name="person", label=words(en="Office-holder", vi="Người giữ chức vụ")),
                           Person(name="mentor", label=words(en="Mentor", vi="Người kèm cặp")),
                           lines("tasks", "Tasks of the office, one a line", "Nhiệm vụ của chức vụ, mỗi dòng một việc")),
                   effects=(Appoint(Role.OWNER, "person"), Appoint(Role.TEAM_MEMBER, "mentor"))),
        Transition(trigger="say", label=words(en="Say how it goes", vi="Tự nêu"), source="begun", dest="said", who=(Role.OWNER,),
                   inputs=(_by_task("own", "My tasks", "Nhiệm vụ của tôi"), _between("wish", "What would help me", "Điều tôi cần"))),
        Transition(trigger="discuss", label=words(en="Answer as the mentor", vi="Ý kiến người kèm cặp"), source="said", dest="discussed",
                   who=(Role.TEAM_MEMBER,),
                   inputs=(_by_task("mentors", "Tasks, as the mentor sees it", "Nhiệm vụ, theo người kèm cặp"),
                           _between("offer", "What we do about it", "Việc sẽ làm"))),
        Transition(trigger="agree", label=words(en="I have seen it and agree", vi="Tôi đã xem và thống nhất"), source="discussed", dest="agreed",
                   who=(Role.OWNER,), inputs=(_between("last_word", "What I add", "Ý kiến thêm"),)),
        Transition(trigger="end", label=words(en="End it", vi="Thôi"), source=("begun", "said", "discussed"), dest="ended", who=BETWEEN,
                   unasked=True),
    ),
    entries=ENTRIES,
)
