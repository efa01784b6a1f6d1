"""What a unit's leader looks after: what is still to be remedied, and the next meeting."""

from __future__ import annotations

from inspect_app.now import now
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, Filter, register
from workflows.acts import Actor
from workflows.shortcoming_v1 import SHORTCOMING_WORKFLOW
from workflows.unit_check_v1 import UNIT_CHECK


def promises(house: House, actor: Actor, limit: int = 20) -> tuple[CaseRow, ...]:
    """What is still to be remedied in this actor's units or by them, the first to be due first."""
    wanted = Filter(workflow=SHORTCOMING_WORKFLOW.name, state="noted", is_open=True)
    return register(house, actor, wanted, sort="due", limit=limit).rows


def next_meeting(house: House, actor: Actor) -> CaseRow | None:
    """The next meeting of a unit check that has not concluded yet."""
    rows = register(house, actor, Filter(workflow=UNIT_CHECK.name, is_open=True), sort="due", limit=50).rows
    return next((row for row in rows if row.due_at is not None and row.due_at >= now() and row.state != "concluded"), None)


__all__ = ["next_meeting", "promises"]
