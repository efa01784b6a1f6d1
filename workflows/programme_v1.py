"""The yearly programme: inspections and demonstrations by quarter, unit and topic, approved by another than who drew it up, and revised."""

from __future__ import annotations

import workflows.computed_learning  # noqa: F401  (the table of computations is whole only with it)
from workflows import guards as g
from workflows import guards_learning as gl
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import Appoint, Due, Open, StopClock, Take
from workflows.entries import ENTRIES
from workflows.figures import OPTIONS, QUARTERS
from workflows.inputs import Case, Choice, Computed, Day, Input, Many, Number, Office, Person, Text, Unit
from workflows.roles import Role
from workflows.words import words

RUNS, DECIDES = (Role.OFFICER, Role.CHAIR), (Role.CHAIR,)
YEAR = Number(name="year", label=words(en="Year", vi="Năm"), at_least=2000, at_most=2199)
QUARTER = Choice(name="quarter", label=words(en="Quarter", vi="Quý"), options=QUARTERS)
QUARTER_END = Computed(name="quarter_end", of="quarter.end", label=words(en="Last day of the quarter", vi="Ngày cuối quý"))


def lines(name: str, en: str, vi: str, *, required: bool = True, at_most: int = 4000) -> Text:
    """Some lines of words about the work."""
    return Text(name=name, label=words(en=en, vi=vi), required=required, at_least=3, at_most=at_most, lines=True)


PLANNED: tuple[Input, ...] = (
    Unit(name="target", label=words(en="Unit", vi="Đơn vị")),
    QUARTER,
    Text(name="what", label=words(en="Topic", vi="Nội dung"), at_least=3, at_most=400),
    Choice(name="kind", label=words(en="Kind of work", vi="Loại hình"), options=(
        ("scheduled", words(en="scheduled inspection", vi="kiểm tra theo chương trình")),
        ("thematic", words(en="thematic supervision", vi="giám sát chuyên đề")))),
    Choice(name="every", label=words(en="How often", vi="Định kỳ"), options=(
        ("once", words(en="once", vi="một lần")), ("each_quarter", words(en="each quarter", vi="mỗi quý")),
        ("each_half", words(en="each half-year", vi="mỗi nửa năm")), ("each_year", words(en="each year", vi="mỗi năm")))),
    Person(name="officer", label=words(en="In charge", vi="Người phụ trách")),
    lines("points", "Checklist, a point a line", "Danh mục kiểm tra, mỗi dòng một nội dung", required=False, at_most=8000),
)
"""One inspection of the plan, as it is typed."""

SHOWN: tuple[Input, ...] = (
    QUARTER,
    Unit(name="target", label=words(en="Unit that demonstrates", vi="Đơn vị làm mẫu")),
    Office(name="office", label=words(en="Office that leads it there", vi="Chức vụ chủ trì")),
    Text(name="what", label=words(en="Topic", vi="Nội dung làm mẫu"), at_least=3, at_most=400),
    Choice(name="aim", label=words(en="Figure that shall get better", vi="Chỉ số cần cải thiện"), options=OPTIONS),
    Person(name="officer", label=words(en="In charge for the inspection body", vi="Người phụ trách của cơ quan kiểm tra")),
)
"""One demonstration of the plan, as it is typed."""

_DRAWN_UP = (Many(name="items", label=words(en="Planned inspections", vi="Các cuộc kiểm tra"), of=PLANNED),
             Many(name="demonstrations", label=words(en="Demonstrations, one a quarter", vi="Làm mẫu, mỗi quý một đơn vị"), required=False,
                  at_least=0, at_most=4, of=SHOWN))
_SOUND = (gl.units_planned_are_in_jurisdiction, gl.offices_in_rows_have_a_holder, gl.each_quarter_has_another_host, g.people_named_are_known)
_DECISION = (Text(name="decision", label=words(en="Number of the decision", vi="Số quyết định"), at_most=200),
             Day(name="decided_on", label=words(en="Decided on", vi="Ngày quyết định"), when="past"))
_BASIS = lines("legal_basis", "Legal basis", "Căn cứ pháp lý")

