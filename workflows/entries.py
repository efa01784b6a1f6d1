"""Entries: acts that every case knows beside its transitions. They keep the state and are open in final states too."""

from __future__ import annotations

from workflows.clock_entries import CLOCK_ENTRIES
from workflows.definition import ANY, Transition
from workflows.effects import Appoint, Attach, Dismiss, Move, Recuse, Reinstate, Withdraw
from workflows.guards import actor_has_no_tie, nobody_named_has_a_tie, people_named_are_known
from workflows.guards_access import access_ends_ahead, another_person_lifts, companion_has_no_other_part
from workflows.guards_discipline import item_is_tainted
from workflows.inputs import HANDLERS, PARTIES, Choice, Day, Klass, Number, Person, Text, Unit
from workflows.paper_entries import ISSUE_PAPER
from workflows.retention_entries import RETENTION_ENTRIES
from workflows.roles import Role
from workflows.words import words

WRITERS = (Role.CHAIR, Role.OFFICER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.RECORDER)

CONDUCTORS = (Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.DECIDER, Role.APPEAL_DECIDER,
              Role.VERIFIER, Role.SUPERIOR)
"""Whoever conducts or decides, and so may have a conflict that matters."""

ADD_EVIDENCE = Transition(
    trigger="add_evidence",
    label=words(en="Add evidence", vi="Thêm chứng cứ"),
    source=ANY, dest=ANY, while_paused=True,
    who=(*WRITERS, Role.UNIT_LEAD, Role.RESPONDENT, Role.COMPANION, Role.HEAD, Role.OWNER),
    inputs=(
        Text(name="description", label=words(en="What it is", vi="Nội dung chứng cứ"), at_most=400,
             klass=Klass.PERSONAL, readers=PARTIES),
        Choice(name="held_as", label=words(en="Held as", vi="Hình thức lưu"), options=(
            ("file", words(en="a file stored here", vi="tệp lưu tại đây")),
            ("reference", words(en="a paper kept elsewhere", vi="giấy tờ lưu nơi khác")))),
        Text(name="reference", label=words(en="File number, place, pages", vi="Số, nơi lưu, số trang"), required=False,
             at_most=400,
             klass=Klass.PERSONAL, readers=PARTIES),
        Text(name="sha256", label=words(en="SHA-256 of the file", vi="Mã SHA-256 của tệp"), required=False, at_least=64,
             at_most=64),
        Number(name="size", label=words(en="Size in bytes", vi="Kích thước (byte)"), required=False, at_most=2**40),
        Text(name="media_type", label=words(en="Kind of file", vi="Loại tệp"), required=False, at_most=120),
        Text(name="filename", label=words(en="Name of the file", vi="Tên tệp"), required=False, at_most=200,
             klass=Klass.PERSONAL, readers=PARTIES),
    ),
    effects=(Attach(),),
    help=words(en="A file, or a reference to a paper kept elsewhere.",
               vi="Một tệp, hoặc dẫn chiếu giấy tờ lưu nơi khác."),
)

WITHDRAW_EVIDENCE = Transition(
    trigger="withdraw_evidence",
    label=words(en="Withdraw evidence", vi="Rút chứng cứ"),
    source=ANY, dest=ANY, while_paused=True, who=WRITERS,
    inputs=(Number(name="item", label=words(en="Number of the item", vi="Số của chứng cứ"), at_least=1),
            Text(name="reason", label=words(en="Why", vi="Lý do"), at_least=3, at_most=2000, lines=True)),
    effects=(Withdraw("item"),),
    help=words(en="It is kept, but no longer cited.", vi="Vẫn được lưu nhưng không còn được viện dẫn."),
)

REVERIFY_EVIDENCE = Transition(
    trigger="reverify_evidence",
    label=words(en="Verify evidence again", vi="Xác minh lại chứng cứ"),
    source=ANY, dest=ANY, while_paused=True, of_one=True, who=WRITERS, guards=(actor_has_no_tie, item_is_tainted),
    inputs=(Number(name="item", label=words(en="Number of the item", vi="Số của chứng cứ"), at_least=1),
            Text(name="verified_how", label=words(en="How it was verified", vi="Cách xác minh"), at_least=3, at_most=4000, lines=True,
                 readers=HANDLERS)),
    help=words(en="For what somebody brought who has a conflict. What nobody verifies again may not be cited.",
               vi="Dùng cho chứng cứ do người có xung đột lợi ích đưa vào. Không ai xác minh lại thì không được viện dẫn."),
)

NOTE = Transition(
    trigger="note_for_record",
    label=words(en="Note for the record", vi="Ghi chú hồ sơ"),
    source=ANY, dest=ANY, while_paused=True, who=WRITERS,
    inputs=(Text(name="note", label=words(en="Note", vi="Ghi chú"), lines=True, klass=Klass.PERSONAL, readers=HANDLERS),
            ),
)

