"""A minor matter: noted, answered and settled by the direct superior, at most with the lowest measure, which is spent by itself."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_concern as gc
from workflows import guards_fast as gf
from workflows.clock_entries import more_time
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, EndSanction, Hear, Notify, Sanction, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.fast_track import BETWEEN_TWO, between_two, make_formal
from workflows.inputs import PARTIES, Day, Klass, Listed, Person, Text
from workflows.retention import CLEARED, FAST_NOTE
from workflows.roles import Role
from workflows.words import words

BEFORE_SETTLED = ("noted", "answered", "unanswered")
ANSWERED = ("answered", "unanswered")
DECIDES_APPEAL = (Role.UNIT_LEAD, Role.CHAIR)
"""Whoever leads a unit above, or the chair; a guard keeps whoever noted or settled it out."""


def _reason(en: str = "Reason", vi: str = "Lý do") -> Text:
    return Text(name="reason", label=words(en=en, vi=vi), at_least=3, at_most=4000, lines=True, klass=Klass.PERSONAL, readers=PARTIES)


MINOR_MATTER = Workflow(
    name="minor_matter",
    version=1,
    title=words(en="Minor matter", vi="Việc nhỏ"),
    fast=True,
    states=(
        State("noted", words(en="noted, the answer is awaited", vi="đã ghi, chờ trả lời")),
        State("answered", words(en="answered", vi="đã trả lời")),
        State("unanswered", words(en="no answer came", vi="không có trả lời")),
        State("settled_without", words(en="settled without a measure", vi="đã giải quyết, không áp dụng biện pháp"), final=True, settled=True,
              kept=CLEARED, put_away=True),
        State("settled", words(en="settled with the lowest measure", vi="đã giải quyết bằng mức thấp nhất"), settled=True, punishes=True),
        State("appealed", words(en="appealed", vi="bị khiếu nại"), settled=True, punishes=True),
        State("annulled", words(en="annulled on appeal", vi="đã hủy khi giải quyết khiếu nại"), final=True, settled=True, kept=CLEARED,
              put_away=True),
        State("spent", words(en="spent", vi="đã chấm dứt hiệu lực"), final=True, settled=True, kept=FAST_NOTE, put_away=True),
        State("made_formal", words(en="turned into an inspection", vi="đã chuyển thành kiểm tra"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="note", label=words(en="Note a minor matter", vi="Ghi việc nhỏ"), source=START, dest="noted", who=(Role.UNIT_LEAD,),
            standing=True,
            guards=(g.people_named_are_known, gf.person_is_another, gf.superior_is_direct),
            inputs=(Person(name="person", label=words(en="Whom it concerns", vi="Người liên quan"), readers=PARTIES),
                    Text(name="what", label=words(en="What was done or left undone, and where", vi="Việc đã làm hoặc không làm, ở đâu"), at_least=10,
                         at_most=4000, lines=True, klass=Klass.PERSONAL, readers=PARTIES,
                         help=words(en="An act, not an opinion. Whatever needs more than the lowest measure goes the full way.",
                                    vi="Một việc làm, không phải ý kiến. Việc cần hơn mức thấp nhất phải theo thủ tục đầy đủ.")),
                    Day(name="committed_on", label=words(en="Day of the act", vi="Ngày xảy ra"), when="past"),
                    Text(name="norm", label=words(en="Rule that was not kept", vi="Quy định không được chấp hành"), at_least=2, at_most=400)),
            effects=(Take(Role.DIRECT_SUPERIOR), Take(Role.RECORDER), Appoint(Role.RESPONDENT, "person"), Notify(),
                     Serve(Role.RESPONDENT, "minor_matter"),
                     StartClock("minor_answer", then="answer_lapsed"))),
        Transition(
            trigger="answer", label=words(en="Answer", vi="Trả lời"), source=("noted", "unanswered"), dest="answered", who=(Role.RESPONDENT,),
            inputs=(between_two("answer", "Your words", "Ý kiến của bạn"),), effects=(Hear(), StopClock("minor_answer"))),
        Transition(
            trigger="answer_lapsed", label=words(en="No answer came", vi="Hết hạn trả lời"), source="noted", dest="unanswered", who=(Role.SYSTEM,),
            effects=(Hear(),),
            help=words(en="Silence is recorded, and is no consent.", vi="Việc không trả lời được ghi lại, không được coi là đồng ý.")),
        Transition(
            trigger="settle_without", label=words(en="Settle without a measure", vi="Giải quyết, không áp dụng biện pháp"), source=ANSWERED,
            dest="settled_without", who=(Role.DIRECT_SUPERIOR,), guards=(g.actor_has_no_tie,), inputs=(_reason(),),
            effects=(StopClock(), Serve(Role.RESPONDENT, "minor_matter_settled"))),
        Transition(
            trigger="settle", label=words(en="Settle with the lowest measure", vi="Giải quyết bằng mức thấp nhất"), source=ANSWERED, dest="settled",
            who=(Role.DIRECT_SUPERIOR,), standing=True,
            guards=(g.actor_has_no_tie, gf.measure_is_the_lowest, gc.adverse_act_needs_another_decider),
            inputs=(Listed(name="rung", of="minor.measures", label=words(en="Measure", vi="Biện pháp"), klass=Klass.PERSONAL, readers=PARTIES),
                    _reason()),
            effects=(Sanction("rung", lowest_only=True), Serve(Role.RESPONDENT, "minor_matter_settled"),
                     StartClock("minor_appeal", then="appeal_lapsed", window=True), StartClock("minor_spent", then="spend", silent=True))),
        Transition(
            trigger="appeal", label=words(en="Appeal", vi="Khiếu nại"), source="settled", dest="appealed", who=(Role.RESPONDENT,), unasked=True,
            inputs=(Text(name="grounds", label=words(en="Grounds", vi="Lý do khiếu nại"), at_least=3, at_most=4000, lines=True, klass=Klass.SENSITIVE,
                         readers=(*BETWEEN_TWO, *DECIDES_APPEAL)),),
            effects=(StopClock("minor_appeal"),)),
        Transition(
            trigger="appeal_lapsed", label=words(en="The time to appeal is over", vi="Hết thời hạn khiếu nại"), source="settled", dest=ANY,
            who=(Role.SYSTEM,)),
        Transition(
            trigger="uphold", label=words(en="The measure stands", vi="Giữ nguyên biện pháp"), source="appealed", dest="settled", who=DECIDES_APPEAL,
            standing=True, guards=(g.actor_has_no_tie, gf.another_decides_the_appeal), inputs=(_reason(),),
            effects=(Serve(Role.RESPONDENT, "minor_matter_appeal"),)),
        Transition(
            trigger="annul", label=words(en="Annul the measure", vi="Hủy biện pháp"), source="appealed", dest="annulled", who=DECIDES_APPEAL,
            standing=True, guards=(g.actor_has_no_tie, gf.another_decides_the_appeal), inputs=(_reason(),),
            effects=(EndSanction("revoked"), StopClock(), Serve(Role.RESPONDENT, "minor_matter_appeal"))),
        Transition(
            trigger="spend", label=words(en="Spent", vi="Chấm dứt hiệu lực"), source=("settled", "appealed"), dest="spent", who=(Role.SYSTEM,),
            effects=(EndSanction("spent"), StopClock(), Serve(Role.RESPONDENT, "minor_matter_spent"))),
        *more_time("minor_answer", (Role.RESPONDENT,), (Role.DIRECT_SUPERIOR,), words(en="answer", vi="trả lời")),
        make_formal(BEFORE_SETTLED, (Role.RESPONDENT, Role.DIRECT_SUPERIOR, Role.UNIT_LEAD)),
    ),
    entries=ENTRIES,
)
