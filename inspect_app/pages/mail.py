"""The outbox for administrators: whether mail goes out, and the mails that make trouble. Nothing of a case is in it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import outbox

pages = Blueprint("mail", __name__)


@pages.get("/organisation/mail")
@policy(GET=Policy.ADMINISTERS)
def show() -> str:
    house = http.house()
    return render_template("mail.html", post=house.post, standing=outbox.standing(house), tries=outbox.TRIES)


@pages.post("/organisation/mail/<int(max=999999999999):id_>")
@policy(POST=Policy.ADMINISTERS)
def again(id_: int) -> Answer:
    """Try a mail once more, or give it up."""
    outbox.again(http.house(), http.actor(), id_, give_up=bool(request.form.get("give_up")))
    return redirect(url_for("mail.show"), 303)
