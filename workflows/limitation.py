"""Time that works for a person: limitation of a violation, and expiry of a sanction.

Limitation is asked after the vote, against the sanction voted, for each violation: it is barred where the day of the conclusion lies after the
start and the period. An act that has ended counts from its end, one that goes on from its discovery, one whose end is unknown from the
conclusion, as the keys `limitation.start.*` say. A new violation inside the period starts it again. Days are those of the organisation's zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.calendar import add
from workflows.lines import Line, line, named
from workflows.votes import NO_NAMES, Names
from workflows.words import Words, words

_SAY = {
    "end": words(en="The act ended on {day}; the period counts from there.", vi="Hành vi chấm dứt ngày {day}; thời hiệu tính từ ngày đó."),
    "act": words(en="The act was done on {day}; the period counts from there.", vi="Hành vi thực hiện ngày {day}; thời hiệu tính từ ngày đó."),
    "discovery": words(en="It was discovered on {day}; the period counts from there.", vi="Phát hiện ngày {day}; thời hiệu tính từ ngày đó."),
    "conclusion": words(en="The period counts from the conclusion on {day}.", vi="Thời hiệu tính từ ngày kết luận {day}."),
    "again": words(en="A new violation on {day} lies inside the period, so it starts again from there.",
                   vi="Có vi phạm mới ngày {day} trong thời hiệu nên tính lại từ ngày đó."),
    "period": words(en="{sanction} can be imposed for {period}, until {day}.", vi="{sanction} có thời hiệu {period}, đến hết ngày {day}."),
    "none": words(en="No time bars {sanction}.", vi="{sanction} không áp dụng thời hiệu."),
    "exempt": words(en="No time bars this violation: {category}.", vi="Vi phạm này không áp dụng thời hiệu: {category}."),
    "barred": words(en="The conclusion came on {day}, which is later: barred.", vi="Kết luận ngày {day}, sau ngày trên: hết thời hiệu."),
    "in_time": words(en="The conclusion came on {day}, which is in time.", vi="Kết luận ngày {day}, còn thời hiệu."),
    "spent": words(en="{sanction} took effect on {start} and is spent after {period}, on {day}.",
                   vi="{sanction} có hiệu lực từ {start}, chấm dứt hiệu lực sau {period}, ngày {day}."),
    "never_spent": words(en="{sanction} is not spent by time.", vi="{sanction} không chấm dứt hiệu lực theo thời gian."),
    "held": words(en="An appeal is open, so it is not spent by itself.", vi="Đang có khiếu nại nên chưa tự chấm dứt hiệu lực."),
    "new": words(en="A new violation on {day} lies before that day, so it is not spent by itself.",
                 vi="Có vi phạm mới ngày {day} trước ngày đó nên không tự chấm dứt hiệu lực."),
}
_UNITS = {
    "d": words(en="{number} days", vi="{number} ngày"),
    "m": words(en="{number} months", vi="{number} tháng"),
    "wd": words(en="{number} working days", vi="{number} ngày làm việc"),
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation. `act_on` is when it was done or began. It may have an end; it may go on (`continuing`), or have an end nobody knows
    (`end_unknown`). With neither, it was done on its one day."""

    act_on: date
    ended_on: date | None = None
    discovered_on: date | None = None
    category: str | None = None
    continuing: bool = False
    end_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Limitation:
    """Whether a sanction is barred for a violation, the last day on which it was not (None where no time bars it), and why."""

    barred: bool
    day: date | None
    lines: tuple[Line, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Ending:
    """The day on which something ends by itself, None where it does not, and why."""

    day: date | None
    lines: tuple[Line, ...] = field(default=(), compare=False)


def period_words(limit: str) -> Words:
    """`"60m"` in words."""
    unit = limit.lstrip("0123456789")
    return line(_UNITS[unit], number=limit.removesuffix(unit)).text


def start_of(violation: Violation, concluded_on: date, values: Mapping[str, Any]) -> tuple[date, str, str]:
    """From when the period counts: the day, what happened that day (`end`, `act`, `discovery`, `conclusion`), and the key that says so."""
    if violation.ended_on is not None:
        key = "limitation.start.ended"
    elif violation.continuing:
        key = "limitation.start.continuing"
    elif violation.end_unknown:
        key = "limitation.start.unknown_end"
    else:
        return violation.act_on, "act", "limitation.start.ended"
    rule = str(values[key])
    days = {"end": violation.ended_on, "act": violation.act_on, "discovery": violation.discovered_on}
    day = days.get(rule)
    return (concluded_on, "conclusion", key) if day is None else (day, rule, key)


def barred(violations: Sequence[Violation], which: int, sanction: str, concluded_on: date, values: Mapping[str, Any],
           names: Names = NO_NAMES) -> Limitation:
    """Whether time bars this sanction for the violation at `which`; the others may start its period again.

    Raises LookupError where the ruleset has no period for the sanction, ValueError where an act is dated after the conclusion."""
    violation = violations[which]
    if violation.act_on > concluded_on:
        raise ValueError("the act is dated after the conclusion")
    key = f"limitation.{sanction}"
    if key not in values:
        raise LookupError(f"the ruleset has no “{key}”")
    said, period = named(names, "sanction", sanction), str(values[key])
    if violation.category is not None and violation.category in values["limitation.exempt"]:
        return Limitation(False, None, (line(_SAY["exempt"], "limitation.exempt", category=named(names, "category", violation.category)),))
    if period == "none":
        return Limitation(False, None, (line(_SAY["none"], key, sanction=said),))
    start, what, why = start_of(violation, concluded_on, values)
    lines = [line(_SAY[what], why, day=start)]
    if values["limitation.restarts"]:
        for new in sorted(v.act_on for n, v in enumerate(violations) if n != which and v.act_on <= concluded_on):
            if start < new <= add(start, period):
                start = new
                lines.append(line(_SAY["again"], "limitation.restarts", day=new))
    last = add(start, period)
    lines.append(line(_SAY["period"], key, sanction=said, period=period_words(period), day=last))
    is_barred = concluded_on > last
    return Limitation(is_barred, last, (*lines, line(_SAY["barred" if is_barred else "in_time"], day=concluded_on)))


def expiry(effective_on: date, sanction: str, values: Mapping[str, Any], *, appeal_open: bool = False, new_violations: Sequence[date] = (),
           names: Names = NO_NAMES) -> Ending:
    """When a sanction in force since `effective_on` is spent by itself. An open appeal or a new violation may hold it, as the ruleset says.

    Raises LookupError where the ruleset does not say how long it lasts."""
    key = f"expiry.{sanction}"
    if key not in values:
        raise LookupError(f"the ruleset has no “{key}”")
    said, period = named(names, "sanction", sanction), str(values[key])
    if period == "none":
        return Ending(None, (line(_SAY["never_spent"], key, sanction=said),))
    day = add(effective_on, period)
    lines = [line(_SAY["spent"], key, sanction=said, start=effective_on, period=period_words(period), day=day)]
    if appeal_open and values["expiry.held_by_appeal"]:
        return Ending(None, (*lines, line(_SAY["held"], "expiry.held_by_appeal")))
    new = sorted(on for on in new_violations if effective_on < on <= day)
    if new and values["expiry.held_by_new_violation"]:
        return Ending(None, (*lines, line(_SAY["new"], "expiry.held_by_new_violation", day=new[0])))
    return Ending(day, tuple(lines))


def expires_on(effective_on: date, sanction: str, values: Mapping[str, Any]) -> date | None:
    """The day on which a sanction is spent by time alone, None where it never is."""
    return expiry(effective_on, sanction, values).day
