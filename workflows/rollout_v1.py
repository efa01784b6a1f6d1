"""A roll-out: what worked in one place is put to many units at once, and each says whether it adopts, adapts or waives it."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_fast as gf
from workflows.clock_entries import more_time
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Due, Open, StopClock, Take
from workflows.entries import ENTRIES
from workflows.fast_track import make_formal
from workflows.inputs import Choice, Day, Many, Text, Unit
from workflows.roles import Role
from workflows.words import words

WHAT = Text(name="what", label=words(en="What is rolled out", vi="Nội dung nhân rộng"), at_least=10, at_most=2000, lines=True)
DUE = Day(name="due", label=words(en="Answer by", vi="Trả lời trước ngày"), required=False,
          help=words(en="Where it stays empty: as long as the ruleset says.", vi="Để trống: theo thời hạn của bộ quy định."))
RAN = (Role.OFFICER, Role.CHAIR)

ROLLOUT = Workflow(
    name="rollout",
    version=1,
    title=words(en="Roll-out", vi="Nhân rộng"),
    fast=True,
    states=(
        State("called", words(en="put to the units", vi="đã gửi các đơn vị"), settled=True),
        State("asked", words(en="the unit's answer is awaited", vi="chờ đơn vị trả lời"), settled=True),
        State("answered", words(en="answered", vi="đơn vị đã trả lời"), final=True, settled=True),
        State("ended", words(en="ended", vi="đã kết thúc"), final=True, settled=True),
        State("made_formal", words(en="turned into an inspection", vi="đã chuyển thành kiểm tra"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="call", label=words(en="Roll out to units", vi="Nhân rộng đến các đơn vị"), source=START, dest="called", who=RAN,
            guards=(gf.units_named_are_in_jurisdiction, g.due_is_ahead),
            inputs=(WHAT, Many(name="units", label=words(en="To which units", vi="Đến các đơn vị"), at_most=500,
                               of=(Unit(name="unit", label=words(en="Unit", vi="Đơn vị")),)), DUE),
            effects=(Take(Role.OFFICER), Due("due"),
                     Open("rollout", "ask", copy=(("what", "what"), ("due", "due")), rows="units", unit="unit"))),
        Transition(
            trigger="ask", label=words(en="Ask a unit", vi="Hỏi một đơn vị"), source=START, dest="asked", who=RAN,
            guards=(g.parent_is(workflow="rollout"), g.due_is_ahead), inputs=(WHAT, DUE), effects=(Take(Role.OFFICER), Due("due"))),
        Transition(
            trigger="answer", label=words(en="Answer", vi="Trả lời"), source="asked", dest="answered", who=(Role.UNIT_LEAD,),
            inputs=(Choice(name="choice", label=words(en="The unit", vi="Đơn vị"), options=(
                        ("adopted", words(en="adopts it", vi="áp dụng")),
                        ("adapted", words(en="adapts it", vi="áp dụng có điều chỉnh")),
                        ("waived", words(en="waives it", vi="không áp dụng")))),
                    Text(name="sentence", label=words(en="In a sentence: how, or why not", vi="Một câu: làm thế nào, hoặc vì sao không"), at_least=3,
                         at_most=2000)),
            effects=(StopClock(),)),
        *more_time("due", (Role.UNIT_LEAD,), RAN, words(en="answer", vi="trả lời")),
        make_formal(("asked",), (Role.UNIT_LEAD, Role.OFFICER)),
        Transition(
            trigger="end", label=words(en="End the roll-out", vi="Kết thúc"), source=("called", "asked"), dest="ended", who=RAN, unasked=True,
            inputs=(Text(name="why", label=words(en="Why", vi="Lý do"), at_least=3, at_most=2000, lines=True),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
