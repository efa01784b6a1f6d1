"""The auditor's engagement: the checkpoint it began with, samples that anyone can recompute, observations; and answering what was observed."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound
from inspect_app.pages import called
from inspect_app.services import directory, observations
from inspect_app.services import engagements as engaged
from inspect_app.services.ledger import Key

pages = Blueprint("audits", __name__)


@pages.get("/engagements/<int:number>")
@policy(GET=Policy.AUDITS)
def show(number: int) -> str:
    """One engagement that runs."""
    return _page(number)


@pages.post("/engagements/<int:number>")
@policy(POST=Policy.OBSERVES)
def do(number: int) -> Answer | tuple[str, int]:
    """Open it, draw a sample, observe, or settle an observation."""
    house, actor, sent = http.house(), http.actor(), request.form
    acts: dict[str, Callable[[], Any]] = {
        "open": lambda: engaged.begin(house, actor, number, sent.get("covers_from"), sent.get("covers_until"), _key()),
        "sample": lambda: engaged.draw(house, actor, number, _number(sent.get("size")), _key()),
        "observe": lambda: observations.observe(house, actor, number, sent.get("unit"), sent.get("case", "").strip(), sent.get("says"),
                                                sent.get("due"), _key()),
        "settle": lambda: observations.settle(house, actor, number, _number(sent.get("observation")) or 0, sent.get("accepted") == "yes", _key()),
    }
    engaged.one(house, actor, number)
    wanted = acts.get(sent.get("do", ""))
    if wanted is None:
        return _page(number), 422
    try:
        wanted()
    except Invalid as error:
        return _page(number, " ".join(p.message for p in error.problems), sent.get("do", "")), 422
    return redirect(url_for("audits.show", number=number), 303)


@pages.get("/engagements/<int:number>/samples/<int:sample>")
@policy(GET=Policy.AUDITS)
def sample(number: int, sample: int) -> Response:
    """A sample as a file, with everything that the rule needs."""
    raw = engaged.file_of(http.house(), http.actor(), number, sample)
    name = f"sample-{number}-{sample}.json"
    return Response(raw, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(number: int, message: str | None = None, at: str = "") -> str:
    house, actor = http.house(), http.actor()
    found = engaged.one(house, actor, number)
    below = directory.below(house, found.code)
    return render_template("engagement.html", e=found, samples=engaged.samples(house, actor, number) if found.id else [], units=below,
                           observed_rows=observations.of_engagement(house, actor, number) if found.id else [], message=message, at=at,
                           typed=request.form,
                           most=engaged.MOST, titles=called.kinds(),
                           key=token_urlsafe(16))


@pages.get("/observations")
@policy(GET=Policy.ANSWERS_AUDITS)
def listed() -> str:
    """What auditors observed of one's units."""
    return _observed()


@pages.post("/observations/<int:number>")
@policy(POST=Policy.ANSWERS_AUDITS)
def answer(number: int) -> Answer | tuple[str, int]:
    """Answer one."""
    try:
        observations.answer(http.house(), http.actor(), number, request.form.get("answer"), _key())
    except Invalid as error:
        if all(one.id != number for one in observations.to_answer(http.house(), http.actor())):
            raise NotFound from None
        return _observed(" ".join(p.message for p in error.problems), number), 422
    return redirect(url_for("audits.listed"), 303)


def _observed(message: str | None = None, at: int = 0) -> str:
    return render_template("observations.html", rows=observations.to_answer(http.house(), http.actor()), message=message, at=at,
                           key=token_urlsafe(16))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def _key() -> Key:
    """The form's own Idempotency-Key: sent twice, it acts once."""
    told = sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
    return Key(f"page-{request.form.get('key', '')[:64] or token_urlsafe(16)}", sha256(repr((request.path, told)).encode()).hexdigest())
