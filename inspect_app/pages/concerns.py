"""Concerns: raised signed in, or without an account and with a receipt code; and what their reporters see of them afterwards.

The page without an account sets no cookie, and notes nothing of who sent it but how often an address tried, by a hash that cannot be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Any, TypeVar

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import readable
from inspect_app.errors import Invalid, NotFound, Problem, Refused, Stale
from inspect_app.forms.build import Drawn, Lists, draw, only_rows_change, raw
from inspect_app.pages import files
from inspect_app.schemas.acts import read_act
from inspect_app.services import casework, concerns, directory, evidence, readings, unredacted
from inspect_app.services.casework import Opening
from inspect_app.services.concerns import SECRET, Told
from inspect_app.services.ledger import Key
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import told
from workflows.acts import Act, Actor
from workflows.concern_v1 import CONCERN
from workflows.entries import ADD_EVIDENCE
from workflows.guards_concern import RETALIATION
from workflows.inputs import Input, Many, Person, Text, Unit, Yes
from workflows.roles import Role
from workflows.words import words

T = TypeVar("T")

pages = Blueprint("concerns", __name__)

OPENING = CONCERN.openings[0]
WHERE = Unit(name="unit", label=words(en="Unit it is about", vi="Đơn vị có sự việc"))
KNOWN = Yes(name="known", required=False, label=words(en="Those who handle it may know that I am the reporter",
                                                      vi="Người xử lý được biết tôi là người báo tin"))
WHO = words(en="Their name, or who they are", vi="Họ tên, hoặc mô tả người đó")
ASKED = ("what", "conduct", "place", "happened_from", "happened_until", "named", "apart", "shown_by")
"""The inputs of the page, in its order."""
HOW_WORSE = Text(name="what", lines=True, at_most=8000, label=words(en="What happened to you", vi="Việc gì đã xảy ra với bạn"),
                 help=words(en="One sentence is enough. It opens a matter of its own, which goes to the contact for concerns alone.",
                            vi="Một câu là đủ. Hệ thống mở một vụ việc riêng, chỉ đến đầu mối tiếp nhận phản ánh."))
SHOWS = Text(name="description", label=words(en="What it shows", vi="Tệp cho thấy điều gì"), required=False, at_most=400)
LATER: Mapping[str, tuple[Input, ...]] = {
    **{what: tuple(i for i in CONCERN.triggers[what][0].inputs if i.name != "paper") for what in ("add_facts", "answer_check_in")},
    "file": (files.FROM_REPORTER, SHOWS),
    "retaliation": (HOW_WORSE,),
}
"""The small forms in which reporters go on, by what they do, and what each asks."""
NEEDED = ("unit", "what", "conduct", "place", "happened_from")


def _inputs(signed: bool) -> tuple[Input, ...]:
    """What is asked. Without an account nobody is shown the list of people: a name is written, and recognised."""
    by_name = {i.name: i for i in OPENING.inputs}
    found: list[Input] = [replace(by_name[name], required=by_name[name].required or name in NEEDED) for name in ASKED]
    if not signed:
        found = [replace(i, of=tuple(replace(c, label=WHO) for c in i.of if not isinstance(c, Person))) if isinstance(i, Many) else i for i in found]
    return (WHERE, *found, *((KNOWN,) if signed else ()))


def _drawn(inputs: Sequence[Input], lists: Lists) -> Drawn:
    rules = http.house().catalogue.rulesets_by_name[directory.ruleset_of(http.house())]
    labels = {i.name: i18n.input_label(CONCERN, OPENING, rules, http.language(), i) for i in inputs}
    sent = request.form if request.method == "POST" else None
    return draw(inputs, labels, lists, http.language(), sent, {"named": [{}]})


def _later(what: str, *, sent: bool = False) -> Drawn:
    """One of the small forms, with what was `sent`."""
    inputs, language = LATER[what], http.language()
    return draw(inputs, {i.name: i.label.say(language) for i in inputs}, Lists(), language, request.form if sent else None)


@pages.route("/concern", methods=["GET", "POST"])
@policy(GET=Policy.PUBLIC, POST=Policy.PUBLIC)
def raise_one() -> Answer | str | tuple[str, int]:
    house, signed = http.house(), g.actor is not None
    inputs = _inputs(signed)
    drawn = _drawn(inputs, Lists(people=directory.people(house) if signed else (), units=directory.units(house)))
    secret = _secret()
    if request.method == "GET" or only_rows_change(request.form):
        return render_template("concern.html", drawn=drawn, secret=secret, message=None, outside=None)
    data = raw(inputs, drawn.form)
    missing = [Problem(f"/{name}", "required", i18n.say(http.language(), "form.needed")) for name in NEEDED if not data.get(name)]
    unit, known = data.pop("unit", None), data.pop("known", None)
    if g.actor is not None:
        data |= {"reporter": g.actor.id} | ({"known_as": g.actor.id} if known else {})
    elif not concerns.may_try(house, request.remote_addr or "", "concern"):
        return render_template("concern.html", drawn=drawn, secret=secret, message=i18n.say(http.language(), "concern.slow"), outside=None), 429
    title = i18n.say(http.language(), "concern.title_of", unit=dict(directory.units(house)).get(unit, ""))
    done, wrong = _tried(drawn, missing, lambda: _open(data, title, unit, secret))
    return done or (render_template("concern.html", secret=secret, **(wrong or {})), 422)


def _open(data: Mapping[str, Any], title: str, unit: str | None, secret: str, holds: str | None = None) -> Answer | str:
    """The new concern: one's own page of it, or the receipt code, which is shown this once."""
    house = http.house()
    actor = g.actor or concerns.unsigned(http.language(), holds)
    opening = Opening(CONCERN.name, Act(OPENING.trigger, actor, data), title, unit, ruleset=directory.ruleset_of(house))
    if g.actor is not None:
        event = casework.open_case(house, opening, read=read_act, key=_key(secret))
        return redirect(url_for("concerns.own", uid=event.case, done="raised"), 303)
    code = concerns.code_of(secret)
    concerns.report_unsigned(house, opening, code, read=read_act)
    concerns.note_try(house, request.remote_addr or "", "concern")
    return render_template("concern_receipt.html", code=code)


