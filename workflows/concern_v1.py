"""Concerns: a signal from inside, sealed as to who gave it, on its way past everyone whom it names."""

from __future__ import annotations

from dataclasses import replace

from workflows import guards as g
from workflows import guards_concern as gc
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, Open, Route, Serve, StartClock, StopClock, Take
from workflows.entries import ADD_EVIDENCE, FOLLOW_SUCCESSOR, GRANT, NOTE, WITHDRAW_EVIDENCE, WRITERS
from workflows.inputs import HANDLERS, Choice, Day, Input, Klass, Many, Person, Text, Yes
from workflows.protection import check_ins, how_are_you
from workflows.retention import NO_CASE
from workflows.retention_entries import RETENTION_ENTRIES
from workflows.roles import Role
from workflows.words import words

CIRCLE = (*HANDLERS, Role.REPORTER)
"""Who handles the concern, and who raised it; never whoever it speaks of."""
SEALED = (Role.REPORTER, Role.DECIDER)
"""The reporter, and the contact for concerns."""
HANDLE = (Role.OFFICER, Role.CHAIR, Role.DECIDER)
DECIDE = (Role.CHAIR, Role.DECIDER)


def _told(name: str, en: str, vi: str) -> Text:
    """Words to the reporter."""
    return Text(name=name, label=words(en=en, vi=vi), at_least=3, at_most=4000, lines=True, klass=Klass.PERSONAL, readers=CIRCLE,
                help=words(en="The reporter reads this; name nobody who told you something.",
                           vi="Người báo tin sẽ đọc; không nêu tên người đã cung cấp thông tin."))


def _inner(t: Transition, who: tuple[Role, ...], guards: tuple[g.Rule, ...] = ()) -> Transition:
    """An entry that every case knows, here read by those who handle the concern alone."""
    inputs: tuple[Input, ...] = tuple(replace(i, readers=HANDLERS) for i in t.inputs)
    return replace(t, who=who, inputs=inputs, guards=(*t.guards, *guards))


def _entry(trigger: str, en: str, vi: str, who: tuple[Role, ...], **more: object) -> Transition:
    return Transition(trigger=trigger, label=words(en=en, vi=vi), source=ANY, dest=ANY, while_paused=True, who=who, **more)  # type: ignore[arg-type]


WHAT_HAPPENED = (
    Choice(name="kind", label=words(en="What it is about", vi="Phản ánh về"), required=False, klass=Klass.SENSITIVE, readers=CIRCLE, options=(
        ("wrongdoing", words(en="something done or left undone", vi="việc đã làm hoặc không làm")),
        (gc.RETALIATION, words(en="retaliation against somebody who spoke", vi="trả đũa người đã lên tiếng")))),
    Text(name="what", label=words(en="What happened", vi="Việc gì đã xảy ra"), at_least=10, at_most=8000, lines=True, klass=Klass.SENSITIVE,
         readers=CIRCLE,
         help=words(en="What somebody did, or did not do. What somebody thinks, or said in a meeting, is no concern.",
                    vi="Ai đã làm gì hoặc không làm gì. Ý nghĩ, hoặc lời phát biểu trong cuộc họp, không phải là nội dung phản ánh.")),
    Choice(name="conduct", label=words(en="Was it done, or left undone?", vi="Đã làm hay không làm?"), required=False, klass=Klass.SENSITIVE,
           readers=CIRCLE, options=(("act", words(en="it was done", vi="đã làm")),
                                    ("omission", words(en="it was left undone", vi="không làm")))),
    Text(name="place", label=words(en="Where", vi="Ở đâu"), required=False, at_least=2, at_most=400, klass=Klass.SENSITIVE, readers=CIRCLE),
    Day(name="happened_from", label=words(en="On which day, or from which day", vi="Ngày xảy ra, hoặc từ ngày"), when="past", required=False,
        klass=Klass.SENSITIVE, readers=CIRCLE),
    Day(name="happened_until", label=words(en="Until which day, where it went on", vi="Đến ngày, nếu kéo dài"), when="past", required=False,
        klass=Klass.SENSITIVE, readers=CIRCLE),
    Many(name="named", label=words(en="Who it is about", vi="Về ai"), required=False, at_least=0, at_most=20, klass=Klass.SENSITIVE, readers=CIRCLE,
         help=words(en="They will not learn of this concern, nor will those above them.",
                    vi="Họ và cấp trên của họ sẽ không biết về phản ánh này."), of=(
             Person(name="person", label=words(en="Person", vi="Người"), required=False, klass=Klass.SENSITIVE, readers=CIRCLE),
             Text(name="described", label=words(en="Or who they are, in your words", vi="Hoặc tự mô tả"), required=False, at_most=400,
                  klass=Klass.SENSITIVE, readers=CIRCLE))),
    Yes(name="apart", label=words(en="It must not reach the chair, the officers, the head of the unit or the administrator",
                                  vi="Không được đến người chủ trì, cán bộ phụ trách, người đứng đầu đơn vị hoặc quản trị hệ thống"),
        required=False, klass=Klass.SENSITIVE, readers=CIRCLE),
    Text(name="shown_by", label=words(en="What shows it, and where that is", vi="Chứng cứ và nơi có chứng cứ"), required=False, at_most=2000,
         lines=True, klass=Klass.SENSITIVE, readers=CIRCLE),
    Text(name="about", label=words(en="Number of the matter it follows", vi="Số vụ việc trước đó"), required=False, at_most=40, klass=Klass.SEALED,
         readers=SEALED),
    Person(name="reporter", label=words(en="Who reports", vi="Người báo tin"), required=False, klass=Klass.SEALED, readers=SEALED),
    Person(name="known_as", label=words(en="Reporter, known to those who handle it", vi="Người báo tin, cho người xử lý biết"), required=False,
           klass=Klass.SENSITIVE, readers=CIRCLE),
)
"""What is asked of whoever raises a concern, in every door."""

