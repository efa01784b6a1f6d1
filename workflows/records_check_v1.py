"""A check of records in which nothing was found: a checklist and a sheet."""

from __future__ import annotations

from workflows import guards as g
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.fast_track import make_formal
from workflows.inputs import Text, Yes
from workflows.retention import FAST_NOTE
from workflows.roles import Role
from workflows.words import words

RECORDS_CHECK = Workflow(
    name="records_check",
    version=1,
    title=words(en="Records check, nothing found", vi="Kiểm tra sổ sách, không có vấn đề"),
    fast=True,
    states=(
        State("nothing_found", words(en="nothing found", vi="không có vấn đề"), settled=True),
        State("settled", words(en="settled", vi="đã xong"), final=True, settled=True, kept=FAST_NOTE),
        State("made_formal", words(en="turned into an inspection", vi="đã chuyển thành kiểm tra"), final=True, settled=True, kept=FAST_NOTE),
    ),
    transitions=(
        Transition(
            trigger="record", label=words(en="Record a check of records", vi="Ghi lần kiểm tra sổ sách"), source=START, dest="nothing_found",
            who=(Role.OFFICER,), guards=(g.unit_is_in_jurisdiction,),
            inputs=(Text(name="what", label=words(en="Which records, of which time", vi="Sổ sách nào, thời gian nào"), at_least=10, at_most=1000),
                    Yes(name="complete", label=words(en="Complete: no page, number or day is missing",
                                                     vi="Đầy đủ: không thiếu trang, số hoặc ngày")),
                    Yes(name="signed", label=words(en="Signed by those who have to sign", vi="Có đủ chữ ký của người phải ký")),
                    Yes(name="agrees", label=words(en="What stands there agrees with what is there", vi="Nội dung khớp với thực tế")),
                    Text(name="sample", label=words(en="How much was looked at, and how it was chosen", vi="Đã xem bao nhiêu, chọn thế nào"),
                         required=False, at_most=1000, lines=True)),
            effects=(Take(Role.OFFICER), StartClock("records_check_open", then="settle", silent=True)),
            help=words(en="Only where nothing was found. Where something is missing, note a shortcoming instead.",
                       vi="Chỉ dùng khi không có vấn đề. Nếu có thiếu sót, hãy ghi khuyết điểm.")),
        make_formal(("nothing_found",), (Role.UNIT_LEAD, Role.OFFICER)),
        Transition(
            trigger="settle", label=words(en="Nobody objected", vi="Không ai có ý kiến"), source="nothing_found", dest="settled", who=(Role.SYSTEM,),
            effects=(StopClock(),)),
    ),
    entries=ENTRIES,
)
