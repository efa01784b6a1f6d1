"""What may happen to a matter of discipline beside its way: deferral, suspension, pause, referral, transfer, an end with reasons."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_decision as gd
from workflows import guards_discipline as gu
from workflows.definition import ANY, Transition
from workflows.discipline_after import BY_WHOM, STANDS
from workflows.effects import Hear, Open, Pause, Resume, Seat, Serve, StartClock, StopClock, TellAgain
from workflows.inputs import HANDLERS, PARTIES, Choice, Computed, Day, Klass, Listed, Person, Text, Unit
from workflows.matter import SPLIT_OFF
from workflows.responsibility_v1 import cleared
from workflows.roles import Role
from workflows.voting import COUNT, DECIDE, OUTCOME, reasons
from workflows.words import words

BEFORE_NOTICE = ("opened", "deferred")
BEFORE_OUTCOME = (*BEFORE_NOTICE, "notified", "answered", "unit_sitting", "proposed", "referred_up", "hearing", "deliberating")
OPEN = (*BEFORE_OUTCOME, "outcome_known")
SUSPENDABLE = (*OPEN, "referred_out")
LIVE = (*OPEN, "decided", *STANDS, "referred_out")

WHY = reasons("reason", "Reason", "Lý do", at_most=4000)
REVIEW = Day(name="review_on", label=words(en="To be reviewed on", vi="Ngày xem xét lại"), readers=PARTIES)
UNTIL = Day(name="until", label=words(en="Until", vi="Đến hết ngày"), readers=PARTIES)
SUSPENDED = (StartClock("suspension", then="suspension_ends", until="until"), StartClock("suspension_review", until="review_on"),
             Serve(Role.RESPONDENT, "suspension"))
LIFTED = (StopClock("suspension"), StopClock("suspension_review"), Serve(Role.RESPONDENT, "suspension_ended"), TellAgain("suspension_ended"))
BODY = Unit(name="body", label=words(en="Body or unit", vi="Cơ quan hoặc đơn vị"), readers=PARTIES)
LEVEL = Listed(name="level", of="competence.?.decides", label=words(en="Its level", vi="Cấp"), readers=PARTIES)
GOES_UP = (BODY, LEVEL, Choice(name="up_because", label=words(en="Because", vi="Vì"), readers=PARTIES, options=(
    ("competence", words(en="it is beyond the competence here", vi="vượt thẩm quyền")),
    ("task", words(en="the task was assigned from above", vi="nhiệm vụ do cấp trên giao")),
    ("voters", words(en="too few may vote", vi="không đủ người có quyền biểu quyết")),
    ("proposal", words(en="the proposal goes to whoever decides", vi="đề nghị chuyển đến cấp quyết định")))), WHY)


_GOES_ALONG = (("respondent", "respondent"), ("respondent_unit", "respondent_unit"), ("status_then", "status_then"), ("status_now", "status_now"),
               *((name, name) for name in gd.STANDING), ("=handover", "source"), ("task", "task"), ("level", "level"), ("body", "body"),
               ("reason", "came_from"))


def _stays(trigger: str, en: str, vi: str, source: str | tuple[str, ...], who: tuple[Role, ...], **more: object) -> Transition:
    return Transition(trigger=trigger, label=words(en=en, vi=vi), source=source, dest=ANY, who=who, **more)  # type: ignore[arg-type]


ASIDE = (
    Transition(
        trigger="defer", label=words(en="Defer", vi="Chưa xem xét"), source=("opened", "notified"), dest="deferred", who=DECIDE, standing=True,
        unasked=True,
        guards=(g.actor_has_no_tie, gu.review_is_ahead, gu.deferral_is_reviewed_in_time, gu.no_deferral_against_their_request),
        inputs=(Listed(name="ground", of="deferral.grounds", label=words(en="Ground", vi="Căn cứ"), klass=Klass.SENSITIVE, readers=PARTIES),
                Day(name="seen_on", label=words(en="Day on which the paper was seen", vi="Ngày xem giấy tờ"), when="past", readers=HANDLERS,
                    help=words(en="The paper itself is not kept.", vi="Không lưu giấy tờ.")),
                Person(name="reviewer", label=words(en="Who reviews it", vi="Người xem xét lại"), readers=HANDLERS), REVIEW),
        effects=(StartClock("deferral", until="review_on"), StopClock("reply"), Serve(Role.RESPONDENT, "deferral"))),
    _stays("review_deferral", "Review the deferral", "Xem xét lại việc hoãn", "deferred", (*DECIDE, Role.OFFICER),
           guards=(gu.review_is_ahead, gu.deferral_is_reviewed_in_time),
           inputs=(REVIEW, WHY), effects=(StartClock("deferral", until="review_on"), Serve(Role.RESPONDENT, "deferral"))),
    Transition(
        trigger="take_up_again", label=words(en="Take up again", vi="Xem xét trở lại"), source="deferred", dest="opened", who=DECIDE,
        guards=(g.actor_has_no_tie,), inputs=(WHY,), effects=(StopClock("deferral"),)),
    Transition(
        trigger="ask_to_go_on", label=words(en="Ask to go on", vi="Đề nghị tiếp tục xem xét"), source="deferred", dest="opened",
        who=(Role.RESPONDENT,), guards=(gu.deferral_ends_on_request, gu.the_person_speaks),
        inputs=(Text(name="wish", label=words(en="Your request", vi="Đề nghị của bạn"), at_least=3, at_most=4000, lines=True, readers=PARTIES,
                     klass=Klass.SENSITIVE),), effects=(StopClock("deferral"),),
        help=words(en="The matter is taken up again; nobody has to agree.", vi="Vụ việc được xem xét trở lại, không cần ai đồng ý.")),
    _stays("suspend", "Suspend for the time being", "Tạm đình chỉ", OPEN, DECIDE, standing=True,
           guards=(*BY_WHOM, gu.no_suspension_runs, gu.suspension_keeps_its_cap, gu.suspension_is_reviewed_in_time),
           inputs=(UNTIL, REVIEW, WHY, Computed(name="suspended_on", of="suspended_on", label=words(en="From", vi="Từ ngày"), readers=PARTIES)),
           effects=SUSPENDED,
           help=words(en="An interim measure: it says nothing about guilt, and ends by itself.",
                      vi="Biện pháp tạm thời: không kết luận vi phạm, tự hết hạn.")),
    _stays("review_suspension", "Review the suspension", "Xem xét lại việc tạm đình chỉ", SUSPENDABLE, DECIDE,
           guards=(gu.suspension_runs, gu.review_is_ahead, gu.suspension_is_reviewed_in_time),
           inputs=(REVIEW, WHY), effects=(StartClock("suspension_review", until="review_on"),)),
    _stays("extend_suspension", "Extend the suspension", "Gia hạn tạm đình chỉ", SUSPENDABLE, DECIDE, standing=True,
           guards=(*BY_WHOM, gu.suspension_runs, gu.review_is_ahead, gu.extension_keeps_its_cap, gu.suspension_is_reviewed_in_time),
           inputs=(UNTIL, REVIEW, WHY), effects=SUSPENDED),
    _stays("lift_suspension", "Lift the suspension", "Bỏ tạm đình chỉ", SUSPENDABLE, DECIDE,
           guards=(gu.suspension_runs,), inputs=(WHY,), effects=LIFTED, while_paused=True),
    _stays("suspension_ends", "The suspension ends", "Hết thời hạn tạm đình chỉ", LIVE, (Role.SYSTEM,), effects=LIFTED[1:], while_paused=True),
    _stays("pause", "Pause", "Tạm dừng", OPEN, DECIDE,
           inputs=(Choice(name="pause_ground", label=words(en="Ground", vi="Căn cứ"), options=(
                       ("illness", words(en="illness or leave", vi="ốm đau, nghỉ phép")),
                       ("conflict", words(en="a conflict came to light; someone is replaced", vi="phát sinh xung đột lợi ích, đang thay người")),
                       ("other_track", words(en="another authority is at work", vi="cơ quan khác đang giải quyết")),
                       ("force", words(en="circumstances beyond control", vi="bất khả kháng")))), WHY), effects=(Pause(),)),
    _stays("resume", "Resume", "Tiếp tục", OPEN, DECIDE, effects=(Resume(),)),
    _stays("refer_up", "Assign to another level", "Chuyển cấp khác xem xét", ("opened", "notified"), (*DECIDE, Role.OFFICER), standing=True,
           guards=(gu.transfer_has_its_paper,), inputs=GOES_UP, effects=(Seat("body", meeting=True), Serve(Role.RESPONDENT, "referred"))),
    Transition(
        trigger="refer_up", label=words(en="Refer up", vi="Chuyển cấp trên"), source=("answered", "unit_sitting", "proposed", "deliberating"),
        dest="referred_up", who=(*DECIDE, Role.OFFICER), standing=True, guards=(gu.transfer_has_its_paper,), inputs=GOES_UP,
        effects=(Seat("body", meeting=True), Serve(Role.RESPONDENT, "referred"), StartClock("transmission"))),
    _stays("transmit", "Send the papers to a body outside", "Gửi hồ sơ đến cơ quan bên ngoài", "referred_up", COUNT,
           inputs=(Text(name="papers", label=words(en="What was sent, and how", vi="Hồ sơ đã gửi, cách gửi"), at_least=3, at_most=4000, lines=True,
                        readers=PARTIES),), effects=(StopClock("transmission"), StartClock("outside_answer"))),
    Transition(
        trigger="record_outside_decision", label=words(en="Record the decision of a body outside", vi="Ghi quyết định của cơ quan bên ngoài"),
        source="referred_up", dest="outcome_known", who=COUNT, standing=True, guards=(gu.outside_paper_is_named, gd.sanction_is_in_the_ladder),
        inputs=(Text(name="outside_body", label=words(en="Body that decided", vi="Cơ quan quyết định"), at_least=3, at_most=400, readers=PARTIES),
                Day(name="decided_on", label=words(en="Day of its decision", vi="Ngày quyết định"), when="past", readers=PARTIES),
                Day(name="heard_on", label=words(en="Day on which it heard the person", vi="Ngày cơ quan đó nghe người được xem xét"), when="past",
                    readers=PARTIES),
                Listed(name="sanction", of="ladder.*", label=words(en="Sanction, if any", vi="Hình thức, nếu có"), required=False,
                       klass=Klass.SENSITIVE,
                       readers=HANDLERS),
                Computed(name="outcome", of="one.decides", label=words(en="Outcome", vi="Kết quả"), klass=Klass.SENSITIVE, readers=HANDLERS),
                OUTCOME[1]),
        effects=(Hear(), StopClock("outside_answer"), StopClock("transmission"))),
    Transition(
        trigger="refer_out", label=words(en="Refer to another authority", vi="Chuyển cơ quan khác"), source=OPEN, dest="referred_out", who=DECIDE,
        standing=True, while_paused=True, guards=(g.actor_has_no_tie, gu.outside_paper_is_named),
        inputs=(Choice(name="track", label=words(en="Track", vi="Hướng chuyển"), readers=PARTIES, options=(
                    ("criminal", words(en="criminal", vi="hình sự")),
                    ("service", words(en="service or employment", vi="quân luật, hành chính")),
                    ("standing", words(en="a procedure about standing that is no sanction", vi="thủ tục về tư cách, không phải kỷ luật")))), WHY),
        effects=(StopClock("reply"), StartClock("outside_answer"), Serve(Role.RESPONDENT, "referred")),
        help=words(en="Statements of the person stay here; they are not passed on.",
                   vi="Ý kiến của người được xem xét lưu tại đây, không chuyển đi.")),
    Transition(
        trigger="come_back", label=words(en="Take it up after the other authority", vi="Xem xét lại sau cơ quan khác"), source="referred_out",
        dest="opened",
        who=DECIDE, standing=True, while_paused=True, guards=(gu.outside_paper_is_named, gu.no_suspension_outlasts_the_proceeding),
        inputs=(reasons("outside_result", "What the other authority found", "Kết quả của cơ quan khác"),), effects=(StopClock("outside_answer"),)),
    Transition(
        trigger="end_with_reasons", label=words(en="End with reasons", vi="Đình chỉ có lý do"), source=(*BEFORE_OUTCOME, "referred_out"),
        dest="ended_with_reasons", who=DECIDE, standing=True, while_paused=True, guards=BY_WHOM, inputs=(WHY,),
        effects=(Serve(Role.RESPONDENT, "ended"), TellAgain("ended"), StopClock(), *cleared("ended"))),
    Transition(
        trigger="merge", label=words(en="Merge into another matter", vi="Nhập vào vụ việc khác"), source=(*BEFORE_NOTICE, "notified", "answered"),
        dest="merged", who=DECIDE, standing=True, while_paused=True, guards=(g.actor_has_no_tie, gu.outside_paper_is_named),
        inputs=(Text(name="into", label=words(en="Number of the matter it goes into", vi="Số vụ việc nhập vào"), at_least=3, at_most=40,
                     readers=PARTIES),
                WHY), effects=(Serve(Role.RESPONDENT, "merged"), StopClock())),
    Transition(
        trigger="split", label=words(en="Split off into matters of their own", vi="Tách thành vụ việc riêng"),
        source=("opened", "notified", "answered"), dest="opened", who=DECIDE, standing=True, unasked=True,
        guards=(g.actor_has_no_tie, gu.outside_paper_is_named), inputs=(SPLIT_OFF, WHY),
        effects=(Serve(Role.RESPONDENT, "split"), StopClock("reply"), StopClock("notice"),
                 Open("discipline", "take_over", rows="parts", guarded=False, copy=(*_GOES_ALONG, ("decider", "decider")))),
        help=words(en="What stays and what is split off are each served anew, and heard on their own; answers given so far stay on file. Papers are "
                      "registered there by reference.",
                   vi="Phần ở lại và phần tách ra được thông báo lại, nghe riêng; ý kiến đã có vẫn lưu hồ sơ. Tài liệu được dẫn chiếu sang vụ "
                      "việc mới.")),
    Transition(
        trigger="transfer", label=words(en="Transfer to a successor", vi="Chuyển cấp kế thừa"), source=OPEN, dest="transferred", who=DECIDE,
        standing=True, while_paused=True, guards=(g.actor_has_no_tie, gu.transfer_has_its_paper),
        inputs=(BODY, LEVEL, Unit(name="unit", label=words(en="Unit the matter belongs to from now on", vi="Đơn vị phụ trách từ nay"),
                                  readers=PARTIES), WHY),
        effects=(Serve(Role.RESPONDENT, "transferred"), StopClock(), *cleared("transferred"),
                 Open("discipline", "take_over", unit="unit", guarded=False, copy=(*_GOES_ALONG, ("what", "what"))))),
)
