"""The entry by which a paper is drawn: numbered, marked, kept with its hash."""

from __future__ import annotations

from workflows.definition import ANY, Transition
from workflows.effects import Issue
from workflows.guards_papers import paper_is_drawn_here
from workflows.inputs import HANDLERS, Choice, Klass, Number, Text, Yes
from workflows.roles import Role
from workflows.words import words

DRAWERS = (Role.CHAIR, Role.OFFICER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.RECORDER, Role.DECIDER, Role.APPEAL_DECIDER)
"""Who draws papers: those who conduct the case or decide it."""

MARKINGS = (("none", words(en="no marking", vi="không đóng dấu mật")), ("internal", words(en="INTERNAL", vi="LƯU HÀNH NỘI BỘ")),
            ("confidential", words(en="CONFIDENTIAL", vi="MẬT")), ("secret", words(en="SECRET", vi="TỐI MẬT")),
            ("top_secret", words(en="TOP SECRET", vi="TUYỆT MẬT")))
"""How a paper may be marked."""

LANGUAGE = Choice(name="language", label=words(en="Language of the paper", vi="Ngôn ngữ văn bản"), readers=HANDLERS, options=(
    ("en", words(en="English", vi="Tiếng Anh")), ("vi", words(en="Vietnamese", vi="Tiếng Việt"))))
MARKING = Choice(name="marking", label=words(en="Marking", vi="Độ mật"), readers=HANDLERS, options=MARKINGS)


def _code(name: str, en: str, vi: str, at_most: int, *, required: bool = True) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), at_most=at_most, required=required, readers=HANDLERS)


ISSUE_PAPER = Transition(
    trigger="issue_paper",
    label=words(en="Draw a paper", vi="Lập văn bản"),
    source=ANY, dest=ANY, while_paused=True, unasked=True, page="papers", of_one=True, who=DRAWERS, guards=(paper_is_drawn_here,),
    inputs=(
        _code("kind", "Kind of paper", "Loại văn bản", 60),
        Text(name="description", label=words(en="What it is", vi="Tên văn bản"), at_most=400, klass=Klass.PERSONAL, readers=HANDLERS),
        Number(name="of", label=words(en="Of which event", vi="Theo sự kiện số"), at_most=999_999_999, readers=HANDLERS),
        LANGUAGE, MARKING,
        Choice(name="audience", label=words(en="For", vi="Người được đọc"), readers=HANDLERS, options=(
            ("parties", words(en="those who handle the case, and the parties", vi="người xử lý và các bên liên quan")),
            ("handlers", words(en="those who handle the case", vi="người xử lý vụ việc")))),
        Yes(name="delicate", label=words(en="It says what is delicate", vi="Có nội dung nhạy cảm"), required=False, readers=HANDLERS),
        _code("reference", "Its number in writing", "Số, ký hiệu", 200, required=False),
        Number(name="issue", label=words(en="Number in its series", vi="Số thứ tự"), required=False, at_least=1, readers=HANDLERS),
        Number(name="year", label=words(en="Year of the series", vi="Năm"), required=False, at_most=9999, readers=HANDLERS),
        _code("series", "Series", "Dãy số", 200, required=False),
        _code("template", "Hash of its text", "Mã băm của mẫu", 64),
        _code("checkpoint", "Checkpoint that is printed on it", "Mã mốc kiểm chứng in trên văn bản", 200, required=False),
        Choice(name="held_as", label=words(en="Held as", vi="Hình thức lưu"), readers=HANDLERS,
               options=(("file", words(en="a file stored here", vi="tệp lưu tại đây")),)),
        _code("sha256", "SHA-256 of the file", "Mã SHA-256 của tệp", 64),
        Number(name="size", label=words(en="Size in bytes", vi="Kích thước (byte)"), at_most=2**40, readers=HANDLERS),
        _code("media_type", "Kind of file", "Loại tệp", 120),
        Text(name="filename", label=words(en="Name of the file", vi="Tên tệp"), at_most=200, klass=Klass.PERSONAL, readers=HANDLERS),
    ),
    effects=(Issue(),),
    help=words(en="Drawn from its text on the page of papers, numbered, marked, and kept with its hash.",
               vi="Lập từ mẫu tại trang văn bản, được đánh số, ghi độ mật và lưu kèm mã băm."),
)
