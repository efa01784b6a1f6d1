"""Guards of the entries that give access to a case and take it away. Registered with all others when this is imported."""

from __future__ import annotations

from workflows.acts import Act, Facts
from workflows.guards import given, guard, speaker


@guard(needs=("today",), inputs=True, vi="Quyền xem kết thúc vào một ngày chưa qua.")
def access_ends_ahead(case: Facts, act: Act) -> bool:
    """Access ends on a day that is not past."""
    return str(given(act, "until")) >= case.today.isoformat() or act.late


@guard(inputs=True, vi="Người khai xung đột lợi ích không tự bỏ lời khai của mình.")
def another_person_lifts(case: Facts, act: Act) -> bool:
    """Nobody lifts a conflict of their own."""
    return given(act, "person") not in (speaker(act), act.actor.id)


@guard(needs=("people", "ties", "unfit"), inputs=True, vi="Người đi cùng không giữ phần việc nào khác và không bị loại khỏi vụ việc.")
def companion_has_no_other_part(case: Facts, act: Act) -> bool:
    """The companion plays no other part in the case and is not walled from it."""
    others = {person for role, people in case.people.items() if role != "companion" for person in people}
    return given(act, "person") not in others | case.ties | case.unfit
