"""Guards for concerns: what one must say, who may handle it, and that nobody strikes back at whoever spoke."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.guards import given, guard, speaker
from workflows.words import words

RETALIATION = "retaliation"

ANOTHER = words(en="This act needs another person.", vi="Việc này cần người khác thực hiện.")
"""What is said wherever the reason may not be shown."""


@guard(inputs=True, vi="Phản ánh nêu việc đã làm hoặc không làm, ở đâu, ngày nào; việc trả đũa chỉ cần một câu.")
def concern_names_act_place_and_day(case: Facts, act: Act) -> bool:
    """A concern says whether something was done or left undone, where, and on which day; for retaliation a sentence is enough."""
    return given(act, "kind") == RETALIATION or all(given(act, name) for name in ("conduct", "place", "happened_from"))


@guard(inputs=True, vi="Ngày cuối không trước ngày đầu.")
def days_are_in_order(case: Facts, act: Act) -> bool:
    """The last day does not lie before the first."""
    last = given(act, "happened_until")
    return not last or str(given(act, "happened_from")) <= str(last)


@guard(inputs=True, vi="Mỗi người được nêu đều được chọn trong danh sách hoặc được mô tả.")
def everyone_named_is_chosen_or_described(case: Facts, act: Act) -> bool:
    """Everyone named is chosen from the list, or described."""
    return all(row.get("person") or row.get("described") for row in given(act, "named") or ())


@guard(inputs=True, vi="Người báo tin chỉ nêu tên của chính mình; không ai báo tin dưới tên người khác.")
def nobody_reports_in_another_name(case: Facts, act: Act) -> bool:
    """A reporter gives their own name or none; nobody reports in another's name."""
    return all(given(act, name) in (None, act.actor.id) for name in ("reporter", "known_as"))


@guard(needs=("people",), vi="Người xử lý không phải là người báo tin.", outer=ANOTHER)
def handler_is_not_the_reporter(case: Facts, act: Act) -> bool:
    """Whoever handles a concern did not report it."""
    return speaker(act) not in case.people.get("reporter", ())


@guard(needs=("case", "people"), vi="Trong phạm vi kín, còn một người khác có quyền quyết định ngoài người mở cuộc kiểm tra.")
def another_decides_in_a_closed_circle(case: Facts, act: Act) -> bool:
    """In a closed circle, somebody else than whoever opens the inspection has the part of the decider."""
    return not case.case.closed_circle or any(person != speaker(act) for person in case.people.get("decider", ()))


@guard(needs=("ties", "feared"), vi="Người thực hiện không có quan hệ, xung đột lợi ích hoặc ràng buộc nào với người mà việc này nhắm đến.",
       outer=ANOTHER)
def adverse_act_needs_another_decider(case: Facts, act: Act) -> bool:
    """The person acting has no close tie or conflict, and nothing else stands between them and whoever the act is aimed at."""
    return not {act.actor.id, speaker(act)} & (case.ties | case.feared)
