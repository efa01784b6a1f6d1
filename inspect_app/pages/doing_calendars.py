"""The administrative acts on calendars as forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from inspect_app.errors import NotFound
from inspect_app.pages.doing import CODE, Doing, Told
from inspect_app.services import calendars
from inspect_app.services.administering import day_of_text, refuse
from inspect_app.services.calendars import DayOf
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.inputs import Choice, Day, Number, Text, Yes
from workflows.words import words

_TITLE = Text(name="title", label=words(en="Title", vi="Tên lịch"), at_most=200)
_COUNTRY = Text(name="country", label=words(en="Country, two letters", vi="Quốc gia, mã hai chữ cái"), at_most=2, required=False,
                help=words(en="Its public holidays are taken in; they can be changed afterwards.",
                           vi="Nạp ngày nghỉ lễ của quốc gia; có thể sửa sau."))
_FROM = Number(name="from_year", label=words(en="From year", vi="Từ năm"), at_least=1900, at_most=2100, required=False)
_TO = Number(name="to_year", label=words(en="To year", vi="Đến năm"), at_least=1900, at_most=2100, required=False)
_WEEK = Text(name="week", label=words(en="Week of its own", vi="Tuần làm việc riêng"), required=False, at_most=7,
             help=words(en="Seven marks, Monday first: 1 is worked, 0 is off. Nothing: the week of the ruleset.",
                        vi="Bảy ký hiệu, từ thứ Hai: 1 là làm việc, 0 là nghỉ. Để trống: theo tuần của bộ quy định."))
_WORKS = Choice(name="works", label=words(en="On this day", vi="Ngày này"), options=(
    ("off", words(en="nobody works", vi="nghỉ")), ("works", words(en="people work, to make up for another day", vi="làm việc bù cho ngày khác"))))


def _years(t: Told) -> tuple[int, int] | None:
    found = [int(year) for year in (t.get("from_year"), t.get("to_year")) if year]
    return (found[0], found[-1]) if found else None


def _day(actor: Actor, text: Any, field: str) -> date:
    found = day_of_text(actor, text, field)
    if found is None:
        refuse(actor, field, "fault.day_needed")
    return found


def _before(house: House, at: Told) -> Mapping[str, Any]:
    try:
        row = calendars.shown(house, at["calendar"])
    except NotFound:
        return {}
    return {"title": row["title"], "week": row["week"], "choose": row["chosen"]}


CALENDARS: Mapping[str, Doing] = {
    "add-calendar": Doing(
        words(en="Add a calendar", vi="Thêm lịch làm việc"), (CODE, _TITLE, _COUNTRY, _FROM, _TO),
        lambda h, a, t, at, k: calendars.add(h, a, t.get("code", ""), t.get("title", ""), country=t.get("country"), years=_years(t), key=k),
        "calendar"),
    "change-calendar": Doing(
        words(en="Change the calendar", vi="Thay đổi lịch làm việc"),
        (_TITLE, _WEEK, Yes(name="choose", label=words(en="It is that of the house", vi="Áp dụng cho đơn vị"), required=False)),
        lambda h, a, t, at, k: calendars.change(h, a, at["calendar"], title=t.get("title"), week=t.get("week") or "", choose=bool(t.get("choose")),
                                                key=k),
        "calendar", ("calendar",), _before),
    "seed-calendar": Doing(
        words(en="Take in public holidays", vi="Nạp ngày nghỉ lễ"), (_COUNTRY, _FROM, _TO),
        lambda h, a, t, at, k: calendars.seed(h, a, at["calendar"], t.get("country"), _years(t), key=k), "calendar", ("calendar",)),
    "set-day": Doing(
        words(en="Set a day", vi="Đặt một ngày"),
        (Day(name="on", label=words(en="Day", vi="Ngày")), _WORKS, Text(name="what", label=words(en="What it is", vi="Nội dung"), at_most=200)),
        lambda h, a, t, at, k: calendars.change(
            h, a, at["calendar"], days=[DayOf(_day(a, t.get("on"), "on"), t.get("works") == "works", t.get("what", ""))], key=k),
        "calendar", ("calendar",)),
    "remove-day": Doing(
        words(en="Remove a day", vi="Bỏ một ngày"), (),
        lambda h, a, t, at, k: calendars.change(h, a, at["calendar"], remove=[_day(a, at["on"], "on")], key=k), "calendar", ("calendar", "on")),
    "note-outage": Doing(
        words(en="Note days on which nobody could act", vi="Ghi những ngày hệ thống gián đoạn"),
        (Day(name="since", label=words(en="From", vi="Từ ngày")), Day(name="until", label=words(en="Last day", vi="Ngày cuối")),
         Text(name="reason", label=words(en="Reason", vi="Lý do"), at_most=400)),
        lambda h, a, t, at, k: calendars.note_outage(h, a, t.get("since", ""), t.get("until", ""), t.get("reason", ""), key=k), "calendars",
        help=words(en="What would end on one of them ends on the working day after.",
                   vi="Thời hạn hết vào những ngày này được lùi sang ngày làm việc kế tiếp.")),
}
"""Forms by the last part of their address, beside those of the organisation."""
