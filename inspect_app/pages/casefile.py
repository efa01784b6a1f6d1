"""The page of a case: where it stands, what can be done and why not, what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.parts import reach_of, sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import is_told, only_spoke, readable, reads_inner
from inspect_app.pages import own, strands
from inspect_app.pages.listing import Listing
from inspect_app.services import (
    comments,
    desk,
    directory,
    evidence,
    given_access,
    letters,
    lookups,
    neighbours,
    offering,
    papers,
    queries,
    readings,
    register_flags,
    timekeeping,
    unredacted,
)
from inspect_app.services.events import events_of
from inspect_app.services.ledger import Event
from inspect_app.services.parties import parties
from inspect_app.services.queries import CaseRow, Filter
from inspect_app.services.telling import named_in, told
from inspect_app.services.untold import untold
from workflows import draw
from workflows.acts import Actor
from workflows.concern_v1 import CONCERN
from workflows.definition import ANY
from workflows.effects import Resume
from workflows.engine import Offer
from workflows.roles import Role

pages = Blueprint("casefile", __name__)

MANY = 30
"""Where a dossier holds more cases, the page of one names those right above and below it alone."""


@pages.get("/cases/<uuid:uid>")
@policy(GET=Policy.READS_CASE)
def show(uid: Any) -> Answer | str:
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    if row.workflow.name == CONCERN.name and only_spoke(row.parts) and Role.REPORTER in row.parts:
        return redirect(url_for("concerns.own", uid=row.uid), 303)
    taken, offers = offering.offers(house, actor, row.uid)
    with house.db.reading(reach_of(actor)) as session:
        events = list(events_of(session, row.id))
    people = directory.names(
        house, [e.actor for e in events] + [e.recorded_for for e in events if e.recorded_for] + named_in(row.workflow, events, "person")
        + [e.on_behalf_of for e in events if e.on_behalf_of]
    )
    people |= directory.office_titles(house, named_in(row.workflow, events, "office"))
    people |= directory.unit_names(house, named_in(row.workflow, events, "unit"))
    visited = frozenset(e.after for e in events if e.after in row.workflow.by_name)
    drawn = draw.model(row.workflow, http.language(), row.state if row.state in row.workflow.by_name else None, visited)
    picture = draw.svg(_with_steps(row, _in_terms(row, drawn), offers))
    everything, kind = history(row, actor, events, people), request.args.get("kind")
    limits = [one for one in lookups.clocks(house, row) if one.clock.name not in row.workflow.silent_clocks]
    linked = queries.register(house, actor, Filter(dossier=row.dossier, rehearsal=row.rehearsal), sort="opened", limit=100).rows
    if len(linked) > MANY:
        linked = (*(r for r in linked if r.uid == row.parent), *queries.below(house, actor, row))
    apart = _apart(row)
    if apart:
        linked = tuple({r.uid: r for r in (*linked, *(r for r in queries.below(house, actor, row) if r.workflow.apart))}.values())
    can, plain, issued = sorted_offers(offers), own.is_wanted(row), papers.listed(house, actor, row)
    return render_template(
        "own.html" if plain else "case.html",
        **(own.shown(row, events, everything, can) if plain else {}),
        row=row,
        offers=can,
        inner=reads_inner(taken.parts) or sees_everything(actor),
        picture=Markup(picture),  # noqa: S704
        history=strands.narrowed(row, everything, kind),
        kind=kind if kind in strands.KINDS else None,
        kinds=strands.offered(row, everything),
        said=strands.sections(row, everything),
        parties=parties(house, actor, row),
        beside=strands.sorted_cases(r for r in linked if r.uid != row.uid),
        comments=comments.of_case(house, actor, row),
        comments_read=comments.may_read(row),
        comments_written=comments.may_write(row),
        way=_way(row),
        linked=[r for r in linked if r.uid != row.uid],
        items=[i for i in evidence.items(house, row, actor) if i.n not in {p.n for p in issued}],
        letters=letters.listed(house, actor, row),
        papers=issued,
        draws=papers.may_draw(row, actor),
        apart=apart,
        body=desk.of_case(house, row),
        recorded_apart=request.args.get("done") == "apart",
        done=next((e for e in events if e.id == request.args.get("done")), None),
        names=people,
        contradictions=register_flags.of_case(house, actor, row),
        limits=limits,
        next_due=timekeeping.next_due(limits, row.workflow.undue_clocks) if row.is_open else None,
        concerned=readings.may_see(actor, row),
        opened=readings.openings(house, actor, row),
        given=given_access.in_force(house, actor, row, events),
        requests=unredacted.of_case(house, actor, row),
    )


def _apart(row: CaseRow) -> list[tuple[str, str]]:
    """(address, words) of each form by which whoever conducts a matter opens a case that stands apart from it."""
    catalogue = http.house().catalogue
    rules = catalogue.rulesets_by_name[row.ruleset]
    return [(url_for("acts.opening", name=w.name, under=row.uid), i18n.trigger_label(w, rules, http.language(), w.openings[0].trigger))
            for w in catalogue.by_name.values() if w.apart and row.workflow.name in w.parents and row.parts & set(w.openings[0].who)]


def _way(row: CaseRow) -> dict[str, Any] | None:
    """The list that the reader came from, and the cases before and after this one in it."""
    if not (question := request.args.get("within")):
        return None
    asked = Listing.within(question)
    if asked.order not in queries.SORTS:
        return None
    before, after = neighbours.neighbours(http.house(), http.actor(), row, asked.wanted(http.actor()), asked.order)
    return {"asked": asked, "before": before, "after": after}


def _with_steps(row: CaseRow, picture: draw.Diagram, offers: tuple[Offer, ...]) -> draw.Diagram:
    """The picture with the steps that are this reader's: those that are open lead to their form, those that are not say why."""
    rules, language = http.house().catalogue.rulesets_by_name[row.ruleset], http.language()
    inner = reads_inner(row.parts)
    told: dict[str, tuple[str, str, str]] = {}
    for o in sorted((o for o in offers if o.mine and not o.entry and o.transition.dest != ANY), key=lambda o: not o.allowed):
        if (dest := row.workflow.arrives(row.state, o.transition)) in told:
            continue
        label = i18n.trigger_label(row.workflow, rules, language, o.transition.trigger)
        if o.allowed:
            told[dest] = (url_for("acts.act", uid=row.uid, trigger=o.transition.trigger), label, "")
        else:
            why = " ".join(v.inner if inner else v.outer for v in o.verdicts if v.ok is False)
            told[dest] = ("", label, f"{label}: {i18n.say(language, 'case.not_yet')} {why}")
    steps = {name: {"link": link, "act": act, "shut": shut} for name, (link, act, shut) in told.items()}
    return replace(picture, nodes=tuple(n.with_step(**steps[n.name]) if n.name in steps and not n.current else n for n in picture.nodes))


