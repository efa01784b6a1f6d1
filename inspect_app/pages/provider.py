"""To the provider of identities and back: to sign in, to prove who one is, or to link one's identity there."""

from __future__ import annotations

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n, log
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, Unavailable, Unknown, Unreadable
from inspect_app.pages.signing import back_to, entered, with_cookie
from inspect_app.services import providers
from inspect_app.services.providers import NotLinked, UnderWay

pages = Blueprint("provider", __name__)
COOKIE = "going"


def _back() -> str:
    """The address to which the provider sends the browser back: the one that is registered there."""
    return f"{http.house().public_url}{url_for('provider.returned')}"


@pages.get("/sign-in/provider")
@policy(GET=Policy.PUBLIC)
def go() -> Answer:
    """Go there: a link and no form, because the policy of our pages lets no form lead elsewhere."""
    proving = request.args.get("for") == "prove"
    return _going("prove" if proving and g.signed else "sign_in", back_to(request.args.get("next")))[1]


@pages.post("/account/provider")
@policy(POST=Policy.SIGNED_IN)
def link() -> Answer | str:
    """Begin to link one's identity there. It is a form of our own, so that nobody else can begin it."""
    http.proven()
    if request.form.get("remove"):
        providers.unlink(http.house(), http.actor(), http.actor())
        return redirect(url_for("account.show"), 303)
    address, answer = _going("link", url_for("account.show"))
    page = make_response(render_template("provider_go.html", address=address))
    for cookie in answer.headers.getlist("Set-Cookie"):
        page.headers.add("Set-Cookie", cookie)
    return page


def _going(purpose: str, after: str) -> tuple[str, Answer]:
    """The provider's address, and the answer that leads there with the cookie that ties the sign-in to this browser."""
    state, address = providers.begin(http.house(), purpose, after, _back(), g.signed)
    return address, with_cookie(redirect(address, 303), COOKIE, state, 10)


@pages.get("/sign-in/provider/back")
@policy(GET=Policy.PUBLIC)
def returned() -> Answer:
    """Back from there. A state that was forged or used before is refused; what the provider says is checked before anybody is let in."""
    house = http.house()
    try:
        going = providers.take(house, request.args.get("state", "")[:200], request.cookies.get(http.cookie_name(COOKIE), ""))
    except Unreadable as error:
        return _refused(error, 400)
    try:
        if "code" not in request.args:
            raise Unknown("The provider of identities did not let you in.")
        subject = providers.subject_of(house, going, request.args["code"][:2000], request.args.get("iss"), _back())
        return with_cookie(_done(going, subject), COOKIE, None)
    except (Unknown, Invalid) as error:
        return _refused(error, 401)
    except Unavailable as error:
        return _refused(error, 502)


def _done(going: UnderWay, subject: str) -> Answer:
    house = http.house()
    if going.purpose == "sign_in":
        return entered(providers.sign_in(house, subject, http.place()), going.after)
    if g.signed is None or g.signed.actor.person_id != going.person_id:
        raise Unknown("Your session ended meanwhile; sign in and begin again.")
    if going.purpose == "link":
        providers.link(house, http.actor(), http.actor(), subject)
        return redirect(going.after, 303)
    return with_cookie(redirect(going.after, 303), "sid", providers.prove(house, g.signed, subject))


def _refused(error: Unreadable | Unknown | Invalid | Unavailable, status: int) -> Answer:
    log.refused_sign_in()
    keys = {Unreadable: "provider.forged", NotLinked: "provider.nobody", Unavailable: "provider.unavailable", Invalid: "provider.taken"}
    words = i18n.say(http.language(), keys.get(type(error), "provider.refused"))
    return with_cookie(make_response(render_template("provider_refused.html", words=words), status), COOKIE, None)