def _secret() -> str:
    """The form's own secret: sent twice it opens one concern, and gives one code."""
    sent = request.form.get("secret", "")
    return sent if len(sent) == SECRET and sent.isascii() and sent.isalnum() else token_hex(SECRET // 2)


def _key(secret: str) -> Key:
    said = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
    return Key(f"concern-{secret}", sha256(repr((request.path, said)).encode()).hexdigest())


def _tried(drawn: Drawn, missing: Sequence[Problem], work: Callable[[], T]) -> tuple[T | None, dict[str, Any] | None]:
    """(what came of it, None), or (None, what is wrong in the reader's words); what was typed stays."""
    outside = None
    try:
        if missing:
            raise Invalid(tuple(missing))
        return work(), None
    except Invalid as error:
        if any(p.code in ("outside", "no_contact") for p in error.problems):
            outside = concerns.way_outside(http.house())
        message = i18n.say(http.language(), "form.some_wrong")
        drawn.show([Problem(p.pointer, p.code, i18n.problem_words(http.language(), p)) for p in error.problems])
    except Refused as error:
        message = f"{i18n.say(http.language(), 'form.refused')} " + " ".join(v.outer for v in error.verdicts if not v.ok)
    except Stale:
        message = i18n.say(http.language(), "form.stale")
    return None, {"drawn": drawn, "message": message, "outside": outside}


@pages.route("/concern/back", methods=["GET", "POST"])
@policy(GET=Policy.PUBLIC, POST=Policy.PUBLIC)
def back() -> Answer | str | tuple[str, int]:
    house, address = http.house(), request.remote_addr or ""
    if request.method == "GET":
        return render_template("concern_back.html", message=None)
    if not concerns.may_try(house, address, "receipt"):
        return render_template("concern_back.html", message=i18n.say(http.language(), "concern.slow")), 429
    code = request.form.get("code", "")[:200]
    try:
        actor, found = concerns.by_code(house, code, http.language())
    except NotFound:
        concerns.note_try(house, address, "receipt")
        return render_template("concern_back.html", message=i18n.say(http.language(), "concern.unknown")), 404
    done, wrong = _answered(actor, found)
    if done is not None:
        return done
    found = concerns.by_code(house, code, http.language())[1]
    return _page(found, actor, code, wrong), 422 if wrong else 200


@pages.get("/concerns")
@policy(GET=Policy.SIGNED_IN)
def mine() -> str:
    return render_template("concerns.html", rows=concerns.mine(http.house(), http.actor()))


@pages.route("/concerns/<uuid:uid>", methods=["GET", "POST"])
@policy(GET=Policy.READS_CASE, POST=Policy.ACTS_ON_CASE)
def own(uid: Any) -> Answer | str | tuple[str, int]:
    house, actor = http.house(), http.actor()
    found = concerns.own(house, actor, str(uid))
    if request.method == "GET":
        return _page(found, actor, None, None)
    done, wrong = _answered(actor, found)
    if done is not None:
        return done
    if wrong is None:
        return redirect(url_for("concerns.own", uid=found.row.uid, done="sent"), 303)
    return _page(found, actor, None, wrong), 422


def _answered(actor: Actor, found: Told) -> tuple[Answer | str | None, dict[str, Any] | None]:
    """What the reporter sent: facts, a file, how they are, or that they are treated worse for it. A page of its own, if that is the answer."""
    what, row = request.form.get("do", ""), found.row
    if what not in LATER:
        return None, None
    if what == "retaliation":
        return _retaliation(row)
    drawn = _later(what, sent=True)
    data = raw(LATER[what], drawn.form)
    if what == "file":
        return None, _filed(row, actor, drawn, data)
    return None, _tried(drawn, (), lambda: casework.fire(http.house(), row.uid, Act(what, actor, data), read=read_act, key=_key(_secret())))[1]


def _filed(row: CaseRow, actor: Actor, drawn: Drawn, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """A file, without what it says of its maker."""

    def work() -> None:
        with files.stored(of_reporter=True) as kept:
            if kept is None:
                raise Invalid((Problem("/file", "required", i18n.say(http.language(), "form.file_needed")),))
            act = Act(ADD_EVIDENCE.trigger, actor, {"description": kept.filename, **data, **kept.told()}, stored_as=kept.stored_as)
            casework.fire(http.house(), row.uid, act, read=read_act)

    return _tried(drawn, (), work)[1]


def _retaliation(row: CaseRow) -> tuple[Answer | str | None, dict[str, Any] | None]:
    """A concern of its own, for the contact alone."""
    drawn = _later("retaliation", sent=True)
    data: dict[str, Any] = {"kind": RETALIATION, "about": row.number, **raw(LATER["retaliation"], drawn.form)}
    if g.actor is not None:
        data["reporter"] = g.actor.id
    title = i18n.say(http.language(), "concern.title_retaliation")
    holds = row.uid if g.actor is None else None
    return _tried(drawn, (), lambda: _open(data, title, row.unit, _secret(), holds))


@pages.route("/cases/<uuid:uid>/retaliation", methods=["GET", "POST"])
@policy(GET=Policy.READS_CASE, POST=Policy.ACTS_ON_CASE)
def retaliation(uid: Any) -> Answer | str | tuple[str, int]:
    row = http.case(uid)
    if not row.parts & {Role.PROTECTED, Role.REPORTER}:
        raise NotFound
    done, wrong = _retaliation(row) if request.method == "POST" else (None, None)
    if done is not None:
        return done
    shown = wrong or {"drawn": _later("retaliation"), "message": None, "outside": None}
    return render_template("concern_retaliation.html", row=row, secret=_secret(), **shown), 422 if wrong else 200


def _page(found: Told, actor: Actor, code: str | None, wrong: dict[str, Any] | None) -> str:
    """A concern as its reporter sees it: where it stands in plain words, what was said, and what they can do."""
    house, row, language = http.house(), found.row, http.language()
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    people = directory.names(house, [str(r["person"]) for e in found.events for r in e.data.get("named") or () if r.get("person")]
                             + [str(e.data[name]) for e in found.events for name in ("reporter", "known_as") if e.data.get(name)])
    said = []
    for e in reversed(found.events):
        data, _ = readable(row.workflow, e.trigger, e.data, row.parts)
        said.append({"event": e, "mine": e.role == Role.REPORTER, "said": told(row.workflow, rules, language, e.trigger, data, people)})
    forms = {what: _later(what) for what in LATER} | ({request.form["do"]: wrong["drawn"]} if wrong else {})
    return render_template(
        "concern_told.html", row=row, found=found, said=said, code=code, wrong=wrong, forms=forms, items=evidence.items(house, row, actor),
        opened=readings.openings(house, actor, row), requests=unredacted.of_case(house, actor, row),
        secret=token_hex(SECRET // 2), nonce=token_urlsafe(8),
        done=request.args.get("done") if code is None else "sent" if request.form.get("do") and wrong is None else None)