GROUNDS = (("unfounded", words(en="nothing supports it", vi="không có cơ sở")),
           ("not_ours", words(en="not within our competence", vi="không thuộc thẩm quyền")),
           ("settled", words(en="already settled", vi="đã được giải quyết")))

_MAY_HANDLE = (gc.handler_is_not_the_reporter, g.actor_has_no_tie)
_MAY_RECEIVE = (g.people_named_are_known, g.nobody_named_has_a_tie)


def _someone(en: str, vi: str) -> Person:
    return Person(name="person", label=words(en=en, vi=vi), readers=HANDLERS)


_WHY = Text(name="reason", label=words(en="Reason", vi="Lý do"), at_least=3, at_most=2000, lines=True, readers=HANDLERS)

CONCERN_ENTRIES = (
    _entry("add_facts", "Add facts, or answer", "Bổ sung hoặc trả lời", (Role.REPORTER,),
           inputs=(Text(name="facts", label=words(en="Your words", vi="Nội dung"), at_most=8000, lines=True, klass=Klass.SENSITIVE,
                        readers=CIRCLE),)),
    _entry("ask_reporter", "Ask the reporter", "Hỏi người báo tin", HANDLE, guards=_MAY_HANDLE,
           inputs=(_told("question", "Question", "Câu hỏi"),), effects=(Serve(Role.REPORTER, "question"),)),
    _entry("give_feedback", "Tell the reporter how it stands", "Phản hồi cho người báo tin", HANDLE, guards=_MAY_HANDLE,
           inputs=(_told("feedback", "What was done and why", "Việc đã làm và lý do"),),
           effects=(Serve(Role.REPORTER, "feedback"), StopClock("report_feedback"))),
    *how_are_you(Role.REPORTER, CIRCLE, words(en="Since you spoke", vi="Từ khi phản ánh")),
    _entry("entrust_handling", "Entrust the handling", "Giao xử lý", DECIDE, standing=True, guards=_MAY_RECEIVE,
           inputs=(_someone("Who handles it", "Người xử lý"), _WHY), effects=(Appoint(Role.OFFICER, "person"),)),
    _entry("entrust_decision", "Entrust the decision", "Giao quyết định", (Role.DECIDER,), standing=True, guards=_MAY_RECEIVE,
           inputs=(_someone("Who decides", "Người quyết định"), _WHY), effects=(Appoint(Role.DECIDER, "person"),)),
    _inner(ADD_EVIDENCE, (*WRITERS, Role.DECIDER, Role.REPORTER)),
    _inner(WITHDRAW_EVIDENCE, (*WRITERS, Role.DECIDER)),
    _inner(NOTE, (*WRITERS, Role.DECIDER)),
    _inner(GRANT, DECIDE),
    _inner(FOLLOW_SUCCESSOR, (Role.SYSTEM,)),
    *RETENTION_ENTRIES,
)

