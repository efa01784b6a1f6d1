"""Taking histories away: what, in which form, why; at once, or in the background; the taking is an event of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound, NotNow, TooMany
from inspect_app.exports.formats import FORMATS
from inspect_app.pages.keeping import gives_back, sent
from inspect_app.services import export_jobs, exporting, queue
from inspect_app.services.exporting import NotAvailable, Order
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House

pages = Blueprint("exports", __name__)


@pages.route("/exports", methods=["GET", "POST"])
@policy(GET=Policy.EXPORTS, POST=Policy.EXPORTS)
@gives_back
def choose() -> Answer | str | tuple[str, int]:
    house, actor = http.house(), http.actor()
    if request.method == "GET":
        return _page(None, sent() or request.args)
    try:
        order = _order(house)
        if request.form.get("how") == "later":
            return redirect(url_for("exports.one", job=export_jobs.ask(house, actor, order).id), 303)
        pieces = exporting.streamed(house, actor, order)
    except NotAvailable as error:
        return _page(i18n.say(http.language(), f"exports.wrong_{error.field}"), request.form), 422
    except Invalid:
        return _page(i18n.say(http.language(), "exports.reason_needed"), request.form), 422
    except NotFound:
        return _page(i18n.say(http.language(), "exports.wrong_case"), request.form), 422
    except TooMany:
        return _page(i18n.say(http.language(), "exports.under_way", n=export_jobs.AT_ONCE), request.form), 429
    form = FORMATS[order.form]
    name = f"{order.wanted.number or 'histories'}.{form.extension}"
    return Response(pieces, mimetype=form.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _order(house: House) -> Order:
    told = {name: value.strip() for name, value in request.form.items()}
    if not told.get("reason"):
        raise Invalid(())
    named = {"yes": True, "no": False}.get(told.get("named", ""))
    return Order(Wanted(told.get("case") or None, told.get("query") or None), told.get("format", ""), facts=told.get("facts") or "all",
                 named=named, as_of=exporting.moment(house, told.get("as_of")), reason=told["reason"][:1000])


def _page(wrong: str | None, asked: Any) -> str:
    return render_template("exports.html", formats=FORMATS, wrong=wrong, asked=asked, jobs=export_jobs.mine(http.house(), http.actor()))


@pages.get("/exports/<uuid:job>")
@policy(GET=Policy.EXPORTS)
def one(job: Any) -> Response:
    """How far an export is; the page comes again by itself until it is made."""
    found = export_jobs.one(http.house(), http.actor(), str(job))
    headers = {"Refresh": "3"} if found.state in (queue.WAITING, export_jobs.RUNNING) else {}
    return Response(render_template("export.html", job=found), mimetype="text/html", headers=headers)


@pages.post("/exports/<uuid:job>/cancel")
@policy(POST=Policy.EXPORTS)
def cancel(job: Any) -> Answer:
    with suppress(NotNow):  # it ended by itself meanwhile, as the page will say
        export_jobs.cancel(http.house(), http.actor(), str(job))
    return redirect(url_for("exports.one", job=job), 303)


@pages.get("/exports/<uuid:job>/download")
@policy(GET=Policy.EXPORTS)
def download(job: Any) -> Response:
    found, file = export_jobs.fetch(http.house(), http.actor(), str(job))
    return http.file_answer(file, found.name, FORMATS[found.order.form].media_type, found.bytes)

