"""A reminder or a talk, without any sanction: what a direct superior and one of theirs said to each other, kept for a year."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_fast as gf
from workflows.clock_entries import CLOCK_ENTRIES
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Appoint, Serve, StartClock, StopClock, Take
from workflows.entries import NAME_COMPANION, PART_WITH_COMPANION
from workflows.fast_track import BETWEEN_TWO, between_two, make_formal
from workflows.inputs import Day, Klass, Person, Text
from workflows.retention import FAST_NOTE, OVER
from workflows.roles import Role
from workflows.words import words

OPEN = ("noted", "seen", "answered")

TALK = Workflow(
    name="talk",
    version=1,
    title=words(en="Reminder or talk", vi="Nhắc nhở, trao đổi"),
    fast=True,
    states=(
        State("noted", words(en="noted, the person has not seen it yet", vi="đã ghi, người được nhắc chưa xem"), settled=True),
        State("seen", words(en="seen", vi="người được nhắc đã xem"), settled=True),
        State("answered", words(en="answered", vi="người được nhắc đã trả lời"), settled=True),
        State("to_be_erased", words(en="due for erasure", vi="đến hạn xóa"), final=True, settled=True, kept=OVER),
        State("made_formal", words(en="turned into an inspection", vi="đã chuyển thành kiểm tra"), final=True, settled=True, kept=FAST_NOTE),
    ),
    transitions=(
        Transition(
            trigger="record", label=words(en="Note a reminder or a talk", vi="Ghi lần nhắc nhở, trao đổi"), source=START, dest="noted",
            who=(Role.UNIT_LEAD,), guards=(g.people_named_are_known, gf.person_is_another, gf.superior_is_direct),
            inputs=(Person(name="person", label=words(en="With whom", vi="Với ai"), klass=Klass.SENSITIVE, readers=BETWEEN_TWO),
                    Day(name="held_on", label=words(en="On which day", vi="Ngày nào"), when="past"),
                    Text(name="what", label=words(en="What it was about", vi="Về việc gì"), at_least=10, at_most=1000, lines=True,
                         klass=Klass.SENSITIVE, readers=BETWEEN_TWO,
                         help=words(en="What was done or left undone; not what somebody thinks.",
                                    vi="Việc đã làm hoặc không làm; không phải suy nghĩ của ai.")),
                    between_two("agreed", "What was agreed", "Đã thống nhất điều gì"),
                    between_two("own_words", "Their words", "Ý kiến của người được nhắc", required=False)),
            effects=(Take(Role.DIRECT_SUPERIOR), Appoint(Role.RESPONDENT, "person"), Serve(Role.RESPONDENT, "talk"),
                     StartClock("talk_kept", then="keep_no_longer", silent=True)),
            help=words(en="The person sees it and may answer. It is no sanction, and it is due for erasure when its time is over.",
                       vi="Người được nhắc sẽ xem và có thể trả lời. Đây không phải là kỷ luật và đến hạn xóa khi hết thời gian lưu.")),
        Transition(
            trigger="see", label=words(en="I have seen it", vi="Tôi đã xem"), source="noted", dest="seen", who=(Role.RESPONDENT,),
            help=words(en="It takes no position.", vi="Chỉ xác nhận đã xem, không bày tỏ ý kiến.")),
        Transition(
            trigger="answer", label=words(en="Answer", vi="Trả lời"), source=("noted", "seen"), dest="answered", who=(Role.RESPONDENT,), unasked=True,
            inputs=(between_two("answer", "Your words", "Ý kiến của bạn"),)),
        make_formal(OPEN, (Role.RESPONDENT, Role.DIRECT_SUPERIOR, Role.UNIT_LEAD)),
        Transition(
            trigger="keep_no_longer", label=words(en="Its time is over", vi="Hết thời gian lưu"), source=OPEN, dest="to_be_erased",
            who=(Role.SYSTEM,), effects=(StopClock(),)),
    ),
    entries=(NAME_COMPANION, PART_WITH_COMPANION, *CLOCK_ENTRIES),
)
