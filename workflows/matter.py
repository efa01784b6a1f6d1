"""What opens a matter of discipline: asked in every door, and row by row of an inspection that found violations."""

from __future__ import annotations

from workflows.inputs import HANDLERS, PARTIES, Choice, Klass, Listed, Many, Person, Text, Unit
from workflows.words import words

MATTER = (
    Person(name="respondent", label=words(en="Person it is about", vi="Người được xem xét"), readers=PARTIES),
    Unit(name="respondent_unit", label=words(en="Unit it is about, where that person speaks for a unit",
                                             vi="Tổ chức được xem xét, nếu người này đại diện cho tổ chức"), required=False, readers=PARTIES),
    Listed(name="status_then", of="ladder.?", label=words(en="Status at the time of the act", vi="Diện quản lý khi xảy ra việc"), readers=PARTIES),
    Listed(name="status_now", of="ladder.?", label=words(en="Status now", vi="Diện quản lý hiện nay"), readers=PARTIES),
    Listed(name="post", of="standing.post", label=words(en="Post held", vi="Chức vụ"), required=False, readers=PARTIES, klass=Klass.PERSONAL),
    Listed(name="service_title", of="standing.title", label=words(en="Title of service", vi="Cấp bậc"), required=False, readers=PARTIES,
           klass=Klass.PERSONAL),
    Listed(name="pay", of="standing.pay", label=words(en="Pay group", vi="Nhóm lương"), required=False, readers=PARTIES, klass=Klass.PERSONAL),
    Choice(name="source", label=words(en="Where it comes from", vi="Nguồn"), readers=HANDLERS, options=(
        ("inspection", words(en="an inspection", vi="một cuộc kiểm tra")), ("signal", words(en="a concern", vi="dấu hiệu cần làm rõ")),
        ("order", words(en="an order from above", vi="yêu cầu của cấp trên")),
        ("outside", words(en="another authority", vi="cơ quan khác chuyển đến")),
        ("handover", words(en="handed over by another matter", vi="chuyển từ vụ việc khác")))),
    Choice(name="task", label=words(en="What the conduct belongs to", vi="Việc thuộc loại nào"), readers=HANDLERS, options=(
        ("own", words(en="personal conduct, or duties in this unit", vi="sinh hoạt cá nhân, hoặc nhiệm vụ tại đơn vị")),
        ("from_above", words(en="a task assigned from above", vi="nhiệm vụ do cấp trên giao")))),
    Listed(name="level", of="competence.?.decides", label=words(en="Level that decides", vi="Cấp quyết định"), readers=PARTIES),
    Person(name="decider", label=words(en="Person who decides, where one does", vi="Người quyết định, nếu do một người"), required=False,
           readers=PARTIES),
    Unit(name="body", label=words(en="Body or unit whose members decide", vi="Cơ quan hoặc đơn vị quyết định bằng biểu quyết"), required=False,
         readers=PARTIES),
    Text(name="what", label=words(en="What it is about", vi="Nội dung"), at_least=10, at_most=4000, lines=True, klass=Klass.PERSONAL,
         readers=HANDLERS),
)
"""What opens a matter of discipline, in every door. The person is told by the notice of allegations, with what they may do."""

SPLIT_OFF = Many(
    name="parts", label=words(en="Matters split off", vi="Vụ việc được tách ra"), at_most=10, klass=Klass.PERSONAL, readers=HANDLERS, of=(
        Text(name="what", label=words(en="What it is about", vi="Nội dung"), at_least=10, at_most=4000, lines=True, klass=Klass.PERSONAL,
             readers=HANDLERS),))
"""Each row becomes a matter of its own; what is not named stays where it is."""
