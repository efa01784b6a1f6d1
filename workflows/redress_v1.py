"""Redress: a decision was revoked, and what it took is given back; an apology is offered, its form is the person's choice."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_appeal as ga
from workflows import guards_discipline as gu
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import PARTIES, Choice, Klass, Listed, Many, Person, Text
from workflows.roles import Role
from workflows.voting import reasons
from workflows.words import words

RESTORES = (Role.CHAIR, Role.DECIDER, Role.OFFICER)
"""The decider, or whoever came after them."""
FORMS = (("none", words(en="none", vi="không cần")), ("letter", words(en="in writing", vi="bằng văn bản")),
         ("meeting", words(en="in a meeting", vi="trong một cuộc họp")),
         ("wider", words(en="wherever the decision was announced", vi="ở nơi đã công bố quyết định")))
ITEMS = (("post", words(en="the same or an equivalent post", vi="chức vụ cũ hoặc tương đương")),
         ("pay", words(en="pay and benefits", vi="tiền lương, quyền lợi")),
         ("standing", words(en="membership or standing", vi="tư cách thành viên")),
         ("records", words(en="assessments and records", vi="đánh giá, hồ sơ")),
         ("other", words(en="something else", vi="việc khác")))
WHAT = (Person(name="respondent", label=words(en="Who is restored", vi="Người được phục hồi"), readers=PARTIES),
        Listed(name="sanction", of="ladder.*", label=words(en="Sanction that was revoked", vi="Hình thức đã hủy bỏ"), required=False,
               klass=Klass.PERSONAL,
               readers=PARTIES),
        Text(name="posts", label=words(en="Posts it took", vi="Chức vụ đã bị cách"), required=False, at_most=2000, readers=PARTIES))
DEFECT = Choice(name="defect", label=words(en="Why it was revoked", vi="Vì sao hủy bỏ"), readers=PARTIES, options=(
    ("no_violation", words(en="there was no violation", vi="không có vi phạm")),
    ("time_barred", words(en="the limitation had run out", vi="đã hết thời hiệu")),
    ("procedure", words(en="the procedure was defective", vi="sai thủ tục")),
    ("other", words(en="another reason, on paper", vi="lý do khác, có văn bản"))))
BEGINS = (Appoint(Role.RESPONDENT, "respondent"), Take(Role.OFFICER), StartClock("redress"), Serve(Role.RESPONDENT, "redress_opened"))
SCOPE = Many(name="scope", label=words(en="What is restored", vi="Nội dung phục hồi"), readers=PARTIES, klass=Klass.PERSONAL, of=(
    Choice(name="item", label=words(en="What", vi="Nội dung"), options=ITEMS, readers=PARTIES),
    Text(name="how", label=words(en="How, by when", vi="Cách làm, thời hạn"), at_least=3, at_most=2000, klass=Klass.PERSONAL, readers=PARTIES)))

REDRESS = Workflow(
    name="redress",
    version=1,
    title=words(en="Redress", vi="Phục hồi quyền lợi"),
    parents=("discipline",),
    needs_parent=True,
    states=(
        State("revoked", words(en="decision revoked", vi="đã hủy quyết định")),
        State("scope_agreed", words(en="scope agreed", vi="đã thống nhất nội dung phục hồi"), settled=True),
        State("restored", words(en="restored", vi="đã phục hồi"), settled=True),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="begin", label=words(en="Open redress", vi="Mở việc phục hồi"), source=START, dest="revoked", who=(Role.SYSTEM,),
                   inputs=(*WHAT, DEFECT), effects=BEGINS),
        Transition(trigger="begin_on_paper", label=words(en="Open redress on a paper", vi="Mở việc phục hồi theo văn bản"), source=START,
                   dest="revoked",
                   who=(Role.CHAIR, Role.OFFICER), standing=True, guards=(gu.outside_paper_is_named, g.people_named_are_known),
                   inputs=(*WHAT, DEFECT),
                   effects=BEGINS),
        Transition(trigger="propose_scope", label=words(en="Propose what is restored", vi="Đề xuất nội dung phục hồi"), source="revoked", dest=ANY,
                   who=RESTORES, inputs=(SCOPE,), effects=(Serve(Role.RESPONDENT, "redress_scope"),)),
        Transition(trigger="agree_scope", label=words(en="Agree", vi="Đồng ý"), source="revoked", dest="scope_agreed", who=(Role.RESPONDENT,),
                   approves="propose_scope", guards=(g.came_before(trigger="propose_scope"), gu.the_person_speaks)),
        Transition(trigger="object_to_scope", label=words(en="Ask for something else", vi="Đề nghị khác"), source="revoked", dest=ANY,
                   who=(Role.RESPONDENT,),
                   guards=(gu.the_person_speaks,), inputs=(Text(name="wish", label=words(en="What you ask for", vi="Đề nghị của bạn"), at_least=3,
                                                                at_most=8000,
                                                             lines=True, klass=Klass.SENSITIVE, readers=PARTIES),)),
        Transition(trigger="settle_scope", label=words(en="Settle it with reasons", vi="Quyết định nội dung, có lý do"), source="revoked",
                   dest="scope_agreed",
                   who=(Role.CHAIR, Role.DECIDER), standing=True, guards=(g.came_before(trigger="object_to_scope"),),
                   inputs=(SCOPE, reasons("reasons", "Reasons", "Lý do")), effects=(Serve(Role.RESPONDENT, "redress_scope"),)),
        Transition(trigger="offer_apology", label=words(en="Offer an apology", vi="Đề nghị xin lỗi"), source=("revoked", "scope_agreed"), dest=ANY,
                   who=RESTORES,
                   effects=(Serve(Role.RESPONDENT, "apology_offered"),)),
        Transition(trigger="choose_apology", label=words(en="Choose its form", vi="Chọn hình thức"), source=("revoked", "scope_agreed"), dest=ANY,
                   who=(Role.RESPONDENT,), guards=(g.came_before(trigger="offer_apology"), gu.the_person_speaks),
                   inputs=(Choice(name="apology_form", label=words(en="Form", vi="Hình thức"), options=FORMS, readers=PARTIES),)),
        Transition(trigger="record_apology", label=words(en="Record the apology", vi="Ghi việc xin lỗi"), source=("revoked", "scope_agreed"),
                   dest=ANY,
                   who=RESTORES, guards=(g.came_before(trigger="choose_apology"), ga.apology_has_the_form_chosen, gu.outside_paper_is_named),
                   inputs=(Choice(name="apology_given_as", label=words(en="It was given", vi="Đã xin lỗi"), options=FORMS[1:], readers=PARTIES),)),
        Transition(trigger="restore", label=words(en="Record that it is restored", vi="Ghi việc đã phục hồi"), source="scope_agreed", dest="restored",
                   who=RESTORES, standing=True, guards=(ga.apology_followed_their_choice, gu.outside_paper_is_named),
                   inputs=(reasons("restored", "What was restored, with its papers", "Đã phục hồi những gì, văn bản nào", at_most=4000),),
                   effects=(StopClock("redress"), Serve(Role.RESPONDENT, "redress_done"))),
        Transition(trigger="confirm", label=words(en="Confirm", vi="Xác nhận"), source="restored", dest="closed", who=(Role.RESPONDENT,),
                   guards=(gu.the_person_speaks,), effects=(StopClock(),)),
        Transition(trigger="dispute", label=words(en="Something is missing", vi="Còn thiếu"), source="restored", dest="scope_agreed",
                   who=(Role.RESPONDENT,),
                   guards=(gu.the_person_speaks,), inputs=(reasons("missing", "What is missing", "Còn thiếu gì", at_most=4000),),
                   effects=(StartClock("redress"),)),
        Transition(trigger="close", label=words(en="Close", vi="Kết thúc"), source="restored", dest="closed", who=(Role.CHAIR, Role.DECIDER),
                   guards=(g.another_person_than(trigger="restore"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
