"""What can be done in a case now, as whoever asks sees it."""

from __future__ import annotations

from inspect_app.now import now
from inspect_app.services.facts import gather, gather_before
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.taken import Taken, look
from workflows import engine
from workflows.acts import SYSTEM, Act, Actor, ExtensionFact
from workflows.definition import Transition
from workflows.guards import Guard
from workflows.guards_clocks import limit_is_running


def offers(house: House, actor: Actor, uid: str) -> tuple[Taken, tuple[engine.Offer, ...]]:
    """Every transition out of a case's state as this actor sees it, with the verdicts of those that are theirs."""
    with house.db.reading("all") as session:
        taken = look(session, house, uid, actor, today(house))
        act = Act("", actor)
        mine = [t for t in taken.workflow.out_of(taken.state) if taken.parts & set(t.who)]
        facts = gather_before(session, house, taken, mine, act, now())
        return taken, engine.explain(taken.workflow, taken.state, taken.parts, facts, act)


def limit_of(transition: Transition) -> Guard | None:
    """The rule by which an act that extends a limit, or asks more time for it, names that limit; None for every other act."""
    return next((guard for guard in transition.checks if guard.rule is limit_is_running), None)


def more_time(house: House, row: CaseRow, transition: Transition) -> ExtensionFact | None:
    """How far the limit may be extended that an act extends or asks more time for; None for every other act."""
    limit = limit_of(transition)
    if limit is None:
        return None
    with house.db.reading("all") as session:
        taken = look(session, house, row.uid, SYSTEM, today(house))
        found: dict[str, ExtensionFact] = gather(session, house, taken, transition, Act("", SYSTEM), ("extensions",), now()).extensions
    return found.get(str(dict(limit.args)["clock"]))
