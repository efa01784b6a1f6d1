"""A half-typed form is kept while its writer signs in or proves who they are, and is given back with everything that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import NotFound, Refusal, Unknown, Unproven, Unsecured
from inspect_app.forms.build import only_looks
from inspect_app.services import kept, sessions
from inspect_app.services.kept import NEVER, Kept

pages = Blueprint("keeping", __name__)
View = TypeVar("View", bound=Callable[..., Any])


def gives_back(view: View) -> View:
    """Mark a view that fills its form from `sent()`. A form of any other view is given back on a page of its own, to be sent again."""
    view.gives_back = True  # type: ignore[attr-defined]
    return view


def sent() -> MultiDict[str, str] | None:
    """What was typed: as it is sent now, or as it was kept; None for a form that is opened anew."""
    if request.method == "POST":
        return request.form
    found = kept.given_back(http.house(), http.actor().person_id, request.args["kept"]) if request.args.get("kept") else None
    g.kept = found
    return MultiDict(found.fields) if found else None


def instead(error: Refusal | HTTPException) -> Answer | None:
    """Where a refusal is about who is asking, the way to prove it, and back afterwards; the form is kept meanwhile."""
    if isinstance(error, Unknown) and request.endpoint != "signing.sign_in":
        if request.method == "GET":
            return redirect(url_for("signing.sign_in", next=request.full_path.rstrip("?")), 303)
        csrf, secret = http.sent_token(), request.cookies.get(http.cookie_name())
        writer = sessions.writer_of(http.house(), secret, csrf) if secret and csrf and g.get("actor") is None else None
        after = _keep(writer) if writer is not None else None
        return redirect(url_for("signing.sign_in", next=after, kept=1), 303) if after else None
    if isinstance(error, Unproven | Unsecured):
        door = "signing.prove" if isinstance(error, Unproven) else "account.factors_page"
        if request.method == "GET":
            return redirect(url_for(door, next=request.full_path.rstrip("?")), 303)
        after = _keep(http.actor().person_id)
        return redirect(url_for(door, next=after or url_for("home.work"), kept=1 if after else 0), 303)
    return None


def out_of_date() -> tuple[str, int]:
    """A form that was opened under another sign-in: nothing is done, and it is offered to be sent again."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER]
    return render_template("again.html", path=request.full_path.rstrip("?"), fields=fields, files=bool(request.files), stale=True), 400


def _keep(person_id: int | None) -> str | None:
    """Keep the form of this request for its writer; returns the way back to it."""
    if person_id is None or only_looks(request.form) or (request.endpoint or "").startswith("signing."):
        return None
    files = any(f.filename for f in request.files.values())
    id_ = kept.keep(http.house(), person_id, request.full_path.rstrip("?"), request.form.items(multi=True), files=files)
    return url_for("keeping.back", id_=id_) if id_ else None


@pages.get("/kept/<id_>")
@policy(GET=Policy.SIGNED_IN)
def back(id_: str) -> Answer | str:
    """Back to the form that was kept, for the person who typed it and for nobody else."""
    found = kept.given_back(http.house(), http.actor().person_id, id_)
    if found is None:
        raise NotFound
    if _is_given_back(found):
        return redirect(f"{found.path}{'&' if '?' in found.path else '?'}kept={found.id}", 303)
    return render_template("again.html", path=found.path, fields=found.fields, files=found.files, stale=False)


def _is_given_back(found: Kept) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(found.path.partition("?")[0], method="GET")
    except HTTPException:
        return False
    return bool(getattr(current_app.view_functions[endpoint], "gives_back", False))
