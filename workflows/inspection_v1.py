"""Inspection of a unit: from registration to a conclusion that is followed up."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_concern as gc
from workflows import guards_discipline as gu
from workflows.clock_entries import more_time
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, Hold, Open, Pause, Resume, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import HANDLERS, PARTIES, Choice, Day, Evidence, Klass, Many, Number, Office, Person, Text, Yes
from workflows.matter import MATTER, SPLIT_OFF
from workflows.responsibility_v1 import ASSIGNMENT, HOLD_RESPONSIBLE, MAY_BE_ASSIGNED, cleared
from workflows.retention import NO_CASE
from workflows.roles import Role
from workflows.shortcoming_v1 import SHORTCOMING
from workflows.words import words

SOURCES = (("programme", words(en="the yearly programme", vi="chương trình năm")),
           ("signal", words(en="a concern", vi="dấu hiệu cần làm rõ")),
           ("order", words(en="an order from above", vi="yêu cầu của cấp trên")),
           ("handover", words(en="handed over by another matter", vi="chuyển từ vụ việc khác")))

DECLARED = (("clean", words(en="no conflict", vi="không có xung đột")),
            ("conflict", words(en="there is a conflict", vi="có xung đột")))

BEFORE_CONCLUSION = ("registered", "triage", "proposed", "ordered", "notified", "verifying", "draft_findings",
                     "consulted", "concluding")
DECIDES = (Role.CHAIR, Role.DECIDER)
"""The chair; in a closed circle, which no grant reaches, whoever decides there."""
SPEAKS = (Role.RESPONDENT, Role.COMPANION)
"""A companion sees and speaks as the respondent does."""
OPEN = (*BEFORE_CONCLUSION, "concluded", "following_up")


def _reason(name: str = "reason", readers: tuple[Role, ...] = PARTIES) -> Text:
    return Text(name=name, label=words(en="Reason", vi="Lý do"), at_least=3, at_most=4000, lines=True, readers=readers)


def _replaces(trigger: str, en: str, vi: str, role: Role) -> Transition:
    """Somebody comes instead of who left with a conflict; the inspected side is told."""
    return Transition(
        trigger=trigger, label=words(en=en, vi=vi), source=("ordered", "notified", "verifying", "draft_findings", "consulted"), dest=ANY, who=DECIDES,
        standing=True, while_paused=True,
        guards=(g.actor_has_no_tie, g.people_named_are_known, g.nobody_named_has_a_tie, gu.replacement_is_new, gu.replacement_declares_to_be_free),
        inputs=(Person(name="person", label=words(en="Who comes instead", vi="Người thay")),
                Choice(name="declared", label=words(en="Declaration", vi="Khai xung đột lợi ích"), options=DECLARED), _reason()),
        effects=(Appoint(role, "person"), Serve(Role.RESPONDENT, "team_changed")))


INSPECTION = Workflow(
    name="inspection",
    version=1,
    title=words(en="Inspection", vi="Kiểm tra"),
    states=(
        State("registered", words(en="registered", vi="đã đăng ký")),
        State("triage", words(en="being assessed", vi="đang phân loại")),
        State("closed_no_case", words(en="closed, no case", vi="kết thúc, không lập vụ việc"), final=True, kept=NO_CASE),
        State("proposed", words(en="proposed", vi="đã đề xuất")),
        State("ordered", words(en="ordered", vi="đã có quyết định kiểm tra")),
        State("notified", words(en="notified", vi="đã thông báo")),
        State("verifying", words(en="being verified", vi="đang thẩm tra, xác minh")),
        State("draft_findings", words(en="draft findings", vi="dự thảo kết quả")),
        State("consulted", words(en="consulted", vi="đã lấy ý kiến")),
        State("concluding", words(en="being concluded", vi="đang kết luận")),
        State("concluded", words(en="concluded", vi="đã kết luận"), settled=True),
        State("following_up", words(en="being followed up", vi="đang theo dõi thực hiện"), settled=True),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
        State("ended_with_reasons", words(en="ended with reasons", vi="đình chỉ có lý do"), final=True),
        State("transferred", words(en="transferred", vi="đã chuyển cấp khác"), final=True),
        State("merged", words(en="merged into another", vi="đã nhập vào vụ việc khác"), final=True),
    ),
    transitions=(
        Transition(
            trigger="register", label=words(en="Register", vi="Đăng ký"), source=START, dest="registered",
            who=(Role.OFFICER, Role.CHAIR, Role.MEMBER), guards=(g.unit_is_in_jurisdiction,),
            inputs=(Choice(name="source", label=words(en="Where it comes from", vi="Nguồn"), options=SOURCES, readers=HANDLERS),
                    Text(name="what", label=words(en="What it is about", vi="Nội dung"), at_least=10, lines=True,
                         klass=Klass.PERSONAL, readers=HANDLERS,
                         help=words(en="An act or omission, with date and place; not an opinion.",
                                    vi="Việc làm hoặc không làm, có thời gian, địa điểm; không phải ý kiến."))),
            effects=(Take(Role.OFFICER), StartClock("ack"))),
        Transition(
            trigger="assess", label=words(en="Assess", vi="Phân loại"), source="registered", dest="triage",
            who=(Role.OFFICER,), guards=(g.source_is_classified,),
            inputs=(Text(name="assessment", label=words(en="Assessment", vi="Nhận định ban đầu"), at_least=3,
                         lines=True, readers=HANDLERS),
                    Yes(name="no_duplicate",
                        label=words(en="It is not already on record", vi="Chưa có trong sổ đăng ký")))),
        Transition(
            trigger="propose_no_case", label=words(en="Propose: no case", vi="Đề xuất không lập vụ việc"),
            source="triage", dest=ANY,
            who=(Role.OFFICER,),
            inputs=(Choice(name="ground", label=words(en="Ground", vi="Căn cứ"), options=(
                        ("unfounded", words(en="nothing supports it", vi="không có cơ sở")),
                        ("not_ours", words(en="not within our competence", vi="không thuộc thẩm quyền")),
                        ("settled", words(en="already settled", vi="đã được giải quyết")))),
                    _reason("sentence"))),
        Transition(
            trigger="close_no_case", label=words(en="Close: no case", vi="Kết thúc, không lập vụ việc"),
            source="triage", dest="closed_no_case", who=DECIDES, standing=True, approves="propose_no_case",
            guards=(g.actor_has_no_tie, g.someone_else_proposed_no_case), inputs=(_reason(),),
            effects=(StopClock(), *cleared("no_case"))),
        Transition(
            trigger="propose", label=words(en="Propose an inspection", vi="Đề xuất kiểm tra"), source="triage",
            dest="proposed",
            who=(Role.OFFICER,), guards=(g.actor_has_no_tie,),
            inputs=(Choice(name="work_type", label=words(en="Kind of work", vi="Loại hình"), options=(
                        ("scheduled", words(en="scheduled inspection", vi="kiểm tra theo chương trình")),
                        ("suspicion",
                         words(en="inspection on signs of violation", vi="kiểm tra khi có dấu hiệu vi phạm")),
                        ("thematic", words(en="thematic supervision", vi="giám sát chuyên đề")),
                        ("retaliation", words(en="retaliation against somebody who spoke", vi="trả đũa người đã lên tiếng")))),
                    _reason("why", HANDLERS))),
        Transition(
            trigger="issue", label=words(en="Order the inspection", vi="Ra quyết định kiểm tra"), source="proposed",
            dest="ordered",
            who=DECIDES, standing=True, approves="propose",
            guards=(g.actor_has_no_tie, g.people_named_are_known, g.nobody_named_has_a_tie, g.team_has_the_right_size,
                    g.declarations_are_clean, g.period_is_in_order),
            inputs=(Person(name="team_lead", label=words(en="Head of the team", vi="Trưởng đoàn")),
                    Choice(name="lead_declared",
                           label=words(en="Declaration of the head of the team", vi="Trưởng đoàn khai"),
                           options=DECLARED),
                    Many(name="team", label=words(en="Team", vi="Thành viên đoàn"), at_most=8, of=(
                        Person(name="person", label=words(en="Member", vi="Thành viên")),
                        Choice(name="declared", label=words(en="Declaration", vi="Khai xung đột lợi ích"),
                               options=DECLARED))),
                    Day(name="period_from", label=words(en="From", vi="Từ ngày")),
                    Day(name="period_to", label=words(en="To", vi="Đến ngày")),
                    Text(name="plan", label=words(en="Plan", vi="Kế hoạch"), at_least=3, lines=True)),
            effects=(Appoint(Role.TEAM_LEAD, "team_lead"), Appoint(Role.TEAM_MEMBER, "team", "person"),
                     StopClock("ack"))),
        Transition(
            trigger="launch", label=words(en="Serve and begin", vi="Triển khai"), source="ordered", dest="notified",
            who=(Role.TEAM_LEAD,), standing=True, guards=(g.actor_has_no_tie, g.office_has_a_holder, gc.adverse_act_needs_another_decider),
            inputs=(Office(name="office",
                           label=words(en="Office that answers for the unit", vi="Chức vụ đại diện đơn vị")),
                    Day(name="served_on", label=words(en="Served on", vi="Ngày giao"), when="past"),
                    Yes(name="rights_notice",
                        label=words(en="The notice of rights was handed over", vi="Đã giao thông báo về quyền"))),
            effects=(Hold(Role.RESPONDENT, "office"), Serve(Role.RESPONDENT, "inspection_notice"),
                     StartClock("inspection"), StartClock("response", then="response_lapsed"))),
        Transition(
            trigger="remind", label=words(en="Remind", vi="Nhắc"), source="notified", dest=ANY,
            who=(Role.OFFICER, Role.TEAM_LEAD),
            inputs=(Text(name="reminder", label=words(en="How they were reminded", vi="Hình thức nhắc"), at_most=400),),
            effects=(Serve(Role.RESPONDENT, "reminder"),)),
        Transition(
            trigger="report", label=words(en="Hand in the report", vi="Nộp báo cáo giải trình"), source="notified",
            dest="verifying",
            who=SPEAKS,
            inputs=(Text(name="explanation", label=words(en="Explanation", vi="Giải trình"), lines=True,
                         klass=Klass.PERSONAL, readers=PARTIES),),
            effects=(StopClock("response"),)),
        Transition(
            trigger="response_lapsed", label=words(en="No report came", vi="Hết hạn giải trình"), source="notified",
            dest="verifying",
            who=(Role.SYSTEM,), guards=(g.reminders_were_recorded,)),
        Transition(
            trigger="draft", label=words(en="Draft the findings", vi="Dự thảo kết quả"), source="verifying",
            dest="draft_findings",
            who=(Role.TEAM_LEAD,), guards=(g.actor_has_no_tie, gu.team_is_complete, g.findings_cite_evidence, g.findings_lie_in_the_past,
                                           gu.nothing_cited_is_tainted),
            inputs=(Many(name="findings", label=words(en="Findings", vi="Phát hiện"), of=(
                        Text(name="finding", label=words(en="What was found", vi="Nội dung"), at_least=5, lines=True,
                             klass=Klass.PERSONAL, readers=PARTIES),
                        Text(name="norm", label=words(en="Rule", vi="Quy định"), at_most=400),
                        Day(name="committed_on", label=words(en="Day of the act", vi="Ngày xảy ra"), when="past"),
                        Evidence(name="evidence", label=words(en="Evidence", vi="Chứng cứ số")))),
                    Many(name="checklist", label=words(en="Checklist", vi="Danh mục kiểm tra"), required=False, at_least=0, planned="points", of=(
                        Text(name="point", label=words(en="Point", vi="Nội dung"), at_least=3, at_most=400),
                        Choice(name="met", label=words(en="Result", vi="Kết quả"), options=(
                            ("yes", words(en="met", vi="đạt")), ("no", words(en="not met", vi="chưa đạt")),
                            ("not_applicable", words(en="does not apply", vi="không áp dụng")))),
                        Text(name="remark", label=words(en="Remark", vi="Ghi chú"), required=False, at_most=1000))),
                    Text(name="speaks_for", label=words(en="What speaks for them", vi="Tình tiết có lợi"), lines=True,
                         readers=PARTIES))),
        Transition(
            trigger="share_draft", label=words(en="Share the draft", vi="Gửi dự thảo lấy ý kiến"),
            source="draft_findings", dest=ANY,
            who=(Role.TEAM_LEAD,), guards=(gu.team_is_complete,),
            inputs=(Day(name="shared_on", label=words(en="Shared on", vi="Ngày gửi"), when="past"),),
            effects=(Serve(Role.RESPONDENT, "draft_findings"), StartClock("comment"))),
        Transition(
            trigger="comment", label=words(en="Comment on the draft", vi="Góp ý dự thảo"), source="draft_findings",
            dest=ANY,
            who=SPEAKS, guards=(g.came_before(trigger="share_draft"),),
            inputs=(Text(name="views", label=words(en="Views", vi="Ý kiến"), lines=True, klass=Klass.PERSONAL,
                         readers=PARTIES),),
            effects=(StopClock("comment"),)),
        Transition(
            trigger="consult", label=words(en="Close the consultation", vi="Kết thúc lấy ý kiến"),
            source="draft_findings", dest="consulted",
            who=(Role.TEAM_LEAD,), guards=(g.came_before(trigger="share_draft"), g.reply_is_in_or_its_time_is_over),
            effects=(StopClock("comment"),)),
        Transition(
            trigger="submit", label=words(en="Submit the final report", vi="Trình báo cáo cuối cùng"),
            source="consulted", dest="concluding",
            who=(Role.TEAM_LEAD,), guards=(gu.team_is_complete, gu.tainted_evidence_is_dealt_with, g.disagreement_is_answered),
            inputs=(Text(name="final_report", label=words(en="Final report", vi="Báo cáo cuối cùng"), lines=True,
                         readers=PARTIES),
                    Text(name="answers", label=words(en="Answers to disagreement", vi="Trả lời ý kiến khác"),
                         required=False, lines=True, readers=PARTIES)),
            effects=(StopClock("inspection"),)),
        Transition(
            trigger="return", label=words(en="Return for more work", vi="Trả lại để làm rõ"), source="concluding",
            dest="verifying",
            who=DECIDES, guards=(g.actor_has_no_tie,), inputs=(_reason(readers=HANDLERS),),
            effects=(StartClock("inspection"),)),
        Transition(
            trigger="conclude", label=words(en="Conclude", vi="Kết luận"), source="concluding", dest="concluded",
            who=DECIDES, standing=True,
            guards=(g.actor_has_no_tie, g.investigators_do_not_decide, g.unit_was_heard, g.quorum_is_met, gc.adverse_act_needs_another_decider),
            inputs=(Number(name="entitled", label=words(en="Entitled to vote", vi="Số người có quyền biểu quyết"),
                           at_least=1, at_most=1000),
                    Number(name="present", label=words(en="Present", vi="Số người dự"), at_least=1, at_most=1000),
                    Choice(name="result", label=words(en="Result", vi="Kết quả"), options=(
                        ("no_shortcoming", words(en="no shortcoming", vi="không có khuyết điểm")),
                        ("shortcoming",
                         words(en="shortcomings, no violation", vi="có khuyết điểm, chưa đến mức vi phạm")),
                        ("violation", words(en="violation", vi="có vi phạm")))),
                    Text(name="conclusion", label=words(en="Conclusion, with reasons", vi="Kết luận và lý do"),
                         at_least=10, lines=True,
                         klass=Klass.PERSONAL, readers=PARTIES)),
            effects=(Serve(Role.RESPONDENT, "conclusion"), *cleared("no_shortcoming"))),
        Transition(
            trigger="follow_up", label=words(en="Serve and follow up", vi="Giao kết luận, theo dõi thực hiện"),
            source="concluded",
            dest="following_up", who=(Role.OFFICER,), standing=True,
            inputs=(Day(name="served_on", label=words(en="Served on", vi="Ngày giao"), when="past"),
                    Many(name="shortcomings", label=words(en="Shortcomings to remedy", vi="Khuyết điểm cần khắc phục"),
                         required=False,
                         at_least=0, of=SHORTCOMING),
                    Many(name="matters", label=words(en="Matters of discipline to open", vi="Vụ việc kỷ luật cần mở"), required=False, at_least=0,
                         readers=HANDLERS, klass=Klass.PERSONAL, of=tuple(i for i in MATTER if i.name != "source"))),
            effects=(Open("shortcoming", "note", rows="shortcomings"),
                     Open("discipline", "open_matter", rows="matters", copy=(("=inspection", "source"),)))),
        _replaces("replace_lead", "Replace the head of the team", "Thay trưởng đoàn", Role.TEAM_LEAD),
        _replaces("replace_member", "Replace a member of the team", "Thay thành viên đoàn", Role.TEAM_MEMBER),
        Transition(
            trigger="merge", label=words(en="Merge into another matter", vi="Nhập vào vụ việc khác"), source=BEFORE_CONCLUSION, dest="merged",
            who=DECIDES, standing=True, while_paused=True, guards=(g.actor_has_no_tie, gu.outside_paper_is_named),
            inputs=(Text(name="into", label=words(en="Number of the matter it goes into", vi="Số vụ việc nhập vào"), at_least=3, at_most=40),
                    _reason()),
            effects=(Serve(Role.RESPONDENT, "merged"), StopClock())),
        Transition(
            trigger="split", label=words(en="Split off into matters of their own", vi="Tách thành vụ việc riêng"), source=BEFORE_CONCLUSION, dest=ANY,
            who=DECIDES, standing=True, guards=(g.actor_has_no_tie, gu.outside_paper_is_named), inputs=(SPLIT_OFF, _reason()),
            effects=(Serve(Role.RESPONDENT, "split"),
                     Open("inspection", "register", rows="parts", copy=(("=handover", "source"),), guarded=False)),
            help=words(en="What was said and found so far stays here; papers are registered there by reference.",
                       vi="Nội dung đã trình bày, đã thẩm tra vẫn lưu ở đây; tài liệu được dẫn chiếu sang vụ việc mới.")),
        Transition(
            trigger="hold_responsible",
            label=words(en="Assign responsibility to a head", vi="Xác định người đứng đầu phải trả lời"),
            source=OPEN, dest=ANY, who=(Role.OFFICER, Role.CHAIR), standing=True,
            guards=(g.actor_has_no_tie, *MAY_BE_ASSIGNED), inputs=ASSIGNMENT, effects=(HOLD_RESPONSIBLE,),
            preview="responsibility_notice"),
        Transition(
            trigger="close", label=words(en="Close", vi="Kết thúc"), source="following_up", dest="closed",
            who=DECIDES, standing=True,
            guards=(g.children_are_settled,),
            inputs=(Text(name="lessons", label=words(en="Lessons", vi="Bài học kinh nghiệm"), at_least=3, lines=True),
                    Yes(name="file_complete", label=words(en="The file is complete", vi="Hồ sơ đã đầy đủ"))),
            effects=(StopClock(),)),
        Transition(
            trigger="pause", label=words(en="Pause", vi="Tạm dừng"), source=OPEN, dest=ANY, who=DECIDES,
            inputs=(Choice(name="ground", label=words(en="Ground", vi="Căn cứ"), options=(
                        ("illness", words(en="illness or leave", vi="ốm đau, nghỉ phép")),
                        ("other_track", words(en="another authority is at work", vi="cơ quan khác đang giải quyết")),
                        ("force", words(en="circumstances beyond control", vi="bất khả kháng")))), _reason()),
            effects=(Pause(),)),
        Transition(
            trigger="resume", label=words(en="Resume", vi="Tiếp tục"), source=OPEN, dest=ANY, who=DECIDES,
            effects=(Resume(),)),
        Transition(
            trigger="end_with_reasons", label=words(en="End with reasons", vi="Đình chỉ có lý do"),
            source=BEFORE_CONCLUSION,
            dest="ended_with_reasons", who=DECIDES, standing=True, while_paused=True,
            guards=(g.actor_has_no_tie,),
            inputs=(_reason(),), effects=(Serve(Role.RESPONDENT, "ended"), StopClock(), *cleared("ended"))),
        Transition(
            trigger="transfer", label=words(en="Transfer", vi="Chuyển cấp khác"), source=BEFORE_CONCLUSION,
            dest="transferred",
            who=DECIDES, standing=True, while_paused=True, guards=(g.actor_has_no_tie,),
            inputs=(Text(name="to_body", label=words(en="To which body", vi="Chuyển đến"), at_most=400), _reason()),
            effects=(StopClock(), *cleared("transferred"))),
        *more_time("response", (Role.RESPONDENT,), (Role.TEAM_LEAD, *DECIDES), words(en="explanation", vi="giải trình")),
        *more_time("comment", (Role.RESPONDENT,), (Role.TEAM_LEAD, *DECIDES), words(en="comment on the draft", vi="góp ý dự thảo")),
        *more_time("inspection", (Role.TEAM_LEAD,), DECIDES, words(en="the inspection", vi="cuộc kiểm tra")),
    ),
    entries=ENTRIES,
)
