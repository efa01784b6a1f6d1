"""Figures of the work of units, counted from the events of cases: countable facts, never a person and never what anybody thinks.

Pure: the events of a time and a place in, figures out. A figure is so many, or so many of so many; nothing here makes a percentage of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from workflows.words import Words, words

QUARTERS = (("q1", words(en="1st quarter", vi="quý I")), ("q2", words(en="2nd quarter", vi="quý II")), ("q3", words(en="3rd quarter", vi="quý III")),
            ("q4", words(en="4th quarter", vi="quý IV")))
MORE, LESS = "more", "less"
"""Whether it is better when there is more of it, or less."""
YEAR = timedelta(days=365)


class Figure(NamedTuple):
    """So many; or with `whole`, so many of so many."""

    part: int
    whole: int | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as figures look at it. `by_unit` says that the unit itself did it; `in_time` that it came on or before its day; `late` that its
    case had let a time limit pass."""

    workflow: str
    trigger: str
    by_unit: bool = False
    in_time: bool = True
    late: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


Read = Callable[[Happened], tuple[int, int | None] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One figure: what it is called, which events it reads, and what each adds: part and whole, or None where it says nothing."""

    label: Words
    events: frozenset[tuple[str, str]]
    read: Read
    better: str | None = None
    shared: bool = True
    """It is so many of so many."""


NOTED = frozenset({("shortcoming", "note"), ("corrective_action", "propose")})
DONE = frozenset({("shortcoming", "finish"), ("corrective_action", "finish")})
LOOKED_AT = frozenset({("shortcoming", "check"), ("shortcoming", "send_back"), ("corrective_action", "verify"), ("corrective_action", "send_back"),
                       ("corrective_action", "find_ineffective")})
CONCLUDED, DRAFTED = frozenset({("inspection", "conclude")}), frozenset({("inspection", "draft")})
ACCEPTED = frozenset({("plan_draft", "accept")})
REPORTED = CONCLUDED | {("inspection", "return")}


def _points(h: Happened) -> tuple[int, int | None]:
    looked = [row.get("met") for row in h.data.get("checklist") or () if row.get("met") in ("yes", "no")]
    return looked.count("yes"), len(looked)


def _of_violations(h: Happened) -> tuple[int, int | None] | None:
    return (int(h.late), 1) if h.data.get("result") == "violation" else None


FIGURES: Mapping[str, Kind] = {
    "shortcomings": Kind(words(en="Shortcomings noted", vi="Khuyết điểm được ghi nhận"), NOTED, lambda h: (1, None), None, False),
    "noted_by_the_unit": Kind(words(en="Shortcomings that the unit noted itself", vi="Khuyết điểm do đơn vị tự phát hiện"), NOTED,
                              lambda h: (int(h.by_unit), 1), MORE),
    "remedied_in_time": Kind(words(en="Remedies done by their day", vi="Việc khắc phục xong đúng hạn"), DONE, lambda h: (int(h.in_time), 1), MORE),
    "accepted_at_once": Kind(words(en="Remedies accepted when they were checked", vi="Việc khắc phục đạt khi kiểm tra lại"), LOOKED_AT,
                             lambda h: (int(h.trigger in ("check", "verify")), 1), MORE),
    "points_met": Kind(words(en="Points of checklists that were met", vi="Nội dung kiểm tra đạt yêu cầu"), DRAFTED, _points, MORE),
    "clean_inspections": Kind(words(en="Inspections that ended without a shortcoming", vi="Cuộc kiểm tra không có khuyết điểm"), CONCLUDED,
                              lambda h: (int(h.data.get("result") == "no_shortcoming"), 1), MORE),
    "violations_late": Kind(words(en="Violations concluded late", vi="Vi phạm chậm kết luận"), CONCLUDED, _of_violations, LESS),
    "reports_returned": Kind(words(en="Final reports returned for more work", vi="Báo cáo phải trả lại để làm rõ"), REPORTED,
                             lambda h: (int(h.trigger == "return"), 1), LESS),
    "plans_accepted_at_once": Kind(words(en="Plans accepted as they were uploaded first", vi="Dự thảo kế hoạch được thông qua ngay"), ACCEPTED,
                                   lambda h: (int(h.data.get("at_once") is True), 1), MORE),
    "own_checks": Kind(words(en="Checks that the unit concluded itself", vi="Lần đơn vị tự kiểm tra"), frozenset({("unit_check", "conclude")}),
                       lambda h: (1, None), MORE, False),
}
"""The closed table of figures. Each reads what the unit knows of: remedies, concluded inspections, its own checks; no matter of a person."""

COUNTED = frozenset().union(*(kind.events for kind in FIGURES.values()))
"""(workflow, trigger) of every event that some figure reads."""
OPTIONS = tuple((code, kind.label) for code, kind in FIGURES.items())


def count(events: Iterable[Happened]) -> dict[str, Figure]:
    """Every figure over these events; what nothing was said of is nought, or nought of nought."""
    parts, wholes = dict.fromkeys(FIGURES, 0), dict.fromkeys(FIGURES, 0)
    for h in events:
        for code, kind in FIGURES.items():
            if (h.workflow, h.trigger) in kind.events and (said := kind.read(h)) is not None:
                parts[code] += said[0]
                wholes[code] += said[1] or 0
    return {code: Figure(parts[code], wholes[code] if kind.shared else None) for code, kind in FIGURES.items()}


def quarter_of(day: date) -> tuple[int, str]:
    """The year and the quarter in which a day lies."""
    return day.year, f"q{(day.month + 2) // 3}"


def first_of(year: int, quarter: str) -> date:
    """The first day of a quarter."""
    return date(year, 3 * int(quarter[1]) - 2, 1)


def last_of(year: int, quarter: str) -> date:
    """The last day of a quarter."""
    n = int(quarter[1])
    return (date(year + 1, 1, 1) if n == 4 else date(year, 3 * n + 1, 1)) - timedelta(days=1)


Span = tuple[date, date]
"""A first and a last day."""


def spans(computations: Iterable[str], told: Mapping[str, Any], today: date) -> dict[str, Span]:
    """The times over which these computations count. `told` is what the act and the case say; a time that does not follow from it is left out."""
    wanted, found = set(computations), dict[str, Span]()
    if "figures.year" in wanted:
        found["year"] = today - YEAR, today
    if wanted & {"figures.quarter", "criteria.facts"} and isinstance(told.get("year"), int) and told.get("quarter") in dict(QUARTERS):
        found["quarter"] = first_of(told["year"], told["quarter"]), last_of(told["year"], told["quarter"])
    if "figures.effect" in wanted and told.get("held_on"):
        held = date.fromisoformat(str(told["held_on"]))
        days = max((today - held).days, 1)
        found["before"] = held - timedelta(days=days), held - timedelta(days=1)
        found["after"] = held + timedelta(days=1), held + timedelta(days=days)
    return found


def rows(figures: Mapping[str, Figure], **more: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """Figures as rows of an event: `part` and `whole`, and for each further set the same under its name."""
    found = []
    for code, one in figures.items():
        row: dict[str, Any] = {"figure": code, "part": one.part} | ({"whole": one.whole} if one.whole is not None else {})
        for name, others in more.items():
            other = others[code]
            row |= {f"{name}_part": other.part} | ({f"{name}_whole": other.whole} if other.whole is not None else {})
        found.append(row)
    return found


def went(row: Mapping[str, Any]) -> str | None:
    """How a figure of a row went from before to after: `better`, `worse`, `same`; None where nothing can be said: there was nothing to count
    on one side, or it has no direction. Shares are compared as fractions, exactly."""
    better = FIGURES[row["figure"]].better if row.get("figure") in FIGURES else None
    if better is None:
        return None
    before, after = row["part"], row["after_part"]
    if "whole" in row:
        if not row["whole"] or not row["after_whole"]:
            return None
        before, after = before * row["after_whole"], after * row["whole"]
    if before == after:
        return "same"
    return "better" if (after > before) == (better == MORE) else "worse"
