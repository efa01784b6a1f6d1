"""My account: language, password, second factor, where I am signed in, tokens of programs. Always one's own."""

from __future__ import annotations

import re

import segno
from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound, TooMany
from inspect_app.now import now
from inspect_app.pages import keeping
from inspect_app.pages.signing import back_to, told
from inspect_app.services import factors, identity, links, passwords, providers, sessions, tokens
from inspect_app.services.tokens import Scope

pages = Blueprint("account", __name__)

MONTH = 30 * 86_400_000_000
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@pages.get("/account")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    return _account()


def _account(wrong: dict[str, str] | None = None) -> str:
    house, actor = http.house(), http.actor()
    has = factors.has(house, actor.person_id)
    with house.db.reading() as session:
        login = identity.login_of(session, actor.person_id)
    return render_template(
        "account.html", login=login, has=has, wrong=wrong or {}, done=request.args.get("done"), provider=house.provider,
        link=_told_of(links.last(house, actor.person_id)),
        linked=providers.is_linked(house, actor.person_id), least=passwords.WITH_FACTOR if has else passwords.ALONE)


def _told_of(link: links.Last | None) -> links.Last | None:
    """A link for a new password that somebody made in the last month: its person is told, whoever made it."""
    return link if link is not None and link.purpose != "first" and now() - link.made_at < MONTH else None


@pages.post("/account/password")
@policy(POST=Policy.SIGNED_IN)
def password() -> Answer | tuple[str, int]:
    http.proven()
    try:
        identity.change_password(http.house(), g.signed, request.form.get("password", "")[:4000], request.form.get("again", "")[:4000])
    except Invalid as error:
        return _account(told(error)), 422
    return redirect(url_for("account.show", done="password"), 303)


@pages.get("/account/factors")
@policy(GET=Policy.SIGNED_IN)
def factors_page() -> str:
    return _factors()


def _factors(**more: object) -> str:
    shown = {"wrong": {}, "picture": None, "pending": None, "secret": None, "codes": None} | more
    return render_template("factors.html", has=factors.has(http.house(), http.actor().person_id), after=back_to(request.values.get("next")),
                           needed=request.values.get("kept") is not None, **shown)


@pages.post("/account/factors/app")
@policy(POST=Policy.SIGNED_IN)
def app() -> Answer | str | tuple[str, int]:
    """Show the picture of a new secret; or, with its code, take it."""
    http.proven()
    house, actor = http.house(), http.actor()
    sealed, wrong = request.form.get("pending", "")[:2000], {}
    try:
        if sealed:
            factors.confirm_totp(house, actor, sealed, request.form.get("code", "")[:100])
            return redirect(url_for("account.factors_page", next=back_to(request.form.get("next"))), 303)
    except TooMany as error:
        wrong = {"code": i18n.say(http.language(), "factor.wait", minutes=-(-error.wait // 60))}
    except Invalid as error:
        wrong = told(error)
        sealed = "" if any(p.code == "over" for p in error.problems) else sealed
    secret = factors.from_pending(house, actor, sealed) if sealed else factors.begin_totp(actor)
    with house.db.reading() as session:
        address = factors.address_of(actor, identity.login_of(session, actor.person_id), secret)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white")
    page = _factors(picture=picture, pending=sealed or factors.pending(house, actor, secret), secret=secret, wrong=wrong)
    return page, 422 if wrong else 200


@pages.post("/account/factors/sheet")
@policy(POST=Policy.SIGNED_IN)
def sheet() -> str:
    """A new sheet of codes: shown once, to be printed."""
    http.proven()
    return _factors(codes=factors.new_sheet(http.house(), http.actor()))


@pages.post("/account/factors/remove")
@policy(POST=Policy.SIGNED_IN)
def remove() -> Answer | tuple[str, int]:
    """Give up a factor. A short password cannot stand alone: where it is the last factor, the password is chosen anew with it."""
    http.proven()
    house, actor, which = http.house(), http.actor(), request.form.get("which", "")
    if which not in ("totp", "codes"):
        raise NotFound
    has = factors.has(house, actor.person_id)
    last = not (has.codes if which == "totp" else has.totp)
    try:
        if last:
            identity.stand_alone(house, g.signed, request.form.get("password", "")[:4000], request.form.get("again", "")[:4000])
    except Invalid as error:
        return _factors(wrong=told(error)), 422
    factors.take_away(house, actor, which)
    return redirect(url_for("account.factors_page"), 303)


@pages.get("/account/sessions")
@policy(GET=Policy.SIGNED_IN)
def places() -> str:
    found = sessions.listed(http.house(), http.actor().person_id)
    return render_template("sessions.html", found=[(s, browser(s.agent)) for s in found], here=g.signed.id)


@pages.post("/account/sessions")
@policy(POST=Policy.SIGNED_IN)
def end() -> Answer:
    one = request.form.get("session")
    if one:
        sessions.end(http.house(), http.actor(), one)
    else:
        sessions.end_others(http.house(), g.signed)
    return redirect(url_for("account.places"), 303)


def browser(agent: str) -> str:
    """What a browser calls itself, in two words."""
    name = next((said for sign, said in BROWSERS if sign in agent), re.split(r"[/ ]", agent)[0][:40] or "–")
    system = next((said for sign, said in SYSTEMS if sign in agent), "")
    return f"{name}, {system}" if system else name


@pages.route("/account/tokens", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.SIGNED_IN)
@keeping.gives_back
def programs() -> Answer | str | tuple[str, int]:
    """Tokens of one's programs: list, make (shown once), revoke."""
    house, actor = http.house(), http.actor()
    asked, made, wrong = keeping.sent(), None, {}
    if request.method == "POST":
        if request.form.get("revoke"):
            if not tokens.revoke(house, actor, request.form["revoke"]):
                raise NotFound
            return redirect(url_for("account.programs"), 303)
        try:
            days = request.form.get("days", "")
            wanted = tokens.wanted(request.form.get("name", ""), request.form.getlist("scopes"),
                                   int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
                                   request.form.get("addresses", "").replace(",", " ").split())
            if set(wanted.scopes) & {Scope.DECIDE, Scope.EXPORT, Scope.ADMINISTER}:
                http.assure(Scope.ADMINISTER)
            http.proven()
            made = tokens.create(house, actor, actor, wanted)
            asked = None
        except Invalid as error:
            wrong = told(error)
    page = render_template("tokens.html", found=tokens.listed(house, actor.person_id), scopes=[s for s in Scope if s is not Scope.READ], asked=asked,
                           made=made, wrong=wrong, longest=tokens.LONGEST)
    return page, 422 if wrong else 200
