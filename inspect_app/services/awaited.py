"""What a case waits for among the acts that somebody could do: the one that ends the time limit which runs out first, or else leads on. Where one
of several touches a person's standing, none is put before the others: nobody is led to a measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select

from inspect_app.access.parts import reach_of
from inspect_app.access.reading import reads_inner
from inspect_app.models import clock
from inspect_app.services.house import House
from inspect_app.services.offering import offers
from inspect_app.services.queries import CaseRow
from workflows import effects as fx
from workflows.acts import Actor
from workflows.definition import Transition, Workflow
from workflows.timekeeping import RUNNING


class Awaited(NamedTuple):
    """The act that a case waits for; None where whoever acts has to decide among several. `others` are all else that they could do. `lacks` are the
    rules, in the reader's words, that the act does not fulfil yet: then nothing can be done but to see to them."""

    first: str | None
    others: tuple[str, ...]
    lacks: tuple[str, ...] = ()


def acts(house: House, actor: Actor, rows: Iterable[CaseRow]) -> dict[str, Awaited]:
    """What each of these cases waits for this reader to do, by the identifier of the case."""
    by_id = {row.id: row for row in rows if row.waits}
    due: dict[int, str] = {}
    if by_id:
        with house.db.reading(reach_of(actor)) as session:
            found = session.execute(select(clock.c.case_id, clock.c.name).where(clock.c.case_id.in_(list(by_id)), clock.c.status == RUNNING)
                                    .order_by(clock.c.due_at, clock.c.id))
            for case_id, name in found:
                if name not in by_id[case_id].workflow.silent_clocks:
                    due.setdefault(case_id, name)
    return {row.uid: _told(row.workflow, row.state, row.waits, due.get(row.id)) for row in by_id.values()}


def possible(house: House, actor: Actor, rows: Iterable[CaseRow]) -> dict[str, Awaited]:
    """As `acts`, of what the rules allow as things stand: for the few cases of one page, since each is looked into."""
    shown = {row.uid: row for row in rows}
    return {uid: _possible(house, actor, shown[uid], told) for uid, told in acts(house, actor, shown.values()).items()}


def _possible(house: House, actor: Actor, row: CaseRow, told: Awaited) -> Awaited:
    if told.first is None:
        return told
    allowed, lacks = allowed_of(house, actor, row, (told.first, *told.others))
    if allowed and (allowed[0].trigger == told.first or not allowed[0].standing):
        return Awaited(allowed[0].trigger, tuple(t.trigger for t in allowed[1:]))
    if allowed:
        return Awaited(None, tuple(t.trigger for t in allowed))
    return Awaited(told.first, (), lacks)


def allowed_of(house: House, actor: Actor, row: CaseRow, triggers: Sequence[str]) -> tuple[list[Transition], tuple[str, ...]]:
    """Of these acts those that the rules allow this reader as things stand; and the rules, in the reader's words, that the first does not fulfil."""
    by_trigger = {offer.transition.trigger: offer for offer in offers(house, actor, row.uid)[1]}
    allowed = [by_trigger[t].transition for t in triggers if t in by_trigger and by_trigger[t].allowed]
    first = by_trigger.get(triggers[0])
    inner = reads_inner(row.parts)
    return allowed, tuple(v.inner if inner else v.outer for v in first.verdicts if v.ok is False) if first else ()


def _told(workflow: Workflow, state: str, waits: tuple[str, ...], due: str | None) -> Awaited:
    """These acts: first what leads on, then what ends the case, then what leads back, and last what leaves it where it is; of each, what ends the
    limit before what does not. Among equals the order of the law stays."""
    ways = [t for t in workflow.onward.get(state, ()) if t.trigger in waits]
    first = leading(workflow, state, ways, due)
    if first is None:
        return Awaited(None, waits)
    ranks = {t.trigger: _rank(workflow, state, t, due) for t in ways}
    return Awaited(first, tuple(trigger for trigger in sorted(waits, key=lambda one: ranks[one]) if trigger != first))


def leading(workflow: Workflow, state: str, ways: Sequence[Transition], due: str | None = None) -> str | None:
    """The one of these acts that is put before the others; None where several lead on or end the case, and one of them touches a person's
    standing. `due` is the time limit that runs out first."""
    ranks: Mapping[str, int] = {t.trigger: _rank(workflow, state, t, due) for t in ways}
    ahead = [t for t in ways if ranks[t.trigger] < BACK]
    if len(ahead) > 1 and any(t.standing for t in ahead):
        return None
    return min(ways, key=lambda t: ranks[t.trigger]).trigger


def _rank(workflow: Workflow, state: str, transition: Transition, due: str | None) -> int:
    ends = due is not None and any(isinstance(e, fx.StopClock) and e.name in (None, due) for e in transition.effects)
    arrives = workflow.arrives(state, transition)
    order = [one.name for one in workflow.states]
    back = arrives in order and state in order and order.index(arrives) < order.index(state)
    kind = 3 if arrives == state else 1 if workflow.is_final(arrives) else 2 if back else 0
    return 2 * kind + (not ends)


BACK = 4
"""From this rank on an act leads back, or leaves a case where it is."""


__all__ = ["Awaited", "acts", "allowed_of", "leading", "possible"]