def _in_terms(row: CaseRow, picture: draw.Diagram) -> draw.Diagram:
    """The picture in the words of the case's ruleset."""
    rules, language = http.house().catalogue.rulesets_by_name[row.ruleset], http.language()
    nodes = tuple(replace(n, label=i18n.state_label(row.workflow, rules, language, n.name)) for n in picture.nodes)
    edges = tuple(replace(e, labels=tuple(i18n.trigger_label(row.workflow, rules, language, t) for t in e.triggers)) for e in picture.edges)
    return replace(picture, title=i18n.workflow_label(row.workflow, rules, language), nodes=nodes, edges=edges)


def sorted_offers(offers: tuple[Offer, ...]) -> dict[str, list[Offer]]:
    """Acts by what the reader can do with them: open to them, theirs but not yet, someone else's. Resuming is spoken of only in a pause,
    and more time only while its limit runs."""
    moves = [o for o in offers if not _is_entry(o) and (o.allowed or not _beside_the_point(o))]
    return {
        "open": [o for o in moves if o.allowed],
        "shut": [o for o in moves if o.mine and not o.allowed],
        "others": [o for o in moves if not o.mine],
        "entries": [o for o in offers if _is_entry(o) and o.allowed and o.transition.page is None],
    }


def _beside_the_point(offer: Offer) -> bool:
    """Whether nobody would expect this act now: there is no pause to end, or no limit to extend."""
    limit = offering.limit_of(offer.transition)
    return any(isinstance(e, Resume) for e in offer.transition.effects) or (
        limit is not None and any(v.ok is False and v.code == limit.code for v in offer.verdicts))


def _is_entry(offer: Offer) -> bool:
    return offer.entry


def history(row: CaseRow, actor: Actor, events: list[Event], people: dict[str, str]) -> list[dict[str, Any]]:
    """The timeline, newest first, each event with what this reader may read of it."""
    rules = http.house().catalogue.rulesets_by_name[row.ruleset]
    shown = []
    parts = None if sees_everything(actor) else row.parts
    with http.house().db.reading(reach_of(actor)) as session:
        kept = untold(session, row.id, row.workflow, parts, actor.id)
    for e in (e for e in reversed(events) if is_told(row.workflow, e.trigger, e.role, parts)):
        data, withheld = readable(row.workflow, e.trigger, e.data, parts, row.unredacted, untold=e.seq in kept)
        shown.append(
            {
                "event": e,
                "who": people.get(e.actor) or i18n.role_label(rules, http.language(), e.actor, row.workflow),
                "said": told(row.workflow, rules, http.language(), e.trigger, data, people),
                "withheld": len(withheld),
            }
        )
    return shown
