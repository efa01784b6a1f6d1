"""Discipline from the outcome on: the decision, its service and effect, what an appeal makes of it, and its end."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_concern as gc
from workflows import guards_decision as gd
from workflows import guards_discipline as gu
from workflows.definition import ANY, Transition
from workflows.effects import EndSanction, Open, Sanction, Serve, StartClock, StopClock, TellAgain
from workflows.inputs import HANDLERS, PARTIES, Choice, Computed, Day, Klass, Listed, Many, Text
from workflows.responsibility_v1 import ASSIGNMENT, HOLD_RESPONSIBLE, MAY_BE_ASSIGNED, cleared
from workflows.roles import Role
from workflows.shortcoming_v1 import SHORTCOMING
from workflows.voting import COUNT, DECIDE, FACTORS, reasons
from workflows.words import words

STANDS = ("served", "in_force", "varied")
"""A sanction was served and stands."""
BY_WHOM = (g.actor_has_no_tie, gd.decider_did_not_investigate)
END = (StopClock(),)

SANCTION = Computed(name="sanction", of="said.outcome", label=words(en="Sanction", vi="Hình thức"), klass=Klass.PERSONAL, readers=PARTIES)
EXPIRES = Computed(name="expires_on", of="sanction.expires", label=words(en="Spent with the end of", vi="Hết hiệu lực vào cuối ngày"),
                   readers=PARTIES)
REASONS = reasons("reasons", "Reasons", "Lý do")


WINDOW = StartClock("appeal_window", then="appeal_lapsed", window=True)
"""The time in which the person may appeal: nobody owes anything by its end."""


def _letter(kind: str) -> tuple[Serve, TellAgain]:
    """The letter that says it, to the person, and again to whoever was told of the matter before."""
    return Serve(Role.RESPONDENT, kind), TellAgain(kind)


DEFECT = Choice(name="defect", label=words(en="Why", vi="Vì sao"), readers=PARTIES, options=(
    ("no_violation", words(en="there was no violation", vi="không có vi phạm")),
    ("time_barred", words(en="the limitation had run out", vi="đã hết thời hiệu")),
    ("procedure", words(en="the procedure was defective", vi="sai thủ tục"))))
REVOKED = (*_letter("revoked"), *cleared("annulled"))
_GIVEN_BACK = (("respondent", "respondent"), ("sanction", "sanction"), ("posts", "posts"))
_REDRESS = Open("redress", "begin", copy=(*_GIVEN_BACK, ("defect", "defect")), guarded=False)
_REDRESS_AFTER = Open("redress", "begin", copy=(*_GIVEN_BACK, ("=other", "defect")), guarded=False)

REVIEWED = (
    Transition(
        trigger="revoke_after_end", label=words(en="Revoked on appeal, after it had run its course", vi="Hủy bỏ sau khiếu nại, khi đã hết hiệu lực"),
        source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,), standing=True, guards=(gd.sanction_has_run_its_course,),
        inputs=(DEFECT, REASONS), effects=(EndSanction("revoked", spent=True), *REVOKED, _REDRESS)),
    Transition(
        trigger="lift_after_end", label=words(en="Revoke, although it has run its course", vi="Hủy bỏ dù đã hết hiệu lực"),
        source=ANY, dest=ANY, who=DECIDE, standing=True, guards=(*BY_WHOM, gd.sanction_has_run_its_course, gd.review_found_it_falls),
        inputs=(REASONS,), effects=(EndSanction("revoked", spent=True), *REVOKED, _REDRESS_AFTER)),
    Transition(
        trigger="earlier_annulled", label=words(en="An earlier sanction that was counted here was annulled",
                                                vi="Kỷ luật trước đã được tính ở đây bị hủy bỏ"),
        source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,), guards=(gd.repetition_was_counted,),
        effects=(Serve(Role.RESPONDENT, "earlier_annulled"), Serve(Role.DECIDER, "earlier_annulled"), Serve(Role.OFFICER, "earlier_annulled"),
                 StartClock("annulment_review"))),
    Transition(
        trigger="review_annulment", label=words(en="Review the decision without it", vi="Xem xét lại quyết định khi không tính kỷ luật đó"),
        source=ANY, dest=ANY, while_paused=True, who=DECIDE, standing=True,
        guards=(g.actor_has_no_tie, gd.decider_did_not_investigate, g.came_before(trigger="earlier_annulled")),
        inputs=(Choice(name="review_result", label=words(en="Without the earlier one the decision", vi="Khi không tính kỷ luật trước, quyết định"),
                       readers=PARTIES, options=(("stands", words(en="stands", vi="vẫn đứng vững")),
                                                 ("falls", words(en="does not stand", vi="không còn đứng vững")))), REASONS),
        effects=(StopClock("annulment_review"), Serve(Role.RESPONDENT, "annulment_reviewed"))),
)
"""What may still come of a decision, also after its end: what it rested on was annulled, or it was revoked when it was spent already."""

AFTER = (
    Transition(
        trigger="clear", label=words(en="Find that there was no violation", vi="Kết luận không có vi phạm"), source="deliberating", dest="cleared",
        who=DECIDE, standing=True, guards=(*BY_WHOM, gd.conclusions_are_there, gd.nothing_is_proven), inputs=(REASONS,),
        effects=(*_letter("cleared"), *cleared("no_violation"), *END)),
    Transition(
        trigger="exempt", label=words(en="Find that the person is exempt", vi="Kết luận được miễn kỷ luật"), source="deliberating", dest="exempt",
        who=DECIDE, standing=True, guards=(*BY_WHOM, gd.conclusions_are_there),
        inputs=(Listed(name="ground", of="exemption.grounds", label=words(en="Ground", vi="Căn cứ"), readers=PARTIES), REASONS),
        effects=(*_letter("exempt"), *cleared("exempt"), *END)),
    Transition(
        trigger="end_not_reached", label=words(en="End: no sanction", vi="Kết thúc: không kỷ luật"), source="outcome_known", dest="not_reached",
        who=DECIDE, standing=True, guards=(*BY_WHOM, gd.outcome_is_without_sanction), inputs=(REASONS,), effects=(*_letter("not_reached"), *END)),
    Transition(
        trigger="end_time_barred", label=words(en="End: the limitation has run out", vi="Kết thúc: hết thời hiệu"), source="outcome_known",
        dest="time_barred", who=DECIDE, standing=True, guards=(*BY_WHOM, gd.outcome_is_a_sanction, gd.limitation_has_run_out), inputs=(REASONS,),
        effects=(*_letter("time_barred"), *END)),
    Transition(
        trigger="impose", label=words(en="Sign the decision", vi="Ký quyết định"), source="outcome_known", dest="decided", who=DECIDE, standing=True,
        guards=(*BY_WHOM, gd.outcome_is_a_sanction, gd.limitation_has_not_run_out, gd.sanction_is_in_the_ladder, gd.level_may_decide,
                gd.act_was_not_sanctioned_before, gd.repetition_is_unspent, gd.posts_are_listed, gd.missing_proposal_has_its_basis,
                gd.effect_is_not_backdated, gc.adverse_act_needs_another_decider),
        inputs=(REASONS, *FACTORS, Day(name="effective_on", label=words(en="In force from", vi="Có hiệu lực từ ngày"), readers=PARTIES),
                Text(name="posts", label=words(en="Posts it takes away, each by name", vi="Các chức vụ bị cách, ghi rõ từng chức vụ"), required=False,
                     at_most=2000, readers=PARTIES),
                Text(name="legal_basis", label=words(en="Legal basis, where it was not proposed below", vi="Căn cứ, nếu cấp dưới không đề nghị"),
                     required=False, at_most=2000, readers=PARTIES), SANCTION, EXPIRES),
        effects=(Sanction("sanction", effective="effective_on", expires="expires_on"), StartClock("serve_decision"), StopClock("suspension"),
                 StopClock("suspension_review"), StopClock("long_stop"))),
    Transition(
        trigger="serve", label=words(en="Serve the decision", vi="Giao quyết định"), source="decided", dest="served", who=COUNT, standing=True,
        inputs=(Choice(name="how", label=words(en="How", vi="Cách giao"), readers=PARTIES, options=(
                    ("handed", words(en="handed over against a receipt", vi="giao tận tay, có ký nhận")),
                    ("announced", words(en="read out and handed over", vi="công bố và giao")),
                    ("refused", words(en="refused; that is minuted", vi="từ chối nhận, đã lập biên bản")))),
                Text(name="proof", label=words(en="Receipt or minutes: number, where kept", vi="Giấy nhận hoặc biên bản: số, nơi lưu"), at_least=3,
                     at_most=400, readers=PARTIES),
                Computed(name="received_on", of="day", label=words(en="Served on", vi="Ngày giao"), readers=PARTIES),
                Computed(name="before_effect", of="said.effective_on",
                         label=words(en="Last day before it has effect", vi="Ngày cuối trước khi có hiệu lực"),
                         readers=PARTIES)),
        effects=(Serve(Role.RESPONDENT, "decision"), StopClock("serve_decision"), WINDOW,
                 StartClock("effect", then="take_effect", until="before_effect", silent=True)),
        help=words(en="The letter says where, how and until when one may appeal.", vi="Văn bản nêu rõ nơi, cách và thời hạn khiếu nại.")),
    Transition(
        trigger="take_effect", label=words(en="In force", vi="Có hiệu lực"), source="served", dest="in_force", who=(Role.SYSTEM,), standing=True,
        inputs=(Computed(name="expires_on", of="said.expires_on", label=words(en="Spent with the end of", vi="Hết hiệu lực vào cuối ngày"),
                         readers=PARTIES),),
        effects=(StartClock("expiry", then="spend", until="expires_on", silent=True),)),
    Transition(
        trigger="spend", label=words(en="Spent", vi="Hết hiệu lực"), source=("in_force", "varied"), dest="spent", who=(Role.SYSTEM,),
        guards=(gd.no_appeal_holds_it, gd.no_new_violation_holds_it), effects=(EndSanction("spent"), *_letter("spent"), *END)),
    Transition(
        trigger="complete", label=words(en="File as carried out", vi="Lưu hồ sơ đã thi hành"), source=("in_force", "varied"), dest="carried_out",
        who=(Role.OFFICER, Role.CHAIR), guards=(gd.sanction_does_not_expire, gd.time_to_appeal_is_over, gd.no_appeal_is_pending,
                                                g.children_are_settled),
        effects=END),
    Transition(
        trigger="appeal", label=words(en="Appeal", vi="Khiếu nại"), source=STANDS, dest=ANY, who=(Role.RESPONDENT,), while_paused=True,
        guards=(gu.the_person_speaks, gd.no_appeal_is_pending),
        inputs=(Text(name="grounds", label=words(en="What you ask for and why", vi="Yêu cầu và lý do"), at_least=3, lines=True, klass=Klass.SENSITIVE,
                     readers=PARTIES),),
        effects=(Open("appeal", "lodge", copy=(
            ("respondent", "appellant"), ("grounds", "grounds"), ("received_on", "received_on"), ("sanction", "sanction_below"),
            ("status_then", "status_then"), ("status_now", "status_now"), *((name, name) for name in gd.STANDING), ("task", "task"),
            ("respondent_unit", "respondent_unit"), ("allegations", "allegations")), guarded=False),),
        help=words(en="The decision stays in force meanwhile. A late appeal is taken as well; whether it is heard, the appeal body decides.",
                   vi="Quyết định vẫn có hiệu lực trong thời gian này. Khiếu nại muộn vẫn được nhận; cấp giải quyết xem xét có thụ lý không.")),
    Transition(
        trigger="appeal_lapsed", label=words(en="The time to appeal is over", vi="Hết thời hạn khiếu nại"), source=STANDS, dest=ANY,
        who=(Role.SYSTEM,),
        help=words(en="Nobody is late by it. An appeal after it is taken as well; whether it is heard, the appeal body decides.",
                   vi="Không ai bị coi là quá hạn. Khiếu nại sau đó vẫn được nhận; cấp giải quyết xem xét có thụ lý không.")),
    Transition(
        trigger="vary_on_appeal", label=words(en="Varied on appeal", vi="Thay đổi sau khiếu nại"), source=STANDS, dest="varied", who=(Role.SYSTEM,),
        standing=True,
        inputs=(Listed(name="sanction", of="ladder.*", label=words(en="Sanction", vi="Hình thức"), klass=Klass.PERSONAL, readers=PARTIES),
                Day(name="effective_on", label=words(en="In force from", vi="Có hiệu lực từ ngày"), readers=PARTIES), EXPIRES, REASONS),
        effects=(EndSanction("varied"), Sanction("sanction", effective="effective_on", expires="expires_on"), StopClock("effect"),
                 StartClock("expiry", then="spend", until="expires_on", silent=True), WINDOW, *_letter("varied"))),
    Transition(
        trigger="revoke_on_appeal", label=words(en="Revoked on appeal", vi="Hủy bỏ sau khiếu nại"), source=STANDS, dest="revoked", who=(Role.SYSTEM,),
        standing=True,
        inputs=(DEFECT, REASONS), effects=(EndSanction("revoked"), *REVOKED, *END, _REDRESS)),
    Transition(
        trigger="lift_sanction", label=words(en="Revoke: it does not stand without the earlier one",
                                             vi="Hủy bỏ: không đứng vững khi kỷ luật trước bị hủy"),
        source=STANDS, dest="revoked", who=DECIDE, standing=True, unasked=True, guards=(*BY_WHOM, gd.review_found_it_falls), inputs=(REASONS,),
        effects=(EndSanction("revoked"), *REVOKED, *END, _REDRESS_AFTER)),
    Transition(
        trigger="order_remedies", label=words(en="Have shortcomings remedied", vi="Giao khắc phục khuyết điểm"),
        source=("deliberating", "outcome_known", "decided", *STANDS), dest=ANY, who=(Role.OFFICER, Role.CHAIR), standing=True,
        inputs=(Many(name="shortcomings", label=words(en="Shortcomings to remedy", vi="Khuyết điểm cần khắc phục"), readers=HANDLERS,
                     of=SHORTCOMING),),
        effects=(Open("shortcoming", "note", rows="shortcomings"),)),
    Transition(
        trigger="hold_responsible", label=words(en="Assign responsibility to a head", vi="Xác định người đứng đầu phải trả lời"),
        source=("outcome_known", "decided", *STANDS), dest=ANY, who=(Role.OFFICER, Role.CHAIR), standing=True,
        guards=(g.actor_has_no_tie, *MAY_BE_ASSIGNED), inputs=ASSIGNMENT, effects=(HOLD_RESPONSIBLE,), preview="responsibility_notice"),
)
