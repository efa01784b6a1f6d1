"""One act in many cases: each is its own transaction, and each has its own answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, g, render_template, request

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import reads_inner
from inspect_app.errors import Invalid, NotFound, Refusal, Stale
from inspect_app.forms.build import draw, only_rows_change, raw
from inspect_app.pages.acts import OCCURRED, attempt, lists_for
from inspect_app.pages.keeping import gives_back
from inspect_app.pages.keeping import sent as typed
from inspect_app.schemas.acts import read_act, read_when
from inspect_app.services import batches, casework, offering, queries
from inspect_app.services.ledger import Key
from inspect_app.services.queries import CaseRow
from workflows.acts import Act
from workflows.definition import ANY, Transition, Workflow

pages = Blueprint("together", __name__)

ANSWERS = {403: "together.answer_403", 404: "together.answer_404", 409: "together.answer_409"}
"""What is said of a row whose act was turned away, by status."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that can be done in some of the chosen cases: its workflow and transition, and in which."""

    workflow: Workflow
    transition: Transition
    label: str
    rows: tuple[CaseRow, ...]

    @property
    def code(self) -> str:
        return f"{self.workflow.name}:{self.transition.trigger}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the act in one case; `row` is None where there is no such case for this reader."""

    row: CaseRow | None
    status: int
    says: str


def _chosen() -> list[str]:
    found = request.form.getlist("case") if request.method == "POST" else request.args.getlist("case")
    return list(dict.fromkeys(found))[:batches.MOST]


def _rows(uids: Sequence[str]) -> list[CaseRow]:
    """The chosen cases that this reader may know of."""
    found = []
    for uid in uids:
        try:
            found.append(queries.case(http.house(), http.actor(), uid))
        except NotFound:
            continue
    return found


def offered(rows: Sequence[CaseRow]) -> list[Offered]:
    """The acts that can be done in at least one of these cases: what leads on before what leaves a case where it is, of each what is open in most
    first. Before one is chosen they are those that the rules allow as things stand; what is sent is refused row by row."""
    found: dict[tuple[str, str], tuple[Workflow, Transition, list[CaseRow]]] = {}
    for row in rows:
        acts = batches.together(row)
        if request.method == "GET":
            _, offers = offering.offers(http.house(), http.actor(), row.uid)
            allowed = {offer.transition.trigger for offer in offers if offer.allowed}
            acts = tuple(t for t in acts if t.trigger in allowed)
        for t in acts:
            found.setdefault((row.workflow.name, t.trigger), (row.workflow, t, []))[2].append(row)
    house, language = http.house(), http.language()
    made = [Offered(w, t, i18n.trigger_label(w, house.catalogue.rulesets_by_name[some[0].ruleset], language, t.trigger), tuple(some))
            for w, t, some in found.values()]
    return sorted(made, key=lambda one: (one.transition.dest == ANY, -len(one.rows), one.label))


def _done_before(rows: Sequence[CaseRow], code: str) -> Offered | None:
    """An act that is possible in none of the cases any more: sent once more, it gets the answers of before; anything else is refused in each."""
    name, _, trigger = code.partition(":")
    some = tuple(row for row in rows if row.workflow.name == name and trigger in row.workflow.triggers)
    if not some or some[0].workflow.triggers[trigger][0].standing:
        return None
    rules = http.house().catalogue.rulesets_by_name[some[0].ruleset]
    law = some[0].workflow
    return Offered(law, law.triggers[trigger][0], i18n.trigger_label(law, rules, http.language(), trigger), some)


@pages.route("/cases/together", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.WRITES)
@gives_back
def show() -> str | tuple[str, int]:
    sent = typed()
    rows = _rows(_chosen() if request.method == "POST" or sent is None else sent.getlist("case"))
    if request.method == "POST" and _chosen() and not rows:
        raise NotFound
    acts = offered(rows)
    code = (sent or request.args).get("act", "")
    chosen = next((one for one in acts if one.code == code), None) or (_done_before(rows, code) if request.method == "POST" else None)
    if chosen is None or not rows:
        wrong = request.method == "POST"
        return render_template("together.html", rows=rows, acts=acts, wrong=wrong, results=None), 422 if wrong else 200
    inputs = (*chosen.transition.asked, OCCURRED)
    rules = http.house().catalogue.rulesets_by_name[chosen.rows[0].ruleset]
    labels = {i.name: i18n.input_label(chosen.workflow, chosen.transition, rules, http.language(), i) for i in inputs}
    drawn = draw(inputs, labels, replace(lists_for(chosen.rows[0]), evidence=()), http.language(), sent)
    shown: dict[str, Any] = {"rows": rows, "chosen": chosen, "drawn": drawn, "results": None}
    if request.method == "GET" or only_rows_change(request.form):
        return render_template("together.html", **shown, key=token_urlsafe(16), status=200, message=None), 200
    told = raw(inputs, drawn.form)
    when = told.pop("occurred_on", None)
    outcome = attempt(drawn, [], lambda: read_act(chosen.workflow, chosen.transition, _act(chosen, told, when, None)))
    if isinstance(outcome, dict):
        return render_template("together.html", **shown, key=token_urlsafe(16), **outcome), outcome["status"]
    return render_template("together.html", rows=rows, chosen=chosen, results=[_carry_out(chosen, uid, n, told, when) for n, uid in
                                                                               enumerate(_chosen())]), 200


def _act(chosen: Offered, told: dict[str, Any], when: Any, seen: int | None) -> Act:
    return Act(chosen.transition.trigger, http.actor(), told, seen=seen, **(read_when(when, "/occurred_on") if when else {}))


def _carry_out(chosen: Offered, uid: str, n: int, told: dict[str, Any], when: Any) -> Result:
    house, language = http.house(), http.language()
    row: CaseRow | None = None
    try:
        row = queries.case(house, http.actor(), uid)
        if row.workflow.name != chosen.workflow.name:
            return Result(row, 409, i18n.say(language, "together.other_kind"))
        batches.refuse_alone(row, chosen.transition.trigger, language)
        text = request.form.get(f"seen-{uid}", "")
        seen = int(text) if text.isdigit() and len(text) < 10 else row.seq
        same = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
        key = Key(f"page-{request.form.get('key', '')[:64] or token_urlsafe(16)}/{n}", sha256(repr((request.path, same)).encode()).hexdigest())
        event = casework.fire(house, uid, _act(chosen, told, when, seen), read=http.read_act, key=key)
    except Stale:
        return Result(row, 412, i18n.say(language, "together.stale"))
    except Invalid as error:
        return Result(row, 422, " ".join(i18n.problem_words(language, p) for p in error.problems))
    except Refusal as error:
        g.reads_inner = row is not None and reads_inner(row.parts)
        body, status = http.problem(error)
        return Result(row, status, i18n.say(language, ANSWERS[status]) if status in ANSWERS else str(body["detail"]))
    return Result(queries.case(house, http.actor(), event.case), 201, i18n.say(language, "case.recorded", n=event.seq))