GRANT = Transition(
    trigger="grant_access",
    label=words(en="Give access", vi="Cho quyền xem"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.CHAIR,),
    guards=(people_named_are_known, nobody_named_has_a_tie, access_ends_ahead),
    inputs=(Person(name="person", label=words(en="Person", vi="Người được xem")),
            Day(name="until", label=words(en="Last day", vi="Ngày cuối cùng")),
            Text(name="reason", label=words(en="Why they need to know", vi="Lý do cần biết"), at_least=3, at_most=2000,
                 lines=True)),
    effects=(Appoint(Role.MEMBER, "person", until="until"),),
    standing=True,
)

WITHDRAW_ACCESS = Transition(
    trigger="withdraw_access",
    label=words(en="Withdraw access", vi="Thôi cho quyền xem"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.CHAIR,),
    guards=(people_named_are_known,),
    inputs=(Person(name="person", label=words(en="Person", vi="Người đang được xem")),
            Text(name="reason", label=words(en="Why", vi="Lý do"), at_least=3, at_most=2000, lines=True)),
    effects=(Dismiss(Role.MEMBER, "person"),),
    help=words(en="It ends at once; what they did stays.", vi="Có hiệu lực ngay; việc đã làm vẫn được giữ."),
)

DECLARE_CONFLICT = Transition(
    trigger="declare_conflict",
    label=words(en="Declare a conflict", vi="Khai xung đột lợi ích"),
    source=ANY, dest=ANY, while_paused=True, who=CONDUCTORS,
    inputs=(Choice(name="ground", label=words(en="Ground", vi="Căn cứ"), klass=Klass.SEALED, readers=(Role.CHAIR,),
                   options=(
                       ("close_tie", words(en="a close tie", vi="quan hệ thân thiết")),
                       ("interest", words(en="an interest of one's own", vi="có lợi ích riêng")),
                       ("earlier_part", words(en="an earlier part in the matter", vi="đã tham gia việc này trước đó")),
                       ("other", words(en="another ground", vi="căn cứ khác")))),),
    effects=(Recuse(),),
    help=words(en="No details are asked. You take no further part from now on; what you did stays.",
               vi="Không cần nêu chi tiết. Từ nay bạn không tham gia nữa; việc đã làm vẫn được giữ."),
)

LIFT_CONFLICT = Transition(
    trigger="lift_conflict",
    label=words(en="Lift a conflict", vi="Bỏ khai xung đột lợi ích"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.CHAIR,), standing=True,
    guards=(another_person_lifts,),
    inputs=(Person(name="person", label=words(en="Person", vi="Người đã khai")),
            Text(name="reason", label=words(en="Why there is none", vi="Vì sao không còn xung đột"), at_least=3, at_most=2000,
                 lines=True, readers=HANDLERS)),
    effects=(Reinstate("person"),),
    help=words(en="Parts that ended do not come back by themselves.", vi="Phần việc đã thôi không tự trở lại."),
)

NAME_COMPANION = Transition(
    trigger="name_companion",
    label=words(en="Name a companion", vi="Chọn người đi cùng"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.RESPONDENT,),
    guards=(people_named_are_known, companion_has_no_other_part),
    inputs=(Person(name="person", label=words(en="Companion", vi="Người đi cùng")),),
    effects=(Appoint(Role.COMPANION, "person"),),
    help=words(en="They see what you see, speak for you, and decide nothing.",
               vi="Người này xem được những gì bạn xem, nói thay bạn, và không quyết định gì."),
)

PART_WITH_COMPANION = Transition(
    trigger="part_with_companion",
    label=words(en="Go on without the companion", vi="Thôi người đi cùng"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.RESPONDENT,),
    inputs=(Person(name="person", label=words(en="Companion", vi="Người đi cùng")),),
    effects=(Dismiss(Role.COMPANION, "person"),),
)

FOLLOW_SUCCESSOR = Transition(
    trigger="follow_successor", label=words(en="The unit was dissolved; its successor takes over", vi="Đơn vị giải thể; đơn vị kế tiếp tiếp nhận"),
    source=ANY, dest=ANY, while_paused=True, who=(Role.SYSTEM,),
    inputs=(Unit(name="unit_before", label=words(en="Dissolved unit", vi="Đơn vị giải thể")),
            Unit(name="unit_after", label=words(en="Successor", vi="Đơn vị kế tiếp"))),
    effects=(Move("unit_after"),))
"""The system lets an open case follow its unit."""

ENTRIES = (ADD_EVIDENCE, WITHDRAW_EVIDENCE, REVERIFY_EVIDENCE, NOTE, GRANT, WITHDRAW_ACCESS, DECLARE_CONFLICT, LIFT_CONFLICT, NAME_COMPANION,
           PART_WITH_COMPANION, FOLLOW_SUCCESSOR, ISSUE_PAPER, *CLOCK_ENTRIES, *RETENTION_ENTRIES)
