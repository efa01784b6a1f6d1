"""Administration: the organisation as a tree, a unit, an office, people, one form for each act, taking it all in and out, what was changed."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound
from inspect_app.forms.build import Lists, draw, raw
from inspect_app.imports import organisation as reading
from inspect_app.imports.problems import NotReadable
from inspect_app.pages import remembered
from inspect_app.pages.answer import square
from inspect_app.pages.doing import DOINGS, units
from inspect_app.pages.doing_accounts import ACCOUNTS
from inspect_app.pages.doing_calendars import CALENDARS
from inspect_app.pages.doing_papers import PAPERS
from inspect_app.services import (
    account_keeping,
    directory,
    links,
    organisation_file,
    organisation_import,
    organisation_views,
    rights,
    setup,
)
from inspect_app.services.ledger import Key
from workflows.errors import Problem
from workflows.inputs import Input, Klass, Number, Person, Unit
from workflows.words import words

pages = Blueprint("organisation", __name__)

FORMS = {**DOINGS, **ACCOUNTS, **CALENDARS, **PAPERS}

SETUP = (
    Unit(
        name="appeal_body",
        label=words(en="Appeal body", vi="Cấp giải quyết khiếu nại"),
        help=words(
            en="The body that decides when someone appeals: never one that took part before. It may stand outside, such as the next higher body.",
            vi="Cơ quan quyết định khi có khiếu nại, không bao giờ là nơi đã tham gia trước đó. Có thể là cơ quan bên ngoài, như cấp trên trực tiếp.",
        ),
    ),
    Person(
        name="contact",
        label=words(en="Contact for concerns about the chair's line", vi="Đầu mối tiếp nhận phản ánh về tuyến của người chủ trì"),
        klass=Klass.PLAIN,
        help=words(
            en="A concern that names the chair, an officer, a head or the administrator reaches this person and none of their line. "
            "It is someone who signs in, handles no case and leads nobody.",
            vi="Phản ánh nêu tên người chủ trì, cán bộ phụ trách, người đứng đầu hoặc quản trị sẽ đến người này, không qua tuyến của họ. "
            "Đó là người có tài khoản, không xử lý vụ việc và không lãnh đạo ai.",
        ),
    ),
)


@pages.get("/organisation")
@policy(GET=Policy.ADMINISTERS)
def tree() -> str:
    q = request.args.get("q", "").strip()[:200]
    rows = organisation_views.tree(http.house(), q)
    return render_template("organisation_tree.html", rows=rows, q=q, named=setup.named(http.house()))


@pages.get("/organisation/units/<code>")
@policy(GET=Policy.ADMINISTERS)
def unit(code: str) -> str:
    return render_template("organisation_unit.html", **organisation_views.unit_page(http.house(), code))


@pages.get("/organisation/offices/<code>")
@policy(GET=Policy.ADMINISTERS)
def office(code: str) -> str:
    return render_template("organisation_office.html", matters=_matters(), **organisation_views.office_page(http.house(), code))


@pages.get("/organisation/people")
@policy(GET=Policy.ADMINISTERS)
def people() -> str:
    asked = request.args.get("page", "1")
    page, q = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1, request.args.get("q", "").strip()[:200]
    rows, more = organisation_views.people(http.house(), q, max(page, 1))
    return render_template("organisation_people.html", rows=rows, more=more, page=max(page, 1), q=q)


@pages.get("/organisation/people/<uuid:uid>")
@policy(GET=Policy.ADMINISTERS)
def person(uid: Any) -> str:
    shown = organisation_views.person_page(http.house(), str(uid))
    account, trace = account_keeping.kept(http.house(), str(uid)), rights.trace(http.house(), str(uid))
    return render_template("organisation_person.html", link=links.wanted(http.house(), str(uid)), account=account, trace=trace, **shown)


@pages.post("/organisation/people/<uuid:uid>/link")
@policy(POST=Policy.ADMINISTERS)
def hand_over(uid: Any) -> str:
    """The one-time link of somebody, to hand over; it is shown once."""
    purpose = links.wanted(http.house(), str(uid))
    link = links.hand_over(http.house(), http.actor(), str(uid))
    shown = organisation_views.person_page(http.house(), str(uid))["person"]
    return render_template("organisation_link.html", person=shown, link=link, purpose=purpose, picture=square(link))


def _key() -> Key:
    """The form's own Idempotency-Key: sent twice, it acts once."""
    told = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
    return Key(f"page-{request.form.get('key', '')[:64] or token_urlsafe(16)}", sha256(repr((request.full_path, told)).encode()).hexdigest())


