"""Guards of how the organisation learns: plans, demonstrations, pilot units, assessments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from workflows.acts import Act, Facts
from workflows.figures import last_of, quarter_of
from workflows.guards import given, guard
from workflows.words import words

LEAST = timedelta(days=30)
"""So long a demonstration has at least been over before its effect is looked at."""


def _rows(act: Act, *names: str) -> list[dict[str, Any]]:
    return [row for name in names for row in given(act, name) or () if isinstance(row, dict)]


@guard(needs=("jurisdiction",), inputs=True, vi="Mọi đơn vị trong chương trình thuộc phạm vi phụ trách.")
def units_planned_are_in_jurisdiction(case: Facts, act: Act) -> bool:
    """Every unit in the plan lies within what this person may work on."""
    return all(row.get("target") in case.jurisdiction for row in _rows(act, "items", "added", "demonstrations"))


@guard(needs=("offices",), inputs=True, vi="Mọi chức vụ được nêu trong các dòng đang có người giữ hoặc người phụ trách thay.")
def offices_in_rows_have_a_holder(case: Facts, act: Act) -> bool:
    """Every office named in the rows has a holder, or someone who acts for them."""
    named = {row["office"] for row in _rows(act, "demonstrations", "lessons", "tasks") if row.get("office")}
    return all(code in case.offices and bool(case.offices[code].holder_now or case.offices[code].acting_now) for code in named)


@guard(inputs=True, vi="Mỗi quý có một đơn vị khác nhau làm mẫu: không quý nào và không đơn vị nào được nêu hai lần.")
def each_quarter_has_another_host(case: Facts, act: Act) -> bool:
    """Each quarter another unit demonstrates: no quarter and no unit stands there twice."""
    planned = _rows(act, "demonstrations")
    return all(len({row.get(name) for row in planned}) == len(planned) for name in ("quarter", "target"))


@guard(needs=("named_cases", "said"), inputs=True,
       vi="Vụ việc được nêu là cuộc kiểm tra đơn vị này hoặc đơn vị trực thuộc, mở theo chương trình năm, không phải diễn tập.")
def inspection_is_of_this_plan(case: Facts, act: Act) -> bool:
    """The case named is an inspection of this unit or one below it, opened for the yearly programme, and no rehearsal."""
    one = case.named_cases.get(given(act, "inspection"))
    return one is not None and (one.workflow, one.source, one.rehearsal) == ("inspection", "programme", False) and case.said.get(
        "target") in one.units


@guard(needs=("named_cases", "said"), vi="Cuộc kiểm tra đã gắn với mục này đã có kết luận.")
def inspection_is_concluded(case: Facts, act: Act) -> bool:
    """The inspection that belongs to this item is concluded."""
    one = case.named_cases.get(case.said.get("inspection"))
    return one is not None and bool(one.settled or one.is_final)


@guard(needs=("named_cases",), inputs=True, vi="Buổi làm mẫu dùng vụ việc diễn tập, không dùng vụ việc thật.",
       outer=words(en="A demonstration uses a rehearsal.", vi="Buổi làm mẫu dùng vụ việc diễn tập."))
def demonstration_uses_a_rehearsal(case: Facts, act: Act) -> bool:
    """A demonstration is held on a rehearsal, never on a real case."""
    one = case.named_cases.get(given(act, "rehearsal"))
    return one is not None and bool(one.rehearsal)


@guard(needs=("said", "today"),
       vi="Đánh giá hiệu quả được làm ở quý sau buổi làm mẫu, sớm nhất 30 ngày sau đó.")
def next_quarter_has_come(case: Facts, act: Act) -> bool:
    """The effect is looked at in a later quarter than that of the demonstration, and no sooner than 30 days after it."""
    held = case.said.get("held_on")
    if not held:
        return False
    day = date.fromisoformat(str(held))
    return bool(quarter_of(case.today) > quarter_of(day) and case.today >= day + LEAST)


@guard(needs=("children",), vi="Mọi việc mở ra từ đây đều đã kết thúc.")
def children_have_ended(case: Facts, act: Act) -> bool:
    """Everything that was opened from here has ended."""
    return all(child.is_final for child in case.children)


@guard(needs=("pilots", "unit"), vi="Chưa có đơn vị nào khác đang là đơn vị điểm.")
def no_other_unit_is_pilot(case: Facts, act: Act) -> bool:
    """No other unit is the pilot unit now."""
    return not case.pilots - {case.unit}


@guard(needs=("remedies_owed",), vi="Đơn vị không còn khuyết điểm chưa khắc phục: đơn vị điểm khắc phục của mình trước.")
def own_shortcomings_are_remedied(case: Facts, act: Act) -> bool:
    """The unit owes no remedy any more: a pilot unit remedies its own shortcomings first."""
    return bool(case.remedies_owed == 0)


@guard(needs=("today",), inputs=True, vi="Quý được đánh giá đã kết thúc.")
def quarter_is_over(case: Facts, act: Act) -> bool:
    """The quarter that is assessed is over."""
    year, quarter = given(act, "year"), given(act, "quarter")
    return isinstance(year, int) and bool(quarter) and bool(last_of(year, quarter) < case.today)


@guard(needs=("signals_waiting",), vi="Mọi dấu hiệu đang chờ đều đã được phân loại.")
def no_signal_waits(case: Facts, act: Act) -> bool:
    """Every signal that waited has been assessed."""
    return bool(case.signals_waiting == 0)


@guard(needs=("said", "today"), vi="Hạn của mọi việc trong kế hoạch còn ở phía trước.")
def tasks_lie_ahead(case: Facts, act: Act) -> bool:
    """The day of every task of the plan lies ahead."""
    return all(str(row["due"]) >= case.today.isoformat() for row in case.said.get("tasks") or () if row.get("due"))


@guard(needs=("people",), inputs=True, vi="Người kèm cặp không phải là người được xem xét.")
def mentor_is_another(case: Facts, act: Act) -> bool:
    """The mentor is another person than whoever is reviewed, and is not reviewed here."""
    return given(act, "mentor") not in (given(act, "person"), *case.people.get("owner", ()))
