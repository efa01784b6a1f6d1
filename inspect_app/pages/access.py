"""Pages about access itself: why someone sees a case, what an auditor is engaged for, and reading one case unredacted."""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound
from inspect_app.pages import called
from inspect_app.services import engagements as engaged
from inspect_app.services import queries, unredacted
from inspect_app.services.explaining import Explanation, explain, sentences
from inspect_app.services.ledger import Key
from inspect_app.services.tokens import Scope

pages = Blueprint("access", __name__)


@pages.route("/access/explain", methods=["GET", "POST"])
@policy(GET=Policy.EXPLAINS, POST=Policy.EXPLAINS)
def why() -> str | tuple[str, int]:
    asked = {name: request.form.get(name, "").strip()[:100] for name in ("login", "case", "on")}
    if request.method == "GET":
        return render_template("explain.html", asked=asked, found=None, wrong=None)
    try:
        found = explain(http.house(), http.actor(), asked["login"], asked["case"], asked["on"] or None)
    except NotFound:
        return render_template("explain.html", asked=asked, found=None, wrong="explain.unknown"), 404
    except Invalid:
        return render_template("explain.html", asked=asked, found=None, wrong="explain.no_day"), 422
    return render_template("explain.html", asked=asked, found=found, wrong=None, grounds=sentences(http.house(), found, http.language()),
                           parts=[_role(found, role) for role in found.parts], acts=[_trigger(found, trigger) for trigger in found.acts])


def _role(found: Explanation, code: str) -> str:
    return i18n.role_label(http.house().catalogue.rulesets_by_name[found.ruleset], http.language(), code, found.workflow)


def _trigger(found: Explanation, trigger: str) -> str:
    return i18n.trigger_label(found.workflow, http.house().catalogue.rulesets_by_name[found.ruleset], http.language(), trigger)


@pages.get("/engagements")
@policy(GET=Policy.AUDITS)
def mine() -> str:
    house, actor = http.house(), http.actor()
    return render_template("engagements.html", rows=engaged.engagements(house, actor), requests=unredacted.asked_by(house, actor))


@pages.route("/cases/<uuid:uid>/unredacted", methods=["GET", "POST"])
@policy(GET=Policy.READS_CASE, POST=Policy.ACTS_ON_CASE)
def ask(uid: Any) -> Answer | str | tuple[str, int]:
    """An auditor asks to read a case unredacted."""
    house, actor = http.house(), http.actor()
    row = queries.case(house, actor, str(uid))
    unredacted.may_ask(actor, row)
    typed = {name: request.form.get(name, "").strip()[:1000] for name in ("reason", "days")}
    message = None
    if request.method == "POST":
        http.assure(Scope.DECIDE)
        days = int(typed["days"]) if typed["days"].isascii() and typed["days"].isdigit() and len(typed["days"]) < 4 else None
        sent = sha256(repr((request.path, sorted(typed.items()))).encode()).hexdigest()
        key = Key(f"page-{request.form.get('key', '')[:64] or token_urlsafe(16)}", sent)
        try:
            unredacted.ask(house, actor, row, typed["reason"], days, key)
            return redirect(url_for("access.ask", uid=row.uid), 303)
        except Invalid as error:
            message = " ".join(p.message for p in error.problems)
    page = render_template("unredacted_ask.html", row=row, typed=typed | {"days": typed["days"] or "7"}, message=message, longest=unredacted.LONGEST,
                           key=token_urlsafe(16), requests=[r for r in unredacted.asked_by(house, actor) if r.case == row.uid])
    return page, 422 if message else 200


@pages.route("/access/unredacted", methods=["GET", "POST"])
@policy(GET=Policy.AGREES, POST=Policy.AGREES)
def answer() -> Answer | str:
    """The requests of auditors that wait for this reader's word."""
    house, actor = http.house(), http.actor()
    if request.method == "POST":
        number, agree = request.form.get("number", ""), request.form.get("agree", "")
        if agree not in ("yes", "no") or not (number.isascii() and number.isdigit() and len(number) < 16):
            raise NotFound
        unredacted.answer(house, actor, int(number), agree == "yes")
        return redirect(url_for("access.answer"), 303)
    return render_template("unredacted.html", rows=unredacted.to_answer(house, actor), titles=called.kinds())
