"""The one page for whoever has to answer for an office: what is asked, why that day, what comes next; and the receipt of each answer."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.parts import reach_of
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import HANDLING
from inspect_app.errors import NotFound
from inspect_app.services import asked, checkpoints, directory, letters, offering, queries, readings, unredacted
from inspect_app.services.events import events_of
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import told
from workflows.definition import ANY
from workflows.engine import Offer
from workflows.roles import Role

pages = Blueprint("answer", __name__)

BUTTONS = ("receive", "acknowledge", "acknowledge_with_reservation", "contest", "misdirect")
"""The answers there are, in the order in which they are offered."""


def is_head(row: CaseRow) -> bool:
    """Whether this reader has to answer in this case."""
    return Role.HEAD in row.parts and row.workflow.held_role is Role.HEAD


def _found(number: str) -> CaseRow:
    row = queries.by_number(http.house(), http.actor(), number)
    if row is None:
        raise NotFound
    http.opens(row)
    return row


@pages.get("/answer/<number>")
@policy(GET=Policy.SIGNED_IN)
def show(number: str) -> Answer | str:
    house, actor = http.house(), http.actor()
    row = _found(number)
    if not is_head(row):
        return redirect(url_for("casefile.show", uid=row.uid), 303)
    _, offers = offering.offers(house, actor, row.uid)
    by_trigger = {o.transition.trigger: o for o in offers}
    with house.db.reading("all") as session:
        ask = asked.asked(session, house, row.id, queries.today(house))
        events = [e for e in events_of(session, row.id) if e.role == Role.HEAD]
    return render_template(
        "answer.html", row=row, ask=ask, ends=asked.ends(house, [row])[row.uid],
        why=letters.why(ask.answer, http.language()) if ask.answer else None, buttons=_buttons(row, by_trigger),
        entries=[o for o in offers if o.allowed and (o.entry or _more_time(o))],
        receipts=list(reversed(events)), letters=letters.listed(house, actor, row), opened=readings.openings(house, actor, row),
        requests=unredacted.of_case(house, actor, row), outcome=letters.option(row, "determine", "outcome", ask.said.get("outcome"), http.language()))


def _more_time(offer: Offer) -> bool:
    """Whether it gives the head more time, or asks for it."""
    return Role.HEAD in offer.transition.who and any(i.name == "until" for i in offer.transition.inputs) and offer.transition.dest == ANY


def _buttons(row: CaseRow, offers: dict[str, Offer]) -> list[dict[str, Any]]:
    """Each answer with whether it can be given now; those that come after “received” are shown before it too."""
    waiting = any(offers[t].allowed for t in BUTTONS if t in offers)
    if not waiting:
        return []
    return [{"trigger": t, "transition": row.workflow.triggers[t][0], "open": t in offers and offers[t].allowed} for t in BUTTONS]


@pages.get("/answer/<number>/receipts/<int:seq>")
@policy(GET=Policy.SIGNED_IN)
def receipt(number: str, seq: int) -> str:
    house, actor = http.house(), http.actor()
    row = _found(number)
    with house.db.reading(reach_of(actor)) as session:
        events = {e.seq: e for e in events_of(session, row.id)}
    event = events.get(seq)
    if event is None or event.role != Role.HEAD or not (is_head(row) or row.parts & HANDLING):
        raise NotFound
    people = directory.names(house, [uid for uid in (event.actor, event.recorded_for, event.on_behalf_of) if uid])
    people |= directory.office_titles(house, [str(event.data[n]) for n in ("right_office",) if event.data.get(n)])
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    with house.db.reading("all") as session:
        ask = asked.asked(session, house, row.id, queries.today(house))
    point = checkpoints.under(house, row.id, seq)
    return render_template("receipt.html", row=row, event=event, ask=ask, people=people, code=point.code if point else None,
                           said=told(row.workflow, rules, http.language(), event.trigger, event.data, people))


@pages.get("/cases/<uuid:uid>/letters/<int:id_>")
@policy(GET=Policy.READS_CASE)
def paper(uid: Any, id_: int) -> str:
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    one = letters.read(house, actor, row, id_)
    return render_template("letter.html", row=row, letter=one, picture=square(one.link))


def square(link: str) -> Markup:
    """The link as a picture that a telephone reads from paper."""
    return Markup(segno.make(link, micro=False).svg_inline(scale=3, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704


def after(row: CaseRow, event: Event) -> str:
    """Where an act leads: an answer to its receipt, everything else to the page of the case."""
    if event.role == Role.HEAD and is_head(row):
        return url_for("answer.receipt", number=row.number, seq=event.seq)
    return url_for("casefile.show", uid=event.case, done=event.id)


def home_of(row: CaseRow) -> str:
    """The page of a case: the one to answer for whoever has to, the file for everyone else."""
    return url_for("answer.show", number=row.number) if is_head(row) else url_for("casefile.show", uid=row.uid)
