"""The page of a case: where it stands, what can be done and why not, what happened."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup

from inspect_app import http
from inspect_app.access.parts import sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import declared, readable, reads_inner
from inspect_app.pages.telling import told
from inspect_app.services import queries
from inspect_app.services.events import events_of
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, Filter
from workflows import draw
from workflows.acts import Actor
from workflows.definition import Transition, Workflow
from workflows.engine import Offer

pages = Blueprint("casefile", __name__)


@pages.get("/cases/<uuid:uid>")
@policy(GET=Policy.SIGNED_IN)
def show(uid: Any) -> str:
    house, actor = http.house(), http.actor()
    row = queries.case(house, actor, str(uid))
    taken, offers = queries.offers(house, actor, row.uid)
    with house.db.reading() as session:
        events = list(events_of(session, row.id))
    people = queries.names(house, [e.actor for e in events] + [e.recorded_for for e in events if e.recorded_for] + _persons(row.workflow, events))
    visited = frozenset(e.after for e in events if e.after in row.workflow.by_name)
    picture = draw.svg(draw.model(row.workflow, http.language() if http.language() in ("en", "vi") else "en",
                                  row.state if row.state in row.workflow.by_name else None, visited))
    linked = queries.register(house, actor, Filter(dossier=row.dossier), sort="opened", limit=100).rows
    return render_template("case.html", row=row, offers=sorted_offers(offers), inner=reads_inner(taken.parts) or sees_everything(actor),
                           picture=Markup(picture), history=history(row, actor, events, people), linked=[r for r in linked if r.uid != row.uid],  # noqa: S704
                           items=queries.items(house, row.id), done=next((e for e in events if e.id == request.args.get("done")), None),
                           names=people)


def is_button(t: Transition) -> bool:
    """Whether an act asks for nothing but perhaps its paper: then it is one button."""
    return all(i.name == "paper" for i in t.inputs)


def sorted_offers(offers: tuple[Offer, ...]) -> dict[str, list[Offer]]:
    """Acts by what the reader can do with them: open to them, theirs but not yet, someone else's."""
    moves = [o for o in offers if not _is_entry(o)]
    return {"open": [o for o in moves if o.allowed], "shut": [o for o in moves if o.mine and not o.allowed], "others": [o for o in moves if not o.mine],
            "entries": [o for o in offers if _is_entry(o) and o.allowed]}


def _is_entry(offer: Offer) -> bool:
    return offer.transition.trigger in ("add_evidence", "withdraw_evidence", "note_for_record", "grant_access")


def _persons(workflow: Workflow, events: list[Event]) -> list[str]:
    """Identifiers of persons in what was said, so that they can be shown by name."""
    found: list[str] = []
    for e in events:
        for name, i in declared(workflow, e.trigger).items():
            value = e.data.get(name)
            if i.kind == "person" and isinstance(value, str):
                found.append(value)
            elif i.kind == "many" and isinstance(value, list):
                found += [str(r[c.name]) for r in value for c in getattr(i, "of", ()) if c.kind == "person" and r.get(c.name)]
    return found


def history(row: CaseRow, actor: Actor, events: list[Event], people: dict[str, str]) -> list[dict[str, Any]]:
    """The timeline, newest first, each event with what this reader may read of it."""
    rules = http.house().catalogue.rulesets_by_name[row.ruleset]
    shown = []
    for e in reversed(events):
        data, withheld = readable(row.workflow, e.trigger, e.data, None if sees_everything(actor) else row.parts)
        shown.append({"event": e, "who": people.get(e.actor, e.actor), "said": told(row.workflow, rules, http.language(), e.trigger, data, people),
                      "withheld": len(withheld)})
    return shown