PROGRAMME = Workflow(
    name="programme",
    version=1,
    title=words(en="Yearly programme", vi="Chương trình năm"),
    learning=True,
    states=(
        State("drafted", words(en="drafted", vi="đang soạn thảo")),
        State("submitted", words(en="submitted", vi="đã trình")),
        State("approved", words(en="approved", vi="đã phê duyệt"), settled=True),
        State("revision_proposed", words(en="a revision is proposed", vi="đã đề nghị điều chỉnh"), settled=True),
        State("closed", words(en="closed", vi="đã tổng kết"), final=True, settled=True),
        State("withdrawn", words(en="withdrawn", vi="đã rút"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="draft", label=words(en="Draw up a programme", vi="Soạn chương trình năm"), source=START, dest="drafted", who=RUNS,
            guards=(g.unit_is_in_jurisdiction, *_SOUND),
            inputs=(YEAR, lines("what", "What the year is about", "Trọng tâm của năm", at_most=2000), _BASIS, *_DRAWN_UP),
            effects=(Take(Role.OFFICER),)),
        Transition(trigger="change", label=words(en="Change the draft", vi="Sửa dự thảo"), source="drafted", dest=ANY, who=(Role.OFFICER,),
                   guards=_SOUND, inputs=_DRAWN_UP,
                   help=words(en="What is typed here takes the place of what stood there.", vi="Nội dung nhập ở đây thay cho nội dung cũ.")),
        Transition(trigger="submit", label=words(en="Submit", vi="Trình duyệt"), source="drafted", dest="submitted", who=(Role.OFFICER,)),
        Transition(trigger="return", label=words(en="Return the draft", vi="Trả lại dự thảo"), source="submitted", dest="drafted", who=DECIDES,
                   inputs=(lines("why", "Why", "Lý do"),)),
        Transition(
            trigger="approve", label=words(en="Approve the programme", vi="Phê duyệt chương trình"), source="submitted", dest="approved", who=DECIDES,
            approves="submit", guards=(g.actor_has_no_tie, g.another_person_than(trigger="submit")),
            inputs=(*_DECISION,
                    Computed(name="planned", of="programme.items", label=words(en="Inspections planned", vi="Số cuộc kiểm tra theo kế hoạch")),
                    Computed(name="demonstrated", of="programme.demonstrations", label=words(en="Demonstrations planned", vi="Số buổi làm mẫu"))),
            effects=(Open("planned_inspection", "plan", rows="planned", unit="target"),
                     Open("demonstration", "plan", rows="demonstrated", unit="target"))),
        Transition(
            trigger="propose_revision", label=words(en="Propose a revision", vi="Đề nghị điều chỉnh"), source="approved", dest="revision_proposed",
            who=(Role.OFFICER,), guards=(gl.units_planned_are_in_jurisdiction, g.people_named_are_known),
            inputs=(lines("why", "Why", "Lý do"), Many(name="added", label=words(en="Inspections to add", vi="Cuộc kiểm tra bổ sung"), of=PLANNED)),
            help=words(en="What falls away or moves to another quarter is said at the item itself.",
                       vi="Việc bỏ hoặc chuyển quý được ghi tại từng mục.")),
        Transition(
            trigger="approve_revision", label=words(en="Approve the revision", vi="Phê duyệt điều chỉnh"), source="revision_proposed",
            dest="approved", who=DECIDES, approves="propose_revision", guards=(g.actor_has_no_tie, g.another_person_than(trigger="propose_revision")),
            inputs=(*_DECISION, Computed(name="planned", of="programme.added",
                                         label=words(en="Inspections planned", vi="Số cuộc kiểm tra theo kế hoạch"))),
            effects=(Open("planned_inspection", "plan", rows="planned", unit="target"),)),
        Transition(trigger="refuse_revision", label=words(en="Do not approve the revision", vi="Không phê duyệt điều chỉnh"),
                   source="revision_proposed", dest="approved", who=DECIDES, inputs=(lines("why", "Why", "Lý do"),)),
        Transition(trigger="close", label=words(en="Close the year", vi="Tổng kết năm"), source="approved", dest="closed", who=DECIDES,
                   guards=(gl.children_have_ended,), inputs=(lines("review", "What the year has shown", "Đánh giá chung"),), effects=(StopClock(),)),
        Transition(trigger="withdraw", label=words(en="Withdraw the draft", vi="Rút dự thảo"), source=("drafted", "submitted"), dest="withdrawn",
                   who=RUNS, unasked=True, inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)

PLANNED_INSPECTION = Workflow(
    name="planned_inspection",
    version=1,
    title=words(en="Planned inspection", vi="Cuộc kiểm tra trong chương trình"),
    learning=True,
    needs_parent=True,
    parents=("programme",),
    states=(
        State("planned", words(en="planned", vi="trong kế hoạch")),
        State("opened", words(en="opened", vi="đã mở")),
        State("held", words(en="held", vi="đã thực hiện"), final=True, settled=True),
        State("dropped", words(en="dropped with a reason", vi="không thực hiện, có lý do"), final=True, settled=True),
    ),
    transitions=(
        Transition(trigger="plan", label=words(en="Plan an inspection", vi="Đưa vào kế hoạch"), source=START, dest="planned", who=RUNS,
                   guards=(g.parent_is(workflow="programme"), g.people_named_are_known), inputs=(YEAR, *PLANNED, QUARTER_END),
                   effects=(Appoint(Role.OFFICER, "officer"), Due("quarter_end"))),
        Transition(trigger="move", label=words(en="Move to another quarter", vi="Chuyển sang quý khác"), source=("planned", "opened"), dest=ANY,
                   who=DECIDES, inputs=(QUARTER, lines("why", "Why", "Lý do"), QUARTER_END), effects=(Due("quarter_end"),),
                   help=words(en="The quarter it was first planned for stays on record.", vi="Quý dự kiến ban đầu vẫn được lưu.")),
        Transition(trigger="link", label=words(en="Say which inspection it is", vi="Gắn với cuộc kiểm tra"), source="planned", dest="opened",
                   who=RUNS, guards=(gl.inspection_is_of_this_plan,),
                   inputs=(Case(name="inspection", label=words(en="Inspection", vi="Cuộc kiểm tra"), workflow="inspection"),)),
        Transition(trigger="unlink", label=words(en="It is another inspection", vi="Gỡ cuộc kiểm tra"), source="opened", dest="planned", who=RUNS,
                   unasked=True, inputs=(lines("why", "Why", "Lý do"),)),
        Transition(trigger="finish", label=words(en="It was held", vi="Đã thực hiện"), source="opened", dest="held", who=RUNS,
                   guards=(gl.inspection_is_concluded,), effects=(StopClock(),)),
        Transition(trigger="drop", label=words(en="Drop", vi="Không thực hiện"), source=("planned", "opened"), dest="dropped", who=DECIDES,
                   unasked=True, inputs=(lines("why", "Why", "Lý do"),), effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
