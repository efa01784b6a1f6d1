"""What can be done in a case now, as whoever asks sees it."""

from __future__ import annotations

from dataclasses import replace

from inspect_app.now import now
from inspect_app.services.facts import gather, gather_before
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.taken import Taken, look
from workflows import engine
from workflows.acts import SYSTEM, Act, Actor, ExtensionFact
from workflows.definition import START, Transition
from workflows.effects import Open
from workflows.guards import Guard
from workflows.guards_clocks import limit_is_running
from workflows.ruleset import Ruleset


def offers(house: House, actor: Actor, uid: str) -> tuple[Taken, tuple[engine.Offer, ...]]:
    """Every transition out of a case's state as this actor sees it, with the verdicts of those that are theirs. What the rules of a case say
    that an act opens is known only when it is opened: they are named, undecided."""
    with house.db.reading("all") as session:
        taken = look(session, house, uid, actor, today(house))
        act = Act("", actor)
        mine = [t for t in taken.workflow.out_of(taken.state) if taken.parts & set(t.who)]
        facts = gather_before(session, house, taken, mine, act, now())
        offered = engine.explain(taken.workflow, taken.state, taken.parts, facts, act, taken.ruleset.term_table)
        return taken, tuple(_with_opened(house, offer, actor.language, taken.ruleset) if offer.mine else offer for offer in offered)


def _with_opened(house: House, offer: engine.Offer, language: str, rules: Ruleset) -> engine.Offer:
    verdicts = {v.code: v for v in offer.verdicts}
    for effect in offer.transition.effects:
        if not isinstance(effect, Open) or not effect.guarded:
            continue
        law = house.catalogue.by_name[effect.workflow]
        for guard in engine.rule(law, START, effect.trigger).checks:
            if guard.code not in verdicts or verdicts[guard.code].ok:
                verdicts[guard.code] = guard.unasked(language, law.called(language, rules.term_table))
    return replace(offer, verdicts=tuple(verdicts.values()))


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
