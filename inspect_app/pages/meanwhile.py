"""A case has moved on while somebody filled a form in: what happened meanwhile, and what they typed, which is never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from inspect_app import http, i18n
from inspect_app.access.parts import reach_of
from inspect_app.forms.build import Drawn, raw
from inspect_app.pages.casefile import history
from inspect_app.services import directory, offering
from inspect_app.services.events import events_of
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import named_in, told
from workflows.definition import Transition
from workflows.inputs import Input


def since(row: CaseRow, seen: int | None) -> list[dict[str, Any]]:
    """What happened in a case after the event that somebody saw, as this reader is told of it, oldest first."""
    if seen is None or seen >= row.seq:
        return []
    house, actor = http.house(), http.actor()
    with house.db.reading(reach_of(actor)) as session:
        events = list(events_of(session, row.id, seen))
    people = directory.names(house, [e.actor for e in events] + [e.recorded_for for e in events if e.recorded_for]
                             + named_in(row.workflow, events, "person"))
    people |= directory.office_titles(house, named_in(row.workflow, events, "office"))
    people |= directory.unit_names(house, named_in(row.workflow, events, "unit"))
    return list(reversed(history(row, actor, events, people)))


def seen_in(sent: Mapping[str, str] | MultiDict[str, str] | None) -> int | None:
    """The event that a form was opened after, as it says itself."""
    text = (sent or {}).get("seen") or ""
    return int(text) if text.isdigit() and len(text) < 10 else None


def moved(row: CaseRow, transition: Transition, inputs: Sequence[Input], drawn: Drawn) -> tuple[str, int]:
    """The page for a form whose act is not possible any more: nothing was recorded, what was typed is here, and what can be done instead."""
    house, language = http.house(), http.language()
    rules, data = house.catalogue.rulesets_by_name[row.ruleset], raw(inputs, drawn.form)
    known = {i.name for i in transition.inputs}
    names = directory.names(house, [str(v) for v in data.values() if isinstance(v, str)])
    _, offers = offering.offers(house, http.actor(), row.uid)
    return render_template(
        "moved.html", row=row, heading=i18n.trigger_label(row.workflow, rules, language, transition.trigger),
        meanwhile=since(row, seen_in(request.form)), names=names, files=bool(request.files and any(f.filename for f in request.files.values())),
        typed=told(row.workflow, rules, language, transition.trigger, {k: v for k, v in data.items() if k in known}, names),
        possible=[o for o in offers if o.allowed and not o.entry]), 409


__all__ = ["moved", "seen_in", "since"]
