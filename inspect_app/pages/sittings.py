"""To enter a visit or a meeting that took place: a template, its day, its paper; everything it becomes is recorded, or nothing."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import InSitting, Invalid, NotFound, Problem, Refusal
from inspect_app.forms.build import draw, only_rows_change, raw
from inspect_app.pages import files
from inspect_app.pages.acts import attempt, lists_for, place_of, ruleset_here
from inspect_app.pages.keeping import gives_back
from inspect_app.pages.keeping import sent as typed
from inspect_app.pages.repeating import key_of
from inspect_app.schemas.acts import read_inputs
from inspect_app.services import directory, kits, sittings
from inspect_app.services.casework import Opening
from inspect_app.services.ledger import Event
from workflows.acts import Act
from workflows.inputs import Choice, Input
from workflows.roles import GRANTED
from workflows.sittings import BY_NAME, TEMPLATES, Template
from workflows.words import words

pages = Blueprint("sittings", __name__)


@pages.get("/sittings")
@policy(GET=Policy.SIGNED_IN)
def choose() -> str:
    """Which kind of visit or meeting it was."""
    waits = bool(kits.waiting(http.house(), http.actor()))
    return render_template("sittings.html", waiting=waits, templates=[(t, t.label.say(http.language())) for t in TEMPLATES if _is_open_to(t)])


def _is_open_to(template: Template) -> bool:
    """Whether this reader may enter one: where it opens a case by a grant, else by a part in a case."""
    house, actor = http.house(), http.actor()
    if template.opens:
        return bool(directory.granted(house, actor) & set(template.who) & set(GRANTED))
    return bool(sittings.open_to(house, actor, template))


@pages.route("/sittings/<name>", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.WRITES)
@gives_back
def enter(name: str) -> Answer | str | tuple[str, int]:
    """The form of one template, and its entering."""
    if name not in BY_NAME:
        raise NotFound
    template, language, sent = BY_NAME[name], http.language(), typed()
    inputs = (*_which(template), *template.asked)
    shows = (*inputs, files.SCAN)
    drawn = draw(shows, {i.name: i.label.say(language) for i in shows}, lists_for(None), language, sent)
    shown: dict[str, Any] = {"template": template, "drawn": drawn, "heading": template.label.say(language)}
    if request.method != "POST" or only_rows_change(request.form):
        key = (sent.get("key") if sent else None) or token_urlsafe(16)
        return render_template("sitting.html", **shown, key=key, status=200, message=None, verdicts=())
    told = raw(inputs, drawn.form)
    outcome = attempt(drawn, [], lambda: _enter(template, inputs, told))
    if isinstance(outcome, Event):
        return redirect(url_for("casefile.show", uid=outcome.case, done=outcome.id), 303)
    return render_template("sitting.html", **shown, key=token_urlsafe(16), **outcome), outcome["status"]


def _which(template: Template) -> tuple[Input, ...]:
    """The case, where the template does not open one."""
    if template.opens:
        return ()
    rows = sittings.open_to(http.house(), http.actor(), template)
    options = tuple((row.uid, words(en=f"{row.number} {row.title}", vi=f"{row.number} {row.title}")) for row in rows)
    return (Choice(name="case", label=words(en="Case", vi="Vụ việc"), options=options),)


def _enter(template: Template, inputs: tuple[Input, ...], told: dict[str, Any]) -> Event:
    """Carry it out; what was refused is said as the act itself would be."""
    house, actor = http.house(), http.actor()
    data = read_inputs(inputs, told)
    opening = None
    if template.opens:
        where = place_of(template.inputs, template.who, data)
        opening = Opening(template.workflow, Act("", actor), str(data["what"])[:200], where, ruleset=ruleset_here())
    try:
        row = None if template.opens else http.case(data["case"])
        with files.stored() as kept:
            return sittings.enter(house, template, actor, data, opening=opening, row=row, kept=kept, read=http.read_act, key=key_of())[-1]
    except InSitting as error:
        raise _inside(error.reason) from None


def _inside(reason: Refusal) -> Refusal:
    """Why one act of it was refused, said of the form as a whole."""
    if isinstance(reason, Invalid):
        return Invalid(tuple(Problem("", p.code, p.message) for p in reason.problems))
    return reason


__all__ = ["pages"]
