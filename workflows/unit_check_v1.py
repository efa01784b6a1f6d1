"""A unit's own check: announced, own report in, drafted, concluded by the meeting, closed. It ends in actions, or opens a case."""

from __future__ import annotations

from workflows import guards as g
from workflows import guards_fast as gf
from workflows.clock_entries import more_time
from workflows.definition import START, State, Transition, Workflow
from workflows.effects import Appoint, Due, Open, Serve, StartClock, StopClock, Take
from workflows.entries import ENTRIES
from workflows.fast_track import make_formal
from workflows.inputs import PARTIES, Day, Klass, Many, Number, Person, Text
from workflows.roles import Role
from workflows.shortcoming_v1 import SHORTCOMING
from workflows.words import words

LEADS = (Role.UNIT_LEAD, Role.RECORDER)
REPORTED = ("own_report_in", "report_missing")
BEFORE_CLOSED = ("announced", *REPORTED, "drafted", "concluded")


def _lines(name: str, en: str, vi: str) -> Text:
    return Text(name=name, label=words(en=en, vi=vi), at_least=3, at_most=8000, lines=True, klass=Klass.PERSONAL, readers=PARTIES)


UNIT_CHECK = Workflow(
    name="unit_check",
    version=1,
    title=words(en="Unit check", vi="Đơn vị tự kiểm tra"),
    fast=True,
    states=(
        State("announced", words(en="announced", vi="đã thông báo")),
        State("own_report_in", words(en="own report in", vi="đã có tự báo cáo")),
        State("report_missing", words(en="no own report came", vi="không có tự báo cáo")),
        State("drafted", words(en="conclusion drafted", vi="đã dự thảo kết luận")),
        State("concluded", words(en="concluded by the meeting", vi="hội nghị đã kết luận"), settled=True),
        State("closed", words(en="closed", vi="đã kết thúc"), final=True, settled=True),
        State("made_formal", words(en="turned into an inspection", vi="đã chuyển thành kiểm tra"), final=True, settled=True),
    ),
    transitions=(
        Transition(
            trigger="announce", label=words(en="Announce a unit check", vi="Thông báo tự kiểm tra"), source=START, dest="announced", who=LEADS,
            guards=(g.people_named_are_known, gf.person_is_another),
            inputs=(Text(name="what", label=words(en="Subject", vi="Nội dung"), at_least=10, at_most=2000, lines=True),
                    Person(name="person", label=words(en="Who reports for the side that is checked", vi="Người báo cáo của bên được kiểm tra")),
                    Day(name="held_on", label=words(en="Day of the meeting", vi="Ngày họp"))),
            effects=(Take(Role.RECORDER), Appoint(Role.RESPONDENT, "person"), Due("held_on"), Serve(Role.RESPONDENT, "unit_check"),
                     StartClock("own_report", then="report_lapsed"))),
        Transition(
            trigger="hand_in", label=words(en="Hand in the own report", vi="Nộp tự báo cáo"), source=("announced", "report_missing"),
            dest="own_report_in", who=(Role.RESPONDENT,), inputs=(_lines("report", "Own report", "Tự báo cáo"),),
            effects=(StopClock("own_report"),)),
        Transition(
            trigger="report_lapsed", label=words(en="No own report came", vi="Hết hạn tự báo cáo"), source="announced", dest="report_missing",
            who=(Role.SYSTEM,)),
        Transition(
            trigger="draft", label=words(en="Draft the conclusion", vi="Dự thảo kết luận"), source=REPORTED, dest="drafted", who=LEADS,
            guards=(gf.checked_side_does_not_conclude,), inputs=(_lines("draft", "Draft", "Dự thảo"),),
            effects=(Serve(Role.RESPONDENT, "unit_check_draft"),)),
        Transition(
            trigger="conclude", label=words(en="Enter the meeting's conclusion", vi="Ghi kết luận của hội nghị"), source="drafted", dest="concluded",
            who=LEADS, guards=(gf.checked_side_does_not_conclude,),
            inputs=(Many(name="points", label=words(en="Points", vi="Các nội dung"), of=(
                        Text(name="point", label=words(en="Point", vi="Nội dung"), at_least=3, at_most=2000),
                        Text(name="conclusion", label=words(en="Conclusion", vi="Kết luận"), at_least=3, at_most=4000, lines=True,
                             klass=Klass.PERSONAL, readers=PARTIES))),
                    Number(name="present", label=words(en="Present", vi="Số người dự"), required=False, at_least=1, at_most=10_000)),
            effects=(StopClock(), Serve(Role.RESPONDENT, "unit_check_conclusion"))),
        Transition(
            trigger="close", label=words(en="Close, with what is to be remedied", vi="Kết thúc, giao việc khắc phục"), source="concluded",
            dest="closed", who=LEADS, guards=(gf.checked_side_does_not_conclude,),
            inputs=(Many(name="shortcomings", label=words(en="Shortcomings to remedy", vi="Khuyết điểm cần khắc phục"), required=False, at_least=0,
                         of=SHORTCOMING),),
            effects=(Open("shortcoming", "note", rows="shortcomings"),)),
        *more_time("own_report", (Role.RESPONDENT,), LEADS, words(en="own report", vi="tự báo cáo")),
        make_formal(BEFORE_CLOSED, (Role.RESPONDENT, *LEADS)),
    ),
    entries=ENTRIES,
)