@pages.route("/organisation/do/<name>", methods=["GET", "POST"])
@policy(GET=Policy.ADMINISTERS, POST=Policy.ADMINISTERS)
def do(name: str) -> Answer | str | tuple[str, int]:
    house, language, doing, at = http.house(), http.language(), FORMS.get(name), request.args
    number = at.get("number", "1")
    if doing is None or not all(at.get(one) for one in doing.needs) or not (number.isascii() and number.isdigit() and len(number) < 16):
        raise NotFound
    sent, before = request.form if request.method == "POST" else None, doing.before(house, at)
    keep = [before.get(name) for name in ("under", "unit", "successor")]
    lists = Lists(directory.people(house), directory.offices(house), units(house, keep), listed=lambda of: _answered())
    drawn = draw(
        doing.inputs,
        {i.name: i.label.say(language) for i in doing.inputs},
        lists,
        language,
        sent,
        None if sent is not None else before,
    )
    status, message, sheet = 200, None, None
    if sent is not None and "look" in sent and doing.look is not None:
        try:
            sheet = doing.look(house, http.actor(), _numbers(doing.inputs, raw(doing.inputs, drawn.form)), at)
        except Invalid as error:
            drawn.show(error.problems)
            status, message = 422, i18n.say(language, "form.some_wrong")
    elif sent is not None:
        try:
            done = doing.carry(house, http.actor(), _numbers(doing.inputs, raw(doing.inputs, drawn.form)), at, _key())
        except Invalid as error:
            drawn.show(error.problems)
            status, message = 422, i18n.say(language, "form.some_wrong")
        else:
            return redirect(_then(at) or _after(doing.after, {**at, **done.facts}), 303)
    return render_template(
        "organisation_form.html",
        doing=doing,
        drawn=drawn,
        message=message,
        sheet=sheet,
        key=request.form.get("key") or token_urlsafe(16),
        back=_then(at) or _after(doing.after, at, at.get("under")),
        about=_about(doing.needs, at),
    ), status


def _about(needs: Sequence[str], at: Mapping[str, Any]) -> tuple[str, str] | None:
    """(where it stands, what it is called) of whom or what a form is about. Raises `NotFound` where that is not there."""
    house = http.house()
    if "person" in needs:
        return url_for("organisation.person", uid=at["person"]), organisation_views.person_page(house, at["person"])["person"]["full_name"]
    if "office" in needs:
        return url_for("organisation.office", code=at["office"]), organisation_views.office_page(house, at["office"])["office"]["title"]
    if "unit" in needs:
        return url_for("organisation.unit", code=at["unit"]), organisation_views.unit_page(house, at["unit"])["unit"]["name"]
    return None


def _then(at: Mapping[str, Any]) -> str | None:
    """Back to the set-up, where that is where one came from."""
    return url_for("organisation.set_up") if at.get("then") == "setup" else None


def _matters() -> dict[str, str]:
    """The kinds of matter there are, by the name of their workflow, as the reader calls them."""
    house, language = http.house(), http.language()
    rules = house.catalogue.rulesets_by_name[directory.ruleset_of(house)]
    return {w.name: i18n.workflow_label(w, rules, language) for w in house.catalogue.workflows}


def _answered() -> list[tuple[str, str]]:
    """(name, words) of the kinds of matter that an office answers for: those alone can be delegated with it."""
    known = http.house().catalogue.by_name
    return [(name, words) for name, words in _matters().items() if known[name].held_role is not None]


def _numbers(inputs: Sequence[Input], told: dict[str, Any]) -> dict[str, Any]:
    """What a form told, where every number is one. Raises `Invalid`."""
    wrong = [i.name for i in inputs if isinstance(i, Number) and isinstance(told.get(i.name), str)]
    if wrong:
        raise Invalid(tuple(Problem(f"/{name}", "invalid", "Send a whole number.") for name in wrong))
    return told


def _after(kind: str, told: Any, unit_code: str | None = None) -> str:
    """The page one is led to: that of the thing the act was about, or of where it belongs."""
    if kind == "office" and told.get("office"):
        return url_for("organisation.office", code=told["office"])
    if kind == "person":
        return url_for("organisation.person", uid=told["person"]) if told.get("person") else url_for("organisation.people")
    if kind in ("calendar", "calendars"):
        return url_for("calendar_pages.show", name=told["calendar"]) if told.get("calendar") else url_for("calendar_pages.all_")
    if kind == "paper":
        return url_for("paper_laws.show", ruleset=told["ruleset"], kind=told["kind"])
    code = told.get("code") or told.get("unit") or unit_code
    return url_for("organisation.unit", code=code) if code else url_for("organisation.tree")


