"""What a case waits for among the acts that somebody could do: the one that ends the time limit which runs out first, or else leads on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from inspect_app.access.parts import reach_of
from inspect_app.models import clock
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from inspect_app.services.rows import forward
from workflows import effects as fx
from workflows.acts import Actor
from workflows.definition import Transition, Workflow
from workflows.timekeeping import RUNNING


def acts(house: House, actor: Actor, rows: Iterable[CaseRow]) -> dict[str, tuple[str, ...]]:
    """The acts each of these cases waits for this reader to do, by the identifier of the case: the one it waits for most stands first."""
    by_id = {row.id: row for row in rows if row.waits}
    due: dict[int, str] = {}
    if by_id:
        with house.db.reading(reach_of(actor)) as session:
            found = session.execute(select(clock.c.case_id, clock.c.name).where(clock.c.case_id.in_(list(by_id)), clock.c.status == RUNNING)
                                    .order_by(clock.c.due_at, clock.c.id))
            for case_id, name in found:
                if name not in by_id[case_id].workflow.silent_clocks:
                    due.setdefault(case_id, name)
    return {row.uid: _in_order(row.workflow, row.state, row.waits, due.get(row.id)) for row in by_id.values()}


def _in_order(workflow: Workflow, state: str, waits: tuple[str, ...], due: str | None) -> tuple[str, ...]:
    """These acts: first what leads on, then what ends the case, then what leads back, and last what leaves it where it is; of each, what ends the
    limit before what does not. Among equals the order of the law stays."""
    ranks: Mapping[str, int] = {t.trigger: _rank(workflow, state, t, due) for t in forward(workflow, state)}
    return tuple(sorted(waits, key=lambda trigger: ranks[trigger]))


def _rank(workflow: Workflow, state: str, transition: Transition, due: str | None) -> int:
    ends = due is not None and any(isinstance(e, fx.StopClock) and e.name in (None, due) for e in transition.effects)
    arrives = workflow.arrives(state, transition)
    order = [one.name for one in workflow.states]
    back = arrives in order and state in order and order.index(arrives) < order.index(state)
    kind = 3 if arrives == state else 1 if workflow.is_final(arrives) else 2 if back else 0
    return 2 * kind + (not ends)


__all__ = ["acts"]
