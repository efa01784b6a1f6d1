"""Responsibility of the head: an act with a deadline, on the basis of handling or of oversight."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_concern as gc
from workflows import responsibility_guards as r
from workflows.clock_entries import more_time
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Away, Due, Hold, Open, Seat, Serve, StartClock, StopClock, Take, Tell
from workflows.entries import ENTRIES
from workflows.inputs import HANDLERS, PARTIES, Choice, Day, Evidence, Klass, Many, Office, Person, Text, Unit
from workflows.matter import MATTER
from workflows.roles import Role
from workflows.shortcoming_v1 import SHORTCOMING
from workflows.words import words

ASSIGNMENT = (
    Choice(name="basis", label=words(en="Basis", vi="Căn cứ trách nhiệm"), options=(
        ("handling", words(en="handling: to bring it to a conclusion", vi="xử lý: đưa vụ việc đến kết luận")),
        ("oversight",
         words(en="oversight: for what happened under them", vi="giám sát: về việc xảy ra thuộc phạm vi phụ trách")))),
    Office(name="office", label=words(en="Office", vi="Chức vụ")),
    Choice(name="line", label=words(en="Line on which it stands", vi="Theo hệ thống"), options=(
        ("unit", words(en="of the units", vi="đơn vị")), ("body", words(en="of the bodies", vi="cơ quan")))),
    Choice(name="level", label=words(en="Level", vi="Mức"), options=(
        ("direct", words(en="direct", vi="trực tiếp")),
        ("next_superior", words(en="next superior", vi="cấp trên trực tiếp")),
        ("joint", words(en="joint: each member of the office for themselves",
                        vi="liên đới: từng thành viên của chức vụ tự trả lời")))),
    Text(name="owed", label=words(en="What is owed", vi="Việc phải làm"), at_least=5, at_most=2000, lines=True,
         readers=PARTIES),
    Day(name="due", label=words(en="By", vi="Hạn"), when="any"),
    Text(name="finding",
         label=words(en="The concern or finding it comes from", vi="Dấu hiệu hoặc phát hiện làm căn cứ"), at_least=5,
         at_most=4000,
         lines=True, klass=Klass.PERSONAL, readers=PARTIES),
    Day(name="matter_on", label=words(en="Day of which the concern or finding speaks",
                                      vi="Ngày xảy ra sự việc được nêu"), when="past", required=False,
        help=words(en="Needed for oversight: the holder on that day answers.",
                   vi="Bắt buộc với trách nhiệm giám sát: người giữ chức vụ ngày đó trả lời.")),
    Text(name="summary", label=words(en="What the head will be shown", vi="Nội dung người đứng đầu sẽ đọc"), at_least=5,
         at_most=4000, lines=True,
         klass=Klass.PERSONAL, readers=PARTIES),
    Unit(name="determiner", label=words(en="Body that determines it", vi="Cơ quan kết luận trách nhiệm"), bodies=True,
         help=words(en="Nobody who has to answer may sit on it.", vi="Người phải trả lời không được ngồi trong cơ quan này.")),
)
"""The form that assigns responsibility has exactly these fields, in every door."""

ANSWERER = Person(name="answerer", label=words(en="Member who answers", vi="Thành viên phải trả lời"), required=False,
                  help=words(en="For a joint responsibility alone: one case for each member.",
                             vi="Chỉ dùng cho trách nhiệm liên đới: mỗi thành viên một vụ việc."))

MAY_BE_ASSIGNED = (r.office_has_an_answerer, r.office_stands_on_its_line, r.next_superior_stands_above_the_unit,
                   r.joint_office_has_several_seats, r.a_body_inside_determines, r.nobody_determines_their_own,
                   r.oversight_names_the_day, r.matter_was_not_cleared, g.due_is_ahead)

HOLD_RESPONSIBLE = Open("responsibility", "identify", copy=tuple((i.name, i.name) for i in ASSIGNMENT), seats="office")
"""What an assignment opens: one case, or one for each member of an office of several seats."""

NOT_AN_ADMISSION = words(en="This is not an admission.", vi="Đây không phải là sự thừa nhận vi phạm.")


def cleared(reason: str) -> tuple[Tell, Tell]:
    """Oversight responsibility of what ended cleared, or was annulled, is withdrawn, with this reason; also where it was closed before."""
    return (Tell("responsibility", "withdraw", copy=((f"={reason}", "reason"),)),
            Tell("responsibility", "annul", copy=((f"={reason}", "reason"), ("=withdrawn", "outcome"))))


def _statement(name: str, en: str, vi: str, *, required: bool = True) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), required=required, at_most=8000, lines=True, klass=Klass.PERSONAL,
                readers=PARTIES, help=NOT_AN_ADMISSION)


def _words(name: str, en: str, vi: str, *, required: bool = True, at_most: int = 4000) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), required=required, at_least=3, at_most=at_most, lines=at_most > 400,
                klass=Klass.PERSONAL, readers=PARTIES)


_ANSWERS = (r.the_head_answers, r.oversight_is_answered_in_person)
_ANSWERED = ("acknowledged", "acknowledged_with_reservation", "contested")
_SERVED = ("notified", "received", *_ANSWERED, "no_response", "escalated")
_CLOCKS = (StartClock("answer", then="answer_lapsed"),
           StartClock("remind", then="remind_automatically", times="reminders", silent=True))

_AWAY = (Choice(name="ground", label=words(en="Ground", vi="Lý do vắng mặt"), klass=Klass.PERSONAL, readers=PARTIES, options=(
             ("leave", words(en="leave", vi="nghỉ phép")), ("illness", words(en="illness", vi="ốm đau")),
             ("duty", words(en="sent elsewhere on duty", vi="được cử đi công tác")))),
         Day(name="away_from", label=words(en="Away from", vi="Vắng mặt từ ngày")),
         Day(name="away_until", label=words(en="Until", vi="Đến hết ngày")))

RECORD_ABSENCE = Transition(
    trigger="record_absence", label=words(en="Record leave or illness", vi="Ghi nghỉ phép, ốm đau"), source=ANY, dest=ANY,
    while_paused=True, who=(Role.HEAD, Role.OFFICER, Role.RECORDER), guards=(r.absence_is_in_order,), inputs=_AWAY,
    effects=(Away("away_from", "away_until"),),
    help=words(en="The time to answer does not run on these days.", vi="Thời hạn trả lời không tính những ngày này."))
NOTE_ABSENCE = Transition(
    trigger="note_absence", label=words(en="Leave or illness on file", vi="Nghỉ phép, ốm đau theo sổ"), source=ANY, dest=ANY,
    while_paused=True, who=(Role.SYSTEM,), inputs=_AWAY, effects=(Away("away_from", "away_until"),))
JOINT_NOTE = Transition(
    trigger="joint_note", label=words(en="Joint note to the other members", vi="Ý kiến chung gửi các thành viên"), source=ANY, dest=ANY,
    while_paused=True, who=(Role.HEAD,), guards=(r.responsibility_is_joint, *_ANSWERS),
    inputs=(_statement("note", "Note", "Ý kiến"),),
    effects=(Tell("responsibility", "attach_joint_note", to="beside",
                  copy=(("note", "note"), ("office", "office"), ("@", "member"))),),
    help=words(en="It is attached to the answers of all members; each still answers for themselves.",
               vi="Được kèm vào phần trả lời của mọi thành viên; từng người vẫn tự trả lời."))
ATTACH_JOINT_NOTE = Transition(
    trigger="attach_joint_note", label=words(en="Joint note of another member", vi="Ý kiến chung của thành viên khác"), source=ANY,
    dest=ANY, while_paused=True, who=(Role.SYSTEM,), guards=(r.note_comes_from_a_fellow_member,),
    inputs=(_statement("note", "Note", "Ý kiến"), Office(name="office", label=words(en="Office", vi="Chức vụ")),
            Person(name="member", label=words(en="Member", vi="Thành viên"), readers=PARTIES)))

FOLLOW_BODY = Transition(
    trigger="follow_body", label=words(en="The body was dissolved; its successor determines", vi="Cơ quan giải thể; cơ quan kế tiếp kết luận"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(Unit(name="body_before", label=words(en="Dissolved body", vi="Cơ quan giải thể"), bodies=True),
            next(i for i in ASSIGNMENT if i.name == "determiner")),
    effects=(Seat("determiner"), Serve(Role.HEAD, "responsibility_referred")))

WHY_WITHDRAWN = Choice(name="reason", label=words(en="Reason", vi="Lý do"), options=(
    ("no_shortcoming", words(en="the matter ended without a shortcoming", vi="vụ việc kết luận không có khuyết điểm")),
    ("no_case", words(en="the matter was closed without a case", vi="vụ việc kết thúc, không lập hồ sơ")),
    ("ended", words(en="the matter was ended with reasons", vi="vụ việc được đình chỉ có lý do")),
    ("transferred", words(en="the matter went to another level, which asks anew", vi="vụ việc đã chuyển cấp khác xem xét lại")),
    ("no_violation", words(en="the person concerned was cleared", vi="người được xem xét không có vi phạm")),
    ("exempt", words(en="the person concerned was exempt", vi="người được xem xét được miễn")),
    ("annulled", words(en="the decision in the matter was annulled", vi="quyết định trong vụ việc đã bị hủy bỏ"))))
WITHDRAWN = (Serve(Role.HEAD, "responsibility_withdrawn"), Serve(Role.SUPERIOR, "responsibility_withdrawn"))
ANNUL = Transition(
    trigger="annul", label=words(en="Withdrawn after it was closed", vi="Rút sau khi đã kết thúc"), source=ANY, dest=ANY, while_paused=True,
    who=(Role.SYSTEM,), standing=True, guards=(r.oversight_of_what_was_cleared, r.responsibility_was_closed),
    inputs=(WHY_WITHDRAWN, Choice(name="outcome", label=words(en="Outcome", vi="Kết luận"), options=(
        ("withdrawn", words(en="withdrawn", vi="rút lại")),))),
    effects=WITHDRAWN)
"""What was closed stays closed, with another outcome: as if it had been determined so."""

RESPONSIBILITY = Workflow(
    name="responsibility",
    version=1,
    title=words(en="Responsibility of the head", vi="Trách nhiệm người đứng đầu"),
    parents=("inspection", "responsibility", "discipline", "corrective_action"),
    needs_parent=True,
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
        State("withdrawn", words(en="withdrawn", vi="đã rút"), final=True, settled=True),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="identify", label=words(en="Identify", vi="Xác định"), source=START, dest="identified",
            who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(*MAY_BE_ASSIGNED, r.joint_names_its_member),
            inputs=(*ASSIGNMENT, ANSWERER), effects=(Take(Role.OFFICER), Seat("determiner"), Due("due"))),
        Transition(
            trigger="notify", label=words(en="Serve on the head", vi="Thông báo cho người đứng đầu"),
            source="identified", dest="notified",
            who=(Role.OFFICER, Role.CHAIR), standing=True,
            guards=(r.a_body_inside_determines, r.nobody_determines_their_own, gc.adverse_act_needs_another_decider),
            inputs=(Day(name="served_on", label=words(en="Served on", vi="Ngày giao"), when="past"),),
            effects=(Hold(Role.HEAD, "office", handling=True), Serve(Role.HEAD, "responsibility_notice"), *_CLOCKS)),
        Transition(
            trigger="serve_again", label=words(en="Serve on the new holder", vi="Thông báo cho người mới giữ chức vụ"),
            source=_SERVED, dest="notified", who=(Role.SYSTEM,), standing=True, guards=(r.handling_passes_on,),
            inputs=(Person(name="holder", label=words(en="New holder", vi="Người mới giữ chức vụ"), readers=PARTIES),),
            effects=(StopClock("statement"), StopClock("escalate"), Serve(Role.HEAD, "responsibility_relieved"),
                     Hold(Role.HEAD, "office", handling=True), Serve(Role.HEAD, "responsibility_notice"), *_CLOCKS)),
        Transition(
            trigger="refer", label=words(en="Name another body to determine", vi="Chuyển cơ quan khác kết luận"),
            source=("identified", *_SERVED), dest=ANY, who=(Role.OFFICER, Role.CHAIR), standing=True,
            guards=(r.a_body_inside_determines, r.nobody_determines_their_own),
            inputs=(next(i for i in ASSIGNMENT if i.name == "determiner"), _words("reason", "Reason", "Lý do")),
            effects=(Seat("determiner"), Serve(Role.HEAD, "responsibility_referred"))),
        Transition(
            trigger="receive", label=words(en="Received", vi="Đã nhận"),
            source=("notified", "no_response", "escalated"), dest="received",
            who=(Role.HEAD,), guards=_ANSWERS,
            effects=(Hold(Role.HEAD, "office", handling=True), StopClock("answer"), StopClock("remind"), StopClock("escalate"),
                     StartClock("statement")),
            help=words(en="It stops the silence and takes no position.",
                       vi="Xác nhận đã nhận, chưa bày tỏ quan điểm.")),
        Transition(
            trigger="acknowledge", label=words(en="Acknowledge", vi="Nhận trách nhiệm"), source="received",
            dest="acknowledged",
            who=(Role.HEAD,), guards=_ANSWERS, standing=True,
            inputs=(_statement("statement", "Your words", "Ý kiến"),), effects=(StopClock("statement"),),
            help=NOT_AN_ADMISSION),
        Transition(
            trigger="acknowledge_with_reservation",
            label=words(en="Acknowledge with reservation", vi="Nhận trách nhiệm, bảo lưu ý kiến"),
            source="received", dest="acknowledged_with_reservation", who=(Role.HEAD,), guards=_ANSWERS, standing=True,
            inputs=(_statement("statement", "Your words", "Ý kiến"),
                    _statement("reservation", "Reservation", "Ý kiến bảo lưu")),
            effects=(StopClock("statement"),), help=NOT_AN_ADMISSION),
        Transition(
            trigger="contest", label=words(en="Contest", vi="Không đồng ý"), source="received", dest="contested",
            who=(Role.HEAD,),
            guards=(*_ANSWERS, r.a_prior_report_has_day_and_receiver, r.prior_report_lies_in_the_past,
                    r.prior_report_cites_what_stands), standing=True,
            inputs=(_statement("grounds", "Grounds", "Lý do"),
                    Day(name="reported_on", label=words(en="You had reported it before: on which day",
                                                        vi="Đã báo cáo trước đó: ngày nào"), when="past", required=False,
                        help=words(en="A dated prior report may exempt; leave this empty where there was none.",
                                   vi="Báo cáo trước có ngày tháng có thể là căn cứ miễn trách nhiệm; để trống nếu không có.")),
                    _words("reported_to", "To whom", "Báo cáo ai, cơ quan nào", required=False, at_most=400),
                    _words("report_reference", "Its number, and where it is kept", "Số văn bản, nơi lưu", required=False, at_most=400),
                    _statement("reported_before", "What you reported or did before",
                               "Việc đã báo cáo hoặc đã làm trước đó", required=False),
                    Evidence(name="report_evidence", label=words(en="Evidence of it in this case", vi="Chứng cứ trong vụ việc này"),
                             required=False, readers=PARTIES)),
            effects=(StopClock("statement"),), help=NOT_AN_ADMISSION),
        Transition(
            trigger="misdirect", label=words(en="Not my office", vi="Không thuộc chức vụ của tôi"), source="received",
            dest="misdirected",
            who=(Role.HEAD,), guards=(*_ANSWERS, r.right_office_is_another),
            inputs=(Office(name="right_office", label=words(en="The right office", vi="Chức vụ đúng")),
                    _statement("explanation", "Why", "Lý do")),
            effects=(StopClock(), Open("responsibility", "identify", copy=(
                ("right_office", "office"), ("=direct", "level"),
                *((i.name, i.name) for i in ASSIGNMENT if i.name not in ("office", "level"))), guarded=False, anew=("due",))),
            help=NOT_AN_ADMISSION),
        Transition(
            trigger="remind", label=words(en="Remind", vi="Nhắc"), source=("notified", "received"), dest=ANY,
            who=(Role.OFFICER, Role.CHAIR),
            inputs=(Text(name="reminder", label=words(en="How they were reminded", vi="Hình thức nhắc"), at_most=400),),
            effects=(Serve(Role.HEAD, "reminder"),)),
        Transition(
            trigger="remind_automatically", label=words(en="Reminder", vi="Nhắc theo thời hạn"), source="notified", dest=ANY,
            who=(Role.SYSTEM,), effects=(Serve(Role.HEAD, "reminder"),)),
        Transition(
            trigger="answer_lapsed", label=words(en="No answer came", vi="Hết hạn trả lời"),
            source="notified", dest="no_response", who=(Role.SYSTEM,), guards=(r.reminders_had_their_time,),
            effects=(StopClock("remind"), StartClock("escalate", then="escalate_silence", silent=True))),
        Transition(
            trigger="escalate_silence", label=words(en="Silence reported to the superior", vi="Báo cấp trên việc không trả lời"),
            source="no_response", dest="escalated", who=(Role.SYSTEM,),
            effects=(Hold(Role.SUPERIOR, "office", above=True), Serve(Role.SUPERIOR, "escalation"), Serve(Role.DECIDER, "escalation"))),
        Transition(
            trigger="escalate_again", label=words(en="Reported to the new superior", vi="Báo cấp trên mới"), source="escalated", dest=ANY,
            who=(Role.SYSTEM,), effects=(Hold(Role.SUPERIOR, "office", above=True), Serve(Role.SUPERIOR, "escalation"))),
        Transition(
            trigger="escalate", label=words(en="Escalate", vi="Báo cấp trên"), source=("received", "no_response", "contested"),
            dest="escalated",
            who=(Role.OFFICER, Role.CHAIR), standing=True,
            inputs=(Text(name="reason", label=words(en="Reason", vi="Lý do"), at_least=3, at_most=4000, lines=True,
                         readers=PARTIES),),
            effects=(StopClock("escalate"), StopClock("statement"), Hold(Role.SUPERIOR, "office", above=True),
                     Serve(Role.SUPERIOR, "escalation"), Serve(Role.DECIDER, "escalation"))),
        Transition(
            trigger="hear", label=words(en="Record the hearing", vi="Ghi buổi làm việc với người đứng đầu"), source="escalated", dest=ANY,
            who=(Role.SUPERIOR,), standing=True, guards=(g.actor_has_no_tie, r.determiner_is_not_the_head),
            inputs=(Day(name="heard_on", label=words(en="Heard on", vi="Ngày làm việc"), when="past"),
                    _words("heard", "What the head said, or that nobody came", "Người đứng đầu trình bày, hoặc không đến"),
                    Text(name="view", label=words(en="View of the superior", vi="Ý kiến của cấp trên"), at_least=3, at_most=4000,
                         lines=True, readers=HANDLERS))),
        Transition(
            trigger="determine", label=words(en="Determine", vi="Kết luận trách nhiệm"),
            source=(*_ANSWERED, "escalated"), dest="determined",
            who=(Role.DECIDER,),
            standing=True, guards=(g.actor_has_no_tie, r.determiner_is_not_the_head, r.nobody_determines_their_own,
                                   r.underlying_matter_is_decided, gc.adverse_act_needs_another_decider),
            inputs=(Choice(name="outcome", label=words(en="Outcome", vi="Kết luận"), options=(
                        ("confirmed", words(en="confirmed", vi="giữ nguyên")),
                        ("reduced", words(en="reduced", vi="giảm nhẹ")),
                        ("withdrawn", words(en="withdrawn", vi="rút lại")))),
                    Text(name="reasons", label=words(en="Reasons", vi="Lý do"), at_least=5, lines=True,
                         klass=Klass.PERSONAL, readers=PARTIES)),
            effects=(Serve(Role.HEAD, "determination"), Serve(Role.DECIDER, "determination"), StopClock())),
        Transition(
            trigger="link", label=words(en="Link to action", vi="Gắn việc khắc phục"), source=("determined", "linked"),
            dest="linked",
            who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(r.responsibility_stands,),
            inputs=(Many(name="shortcomings", label=words(en="What is to be done", vi="Việc phải khắc phục"),
                         of=SHORTCOMING),),
            effects=(Open("shortcoming", "note", rows="shortcomings"),)),
        Transition(
            trigger="open_own_case", label=words(en="Open a matter of discipline of their own", vi="Mở vụ việc kỷ luật riêng"),
            source=("determined", "linked"), dest="linked",
            who=(Role.OFFICER, Role.CHAIR), standing=True,
            guards=(r.responsibility_stands, g.unit_is_in_jurisdiction, r.own_case_is_about_who_answered),
            inputs=(Many(name="matters", label=words(en="Matter of discipline to open", vi="Vụ việc kỷ luật cần mở"), at_most=1, readers=HANDLERS,
                         klass=Klass.PERSONAL, of=tuple(i for i in MATTER if i.name != "source")),),
            effects=(Open("discipline", "open_matter", rows="matters", copy=(("=handover", "source"),)),),
            help=words(en="It has its own notice and hearing; nothing said here is an admission there.",
                       vi="Vụ việc riêng có thông báo và nghe ý kiến riêng; lời nói ở đây không phải là sự thừa nhận ở đó.")),
        Transition(
            trigger="open_inspection", label=words(en="Open an inspection of its own", vi="Mở cuộc kiểm tra riêng"), source=("determined", "linked"),
            dest="linked", who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(r.responsibility_stands, g.unit_is_in_jurisdiction),
            inputs=(_words("what", "What it is about", "Nội dung"),),
            effects=(Open("inspection", "register", copy=(("=handover", "source"), ("what", "what"))),),
            help=words(en="Where what happened is not clear enough to be alleged.", vi="Khi sự việc chưa đủ rõ để nêu thành nội dung xem xét.")),
        Transition(
            trigger="withdraw", label=words(en="Withdraw", vi="Rút"), source=("identified", *_SERVED, "determined", "linked"),
            dest="withdrawn", who=(Role.SYSTEM,), standing=True, guards=(r.oversight_of_what_was_cleared,),
            inputs=(WHY_WITHDRAWN,), effects=(*WITHDRAWN, StopClock())),
        Transition(
            trigger="close", label=words(en="Close", vi="Kết thúc"), source=("determined", "linked"), dest="closed",
            who=(Role.OFFICER, Role.CHAIR), standing=True, guards=(r.withdrawn_or_linked, g.children_are_settled),
            effects=(StopClock(),)),
        *more_time("answer", (Role.HEAD,), (Role.OFFICER, Role.CHAIR), words(en="first answer", vi="trả lời lần đầu")),
        *more_time("statement", (Role.HEAD,), (Role.OFFICER, Role.CHAIR), words(en="statement", vi="ý kiến")),
    ),
    entries=(*ENTRIES, RECORD_ABSENCE, NOTE_ABSENCE, JOINT_NOTE, ATTACH_JOINT_NOTE, ANNUL, FOLLOW_BODY),
)
