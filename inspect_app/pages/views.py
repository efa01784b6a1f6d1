"""Saved views of the register, and the columns one looks at."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid
from inspect_app.pages.listing import Listing
from inspect_app.services import views

pages = Blueprint("views", __name__)


@pages.get("/views/<code>")
@policy(GET=Policy.SIGNED_IN)
def show(code: str) -> Answer:
    """A short link: whoever may open the view sees what is theirs to see of it."""
    view = views.one(http.house(), http.actor(), code)
    return redirect(f"{Listing.within(view.question).address()}{'&' if '?' in Listing.within(view.question).address() else '?'}view={view.code}", 303)


@pages.post("/views")
@policy(POST=Policy.SIGNED_IN)
def keep() -> Answer | tuple[str, int]:
    house, actor = http.house(), http.actor()
    asked = Listing.within(request.form.get("question", ""))
    try:
        code = views.keep(house, actor, request.form.get("name", ""), asked.question, request.form.get("unit") or None, private=asked.private)
    except Invalid as error:
        return render_template("view.html", asked=asked, typed=request.form, problems={p.pointer.strip("/"): p.message for p in error.problems},
                               shareable=views.shareable(house, actor)), 422
    return redirect(url_for("views.show", code=code), 303)


@pages.post("/views/<code>/remove")
@policy(POST=Policy.SIGNED_IN)
def remove(code: str) -> Answer:
    views.let_go(http.house(), http.actor(), code)
    return redirect(url_for("home.register"), 303)


@pages.post("/cases/columns")
@policy(POST=Policy.SIGNED_IN)
def look() -> Answer:
    """Remember the columns that were ticked, in the order of the numbers beside them."""
    def at(name: str) -> int:
        text = request.form.get(f"at-{name}", "")
        return int(text) if text.isdigit() and len(text) < 4 else 99

    ticked = [name for name in views.COLUMNS if name in request.form.getlist("column")]
    views.look(http.house(), http.actor(), sorted(ticked, key=at))
    return redirect(Listing.within(request.form.get("question", "")).address(), 303)
