"""Comments on a case: written, changed and taken back by those who conduct it, apart from the record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid
from inspect_app.services import comments

pages = Blueprint("comments", __name__)


@pages.post("/cases/<uuid:uid>/comments")
@policy(POST=Policy.ACTS_ON_CASE)
def write(uid: Any) -> Answer | tuple[str, int]:
    row, body = http.case(uid), request.form.get("body", "")
    try:
        number = comments.write(http.house(), http.actor(), row, body)
    except Invalid as error:
        return render_template("comment.html", row=row, body=body, number=None, problem=error.problems[0].message), 422
    return redirect(url_for("casefile.show", uid=row.uid, _anchor=f"comment-{number}"), 303)


@pages.post("/cases/<uuid:uid>/comments/<int(max=999999999):n>")
@policy(POST=Policy.ACTS_ON_CASE)
def change(uid: Any, n: int) -> Answer | tuple[str, int]:
    row, body = http.case(uid), request.form.get("body", "")
    if "take_back" in request.form:
        comments.take_back(http.house(), http.actor(), row, n)
        return redirect(url_for("casefile.show", uid=row.uid, _anchor="comments"), 303)
    try:
        comments.change(http.house(), http.actor(), row, n, body)
    except Invalid as error:
        return render_template("comment.html", row=row, body=body, number=n, problem=error.problems[0].message), 422
    return redirect(url_for("casefile.show", uid=row.uid, _anchor=f"comment-{n}"), 303)
