"""Responsibility of the head: an act with a deadline, on the basis of handling or of oversight."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_concern as gc
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, Due, Hold, Open, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import PARTIES, Choice, Day, Klass, Many, Office, Person, Text
from workflows.roles import Role
from workflows.shortcoming_v1 import SHORTCOMING
from workflows.words import words

ASSIGNMENT = (
    Choice(name="basis", label=words(en="Basis", vi="Căn cứ trách nhiệm"), options=(
        ("handling", words(en="handling: to bring it to a conclusion", vi="xử lý: đưa vụ việc đến kết luận")),
        ("oversight",
         words(en="oversight: for what happened under them", vi="giám sát: về việc xảy ra thuộc phạm vi phụ trách")))),
    Office(name="office", label=words(en="Office", vi="Chức vụ")),
    Choice(name="level", label=words(en="Level", vi="Mức"), options=(
        ("direct", words(en="direct", vi="trực tiếp")),
        ("next_superior", words(en="next superior", vi="cấp trên trực tiếp")),
        ("joint", words(en="joint", vi="liên đới")))),
    Choice(name="line", label=words(en="Line", vi="Theo hệ thống"), options=(
        ("unit", words(en="of the units", vi="đơn vị")), ("body", words(en="of the bodies", vi="cơ quan")))),
    Text(name="owed", label=words(en="What is owed", vi="Việc phải làm"), at_least=5, at_most=2000, lines=True,
         readers=PARTIES),
    Day(name="due", label=words(en="By", vi="Hạn"), when="any"),
    Text(name="finding",
         label=words(en="The concern or finding it comes from", vi="Dấu hiệu hoặc phát hiện làm căn cứ"), at_least=5,
         at_most=4000,
         lines=True, klass=Klass.PERSONAL, readers=PARTIES),
    Day(name="matter_on", label=words(en="Day of the matter", vi="Ngày xảy ra sự việc"), when="past", required=False,
        help=words(en="Needed for oversight: the holder on that day answers.",
                   vi="Bắt buộc với trách nhiệm giám sát: người giữ chức vụ ngày đó trả lời.")),
    Text(name="summary", label=words(en="What the head will be shown", vi="Nội dung người đứng đầu sẽ đọc"), at_least=5,
         at_most=4000, lines=True,
         klass=Klass.PERSONAL, readers=PARTIES),
    Person(name="determiner", label=words(en="Who determines it", vi="Người xác định")),
)
"""The form that assigns responsibility has exactly these fields, in every door."""

_NOT_AN_ADMISSION = words(en="This is not an admission.", vi="Đây không phải là sự thừa nhận vi phạm.")


def _statement(name: str, en: str, vi: str, *, required: bool = True) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), required=required, at_most=8000, lines=True, klass=Klass.PERSONAL,
                readers=PARTIES,
                help=_NOT_AN_ADMISSION)


_ANSWERS = (g.the_head_answers, g.oversight_is_answered_in_person)

RESPONSIBILITY = Workflow(
    name="responsibility",
    version=1,
    title=words(en="Responsibility of the head", vi="Trách nhiệm người đứng đầu"),
    parents=("inspection", "responsibility"),
    states=(
        State("identified", words(en="identified", vi="đã xác định")),
        State("notified", words(en="notified", vi="đã thông báo")),
        State("received", words(en="received", vi="đã nhận")),
        State("acknowledged", words(en="acknowledged", vi="đã nhận trách nhiệm")),
        State("acknowledged_with_reservation",
              words(en="acknowledged with reservation", vi="nhận trách nhiệm, bảo lưu ý kiến")),
        State("contested", words(en="contested", vi="không đồng ý")),
        State("misdirected", words(en="not this office", vi="không thuộc chức vụ này"), final=True, settled=True),
        State("no_response", words(en="no response", vi="không trả lời")),
        State("escalated", words(en="escalated", vi="đã báo cấp trên")),
        State("determined", words(en="determined", vi="đã kết luận trách nhiệm"), settled=True),
        State("linked", words(en="linked to action", vi="đã gắn việc khắc phục"), settled=True),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="identify", label=words(en="Identify", vi="Xác định"), source=START, dest="identified",
            who=(Role.OFFICER, Role.CHAIR), standing=True,
            guards=(g.office_has_an_answerer, g.determiner_is_another, g.oversight_names_the_day, g.due_is_ahead),
            inputs=ASSIGNMENT, effects=(Take(Role.OFFICER), Appoint(Role.DECIDER, "determiner"), Due("due"))),
        Transition(
            trigger="notify", label=words(en="Serve on the head", vi="Thông báo cho người đứng đầu"),
            source="identified", dest="notified",
            who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(gc.adverse_act_needs_another_decider,),
            inputs=(Day(name="served_on", label=words(en="Served on", vi="Ngày giao"), when="past"),),
            effects=(Hold(Role.HEAD, "office", handling=True), Serve(Role.HEAD, "responsibility_notice"),
                     StartClock("answer", then="answer_lapsed"))),
        Transition(
            trigger="receive", label=words(en="Received", vi="Đã nhận"),
            source=("notified", "no_response", "escalated"), dest="received",
            who=(Role.HEAD,), guards=_ANSWERS, effects=(StopClock("answer"), StartClock("statement")),
            help=words(en="It stops the silence and takes no position.",
                       vi="Xác nhận đã nhận, chưa bày tỏ quan điểm.")),
        Transition(
            trigger="acknowledge", label=words(en="Acknowledge", vi="Nhận trách nhiệm"), source="received",
            dest="acknowledged",
            who=(Role.HEAD,), guards=_ANSWERS, standing=True,
            inputs=(_statement("statement", "Your words", "Ý kiến"),), effects=(StopClock("statement"),),
            help=_NOT_AN_ADMISSION),
        Transition(
            trigger="acknowledge_with_reservation",
            label=words(en="Acknowledge with reservation", vi="Nhận trách nhiệm, bảo lưu ý kiến"),
            source="received", dest="acknowledged_with_reservation", who=(Role.HEAD,), guards=_ANSWERS, standing=True,
            inputs=(_statement("statement", "Your words", "Ý kiến"),
                    _statement("reservation", "Reservation", "Ý kiến bảo lưu")),
            effects=(StopClock("statement"),), help=_NOT_AN_ADMISSION),
        Transition(
            trigger="contest", label=words(en="Contest", vi="Không đồng ý"), source="received", dest="contested",
            who=(Role.HEAD,),
            guards=_ANSWERS, standing=True,
            inputs=(_statement("grounds", "Grounds", "Lý do"),
                    _statement("reported_before", "What you reported or did before",
                               "Việc đã báo cáo hoặc đã làm trước đó", required=False)),
            effects=(StopClock("statement"),)),
        Transition(
            trigger="misdirect", label=words(en="Not my office", vi="Không thuộc chức vụ của tôi"), source="received",
            dest="misdirected",
            who=(Role.HEAD,), guards=(*_ANSWERS, g.right_office_is_another),
            inputs=(Office(name="right_office", label=words(en="The right office", vi="Chức vụ đúng")),
                    _statement("explanation", "Why", "Lý do")),
            effects=(StopClock(), Open("responsibility", "identify", copy=(
                ("right_office", "office"), *((i.name, i.name) for i in ASSIGNMENT if i.name != "office")),
                guarded=False))),
        Transition(
            trigger="remind", label=words(en="Remind", vi="Nhắc"), source=("notified", "received"), dest=ANY,
            who=(Role.OFFICER, Role.CHAIR),
            inputs=(Text(name="reminder", label=words(en="How they were reminded", vi="Hình thức nhắc"), at_most=400),),
            effects=(Serve(Role.HEAD, "reminder"),)),
        Transition(
            trigger="answer_lapsed", label=words(en="No answer came", vi="Hết hạn trả lời"),
            source="notified", dest="no_response",
            who=(Role.SYSTEM,), guards=(g.reminders_were_recorded,)),
        Transition(
            trigger="escalate", label=words(en="Escalate", vi="Báo cấp trên"), source=("received", "no_response", "contested"),
            dest="escalated",
            who=(Role.OFFICER, Role.CHAIR), standing=True,
            inputs=(Text(name="reason", label=words(en="Reason", vi="Lý do"), at_least=3, at_most=4000, lines=True,
                         readers=PARTIES),),
            effects=(Serve(Role.DECIDER, "escalation"),)),
        Transition(
            trigger="determine", label=words(en="Determine", vi="Kết luận trách nhiệm"),
            source=("acknowledged", "acknowledged_with_reservation", "contested", "escalated"), dest="determined",
            who=(Role.DECIDER,),
            standing=True, guards=(g.actor_has_no_tie, g.determiner_is_not_the_head, g.underlying_matter_is_decided,
                                    gc.adverse_act_needs_another_decider),
            inputs=(Choice(name="outcome", label=words(en="Outcome", vi="Kết luận"), options=(
                        ("confirmed", words(en="confirmed", vi="giữ nguyên")),
                        ("reduced", words(en="reduced", vi="giảm nhẹ")),
                        ("withdrawn", words(en="withdrawn", vi="rút lại")))),
                    Text(name="reasons", label=words(en="Reasons", vi="Lý do"), at_least=5, lines=True,
                         klass=Klass.PERSONAL, readers=PARTIES)),
            effects=(Serve(Role.HEAD, "determination"), StopClock())),
        Transition(
            trigger="link", label=words(en="Link to action", vi="Gắn việc khắc phục"), source="determined",
            dest="linked",
            who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(g.responsibility_stands,),
            inputs=(Many(name="shortcomings", label=words(en="What is to be done", vi="Việc phải khắc phục"),
                         of=SHORTCOMING),),
            effects=(Open("shortcoming", "note", rows="shortcomings"),)),
        Transition(
            trigger="close", label=words(en="Close", vi="Kết thúc"), source=("determined", "linked"), dest="closed",
            who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(g.withdrawn_or_linked, g.children_are_settled),
            effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
