"""The fast track from a shortcoming to its remedy: cause, office, day, measure; one person does it, another checks."""

from __future__ import annotations

from workflows import guards as g
from workflows.clock_entries import more_time
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Due, Hold, Serve, StopClock, Take
from workflows.entries import ENTRIES
from workflows.fast_track import make_formal
from workflows.inputs import Choice, Day, Office, Text
from workflows.protection import HOW_IS_THE_HEAD, OWN_REPORT, PROTECT_REPORTER
from workflows.roles import Role
from workflows.words import words

CAUSES = (("knowledge", words(en="not known or not trained", vi="chưa nắm, chưa được tập huấn")),
          ("means", words(en="means or people lacking", vi="thiếu người, thiếu phương tiện")),
          ("procedure", words(en="procedure missing or wrong", vi="quy trình thiếu hoặc chưa đúng")),
          ("direction", words(en="direction or checking lacking", vi="thiếu chỉ đạo, kiểm tra")),
          ("conduct", words(en="known, but not done", vi="biết nhưng không làm")),
          ("outside", words(en="cause outside the unit", vi="nguyên nhân bên ngoài")))
"""Kinds of cause. “Awareness” alone is not among them: it explains nothing that could be remedied."""

SHORTCOMING = (
    Text(name="what", label=words(en="Shortcoming", vi="Khuyết điểm"), at_least=10, at_most=4000, lines=True),
    Choice(name="cause_kind", label=words(en="Kind of cause", vi="Loại nguyên nhân"), options=CAUSES),
    Text(name="cause", label=words(en="Cause, in a sentence", vi="Nguyên nhân, một câu"), at_least=10, at_most=1000),
    Office(name="office", label=words(en="Office that remedies it", vi="Chức vụ khắc phục")),
    Day(name="due", label=words(en="By", vi="Hạn"), required=False,
        help=words(en="Where it stays empty: as long as the ruleset says.", vi="Để trống: theo thời hạn của bộ quy định.")),
    Text(name="measure", label=words(en="Measure", vi="Biện pháp"), at_least=5, at_most=2000),
)
"""What is asked for one shortcoming, in every door."""

SHORTCOMING_WORKFLOW = Workflow(
    name="shortcoming",
    version=1,
    title=words(en="Shortcoming and action", vi="Khuyết điểm và việc khắc phục"),
    fast=True,
    states=(
        State("noted", words(en="to be remedied", vi="cần khắc phục"), settled=True),
        State("done", words(en="done, to be checked", vi="đã làm, chờ kiểm tra lại"), settled=True),
        State("checked", words(en="checked", vi="đã kiểm tra lại"), final=True, settled=True),
        State("dropped", words(en="dropped with a reason", vi="không thực hiện, có lý do"), final=True, settled=True),
        State("made_formal", words(en="turned into an inspection", vi="chuyển thành kiểm tra"), final=True,
              settled=True),
    ),
    transitions=(
        Transition(
            trigger="note", label=words(en="Note a shortcoming", vi="Ghi khuyết điểm"), source=START, dest="noted",
            who=(Role.UNIT_LEAD, Role.OFFICER), guards=(g.office_has_a_holder, g.due_is_ahead), inputs=(*SHORTCOMING, *OWN_REPORT),
            effects=(Hold(Role.OWNER, "office", handling=True), Take(Role.OFFICER), Due("due"), Serve(Role.OWNER, "action"), *PROTECT_REPORTER)),
        Transition(
            trigger="finish", label=words(en="Done", vi="Đã làm xong"), source="noted", dest="done", who=(Role.OWNER,),
            inputs=(Text(name="what_was_done", label=words(en="What was done", vi="Việc đã làm"), at_least=3,
                         at_most=4000, lines=True),)),
        Transition(
            trigger="check", label=words(en="Checked", vi="Đã kiểm tra lại"), source="done", dest="checked",
            who=(Role.VERIFIER, Role.UNIT_LEAD, Role.OFFICER),
            guards=(g.checker_is_not_the_owner, g.checker_did_not_do_it),
            inputs=(Text(name="what_was_seen", label=words(en="What was seen", vi="Kết quả kiểm tra lại"), at_least=3,
                         at_most=4000, lines=True),),
            effects=(StopClock(),)),
        Transition(
            trigger="send_back", label=words(en="Not done yet", vi="Chưa đạt"), source="done", dest="noted",
            who=(Role.VERIFIER, Role.UNIT_LEAD, Role.OFFICER), guards=(g.checker_is_not_the_owner, g.due_is_ahead),
            inputs=(Text(name="why", label=words(en="What is missing", vi="Còn thiếu"), at_least=3, at_most=4000,
                         lines=True),
                    Day(name="due", label=words(en="By", vi="Hạn mới"))), effects=(Due("due"),)),
        Transition(
            trigger="drop", label=words(en="Drop", vi="Không thực hiện"), source="noted", dest="dropped",
            who=(Role.UNIT_LEAD, Role.OFFICER), unasked=True,
            guards=(g.checker_is_not_the_owner,),
            inputs=(Text(name="why", label=words(en="Why", vi="Lý do"), at_least=3, at_most=4000, lines=True),),
            effects=(StopClock(),)),
        *more_time("due", (Role.OWNER,), (Role.UNIT_LEAD, Role.OFFICER), words(en="remedy", vi="khắc phục")),
        make_formal(("noted", "done"), (Role.OWNER, Role.UNIT_LEAD, Role.OFFICER)),
    ),
    entries=(*ENTRIES, *HOW_IS_THE_HEAD),
)
