"""The pages hung into the application, with what every template may use."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, make_response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import TABLE, Policy
from inspect_app.errors import Invalid, NotYours, Refusal
from inspect_app.now import now
from inspect_app.pages import (
    access,
    account,
    acts,
    answer,
    audits,
    calendars,
    casefile,
    comments,
    concerns,
    deadlines,
    desk,
    exports,
    figures,
    heat,
    home,
    intake,
    keeping,
    learning,
    log,
    mail,
    meetings,
    menu,
    notices,
    organisation,
    overview,
    paper_laws,
    papers,
    provider,
    receipts,
    registers,
    retention,
    rulesets,
    search,
    sheets,
    signing,
    silence,
    sittings,
    together,
    views,
)
from inspect_app.services import acting, directory, letters
from inspect_app.services import notices as told
from inspect_app.services.queries import CaseRow
from workflows.calendar import day_of
from workflows.definition import Workflow
from workflows.roles import Role


def register(app: Flask) -> None:
    """Hang the pages into the application."""
    for area in (signing, provider, receipts, account, keeping, home, casefile, answer, acts, sittings, sheets, concerns, exports, access,
                 audits, desk, heat, overview, silence, log, registers, learning, rulesets, organisation, calendars, retention,
                 search, papers, paper_laws, meetings, notices, deadlines, figures,
                 mail, views, together, comments, intake, menu):
        app.register_blueprint(area.pages)
    app.jinja_env.globals.update(
        say=_say,
        state_label=_state,
        workflow_label=_workflow,
        trigger_label=_trigger,
        role_label=_role,
        clock_label=_clock,
        limit_label=lambda one: i18n.clock_label(one.ruleset, http.language(), one.clock or ""),
        why_line=lambda told: i18n.line(told, http.language()),
        flow_label=lambda law, rules: i18n.workflow_label(law, rules, http.language()),
        act_label=lambda law, rules, trigger: i18n.trigger_label(law, rules, http.language(), trigger),
        letter_title=lambda kind, workflow: _say(letters.title_of(kind, workflow)),
        role_name=_role_name,
        administers=_administers,
        moment=_moment,
        day=_day,
        due=_due,
        unread=_unread,
        language=http.language,
        menu=menu.groups,
        acted_for=lambda: acting.offices(http.house(), http.actor()),
        theme=menu.theme,
        dark_for=lambda: menu.THEMES[menu.theme()],
        mode=lambda: app.config["MODE"],
        signed=lambda: g.get("signed"),
        csrf=_csrf,
        given_back=lambda: g.get("kept"),
        in_language=_in_language,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def refusal(error: Refusal | HTTPException) -> Answer:
    """A refusal as a page; where nobody has signed in, the way to the door, and back afterwards."""
    if (elsewhere := keeping.instead(error)) is not None:
        return elsewhere
    if isinstance(error, http.OutOfDate) and http.sent_token():
        return make_response(keeping.out_of_date())
    body, status = http.problem(error)
    if isinstance(error, NotYours):
        body["detail"] = _say("status.for_whom", who=", ".join(_whom(error.who)))
    if isinstance(error, Invalid):
        body |= {"detail": _say("status.what_422"), "errors": [{"message": i18n.problem_words(http.language(), p)} for p in error.problems]}
    if status == 503:
        g.signed = None  # what the head of a page shows of its reader is in the database
    answer = Response(render_template("refusal.html", problem=body, status=status), status, mimetype="text/html")
    http.wait_header(answer, error)
    return answer


def _whom(who: tuple[str, ...]) -> list[str]:
    """Whom an act or a page is for, in the reader's words: parts by what they are called, the roles that a declared policy asks for, and sentences
    as they are."""
    roles = [role for one in who for role in (sorted(TABLE[Policy(one)].granted) if one in set(Policy) else [one])]
    return list(dict.fromkeys(_role_name(role) if role in set(Role) else role for role in roles))


def _csrf() -> Markup:
    signed = g.get("signed")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(signed.csrf if signed else "")


def _in_language(code: str) -> str:
    """The same address in another language, for who has not signed in."""
    return f"?{urlencode({**request.args.to_dict(), 'language': code})}"


def _say(key: str, **values: object) -> str:
    return i18n.say(http.language(), key, **values)


def _rules(row: CaseRow) -> Any:
    return http.house().catalogue.rulesets_by_name[row.ruleset]


def _state(row: CaseRow, state: str | None = None) -> str:
    return i18n.state_label(row.workflow, _rules(row), http.language(), row.state if state is None else state)


def _workflow(row: CaseRow) -> str:
    return i18n.workflow_label(row.workflow, _rules(row), http.language())


def _trigger(row: CaseRow, trigger: str) -> str:
    return i18n.trigger_label(row.workflow, _rules(row), http.language(), trigger)


def _role(row: CaseRow, code: str) -> str:
    return i18n.role_label(_rules(row), http.language(), code, row.workflow)


def _clock(row: CaseRow, name: str) -> str:
    return i18n.clock_label(_rules(row), http.language(), name)


def _role_name(code: str, workflow: Workflow | None = None) -> str:
    house = http.house()
    return i18n.role_label(house.catalogue.rulesets_by_name[directory.ruleset_of(house)], http.language(), code, workflow)


def _administers() -> bool:
    return Role.ADMIN in directory.granted(http.house(), http.actor())


def _moment(micros: int | None) -> str:
    return i18n.moment(micros, http.house().zone, http.language())


def _day(value: date) -> str:
    return i18n.day(value, http.language())


def _due(micros: int | None) -> dict[str, str] | None:
    """When something is due, in words and a shape: how many days are left, or how many it is over."""
    if micros is None:
        return None
    on, today = day_of(micros, http.house().zone), day_of(now(), http.house().zone)
    left = (on - today).days
    kind = "late" if left < 0 else "soon" if left <= 3 else "ahead"
    words = {0: _say("due.today"), 1: _say("due.left_one"), -1: _say("due.late_one")}.get(left)
    words = words or (_say("due.late", days=-left) if left < 0 else _say("due.left", days=left))
    return {"kind": kind, "day": _day(on), "words": words}


def _unread() -> str:
    """How many notices the reader has not read; empty for none."""
    n = told.unread(http.house(), http.actor())
    return "" if not n else str(n) if n <= told.MOST else f"{told.MOST}+"
