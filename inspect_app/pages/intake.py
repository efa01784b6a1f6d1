"""A matter is entered step by step: what, where and who, source and day, and a look at everything before it is sent. What was typed is kept as a
draft, for its writer alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import NotFound, Problem
from inspect_app.forms.build import Drawn, draw, only_rows_change, raw
from inspect_app.pages.acts import (
    OCCURRED,
    REHEARSAL,
    TITLE,
    WHERE,
    asked_on_page,
    attempt,
    lists_for,
    names_itself,
    places_itself,
    refuse_others,
    ruleset_here,
    wrong_data,
)
from inspect_app.pages.keeping import gives_back
from inspect_app.pages.keeping import sent as typed
from inspect_app.services import casework, directory, drafts, foreseen, in_time, likeness, queries
from inspect_app.services.telling import told
from workflows.acts import Act
from workflows.concern_v1 import CONCERN
from workflows.definition import Transition, Workflow
from workflows.inputs import Case, Day, Input, Klass, Listed, Many, Office, Person, Text, Unit, Yes
from workflows.words import words

pages = Blueprint("intake", __name__)

ACT_ON = Day(name="act_on", label=words(en="Day of the act, or its first day, where it is known", vi="Ngày xảy ra hành vi, hoặc ngày đầu, nếu biết"),
             required=False, help=words(en="Only to see at once whether time has run out; it is not recorded.",
                                        vi="Chỉ để biết ngay còn thời hiệu hay không; không ghi vào hồ sơ."))
GOES_ON = Yes(name="goes_on", label=words(en="It still goes on", vi="Hành vi còn tiếp diễn"), required=False)
ASIDE = (ACT_ON, GOES_ON)
"""Asked for the check alone."""
CHECK = "check"


@dataclass(frozen=True, slots=True)
class Step:
    """One page of an intake: a group of questions, or the look at everything."""

    name: str
    inputs: tuple[Input, ...] = ()


def steps_of(workflow: Workflow, transition: Transition) -> tuple[Step, ...]:
    """The pages on which an opening is asked for; a group without a question has none."""
    extra = (*(() if names_itself(workflow, transition) else (TITLE,)), *asked_on_page(transition))
    what = tuple(i for i in extra if isinstance(i, (Text, Many)) and i.name not in ("paper", "came_from"))
    who = (*(() if places_itself(workflow, transition) else (WHERE,)),
           *(i for i in extra if isinstance(i, (Unit, Office, Person, Listed, Case))))
    rest = tuple(i for i in extra if i not in what and i not in who and i.name != "paper")
    paper = tuple(i for i in extra if i.name == "paper")
    source = (*rest, OCCURRED, *paper, *ASIDE, *(() if workflow.needs_parent else (REHEARSAL,)))
    return (*(Step(name, some) for name, some in (("what", what), ("who", who), ("source", source)) if some), Step(CHECK))


def _opening(name: str) -> tuple[Workflow, Transition]:
    house = http.house()
    workflow = house.catalogue.by_name.get(name)
    if workflow is None or workflow.fast or workflow.needs_parent or workflow.name == CONCERN.name:
        raise NotFound
    casework.refuse_recorded(workflow, http.actor(), "/workflow")
    refuse_others(workflow.openings[0])
    return workflow, workflow.openings[0]


def _labels(workflow: Workflow, transition: Transition, inputs: Sequence[Input]) -> dict[str, str]:
    rules = http.house().catalogue.rulesets_by_name[ruleset_here()]
    return {i.name: i18n.input_label(workflow, transition, rules, http.language(), i) for i in inputs}


def _drawn(workflow: Workflow, transition: Transition, inputs: Sequence[Input], fields: MultiDict[str, str] | None) -> Drawn:
    return draw(inputs, _labels(workflow, transition, inputs), lists_for(None), http.language(), fields)


def _merged(before: Sequence[tuple[str, str]], step: Step, sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What was typed so far, with what this page says in place of what it said before."""
    names = {i.name for i in step.inputs}
    kept = [(name, value) for name, value in before if name.partition("-")[0] not in names]
    return kept + [(name, value) for name, value in sent.items(multi=True) if name.partition("-")[0] in names and value]


