"""The pilot unit, whose own shortcomings are remedied first and shown with figures; and the quarterly assessment of units by countable facts."""

from __future__ import annotations

import workflows.computed_learning  # noqa: F401  (the table of computations is whole only with it)
from workflows import guards as g
from workflows import guards_learning as gl
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, StopClock, Take
from workflows.entries import ENTRIES
from workflows.inputs import Choice, Computed, Day, Listed, Many, Person, Text
from workflows.programme_v1 import DECIDES, QUARTER, RUNS, YEAR, lines
from workflows.roles import Role
from workflows.words import words

ACCOMPANIES = (Role.OFFICER, Role.TEAM_MEMBER)
MET = (("met", words(en="met", vi="đạt")), ("not_met", words(en="not met", vi="chưa đạt")),
       ("cannot_tell", words(en="too little to tell", vi="chưa đủ số liệu")))
OF_THE_QUARTER = Computed(name="figures", of="figures.quarter", label=words(en="Figures of the quarter", vi="Số liệu trong quý"))

PILOT_UNIT = Workflow(
    name="pilot_unit",
    version=1,
    title=words(en="Pilot unit", vi="Đơn vị điểm"),
    fast=True,
    learning=True,
    states=(
        State("proposed", words(en="proposed", vi="đã đề xuất")),
        State("designated", words(en="pilot unit", vi="đơn vị điểm"), settled=True),
        State("ready", words(en="ready to be shown", vi="sẵn sàng làm mẫu"), settled=True),
        State("declined", words(en="not designated", vi="không chọn"), final=True, settled=True),
        State("ended", words(en="ended", vi="đã thôi làm điểm"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="propose", label=words(en="Propose a pilot unit", vi="Đề xuất đơn vị điểm"), source=START, dest="proposed", who=RUNS,
                   guards=(g.unit_is_in_jurisdiction, g.people_named_are_known),
                   inputs=(lines("what", "Weakness that is worked on first", "Khâu yếu cần khắc phục trước", at_most=2000),
                           Person(name="mentor", label=words(en="Who accompanies the unit", vi="Người theo dõi, giúp đỡ"))),
                   effects=(Take(Role.OFFICER), Appoint(Role.TEAM_MEMBER, "mentor"))),
        Transition(trigger="designate", label=words(en="Designate", vi="Chọn làm đơn vị điểm"), source="proposed", dest="designated", who=DECIDES,
                   approves="propose", guards=(g.actor_has_no_tie, g.another_person_than(trigger="propose"), gl.no_other_unit_is_pilot),
                   inputs=(Text(name="decision", label=words(en="Number of the decision", vi="Số quyết định"), at_most=200),
                           Day(name="decided_on", label=words(en="Decided on", vi="Ngày quyết định"), when="past"),
                           Computed(name="baseline", of="figures.year",
                                    label=words(en="Figures at the start, of a year", vi="Số liệu ban đầu, một năm")))),
        Transition(trigger="decline", label=words(en="Do not designate", vi="Không chọn"), source="proposed", dest="declined", who=DECIDES,
                   inputs=(lines("why", "Why", "Lý do"),)),
        Transition(trigger="measure", label=words(en="Keep the figures of a quarter", vi="Chốt số liệu quý"), source=("designated", "ready"),
                   dest=ANY, who=ACCOMPANIES, unasked=True, guards=(gl.quarter_is_over,),
                   inputs=(YEAR, QUARTER, lines("remark", "Remark", "Nhận xét", required=False), OF_THE_QUARTER)),
        Transition(trigger="find_ready", label=words(en="It is ready", vi="Xác nhận sẵn sàng"), source="designated", dest="ready", who=DECIDES,
                   guards=(gl.own_shortcomings_are_remedied,),
                   inputs=(Many(name="readiness", label=words(en="What was looked at", vi="Nội dung đã xem"), of=(
                               Text(name="point", label=words(en="Point", vi="Nội dung"), at_least=3, at_most=400),
                               Choice(name="met", label=words(en="Result", vi="Kết quả"), options=MET))),
                           lines("conclusion", "What shows it", "Căn cứ"))),
        Transition(trigger="end", label=words(en="It is no longer the pilot unit", vi="Thôi làm đơn vị điểm"), source=("designated", "ready"),
                   dest="ended", who=DECIDES, unasked=True, inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)

ASSESSMENT = Workflow(
    name="assessment",
    version=1,
    title=words(en="Assessment of a unit", vi="Đánh giá đơn vị"),
    fast=True,
    learning=True,
    states=(
        State("assessed", words(en="assessed", vi="đã đánh giá"), settled=True),
        State("answered", words(en="the unit has answered", vi="đơn vị đã có ý kiến"), settled=True),
        State("confirmed", words(en="confirmed", vi="đã xác nhận"), final=True, settled=True),
        State("withdrawn", words(en="withdrawn with a reason", vi="đã rút, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="assess", label=words(en="Assess a unit by its quarter", vi="Đánh giá đơn vị theo quý"), source=START, dest="assessed",
            who=(Role.OFFICER,), guards=(g.unit_is_in_jurisdiction, gl.quarter_is_over),
            inputs=(YEAR, QUARTER,
                    Many(name="findings", label=words(en="Criteria", vi="Tiêu chí"), of=(
                        Listed(name="criterion", of="criteria", label=words(en="Criterion", vi="Tiêu chí")),
                        Choice(name="met", label=words(en="Result", vi="Kết quả"), options=MET),
                        Text(name="why", label=words(en="Facts it rests on", vi="Căn cứ"), at_least=3, at_most=2000))),
                    Computed(name="criteria_set", of="criteria.set", label=words(en="Criteria of", vi="Bộ tiêu chí")),
                    Computed(name="counted", of="criteria.facts", label=words(en="What was counted", vi="Số liệu theo tiêu chí"))),
            effects=(Take(Role.OFFICER),),
            help=words(en="About the work of the unit. What is counted is worked out from its cases and kept with the assessment.",
                       vi="Đánh giá công việc của đơn vị. Số liệu được tính từ các vụ việc và lưu cùng bản đánh giá.")),
        Transition(trigger="answer", label=words(en="Answer for the unit", vi="Ý kiến của đơn vị"), source="assessed", dest="answered",
                   who=(Role.UNIT_LEAD,), inputs=(lines("answer", "What the unit says to it", "Ý kiến"),)),
        Transition(trigger="confirm", label=words(en="Confirm", vi="Xác nhận"), source=("assessed", "answered"), dest="confirmed", who=DECIDES,
                   guards=(g.actor_has_no_tie, g.another_person_than(trigger="assess")),
                   inputs=(lines("conclusion", "What follows from it", "Việc tiếp theo", required=False),), effects=(StopClock(),)),
        Transition(trigger="withdraw", label=words(en="Withdraw", vi="Rút đánh giá"), source=("assessed", "answered"), dest="withdrawn", who=RUNS,
                   unasked=True, inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
