"""A matter on one sheet of paper: what was entered, by whom, and the hashes that prove it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http
from inspect_app.access.parts import reach_of
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import only_spoke
from inspect_app.pages.casefile import history
from inspect_app.services import directory
from inspect_app.services.events import events_of
from inspect_app.services.telling import named_in
from workflows.concern_v1 import CONCERN
from workflows.roles import Role

pages = Blueprint("sheets", __name__)


@pages.get("/cases/<uuid:uid>/sheet")
@policy(GET=Policy.READS_CASE)
def show(uid: Any) -> Answer | str:
    """The sheet, with what this reader may read."""
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    if row.workflow.name == CONCERN.name and only_spoke(row.parts) and Role.REPORTER in row.parts:
        return redirect(url_for("concerns.own", uid=row.uid), 303)
    with house.db.reading(reach_of(actor)) as session:
        events = list(events_of(session, row.id))
    people = directory.names(house, [e.actor for e in events] + [e.recorded_for for e in events if e.recorded_for]
                             + named_in(row.workflow, events, "person"))
    people |= directory.office_titles(house, named_in(row.workflow, events, "office"))
    people |= directory.unit_names(house, named_in(row.workflow, events, "unit"))
    return render_template("sheet.html", row=row, history=list(reversed(history(row, actor, events, people))), names=people)