CONCERN = Workflow(
    name="concern",
    version=1,
    title=words(en="Concern", vi="Dấu hiệu cần làm rõ"),
    states=(
        State("received", words(en="received", vi="đã tiếp nhận")),
        State("assessing", words(en="being assessed", vi="đang xem xét")),
        State("followed_up", words(en="followed up", vi="đang được làm rõ"), settled=True),
        State("closed_no_case", words(en="closed, no case", vi="kết thúc, không lập vụ việc"), final=True, kept=NO_CASE),
        State("handed_over", words(en="handed over", vi="đã chuyển nơi có thẩm quyền"), final=True, kept=NO_CASE),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="raise_concern", label=words(en="Raise a concern", vi="Phản ánh"), source=START, dest="received", who=(Role.REPORTER,),
            guards=(gc.concern_names_act_place_and_day, gc.days_are_in_order, gc.everyone_named_is_chosen_or_described,
                    gc.nobody_reports_in_another_name, g.people_named_are_known),
            inputs=WHAT_HAPPENED,
            effects=(Take(Role.REPORTER), Take(Role.PROTECTED), Route("named", "apart", "kind", "about"),
                     StartClock("report_ack"), StartClock("report_feedback"), *check_ins())),
        Transition(
            trigger="assess", label=words(en="Acknowledge and assess", vi="Báo đã nhận và xem xét"), source="received", dest="assessing",
            who=HANDLE, guards=_MAY_HANDLE,
            inputs=(Text(name="assessment", label=words(en="First assessment", vi="Nhận định ban đầu"), at_least=3, lines=True, readers=HANDLERS),
                    _told("told", "To the reporter", "Gửi người báo tin")),
            effects=(StopClock("report_ack"), Serve(Role.REPORTER, "acknowledgement"))),
        Transition(
            trigger="propose_no_case", label=words(en="Propose: no case", vi="Đề xuất không lập vụ việc"), source="assessing", dest=ANY,
            who=(Role.OFFICER, Role.DECIDER), guards=_MAY_HANDLE,
            inputs=(Choice(name="ground", label=words(en="Ground", vi="Căn cứ"), options=GROUNDS, readers=HANDLERS),
                    Text(name="sentence", label=words(en="Why, in a sentence", vi="Lý do, một câu"), at_least=3, at_most=2000, readers=HANDLERS))),
        Transition(
            trigger="close_no_case", label=words(en="Close: no case", vi="Kết thúc, không lập vụ việc"), source="assessing", dest="closed_no_case",
            who=DECIDE, standing=True, approves="propose_no_case", guards=(*_MAY_HANDLE, g.someone_else_proposed_no_case),
            inputs=(_told("reason", "The reason, to the reporter", "Lý do, gửi người báo tin"),),
            effects=(StopClock("report_feedback"), Serve(Role.REPORTER, "closed_no_case"))),
        Transition(
            trigger="follow_up", label=words(en="Follow up: open an inspection", vi="Làm rõ: mở cuộc kiểm tra"), source="assessing",
            dest="followed_up", who=HANDLE, standing=True, guards=(*_MAY_HANDLE, gc.another_decides_in_a_closed_circle),
            inputs=(Text(name="matter", label=words(en="What the inspection is about", vi="Nội dung kiểm tra"), at_least=10, at_most=4000, lines=True,
                         klass=Klass.PERSONAL, readers=HANDLERS,
                         help=words(en="In your own words: the reporter's would give them away.",
                                    vi="Bằng lời của người xử lý: lời của người báo tin có thể làm lộ danh tính.")),
                    _told("feedback", "To the reporter", "Gửi người báo tin")),
            effects=(Open("inspection", "register", copy=(("=signal", "source"), ("matter", "what")), guarded=False),
                     StopClock("report_feedback"), Serve(Role.REPORTER, "followed_up"))),
        Transition(
            trigger="hand_over", label=words(en="Hand over to another body", vi="Chuyển nơi có thẩm quyền"), source=("received", "assessing"),
            dest="handed_over", who=DECIDE, standing=True, guards=_MAY_HANDLE,
            inputs=(Text(name="to_body", label=words(en="To which body", vi="Chuyển đến"), at_least=3, at_most=400, readers=CIRCLE),
                    _told("reason", "The reason, to the reporter", "Lý do, gửi người báo tin")),
            effects=(StopClock("report_ack"), StopClock("report_feedback"), Serve(Role.REPORTER, "handed_over"))),
        Transition(
            trigger="close", label=words(en="Close: tell the outcome", vi="Kết thúc: báo kết quả"), source="followed_up", dest="closed",
            who=HANDLE, standing=True, guards=(*_MAY_HANDLE, g.children_are_settled),
            inputs=(_told("outcome", "The outcome, to the reporter", "Kết quả, gửi người báo tin"),),
            effects=(Serve(Role.REPORTER, "outcome"),)),
    ),
    entries=CONCERN_ENTRIES,
)
