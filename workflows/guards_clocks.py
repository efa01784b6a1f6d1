"""Guards about time limits: what an act has to wait for, and how far a limit may be extended. Imported with `guards`, under the same rules."""

from __future__ import annotations

from datetime import date

from workflows.acts import Act, ExtensionFact, Facts
from workflows.guards import given, guard
from workflows.words import words


@guard(needs=("clocks",), vi="Thời hạn “{clock}” đang chạy.")
def limit_is_running(case: Facts, act: Act, *, clock: str) -> bool:
    """The time limit “{clock}” is running."""
    return clock in case.clocks and bool(case.clocks[clock].running)


@guard(needs=("clocks", "now"), vi="Việc này chỉ thực hiện được sau khi thời gian tối thiểu “{clock}” đã trôi qua.")
def minimum_time_is_over(case: Facts, act: Act, *, clock: str) -> bool:
    """This is possible only once the minimum time “{clock}” is over."""
    moment = case.now if act.occurred_at is None else act.occurred_at
    return clock in case.clocks and bool(case.clocks[clock].due_at < moment)


@guard(needs=("today",), inputs=True, vi="Việc này chỉ thực hiện được từ ngày nêu tại “{input}”.")
def day_has_come(case: Facts, act: Act, *, input: str) -> bool:
    """This is possible only from the day in “{input}” on."""
    try:
        return bool(date.fromisoformat(str(given(act, input))) <= case.today)
    except ValueError:
        return False


def _of(case: Facts, clock: str) -> ExtensionFact | None:
    found: ExtensionFact | None = case.extensions.get(clock)
    return found


@guard(needs=("extensions",), inputs=True, vi="Việc gia hạn “{clock}” phải dài hơn hạn hiện tại và không vượt mức tối đa theo quy định.",
       outer=words(en="More time must end after the present day of “{clock}”, and within what the rules allow at most.",
                   vi="Việc gia hạn phải sau hạn hiện tại của “{clock}” và trong mức tối đa theo quy định."))
def extension_is_within_the_cap(case: Facts, act: Act, *, clock: str) -> bool:
    """An extension of “{clock}” is longer than the limit is now, and no longer than the ruleset's cap."""
    fact = _of(case, clock)
    try:
        until = date.fromisoformat(str(given(act, "until")))
    except ValueError:
        return False
    return fact is not None and fact.latest is not None and fact.due_on < until <= fact.latest


@guard(needs=("extensions", "today"), vi="Chỉ được tự gia hạn “{clock}” trong phần đầu của thời hạn; sau đó phải đề nghị cấp có thẩm quyền.")
def extension_is_asked_early(case: Facts, act: Act, *, clock: str) -> bool:
    """More time for “{clock}” is taken without asking only in the first part of the limit; later it is granted on request."""
    fact = _of(case, clock)
    return fact is not None and fact.early_until is not None and bool(case.today <= fact.early_until)


@guard(needs=("extensions",), vi="Chưa gia hạn “{clock}” hết số lần cho phép.")
def extension_is_not_used_up(case: Facts, act: Act, *, clock: str) -> bool:
    """The limit “{clock}” was not extended yet as often as the ruleset allows."""
    fact = _of(case, clock)
    return fact is not None and fact.granted < fact.at_most


@guard(needs=("extensions", "parts"), vi="Việc gia hạn “{clock}” do người mà quy định giao quyền quyết định.")
def extension_has_its_approver(case: Facts, act: Act, *, clock: str) -> bool:
    """More time for “{clock}” is given by whom the ruleset names for it, where it names somebody."""
    fact = _of(case, clock)
    return fact is not None and (fact.approver is None or fact.approver in case.parts)


__all__ = ["day_has_come", "extension_has_its_approver", "extension_is_asked_early", "extension_is_not_used_up", "extension_is_within_the_cap",
           "limit_is_running", "minimum_time_is_over"]
