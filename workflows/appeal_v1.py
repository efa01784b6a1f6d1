"""Appeal against a decision on discipline: nobody decides who took part below, nothing gets heavier by surprise, the decision stands meanwhile."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_appeal as ga
from workflows import guards_decision as gd
from workflows import guards_discipline as gu
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.discipline_aside import LEVEL
from workflows.discipline_v1 import ALLEGATIONS, HEARING
from workflows.effects import Appoint, Hear, Notify, Open, Seat, Serve, StartClock, StopClock, Take, Tell
from workflows.entries import ENTRIES
from workflows.inputs import HANDLERS, PARTIES, Choice, Computed, Day, Klass, Listed, Person, Text, Unit
from workflows.long_stop import LONG_STOP, long_stop
from workflows.matter import MATTER
from workflows.protection import check_ins, how_are_you
from workflows.roles import Role
from workflows.voting import RECORD_DISSENT, conclude, decide_alone, freeze_roll, reasons, vote
from workflows.words import words

JUDGES = (Role.APPEAL_DECIDER, Role.DECIDER)
APART = (g.actor_has_no_tie, gd.actor_took_no_part_below)
"""Whoever acts here took no part below."""
HOW_ARE_YOU = how_are_you(Role.PROTECTED, (Role.PROTECTED, Role.RESPONDENT, *JUDGES),
                          words(en="Since you appealed", vi="Từ khi khiếu nại"), silent=True)
"""Whoever appeals is protected; what they say of how they are is read by nobody from below."""
END = tuple(StopClock(name) for name in ("appeal_resolve", "long_stop", "explain_delay", "appeal_window", "outside_answer", "reply"))
"""Every limit of the appeal itself ends; how the appellant is goes on being asked."""
UNDER_WAY = ("lodged", "admissibility", "accepted", "verifying", "heard")
REASONS = reasons("reasons", "Reasons", "Lý do")
DEFECT = Choice(name="defect", label=words(en="Why it is revoked", vi="Vì sao hủy bỏ"), readers=PARTIES, options=(
    ("no_violation", words(en="there was no violation", vi="không có vi phạm")),
    ("time_barred", words(en="the limitation had run out", vi="đã hết thời hiệu")),
    ("procedure", words(en="the procedure was defective", vi="sai thủ tục"))))
_SAME = ("respondent_unit", "status_then", "status_now", *gd.STANDING, "task")
FROM_BELOW = tuple(i for i in MATTER if i.name in _SAME)
COPIED = (*((name, name) for name in _SAME), ("allegations", "allegations"))

LODGE_INPUTS = (
    Person(name="appellant", label=words(en="Who appeals", vi="Người khiếu nại"), readers=PARTIES),
    Text(name="grounds", label=words(en="What is asked and why", vi="Yêu cầu và lý do"), at_least=3, lines=True, klass=Klass.SENSITIVE,
         readers=PARTIES),
    Day(name="received_on", label=words(en="Day on which the decision was received", vi="Ngày nhận quyết định"), when="past", required=False,
        readers=PARTIES),
    Listed(name="sanction_below", of="ladder.*", label=words(en="Sanction appealed against", vi="Hình thức bị khiếu nại"), required=False,
           klass=Klass.PERSONAL, readers=PARTIES),
    *FROM_BELOW, ALLEGATIONS[0],
    Computed(name="late", of="appeal.late", label=words(en="After its time", vi="Quá thời hạn"), readers=PARTIES),
)

STANDS_NOW = Computed(name="stands_now", of="appeal.stands", label=words(en="Sanction that stands now", vi="Hình thức đang có hiệu lực"),
                      klass=Klass.PERSONAL, readers=PARTIES)
AGAIN = (*COPIED, ("appellant", "appellant"), ("more_grounds", "grounds"), ("received_on", "received_on"), ("stands_now", "sanction_below"))


def _decide(trigger: str, en: str, vi: str, source: str | tuple[str, ...], dest: str, *guards: g.Rule, inputs: tuple[object, ...] = ()) -> Transition:
    return Transition(trigger=trigger, label=words(en=en, vi=vi), source=source, dest=dest, who=JUDGES, standing=True, guards=(*APART, *guards),
                      inputs=(REASONS, *inputs), effects=(StopClock("appeal_resolve"), StopClock("long_stop")))  # type: ignore[arg-type]


RECEIVED = Computed(name="received_on", of="day", label=words(en="Served on", vi="Ngày giao"), readers=PARTIES)


def _announce(source: str, letter: str, *more: Tell, inputs: tuple[object, ...] = ()) -> Transition:
    return Transition(
        trigger="announce", label=words(en="Announce and serve", vi="Công bố, giao quyết định"), source=source, dest="announced",
        who=(*JUDGES, Role.RECORDER),
        standing=True, guards=APART,
        inputs=(Text(name="proof", label=words(en="Receipt or minutes: number, where kept", vi="Giấy nhận hoặc biên bản: số, nơi lưu"), at_least=3,
                     at_most=400, readers=PARTIES), RECEIVED, *inputs),  # type: ignore[arg-type]
        effects=(Serve(Role.RESPONDENT, letter), StartClock("appeal_window", then="become_final", window=True), *more))


_OUTCOME = Computed(name="sanction", of="said.outcome", label=words(en="Sanction", vi="Hình thức"), klass=Klass.PERSONAL, readers=PARTIES)
_FROM = Computed(name="effective_on", of="day", label=words(en="In force from", vi="Có hiệu lực từ ngày"), readers=PARTIES)


def _outside(result: str, dest: str) -> Transition:
    """What a body outside decided is taken over as it is; it is typed from its paper."""
    return Transition(
        trigger=f"take_over_{result}", label=words(en="Take over what the body outside decided", vi="Thực hiện quyết định của cơ quan bên ngoài"),
        source="voted", dest=dest, who=(Role.CHAIR, Role.OFFICER), standing=True, guards=(ga.outside_result_is(result=result),),
        inputs=(DEFECT,) if result == "removed" else (), effects=(StopClock("appeal_resolve"), StopClock("long_stop")))


_ELSEWHERE = Choice(name="result", label=words(en="Its result", vi="Kết quả"), readers=PARTIES, options=(
    ("upheld", words(en="upheld", vi="giữ nguyên")), ("varied", words(en="varied", vi="thay đổi")), ("removed", words(en="revoked", vi="hủy bỏ"))))

APPEAL = Workflow(
    name="appeal",
    version=1,
    title=words(en="Appeal", vi="Khiếu nại kỷ luật"),
    parents=("discipline", "appeal"),
    needs_parent=True,
    states=(
        State("lodged", words(en="lodged", vi="đã gửi")),
        State("admissibility", words(en="admissibility being examined", vi="đang xem xét thụ lý")),
        State("inadmissible", words(en="not admissible", vi="không thụ lý"), settled=True),
        State("accepted", words(en="accepted", vi="đã thụ lý")),
        State("verifying", words(en="being verified", vi="đang thẩm tra, xác minh")),
        State("heard", words(en="heard", vi="đã nghe")),
        State("voted", words(en="outcome known", vi="đã có kết quả")),
        State("upheld", words(en="upheld, to be announced", vi="giữ nguyên, chờ công bố")),
        State("varied", words(en="varied, to be announced", vi="thay đổi, chờ công bố")),
        State("removed", words(en="revoked, to be announced", vi="hủy bỏ, chờ công bố")),
        State("announced", words(en="announced", vi="đã công bố"), settled=True),
        State("next_level", words(en="gone to the next level", vi="đã khiếu nại lên cấp trên"), final=True, settled=True),
        State("final", words(en="final", vi="có hiệu lực cuối cùng"), final=True, settled=True),
        State("withdrawn", words(en="withdrawn", vi="đã rút"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="lodge", label=words(en="Lodge an appeal", vi="Gửi khiếu nại"), source=START, dest="lodged", who=(Role.RESPONDENT,),
            guards=(gu.appellant_speaks_for_themselves,), inputs=LODGE_INPUTS,
            effects=(Appoint(Role.RESPONDENT, "appellant"), Appoint(Role.PROTECTED, "appellant"), Take(Role.OFFICER),
                     Serve(Role.RESPONDENT, "appeal_received"), StartClock("appeal_resolve"), LONG_STOP, *check_ins(silent=True))),
        Transition(
            trigger="assign", label=words(en="Assign it to whoever decides", vi="Giao cấp giải quyết"), source="lodged", dest="admissibility",
            who=(Role.CHAIR, Role.OFFICER), standing=True,
            guards=(ga.appeal_has_its_decider, g.people_named_are_known, g.nobody_named_has_a_tie, gd.nobody_named_took_part_below),
            inputs=(Person(name="appeal_decider", label=words(en="Person who decides, where one does", vi="Người giải quyết, nếu do một người"),
                           required=False, readers=PARTIES),
                    Unit(name="body", label=words(en="Body that decides, where one does", vi="Cơ quan giải quyết, nếu do một cơ quan"),
                         required=False, bodies=True, readers=PARTIES), LEVEL,
                    Person(name="minutes_by", label=words(en="Who takes the minutes", vi="Thư ký"), required=False, readers=PARTIES)),
            effects=(Appoint(Role.APPEAL_DECIDER, "appeal_decider"), Seat("body", meeting=True), Appoint(Role.RECORDER, "minutes_by")),
            help=words(en="Nobody who took part below; the file goes to them whole.",
                       vi="Không ai đã tham gia ở cấp dưới; hồ sơ được chuyển đầy đủ.")),
        Transition(
            trigger="accept", label=words(en="Accept", vi="Thụ lý"), source="admissibility", dest="accepted", who=JUDGES, standing=True, guards=APART,
            effects=(Serve(Role.RESPONDENT, "appeal_accepted"),)),
        Transition(
            trigger="find_inadmissible", label=words(en="Find it inadmissible", vi="Không thụ lý"), source="admissibility", dest="inadmissible",
            who=JUDGES,
            standing=True, guards=(*APART, ga.inadmissible_ground_holds),
            inputs=(Listed(name="ground", of="appeal.inadmissible", label=words(en="Ground", vi="Căn cứ"), readers=PARTIES), REASONS, RECEIVED),
            effects=(Serve(Role.RESPONDENT, "appeal_inadmissible"), StopClock("appeal_resolve"), StopClock("long_stop"),
                     StartClock("appeal_window", then="become_final", window=True))),
        Transition(
            trigger="verify", label=words(en="Verify", vi="Thẩm tra, xác minh"), source="accepted", dest="verifying", who=(*JUDGES, Role.RECORDER),
            guards=APART, inputs=(Text(name="what_is_verified", label=words(en="What is verified", vi="Nội dung thẩm tra"), at_least=3, at_most=4000,
                                       lines=True, readers=HANDLERS),)),
        Transition(
            trigger="notify_increase", label=words(en="Give notice that it may get heavier", vi="Thông báo có thể áp dụng hình thức nặng hơn"),
            source=("accepted", "verifying"), dest=ANY, who=JUDGES, standing=True, guards=(*APART, ga.increase_is_open),
            inputs=(reasons("increase_because", "Which facts, which provision", "Tình tiết nào, quy định nào"),),
            effects=(Notify(), Serve(Role.RESPONDENT, "increase_notice"), StartClock("reply"))),
        Transition(
            trigger="invite", label=words(en="Invite to the hearing", vi="Mời dự buổi làm việc"), source=("accepted", "verifying"), dest=ANY,
            who=(*JUDGES, Role.RECORDER), guards=APART,
            inputs=(Day(name="hearing_on", label=words(en="Day", vi="Ngày"), readers=PARTIES),
                    Text(name="where", label=words(en="Time and place", vi="Giờ, địa điểm"), at_least=3, at_most=400, readers=PARTIES)),
            effects=(Serve(Role.RESPONDENT, "hearing_invitation"),)),
        freeze_roll(("accepted", "verifying"), ANY, gd.actor_took_no_part_below, gd.nobody_from_below_has_a_vote, who=(Role.RECORDER, *JUDGES)),
        Transition(
            trigger="hear", label=words(en="Record the hearing", vi="Ghi buổi nghe ý kiến"), source="verifying", dest="heard",
            who=(*JUDGES, Role.RECORDER),
            standing=True, guards=(*APART, gd.roll_is_frozen_or_one_decides, gu.nobody_hears_themselves, gu.appellant_was_heard), inputs=HEARING,
            effects=(Hear(), StopClock("reply"))),
        conclude("heard", gd.actor_took_no_part_below, who=(*JUDGES, Role.RECORDER)),
        vote("heard", "voted", gd.actor_took_no_part_below, who=(Role.RECORDER, *JUDGES)),
        decide_alone("heard", "voted", gd.actor_took_no_part_below, who=JUDGES),
        _decide("uphold", "Uphold", "Giữ nguyên", "voted", "upheld", gd.outcome_is_a_sanction, ga.outcome_is_the_same, gd.limitation_has_not_run_out),
        _decide("vary", "Vary", "Thay đổi", "voted", "varied", gd.outcome_is_a_sanction, ga.outcome_is_another, gd.limitation_has_not_run_out,
                ga.nothing_heavier_by_surprise),
        _decide("remove", "Revoke", "Hủy bỏ", ("heard", "voted"), "removed", gd.conclusions_are_there, ga.removal_has_its_ground, inputs=(DEFECT,)),
        _announce("upheld", "appeal_upheld"),
        _announce("varied", "appeal_varied", Tell("discipline", "vary_on_appeal", to="above", copy=(
            ("sanction", "sanction"), ("effective_on", "effective_on"), ("reasons", "reasons"))), inputs=(_OUTCOME, _FROM)),
        _announce("removed", "appeal_removed", *(Tell("discipline", trigger, to="above", copy=(("defect", "defect"), ("reasons", "reasons")))
                                                 for trigger in ("revoke_on_appeal", "revoke_after_end"))),
        Transition(
            trigger="transmit", label=words(en="Send the papers to a body outside", vi="Gửi hồ sơ đến cơ quan bên ngoài"),
            source=("lodged", "admissibility"),
            dest=ANY, who=(Role.CHAIR, Role.OFFICER),
            inputs=(Text(name="papers", label=words(en="What was sent, and how", vi="Hồ sơ đã gửi, cách gửi"), at_least=3, at_most=4000, lines=True,
                         readers=PARTIES),), effects=(StartClock("outside_answer"),)),
        Transition(
            trigger="record_outside_decision", label=words(en="Record the decision of a body outside", vi="Ghi quyết định của cơ quan bên ngoài"),
            source=("lodged", "admissibility"), dest="voted", who=(Role.CHAIR, Role.OFFICER), standing=True,
            guards=(g.came_before(trigger="transmit"), gu.outside_paper_is_named, gd.sanction_is_in_the_ladder),
            inputs=(Text(name="outside_body", label=words(en="Body that decided", vi="Cơ quan quyết định"), at_least=3, at_most=400, readers=PARTIES),
                    Day(name="decided_on", label=words(en="Day of its decision", vi="Ngày quyết định"), when="past", readers=PARTIES), _ELSEWHERE,
                    Listed(name="sanction", of="ladder.*", label=words(en="Sanction, where it was varied", vi="Hình thức, nếu thay đổi"),
                           required=False,
                           klass=Klass.PERSONAL, readers=PARTIES), REASONS,
                    Computed(name="outcome", of="outside.decides", label=words(en="Outcome", vi="Kết quả"), klass=Klass.PERSONAL, readers=PARTIES)),
            effects=(Hear(), StopClock("outside_answer"))),
        _outside("upheld", "upheld"), _outside("varied", "varied"), _outside("removed", "removed"),
        Transition(
            trigger="withdraw", label=words(en="Withdraw the appeal", vi="Rút khiếu nại"), source=UNDER_WAY, dest="withdrawn", who=(Role.RESPONDENT,),
            guards=(gu.the_person_speaks,), while_paused=True, effects=(*END, Serve(Role.RESPONDENT, "appeal_withdrawn"))),
        Transition(
            trigger="go_on", label=words(en="Go on to the next level", vi="Khiếu nại lên cấp trên"), source=("announced", "inadmissible"),
            dest="next_level",
            who=(Role.RESPONDENT,), guards=(gu.the_person_speaks, ga.a_level_is_left),
            inputs=(Text(name="more_grounds", label=words(en="What you ask for and why", vi="Yêu cầu và lý do"), at_least=3, lines=True,
                         klass=Klass.SENSITIVE, readers=PARTIES), STANDS_NOW),
            effects=(StopClock(), Open("appeal", "lodge", copy=AGAIN, guarded=False))),
        Transition(
            trigger="become_final", label=words(en="Final", vi="Có hiệu lực cuối cùng"), source=("announced", "inadmissible"), dest="final",
            who=(Role.SYSTEM,), effects=END),
        long_stop.explain,
    ),
    entries=(*ENTRIES, RECORD_DISSENT, long_stop.passed, *HOW_ARE_YOU),
)
