"""Discipline: one person, from allegations that were served and a hearing to an outcome that is computed, served and, in time, spent."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_concern as gc
from workflows import guards_decision as gd
from workflows import guards_discipline as gu
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.discipline_after import AFTER, REVIEWED
from workflows.discipline_aside import ASIDE
from workflows.effects import Appoint, Hear, Notify, Seat, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import HANDLERS, PARTIES, Choice, Computed, Day, Evidence, Klass, Listed, Many, Number, Text, Yes
from workflows.long_stop import LONG_STOP, long_stop
from workflows.matter import MATTER
from workflows.retention import CLEARED, SANCTION
from workflows.roles import Role
from workflows.voting import BALLOT, COUNT, DECIDE, RECORD_DISSENT, conclude, decide_alone, freeze_roll, reasons, vote
from workflows.words import words

KIND = (("act", words(en="something done", vi="việc đã làm")), ("omission", words(en="something left undone", vi="việc không làm")),
        ("in_mind", words(en="nothing done: only what was in somebody's mind", vi="không phải việc làm, chỉ là điều trong suy nghĩ")),
        ("spoken", words(en="something said in a meeting, a reply, an appeal or a reserved view",
                         vi="lời nói trong cuộc họp, giải trình, khiếu nại, ý kiến bảo lưu")),
        ("reported", words(en="something reported in good faith", vi="việc phản ánh ngay tình")))

ALLEGATIONS = (
    Many(name="allegations", label=words(en="Allegations", vi="Nội dung xem xét"), klass=Klass.PERSONAL, readers=PARTIES, of=(
        Text(name="what", label=words(en="What was done or left undone", vi="Việc đã làm hoặc không làm"), at_least=10, at_most=8000, lines=True,
             klass=Klass.PERSONAL, readers=PARTIES),
        Choice(name="kind", label=words(en="It is", vi="Đó là"), options=KIND, readers=PARTIES),
        Day(name="committed_on", label=words(en="Day of the act, or its first day", vi="Ngày xảy ra, hoặc ngày đầu"), when="past", readers=PARTIES),
        Day(name="ended_on", label=words(en="Day on which it ended", vi="Ngày kết thúc"), when="past", required=False, readers=PARTIES),
        Day(name="discovered_on", label=words(en="Day of discovery", vi="Ngày phát hiện"), when="past", required=False, readers=PARTIES),
        Yes(name="continuing", label=words(en="It goes on", vi="Đang tiếp diễn"), required=False, readers=PARTIES),
        Yes(name="end_unknown", label=words(en="Nobody knows when it ended", vi="Không xác định được ngày kết thúc"), required=False,
            readers=PARTIES),
        Text(name="place", label=words(en="Place", vi="Nơi xảy ra"), at_least=2, at_most=400, readers=PARTIES),
        Text(name="provision", label=words(en="Provision", vi="Quy định bị vi phạm"), at_least=2, at_most=400, readers=PARTIES),
        Listed(name="category", of="limitation.exempt", label=words(en="Kind of violation without limitation, if it is one",
                                                                    vi="Loại vi phạm không áp dụng thời hiệu, nếu có"), required=False,
                                                                    readers=PARTIES),
        Evidence(name="evidence", label=words(en="Evidence", vi="Chứng cứ số"), readers=PARTIES))),
    Evidence(name="disclosed", label=words(en="Disclosed to the person", vi="Đã cho người được xem xét biết"), required=False, readers=PARTIES),
    Many(name="withheld", label=words(en="Withheld", vi="Không cho xem"), required=False, at_least=0, readers=PARTIES, of=(
        Number(name="item", label=words(en="Item", vi="Chứng cứ số"), at_least=1, readers=PARTIES),
        Text(name="reason", label=words(en="Why", vi="Lý do"), at_least=3, at_most=1000, readers=PARTIES),
        Text(name="summary", label=words(en="What it says, in short", vi="Tóm tắt nội dung"), at_least=3, at_most=4000, klass=Klass.PERSONAL,
             readers=PARTIES))),
)

HEARING = (
    Choice(name="attended", label=words(en="The person", vi="Người được xem xét"), readers=PARTIES, options=(
        ("heard", words(en="was heard", vi="đã được nghe")), ("waived", words(en="waived it on paper", vi="có giấy không đề nghị được nghe")),
        ("absent", words(en="stayed away after repeated invitations", vi="vắng mặt sau nhiều lần mời")))),
    Text(name="minutes", label=words(en="What the person said, word for word where they ask for it; or the minutes of their absence",
                                     vi="Ý kiến của người được xem xét, ghi nguyên văn nếu họ yêu cầu; hoặc biên bản vắng mặt"), at_most=20_000,
         lines=True, klass=Klass.PERSONAL, readers=PARTIES),
    Yes(name="companion_offered", label=words(en="They could bring a companion", vi="Được mời người đi cùng"), readers=PARTIES),
)

NOT_YET_AGREED = Computed(name="heard_early", of="not_yet", label=words(en="Agreed to be heard before the time of notice is over",
                                                                        vi="Đã đồng ý được nghe trước khi hết thời gian chuẩn bị"), readers=PARTIES)
"""With each notice the time to prepare begins anew, whatever was agreed after an earlier one."""
SERVED_ON = Computed(name="served_on", of="day", label=words(en="Served on", vi="Ngày giao"), readers=PARTIES)
OPENING = (g.actor_has_no_tie, g.people_named_are_known, gu.somebody_decides, gu.decision_rule_fits, gu.respondent_does_not_decide,
           gc.adverse_act_needs_another_decider)
ASSIGNS = (Take(Role.OFFICER), Appoint(Role.RESPONDENT, "respondent"), Appoint(Role.DECIDER, "decider"), Seat("body", meeting=True), LONG_STOP)

TO_THE_OUTCOME = (
    Transition(
        trigger="open_matter", label=words(en="Open", vi="Mở vụ việc"), source=START, dest="opened", who=(Role.OFFICER, Role.CHAIR), standing=True,
        guards=(g.unit_is_in_jurisdiction, *OPENING), inputs=MATTER, effects=ASSIGNS),
    Transition(
        trigger="take_over", label=words(en="Take over", vi="Tiếp nhận"), source=START, dest="opened", who=(Role.CHAIR, Role.DECIDER), standing=True,
        guards=OPENING, inputs=(*MATTER, Text(name="came_from", label=words(en="Where it was before", vi="Nơi chuyển đến"), at_most=400,
                                              readers=PARTIES)), effects=ASSIGNS,
        help=words(en="What was served and heard before stays on file; roll and tally begin anew.",
                   vi="Việc đã giao, đã nghe vẫn lưu trong hồ sơ; danh sách và kiểm phiếu làm lại từ đầu.")),
    Transition(
        trigger="notify", label=words(en="Serve the allegations", vi="Thông báo nội dung xem xét"), source="opened", dest="notified",
        who=(Role.OFFICER,), standing=True,
        guards=(g.actor_has_no_tie, gu.allegations_are_about_acts, gu.allegations_lie_in_the_past, gu.allegations_cite_evidence,
                gu.everything_cited_is_disclosed, gu.nothing_cited_is_tainted, gc.adverse_act_needs_another_decider),
        inputs=(*ALLEGATIONS, Yes(name="rights_notice", label=words(en="The notice of rights was handed over", vi="Đã giao thông báo về quyền"),
                                  readers=PARTIES), SERVED_ON, NOT_YET_AGREED),
        effects=(Notify(), Serve(Role.RESPONDENT, "allegations"), StartClock("reply"), StartClock("notice", silent=True))),
    Transition(
        trigger="answer", label=words(en="Answer", vi="Trả lời"), source="notified", dest="answered", who=(Role.RESPONDENT,),
        guards=(gu.the_person_speaks,),
        inputs=(Text(name="statement", label=words(en="Your words", vi="Ý kiến của bạn"), required=False, lines=True, klass=Klass.SENSITIVE,
                     readers=PARTIES, help=words(en="You need not say anything; nothing follows from silence.",
                                                 vi="Bạn không bắt buộc phải nói gì; im lặng không bị suy diễn.")),
                Choice(name="position", label=words(en="The allegations", vi="Về nội dung xem xét"), required=False, readers=PARTIES, options=(
                    ("agreed", words(en="are right", vi="là đúng")), ("in_part", words(en="are right in part", vi="đúng một phần")),
                    ("contested", words(en="are not right", vi="không đúng")))),
                Yes(name="heard_early", label=words(en="You may be heard before the time of notice is over",
                                                    vi="Đồng ý được nghe trước khi hết thời gian chuẩn bị"),
                    required=False, readers=PARTIES),
                Listed(name="asks_for", of="ladder.*", label=words(en="What you find fitting", vi="Hình thức tự đề nghị"), required=False,
                       readers=PARTIES)),
        effects=(StopClock("reply"),)),
    Transition(
        trigger="record_refusal", label=words(en="Record that no answer came, or was refused", vi="Ghi việc không trả lời hoặc từ chối"),
        source="notified", dest=ANY, who=COUNT,
        inputs=(reasons("how", "How they were asked, and what came of it", "Đã yêu cầu thế nào, kết quả ra sao", at_most=2000),),
        effects=(Serve(Role.RESPONDENT, "reminder"),)),
    Transition(
        trigger="go_on_without_answer", label=words(en="Go on without an answer", vi="Tiếp tục khi không có trả lời"), source="notified",
        dest="answered", who=(Role.OFFICER,), guards=(gu.refusal_was_recorded_often_enough, gu.time_to_reply_is_over)),
    Transition(
        trigger="add_statement", label=words(en="Add a statement", vi="Bổ sung ý kiến"),
        source=("answered", "unit_sitting", "proposed", "referred_up", "hearing", "deliberating", "outcome_known"), dest=ANY, who=(Role.RESPONDENT,),
        guards=(gu.the_person_speaks,), while_paused=True,
        inputs=(Text(name="statement", label=words(en="Your words", vi="Ý kiến của bạn"), lines=True, klass=Klass.SENSITIVE, readers=PARTIES),)),
    Transition(
        trigger="invite", label=words(en="Invite to the hearing", vi="Mời dự buổi làm việc"), source=("answered", "unit_sitting", "hearing"),
        dest=ANY,
        who=COUNT,
        inputs=(Day(name="hearing_on", label=words(en="Day", vi="Ngày"), readers=PARTIES),
                Text(name="where", label=words(en="Time and place", vi="Giờ, địa điểm"), at_least=3, at_most=400, readers=PARTIES)),
        effects=(Serve(Role.RESPONDENT, "hearing_invitation"),)),
    freeze_roll("answered", "unit_sitting"),
    freeze_roll(("unit_sitting", "hearing"), ANY),
    Transition(
        trigger="take_up", label=words(en="Take up", vi="Tiếp nhận xem xét"), source="referred_up", dest="hearing", who=DECIDE, standing=True,
        guards=(g.actor_has_no_tie, gd.decider_did_not_investigate),
        inputs=(Yes(name="file_complete", label=words(en="The file is complete, with the tally from below",
                                                      vi="Hồ sơ đầy đủ, có kết quả biểu quyết cấp dưới"),
                    readers=PARTIES),)),
    Transition(
        trigger="hear", label=words(en="Record the hearing", vi="Ghi buổi nghe ý kiến"), source=("answered", "unit_sitting", "hearing"),
        dest="deliberating",
        who=(*DECIDE, *COUNT), standing=True,
        guards=(gd.roll_is_frozen_or_one_decides, gu.notice_had_its_time, gu.nobody_hears_themselves, gu.person_was_heard_or_absence_is_minuted),
        inputs=HEARING,
        effects=(Hear(), StopClock("reply"), StopClock("notice"))),
    conclude("deliberating"),
    Transition(
        trigger="vote_to_propose", label=words(en="Record the vote on a proposal", vi="Ghi biểu quyết đề nghị"), source="deliberating",
        dest="proposed",
        who=COUNT, standing=True,
        guards=(g.actor_has_no_tie, gd.roll_is_frozen, gd.conclusions_are_there, gd.something_is_proven, gd.sanction_is_in_the_ladder,
                gd.level_may_propose, gd.ruleset_says_how_many_votes(verb="propose"), gd.tally_adds_up),
        inputs=(Listed(name="proposes", of="ladder.*", label=words(en="Sanction on which it is voted whether to propose it",
                                                                   vi="Hình thức được biểu quyết đề nghị"),
                       readers=HANDLERS),
                *BALLOT, Computed(name="proposal", of="vote.proposes", label=words(en="What is proposed", vi="Kết quả đề nghị"), readers=HANDLERS))),
    vote("deliberating", "outcome_known"),
    decide_alone("deliberating", "outcome_known"),
    Transition(
        trigger="void_vote", label=words(en="Void the vote", vi="Hủy kết quả biểu quyết"), source="outcome_known", dest="deliberating", who=DECIDE,
        standing=True, guards=(g.actor_has_no_tie,), inputs=(reasons("why", "Defect", "Sai sót", at_most=2000),),
        help=words(en="For a defect in the procedure; the tally stays on file.", vi="Khi có sai sót về thủ tục; kết quả kiểm phiếu vẫn lưu hồ sơ.")),
)

DISCIPLINE = Workflow(
    name="discipline",
    version=1,
    title=words(en="Discipline", vi="Xem xét kỷ luật"),
    parents=("inspection", "responsibility", "concern", "discipline", "corrective_action"),
    states=(
        State("opened", words(en="opened", vi="đã mở")),
        State("deferred", words(en="deferred", vi="chưa xem xét")),
        State("notified", words(en="allegations served", vi="đã thông báo nội dung")),
        State("answered", words(en="answered, or silence recorded", vi="đã trả lời, hoặc đã ghi việc không trả lời")),
        State("unit_sitting", words(en="unit sitting", vi="họp đơn vị")),
        State("proposed", words(en="voted whether to propose", vi="đã biểu quyết đề nghị")),
        State("referred_up", words(en="referred up", vi="đã chuyển cấp trên")),
        State("hearing", words(en="to be heard", vi="chờ nghe ý kiến")),
        State("deliberating", words(en="being deliberated", vi="đang xem xét")),
        State("outcome_known", words(en="outcome known", vi="đã có kết quả")),
        State("decided", words(en="decided", vi="đã ra quyết định"), punishes=True),
        State("served", words(en="served", vi="đã giao quyết định"), punishes=True),
        State("in_force", words(en="in force", vi="đang có hiệu lực"), settled=True, punishes=True),
        State("varied", words(en="varied on appeal, in force", vi="đã thay đổi sau khiếu nại, đang có hiệu lực"), settled=True, punishes=True),
        State("spent", words(en="spent", vi="đã hết hiệu lực"), final=True, settled=True, kept=SANCTION, put_away=True),
        State("carried_out", words(en="carried out", vi="đã thi hành"), final=True, settled=True, punishes=True, kept=SANCTION),
        State("revoked", words(en="revoked", vi="đã hủy bỏ"), final=True, settled=True, kept=CLEARED, put_away=True),
        State("cleared", words(en="cleared", vi="không có vi phạm"), final=True, settled=True, kept=CLEARED, put_away=True),
        State("exempt", words(en="exempt", vi="được miễn"), final=True, settled=True, kept=CLEARED, put_away=True),
        State("not_reached", words(en="no sanction reached", vi="không kỷ luật"), final=True, settled=True, kept=CLEARED, put_away=True),
        State("time_barred", words(en="time-barred", vi="hết thời hiệu"), final=True, settled=True, kept=CLEARED, put_away=True),
        State("referred_out", words(en="with another authority", vi="đã chuyển cơ quan khác"), settled=True),
        State("ended_with_reasons", words(en="ended with reasons", vi="đình chỉ có lý do"), final=True, settled=True, kept=CLEARED),
        State("merged", words(en="merged into another", vi="đã nhập vào vụ việc khác"), final=True, settled=True),
        State("transferred", words(en="transferred", vi="đã chuyển cấp khác"), final=True, settled=True),
    ),
    transitions=(*TO_THE_OUTCOME, *AFTER, *ASIDE, long_stop.explain),
    entries=(*ENTRIES, RECORD_DISSENT, long_stop.passed, *REVIEWED),
)
