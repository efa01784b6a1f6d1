"""Keeping and letting go: what is due, what is held, what is proposed; the acts by which content goes; the certificate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound, NotNow, NotYours, Refusal, Refused, Stale
from inspect_app.pages import called
from inspect_app.services import casework, forgetting, queries, retention, retention_dossier
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from inspect_app.services.retention import Kept, Piece
from inspect_app.services.retention_dossier import Answer as Answered
from inspect_app.services.tokens import Scope
from workflows.acts import Act, Actor
from workflows.inputs import Choice
from workflows.retention import BY_PERSONS, OF_ROW
from workflows.retention_entries import PROPOSE_ERASURE

pages = Blueprint("retention", __name__)
FIND, EVERYWHERE = "find", "everywhere"
FORGET = {forgetting.PROPOSED: forgetting.propose, forgetting.FORGOTTEN: forgetting.forget, forgetting.DECLINED: forgetting.decline}
"""The administrative acts by which somebody who has left is forgotten."""
BASES = next(i.options for i in PROPOSE_ERASURE.inputs if isinstance(i, Choice))


@pages.get("/retention")
@policy(GET=Policy.SIGNED_IN)
def show() -> str:
    """What is due for disposal in the reader's units, every hold and proposal, and who has left."""
    return _list()


def _list(wrong: str | None = None) -> str:
    rows = retention.due(http.house(), http.actor())
    return render_template("retention.html", due=[r for r in rows if r.is_due and not r.held], held=[r for r in rows if r.held],
                           proposed=[r for r in rows if r.proposed], later=[r for r in rows if not (r.is_due or r.held or r.proposed)][:50],
                           title=_titles(), kept_as=http.kept_as, left=forgetting.left(http.house(), http.actor(), look=False), wrong=wrong)


@pages.get("/retention/<number>")
@policy(GET=Policy.SIGNED_IN)
def case(number: str) -> str:
    """One case: how it is kept, and what of it may be erased. No words of the case are shown."""
    return _page(number)


@pages.post("/retention/<trigger>")
@policy(POST=Policy.WRITES)
def act(trigger: str) -> Answer | str | tuple[str, int]:
    """One of the acts by which content is held or goes; or `find`, which looks for words in the fields of a case: they stand in no address."""
    if trigger in FORGET:
        return _forget(FORGET[trigger])
    if trigger not in (*BY_PERSONS, FIND, EVERYWHERE):
        raise NotFound
    house, actor = http.house(), http.actor()
    kept = retention.one(house, actor, request.form.get("case", "")[:36])[0]
    uid, number = kept.uid, kept.number
    if trigger == FIND:
        return _page(number, words=request.form.get("q", "").strip()[:200])
    http.assure(Scope.DECIDE)
    if trigger == EVERYWHERE:
        return _everywhere(uid, number)
    data = _data(trigger)
    sent = sha256(repr((request.path, sorted(request.form.items(multi=True)))).encode()).hexdigest()
    key = Key(f"page-{request.form.get('key', '')[:64] or token_urlsafe(16)}", sent)
    seen = request.form.get("seen", "")
    try:
        casework.fire(house, uid, Act(trigger, actor, data, seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None),
                      read=http.read_act, key=key)
    except (Invalid, Refused) as error:
        return _page(number, _why(error)), 422
    except (NotNow, NotYours, Stale) as error:
        return _page(number, str(error)), 409
    if trigger == "dispose":
        return redirect(url_for("retention.certificate", number=number), 303)
    return redirect(url_for("retention.case", number=number), 303)


def _forget(step: Callable[[House, Actor, str], object]) -> Answer | tuple[str, int]:
    """One step towards forgetting somebody who has left."""
    http.assure(Scope.DECIDE)
    try:
        step(http.house(), http.actor(), request.form.get("person", "")[:36])
    except Invalid as error:
        return _list(_why(error)), 422
    return redirect(url_for("retention.show", _anchor="left"), 303)


def _everywhere(uid: str, number: str) -> str:
    """Propose to erase some words wherever they stand in the dossier of a case, and tell what came of it in each."""
    words, instead = request.form.get("q", "").strip()[:200], request.form.get("instead", "").strip()
    answers = retention_dossier.propose(http.house(), http.actor(), uid, words, {"basis": request.form.get("basis", "")}, instead,
                                        http.read_act) if words else []
    return _page(number, answers=[(one, "" if one.refused is None else _why(one.refused)) for one in answers])


def _why(error: Refusal) -> str:
    if isinstance(error, Invalid):
        return " ".join(i18n.problem_words(http.language(), p) for p in error.problems)
    return " ".join(v.inner for v in error.verdicts if not v.ok) if isinstance(error, Refused) else str(error)


def _data(trigger: str) -> dict[str, Any]:
    """What was typed, as the act takes it."""
    if trigger in ("hold", "lift_hold"):
        return {"reason": request.form.get("reason", "").strip()}
    if trigger != "propose_erasure":
        return {}
    pieces = []
    for chosen in request.form.getlist("piece"):
        seq, _, name = chosen.partition(" ")
        words = request.form.get(f"instead {chosen}", "").strip()
        pieces.append({"seq": int(seq) if seq.isdecimal() and len(seq) < 10 else -1, "field": name} | ({"instead": words} if words else {}))
    return {"basis": request.form.get("basis", ""), "pieces": pieces}


def _page(number: str, wrong: str | None = None, words: str = "", answers: Sequence[tuple[Answered, str]] = ()) -> str:
    uid = queries.uid_of(http.house(), number)
    row, pieces, fact = retention.one(http.house(), http.actor(), uid)
    named = retention_dossier.named_in(http.house(), http.actor(), uid, words) if words else []
    marked = {(p.seq, p.name) for one in named if one.kept.uid == uid for p in one.pieces}
    return render_template("retention_case.html", row=row, pieces=pieces, fact=fact, wrong=wrong, key=token_urlsafe(16), title=_titles(),
                           field=_field, kept_as=http.kept_as,
                           bases=[(code, label.say(http.language())) for code, label in BASES], q=words, marked=marked,
                           others=[one for one in named if one.kept.uid != uid], answers=answers)


def _titles() -> Callable[[Kept], str]:
    """What the kind of a case is called."""
    kinds = called.kinds()
    return lambda row: kinds.get(row.workflow.name, row.workflow.name)


def _field(row: Kept, piece: Piece) -> str:
    """What a field is called: its input's label, or the name by which the source spelled it."""
    if piece.seq == 0 or piece.name == "file":
        return i18n.say(http.language(), f"retention.of_{piece.name if piece.name in OF_ROW else 'file'}")
    inputs = {i.name: i for t in row.workflow.triggers.get(piece.trigger, ()) for i in t.inputs}
    parts = piece.name.split(".")
    i = inputs.get(parts[1]) if parts[0] == "data" and len(parts) > 1 else None
    if i is None:
        return piece.name
    column = next((c for c in getattr(i, "of", ()) if len(parts) == 4 and c.name == parts[3]), None)
    told = str(i.label.say(http.language())) + (f" {parts[2]}" if len(parts) > 2 else "")
    return told + (f": {column.label.say(http.language())}" if column is not None else "")


@pages.get("/retention/<number>/certificate")
@policy(GET=Policy.SIGNED_IN)
def certificate(number: str) -> str:
    """The certificate of disposal, for whoever had known of the case."""
    found = retention.certificate(http.house(), http.actor(), queries.uid_of(http.house(), number))
    titles = called.kinds()
    return render_template("certificate.html", found=found, kept_as=http.kept_as, title=titles.get(found.workflow, found.workflow),
                           log=http.house().log)
