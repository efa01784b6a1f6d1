"""Entries: acts that every case knows beside its transitions. They keep the state and are open in final states too."""

from __future__ import annotations

from workflows.definition import ANY, Transition
from workflows.effects import Appoint, Attach, Withdraw
from workflows.guards import people_named_are_known
from workflows.inputs import HANDLERS, PARTIES, Choice, Klass, Number, Person, Text
from workflows.roles import Role
from workflows.words import words

WRITERS = (Role.CHAIR, Role.OFFICER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.RECORDER)

ADD_EVIDENCE = Transition(
    trigger="add_evidence",
    label=words(en="Add evidence", vi="Thêm chứng cứ"),
    source=ANY, dest=ANY, while_paused=True,
    who=(*WRITERS, Role.MEMBER, Role.UNIT_LEAD, Role.RESPONDENT, Role.HEAD, Role.OWNER),
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
    guards=(people_named_are_known,),
    inputs=(Person(name="person", label=words(en="Person", vi="Người được xem")),
            Text(name="reason", label=words(en="Why they need to know", vi="Lý do cần biết"), at_least=3, at_most=2000,
                 lines=True)),
    effects=(Appoint(Role.MEMBER, "person"),),
    standing=True,
)

ENTRIES = (ADD_EVIDENCE, WITHDRAW_EVIDENCE, NOTE, GRANT)