@pages.route("/setup", methods=["GET", "POST"])
@policy(GET=Policy.ADMINISTERS, POST=Policy.ADMINISTERS)
def set_up() -> Answer | str | tuple[str, int]:
    house, language = http.house(), http.language()
    named = setup.named(house)
    fit = {named["concerns_contact"], *setup.fit(house)}
    sent = request.form if request.method == "POST" else None
    bodies = [(row["code"], row["name"]) for row in organisation_views.tree(house) if row["kind"] == "body" and row["dissolved_on"] is None]
    drawn = draw(
        SETUP,
        {i.name: i.label.say(language) for i in SETUP},
        Lists([(uid, words) for uid, words in directory.people(house) if uid in fit], units=bodies),
        language,
        sent,
        None if sent is not None else {"appeal_body": named["appeal_body"], "contact": named["concerns_contact"]},
    )
    status, message = 200, None
    if sent is not None:
        told = raw(SETUP, drawn.form)
        try:
            setup.name_both(house, http.actor(), told.get("appeal_body"), told.get("contact"), key=_key())
        except Invalid as error:
            drawn.show(error.problems)
            status, message = 422, i18n.say(language, "form.some_wrong")
        else:
            return redirect(url_for("organisation.set_up"), 303)
    return render_template("setup.html", drawn=drawn, message=message, named=named, key=request.form.get("key") or token_urlsafe(16)), status


@pages.route("/organisation/import", methods=["GET", "POST"])
@policy(GET=Policy.ADMINISTERS, POST=Policy.ADMINISTERS)
def take_in() -> str | tuple[str, int]:
    if request.method == "GET":
        return render_template("organisation_import.html", report=None, wrong=None, kept=None, shape=organisation_file.COLUMNS)
    house, really = http.house(), "kept" in request.form
    try:
        name, content = _kept(request.form["kept"]) if really else _sent()
        report = organisation_import.take_in(house, http.actor(), reading.read(name, content, organisation_file.SHAPE), dry_run=not really)
    except NotReadable as error:
        wrong = error.says.say(http.language())
        return render_template("organisation_import.html", report=None, wrong=wrong, kept=None, shape=organisation_file.COLUMNS), 422
    fits = not report.rejected and any(row.outcome != organisation_import.UNCHANGED for row in report.rows)
    kept = b64encode(zlib.compress(name.encode() + b"\0" + content)).decode("ascii") if fits and not really else None
    names = {row.key[0]: row.told["full_name"] for row in report.rows if row.given.kind == "people" and row.key and row.told}
    names |= directory.names(house, [part for row in report.changed[:500] for part in row.key if len(str(part)) == 36])
    return render_template(
        "organisation_import.html",
        report=report,
        wrong=None,
        kept=kept,
        shape=organisation_file.COLUMNS,
        called=lambda row: ", ".join(names.get(part, str(part)) for part in row.key if part not in (None, False, True)),
    ), 422 if report.rejected else 200


def _sent() -> tuple[str, bytes]:
    """The file that was sent. Raises `NotReadable`."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise NotReadable(i18n.say(http.language(), "orgin.file_needed"))
    return file.filename[:200].replace("\0", ""), file.stream.read()


def _kept(text: str) -> tuple[str, bytes]:
    """The file that was looked at before, as the page carried it. Raises `NotReadable`."""
    try:
        unpack = zlib.decompressobj()
        whole = unpack.decompress(b64decode(text, validate=True), reading.MOST_BYTES)
    except (zlib.error, NotBase64, ValueError):
        raise NotReadable(i18n.say(http.language(), "orgin.file_needed")) from None
    name, _, content = whole.partition(b"\0")
    return name.decode("utf-8", "replace"), content


@pages.post("/organisation/export")
@policy(POST=Policy.ADMINISTERS)
def take_out() -> Response:
    form = "csv" if request.form.get("format") == "csv" else "json"
    content = organisation_file.export_file(http.house(), http.actor(), form)
    name, media = ("organisation.zip", "application/zip") if form == "csv" else ("organisation.json", "application/json")
    return Response(content, mimetype=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@pages.get("/organisation/history")
@policy(GET=Policy.ADMINISTERS)
def history() -> str:
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    rows = organisation_views.history(http.house(), before)
    told = remembered.told(rows, organisation_views.names_in(http.house(), rows), _matters())
    return render_template("organisation_history.html", rows=told, following=rows[-1]["seq"] if len(rows) == organisation_views.PAGE else None)
