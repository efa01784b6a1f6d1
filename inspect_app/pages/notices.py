"""Notices: what I was told, how I want to be told, and my calendar feed. Always one's own."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import SPEAKING
from inspect_app.errors import Invalid
from inspect_app.pages.signing import told
from inspect_app.services import feeds, notices, told_how
from inspect_app.services.notices import LETTER, Told
from inspect_app.services.observed import ObservedNotice
from workflows.concern_v1 import CONCERN

pages = Blueprint("notices", __name__)


@pages.get("/notices")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    return _page()


def _page(wrong: dict[str, str] | None = None, made: str | None = None) -> str:
    house, actor, asked = http.house(), http.actor(), request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    unread = request.args.get("show") != "all"
    rows, following = notices.listed(house, actor, before=before, unread_only=unread)
    return render_template(
        "notices.html", rows=rows, unread_only=unread, following=following, newest=rows[0].id if rows else 0, has_server=house.post is not None,
        chosen=told_how.chosen(house, actor), kinds=notices.KINDS, ways=told_how.WAYS, feed_made=feeds.made_at(house, actor), made=made,
        wrong=wrong or {}, done=request.args.get("done"))


@pages.post("/notices/<int(max=999999999999):id_>")
@policy(POST=Policy.SIGNED_IN)
def open_(id_: int) -> Answer:
    """A notice is read from now on, and leads to what it tells of."""
    return redirect(_place(notices.open_one(http.house(), http.actor(), id_)), 303)


def _place(one: Told) -> str:
    if isinstance(one, ObservedNotice):
        return url_for("audits.listed", _anchor=f"observation-{one.observation}")
    if one.role in SPEAKING and one.workflow.name == CONCERN.name:
        return url_for("concerns.own", uid=one.case_uid)
    if one.kind == LETTER and one.letter is not None:
        return url_for("answer.paper", uid=one.case_uid, id_=one.letter)
    return url_for("casefile.show", uid=one.case_uid)


@pages.post("/notices/read")
@policy(POST=Policy.SIGNED_IN)
def read_all() -> Answer:
    """Everything up to the newest that was shown is read."""
    until = request.form.get("until", "")
    notices.read_all(http.house(), http.actor(), int(until) if until.isascii() and until.isdigit() and len(until) < 16 else 0)
    return redirect(url_for("notices.show"), 303)


@pages.post("/notices/choice")
@policy(POST=Policy.SIGNED_IN)
def choose() -> Answer | tuple[str, int]:
    """At once, once a day, or in the application alone: for each kind."""
    try:
        told_how.choose(http.house(), http.actor(), {kind: request.form[kind] for kind in notices.KINDS if kind in request.form})
    except Invalid as error:
        return _page(told(error)), 422
    return redirect(url_for("notices.show", done="choice"), 303)


@pages.post("/notices/address")
@policy(POST=Policy.SIGNED_IN)
def address() -> Answer | tuple[str, int]:
    """Where mail goes, once it is confirmed from there."""
    http.proven()
    try:
        told_how.set_address(http.house(), http.actor(), request.form.get("address", "")[:400])
    except Invalid as error:
        return _page(told(error)), 422
    return redirect(url_for("notices.show", done="address"), 303)


@pages.route("/notices/address/<secret>", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.SIGNED_IN)
def confirm(secret: str) -> Answer | str:
    """The link of the mail that asks whether an address is right: it shows which, and a button confirms it."""
    found = told_how.confirm(http.house(), http.actor(), secret, only_look=request.method == "GET")
    if request.method == "POST":
        return redirect(url_for("notices.show", done="confirmed"), 303)
    return render_template("notices_address.html", address=found)


@pages.post("/notices/feed")
@policy(POST=Policy.SIGNED_IN)
def feed() -> Answer | str:
    """Make the address of one's calendar feed, which is shown once, or take it back."""
    if request.form.get("revoke"):
        feeds.revoke(http.house(), http.actor())
        return redirect(url_for("notices.show", done="revoked"), 303)
    http.proven()
    return _page(made=feeds.make(http.house(), http.actor()))