def _problems(workflow: Workflow, transition: Transition, step: Step, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong on this page; what other pages ask for is not this page's."""
    needed = i18n.say(http.language(), "form.needed")
    missing = [Problem(f"/{i.name}", "required", needed) for i in step.inputs if i in (TITLE, WHERE) and not data.get(i.name)]
    own = {i.name for i in step.inputs if i in transition.asked}
    found = wrong_data(workflow, transition, Act(transition.trigger, http.actor(), {k: v for k, v in data.items() if k in own}))
    return missing + [p for p in found if p.pointer.split("/")[1:2] == ["data"] and p.pointer.split("/")[2] in own]


@pages.route("/intake/<name>", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.WRITES)
@gives_back
def begin(name: str) -> Answer | str | tuple[str, int]:
    """The first page; a draft begins when it is sent."""
    workflow, transition = _opening(name)
    return _page(workflow, transition, None, 1)


@pages.route("/intake/<name>/<id_>/<int(max=9):step>", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.WRITES)
@gives_back
def go_on(name: str, id_: str, step: int) -> Answer | str | tuple[str, int]:
    workflow, transition = _opening(name)
    draft = drafts.one(http.house(), http.actor(), id_)
    if draft.workflow != name:
        raise NotFound
    return _page(workflow, transition, draft, step)


@pages.post("/intake/<id_>/remove")
@policy(POST=Policy.SIGNED_IN)
def remove(id_: str) -> Answer:
    drafts.let_go(http.house(), http.actor(), id_)
    return redirect(url_for("home.work"), 303)


def _page(workflow: Workflow, transition: Transition, draft: drafts.Draft | None, number: int) -> Answer | str | tuple[str, int]:
    steps = steps_of(workflow, transition)
    if not 1 <= number <= len(steps):
        raise NotFound
    step = steps[number - 1]
    if step.name == CHECK:
        if draft is None or request.method == "POST":
            raise NotFound
        return _check(workflow, transition, draft, steps)
    sent = typed()
    fields = sent if sent is not None else MultiDict(draft.fields) if draft else None
    drawn = _drawn(workflow, transition, step.inputs, fields)
    shown: dict[str, Any] = {"workflow": workflow, "steps": steps, "number": number, "step": step, "drawn": drawn, "draft": draft,
                             "heading": _title(workflow), "days": drafts.DAYS}
    if request.method == "GET" or only_rows_change(request.form):
        return render_template("intake.html", **shown, message=None, status=200)
    data = raw(step.inputs, drawn.form)
    merged = _merged(draft.fields if draft else (), step, request.form)
    if draft is None:
        id_ = drafts.begin(http.house(), http.actor(), workflow.name, merged)
    else:
        id_ = draft.id
        drafts.change(http.house(), http.actor(), id_, number, merged)
    if "later" in request.form:
        return redirect(url_for("home.work", kept_draft=1), 303)
    if "back" in request.form:
        return redirect(url_for("intake.go_on", name=workflow.name, id_=id_, step=max(number - 1, 1)), 303)
    outcome = attempt(drawn, _problems(workflow, transition, step, data), lambda: None)
    if outcome is not None:
        shown["draft"] = drafts.one(http.house(), http.actor(), id_)
        return render_template("intake.html", **shown, **outcome), outcome["status"]
    return redirect(url_for("intake.go_on", name=workflow.name, id_=id_, step=number + 1), 303)


def _title(workflow: Workflow) -> str:
    return i18n.workflow_label(workflow, http.house().catalogue.rulesets_by_name[ruleset_here()], http.language())


def _check(workflow: Workflow, transition: Transition, draft: drafts.Draft, steps: Sequence[Step]) -> str:
    """The look at everything: what was typed, what is like it, whether time has run out, who reads it, what follows."""
    house, actor, language = http.house(), http.actor(), http.language()
    rules = house.catalogue.rulesets_by_name[ruleset_here()]
    inputs = tuple(i for step in steps for i in step.inputs)
    drawn = _drawn(workflow, transition, inputs, MultiDict(draft.fields))
    data = raw(inputs, drawn.form)
    by_step = [(step, n, _problems(workflow, transition, step, {i.name: data[i.name] for i in step.inputs if i.name in data}))
               for n, step in enumerate(steps, 1) if step.name != CHECK]
    for _, _, found in by_step:
        drawn.show([Problem(p.pointer, p.code, i18n.problem_words(language, p)) for p in found])
    today, act_on, occurred = queries.today(house), _day(data.get("act_on")), _day(data.get("occurred_on"))
    texts = [str(v) for i in inputs if isinstance(i, Text) and i.klass in (Klass.PLAIN, Klass.PERSONAL) and i.name != "paper"
             and (v := data.get(i.name))]
    declared = {k: v for k, v in data.items() if k in {i.name for i in transition.asked}}
    return render_template(
        "intake_check.html", workflow=workflow, steps=steps, number=len(steps), draft=draft, heading=_title(workflow), drawn=drawn,
        said=[(step, n, _said(workflow, transition, step, data), bool(found)) for step, n, found in by_step],
        fields=[(name, value) for name, value in draft.fields if name.partition("-")[0] not in {i.name for i in ASIDE}],
        whole=not any(found for _, _, found in by_step), key=token_urlsafe(16), days=drafts.DAYS,
        like=likeness.like(house, actor, texts, data.get("unit"), workflow.name),
        rungs=in_time.in_time(rules, language, act_on, today, continuing=bool(data.get("goes_on"))) if act_on else [], act_on=act_on, today=today,
        occurred=occurred, readers=_readers(transition, declared),
        follows=foreseen.foreseen(house, language, workflow, rules, transition, None, declared, occurred.isoformat() if occurred else None))


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _said(workflow: Workflow, transition: Transition, step: Step, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(label, text) of everything a page says, as it will be read."""
    house, language = http.house(), http.language()
    rules = house.catalogue.rulesets_by_name[ruleset_here()]
    values = [str(v) for v in data.values() if isinstance(v, str)]
    names = directory.names(house, values) | directory.office_titles(house, values) | directory.unit_names(house, values)
    declared = {i.name for i in transition.asked}
    found = told(workflow, rules, language, transition.trigger, {i.name: data[i.name] for i in step.inputs if i.name in data and i.name in declared},
                 names)
    for i in step.inputs:
        if i.name in data and i.name not in declared:
            value = _day(data[i.name]) if isinstance(i, Day) else None
            text = i18n.day(value, language) if value else i18n.say(language, "word.yes") if isinstance(i, Yes) else names.get(str(data[i.name]))
            found.append((i.label.say(language), text or str(data[i.name])))
    return found


def _readers(transition: Transition, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, how it is treated) for everything that is more than plain, in plain words."""
    language = http.language()
    return [(i.label.say(language), i18n.say(language, f"klass.{i.klass}")) for i in transition.asked
            if i.name in data and i.klass is not Klass.PLAIN]
