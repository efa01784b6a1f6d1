"""One form for each act: the fields its transition declares, sent to the same verb as the JSON door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.parts import sees_everything
from inspect_app.access.policy import Policy, policy
from inspect_app.access.reading import only_spoke, reads_inner
from inspect_app.errors import Invalid, NotFound, NotNow, NotYours, Problem, Refused, Stale
from inspect_app.forms.build import Drawn, Lists, only_looks, only_rows_change, raw
from inspect_app.pages import assessing, called, files, meanwhile, repeating
from inspect_app.pages.answer import after, home_of
from inspect_app.pages.keeping import gives_back
from inspect_app.pages.keeping import sent as typed
from inspect_app.schemas.acts import read_act, read_when
from inspect_app.services import acting, casework, directory, drafts, evidence, foreseen, letters, offering, programmes, queries
from inspect_app.services.casework import TYPISTS, Opening
from inspect_app.services.evidence import OF_FILE
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, Filter
from workflows.acts import Act
from workflows.concern_v1 import CONCERN
from workflows.definition import Transition, Workflow
from workflows.effects import Recuse
from workflows.entries import ADD_EVIDENCE
from workflows.errors import Verdict
from workflows.inputs import Case, Choice, Day, Input, Klass, Many, Office, Person, Text, Unit, Yes
from workflows.listed import codes
from workflows.roles import GRANTED, Role
from workflows.ruleset import Ruleset
from workflows.sittings import TEMPLATES
from workflows.words import words

pages = Blueprint("acts", __name__)

TITLE = Text(name="title", label=words(en="Title", vi="Tên vụ việc"), at_most=200)
WHERE = Unit(name="unit", label=words(en="Unit", vi="Đơn vị"))
OCCURRED = Day(
    name="occurred_on", label=words(en="Day it happened, where that is not today", vi="Ngày xảy ra, nếu không phải hôm nay"), required=False
)
TYPED_FOR = frozenset({Role.HEAD, Role.RESPONDENT, Role.OWNER, Role.DECIDER, Role.SUPERIOR, Role.TEAM_MEMBER})
"""Whose signed paper somebody else may type."""
REHEARSAL = Yes(
    name="as_rehearsal", label=words(en="This is a rehearsal, with invented people: it stands in no list and no figure",
                                     vi="Đây là diễn tập, với người giả định: không vào danh sách, không tính vào số liệu"), required=False
)


def _recorded_for(people: Sequence[tuple[str, str]]) -> Choice:
    return Choice(
        name="recorded_for",
        label=words(en="Typed for the person who signed the paper", vi="Nhập thay người đã ký giấy"),
        required=False,
        options=tuple((uid, words(en=name, vi=name)) for uid, name in people),
    )


def lists_for(row: CaseRow | None) -> Lists:
    """What the lists of a form offer; evidence is that of the case."""
    house = http.house()
    items = evidence.rows_of(house, row.id) if row else []
    return Lists(
        directory.people(house),
        directory.offices(house),
        directory.units(house, http.actor()),
        [(str(item["n"]), f"#{item['n']}") for item in items if item["withdrawn_seq"] is None],
        directory.bodies(house),
        _listed(house.catalogue.rulesets_by_name[row.ruleset if row else ruleset_here()], http.language()),
        _nameable,
    )


def _nameable(asked: Case) -> list[tuple[str, str]]:
    """(number, number and title) of the newest cases that may be named."""
    wanted = Filter(workflow=asked.workflow or None, rehearsal=asked.rehearsal)
    rows = queries.register(http.house(), http.actor(), wanted, sort="-opened", limit=50).rows
    return [(row.number, f"{row.number} – {row.title}") for row in rows]


def _listed(rules: Ruleset, language: str) -> Callable[[str], list[tuple[str, str]]]:
    """The codes of each list of a ruleset, with what they are called."""
    return lambda of: [(code, i18n.listed_label(rules, language, of, code)) for code in codes(rules.listed, of)]


def recordable(mine: frozenset[Role]) -> list[tuple[str, str]]:
    """(address, words) of everything that somebody with these roles may record on the fast track."""
    house, language = http.house(), http.language()
    rules = house.catalogue.rulesets_by_name[ruleset_here()]
    found = [(url_for("acts.opening", name=w.name), i18n.trigger_label(w, rules, language, w.openings[0].trigger))
             for w in house.catalogue.by_name.values() if w.fast and not (w.needs_parent or w.learning) and set(w.openings[0].who) & mine]
    return found + ([(url_for("sittings.choose"), i18n.say(language, "sitting.title"))] if mine & sitting_roles() else [])


def sitting_roles() -> frozenset[Role]:
    """Who may enter a visit or a meeting that took place, by a grant; and members, who lead teams and sit in them."""
    return frozenset(role for t in TEMPLATES for role in t.who if role in GRANTED) | {Role.MEMBER}


@pages.get("/cases/new")
@policy(GET=Policy.SIGNED_IN)
def choose() -> str:
    mine = directory.granted(http.house(), http.actor())
    possible = [w for w in http.house().catalogue.by_name.values()
                if not (w.needs_parent or w.recorded or (w.fast and not w.learning)) and any(set(t.who) & mine for t in w.openings)]
    guided = {w.name for w in possible if not w.fast and w.name != CONCERN.name}
    named = called.kinds()
    titles = sorted(((w, named[w.name]) for w in possible), key=lambda one: one[1].casefold())
    return render_template("choose.html", guided=guided, workflows=titles, forms=recordable(mine))


def _called(workflow: Workflow, transition: Transition) -> dict[str, str]:
    """What the form that opens a case is called, under the ruleset of new cases, and of which kind the case is."""
    rules, language = http.house().catalogue.rulesets_by_name[ruleset_here()], http.language()
    return {"heading": i18n.trigger_label(workflow, rules, language, transition.trigger), "about": i18n.workflow_label(workflow, rules, language)}


def _stands_under(workflow: Workflow) -> CaseRow | None:
    """The case under which one is opened that stands apart; it counts as no opening of that file. Raises `NotFound`."""
    asked = request.args.get("under", "").replace("\0", "") if workflow.apart else ""
    return queries.case(http.house(), http.actor(), asked) if asked else None


def refuse_others(transition: Transition, below: CaseRow | None = None) -> None:
    """An opening is for those who could open such a case over some unit, or in the case below which it stands. Raises `NotYours`."""
    mine = directory.granted(http.house(), http.actor()) | {Role.REPORTER} | (below.parts if below else frozenset())
    if not mine & set(transition.who):
        raise NotYours(transition.trigger, tuple(transition.who))


@pages.route("/cases/new/<name>", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.WRITES)
@gives_back
def opening(name: str) -> Answer | str | tuple[str, int]:
    house = http.house()
    workflow = house.catalogue.by_name.get(name)
    if workflow is None:
        raise NotFound
    casework.refuse_recorded(workflow, http.actor(), "/workflow")
    transition = workflow.openings[0]
    below = _stands_under(workflow)
    refuse_others(transition, below)
    rules = ruleset_here()
    sent = typed()
    extra = (*(() if below or places_itself(workflow, transition) else (WHERE,)), *(() if below or names_itself(workflow, transition) else (TITLE,)))
    inputs = (*extra, *asked_on_page(transition), OCCURRED, *(() if workflow.needs_parent else (REHEARSAL,)))
    suggested = {i.name: request.args[i.name] for i in inputs if isinstance(i, (Text, Choice, Unit)) and i.name in request.args}
    criteria = house.catalogue.rulesets_by_name[rules]
    before = assessing.begun(transition, criteria) | suggested
    drawn = files.drawn_with_rows(inputs, _labels(workflow, transition, inputs), lists_for(None), sent, before)
    drawn.beside = assessing.beside(transition, criteria, drawn, raw(inputs, drawn.form))
    if request.method == "POST" and only_looks(request.form):
        return _looked(_follows(workflow, transition, rules, told=raw(inputs, drawn.form)), drawn)
    if request.method == "POST" and not only_rows_change(request.form):
        told = raw(inputs, drawn.form)
        missing = [Problem(f"/{i.name}", "required", i18n.say(http.language(), "form.needed")) for i in extra if not told.get(i.name)]
        act = _act(transition, {k: v for k, v in told.items() if k not in ("unit", "title", "occurred_on", "as_rehearsal")}, told.get("occurred_on"))
        missing += wrong_data(workflow, transition, act) if missing else []
        where = None if below else told.get("unit") or place_of(transition.inputs, transition.who, told)
        wanted = Opening(workflow.name, act, _title(workflow, transition, told), where, below.uid if below else None, rules,
                         bool(told.get("as_rehearsal")))
        outcome = repeating.repeated() or attempt(drawn, missing,
                                                  lambda: casework.open_case(house, wanted, read=http.read_act, key=repeating.key_of()))
        if isinstance(outcome, Event):
            drafts.let_go(house, http.actor(), request.form.get("draft", ""))
            if below is not None:
                return redirect(url_for("casefile.show", uid=below.uid, done="apart"), 303)
            return redirect(url_for("casefile.show", uid=outcome.case, done=outcome.id), 303)
        return render_template(
            "act.html",
            row=None,
            workflow=workflow,
            **_called(workflow, transition),
            transition=transition,
            drawn=drawn,
            key=token_urlsafe(16),
            seen=None,
            inner=True,
            follows=_follows(workflow, transition, rules, told=told),
            **outcome,
        ), outcome["status"]
    return render_template(
        "act.html",
        row=None,
        workflow=workflow,
        **_called(workflow, transition),
        transition=transition,
        drawn=drawn,
        key=(sent.get("key") if sent else None) or token_urlsafe(16),
        seen=None,
        inner=True,
        follows=_follows(workflow, transition, rules, told=raw(inputs, drawn.form) if sent else None),
        status=200,
        verdicts=(),
        message=None,
    )


def _planned(row: CaseRow, inputs: Sequence[Input]) -> dict[str, list[dict[str, str]]]:
    """The rows with which lists begin that the programme has planned."""
    planned = [(i, i.planned) for i in inputs if isinstance(i, Many) and i.planned]
    return {i.name: [{i.of[0].name: line} for line in programmes.planned_lines(http.house(), row, name)] for i, name in planned}


@pages.route("/cases/<uuid:uid>/acts/<trigger>", methods=["GET", "POST"])
@policy(GET=Policy.READS_CASE, POST=Policy.ACTS_ON_CASE)
@gives_back
def act(uid: Any, trigger: str) -> Answer | str | tuple[str, int]:
    house, actor = http.house(), http.actor()
    row = http.case(uid)
    if request.method == "GET" and (own := next((t.page for t in row.workflow.triggers.get(trigger, ()) if t.page), None)):
        return redirect(url_for(f"{own}.listed", uid=row.uid), 303)
    possible = row.workflow.edge(row.state, trigger)
    if possible is None and trigger not in row.workflow.triggers:
        raise NotFound
    if possible is None and (request.method == "GET" or meanwhile.seen_in(request.form) is None):
        raise NotNow(trigger, row.state, tuple(t.trigger for t in row.workflow.out_of(row.state)))
    transition = possible or row.workflow.triggers[trigger][0]
    typist = bool(row.parts & set(TYPISTS)) and bool(set(transition.who) & TYPED_FOR)
    behalf = acting.behalf(house, actor, row) if row.workflow.held_role in transition.who else None
    for_whom = (_recorded_for(directory.people(house)),) if typist else ()
    attaches = trigger == ADD_EVIDENCE.trigger
    inputs = (*asked_on_page(transition), *((files.PAPER,) if attaches else ()), OCCURRED, *for_whom)
    sent = typed()
    seen = meanwhile.seen_in(sent)
    before = None if sent else _planned(row, inputs)
    drawn = files.drawn_with_rows(inputs, _labels(row.workflow, transition, inputs), lists_for(row), sent, before)
    if possible is None:
        return meanwhile.moved(row, transition, inputs, drawn)
    if request.method == "POST" and only_looks(request.form):
        return _looked(_follows(row.workflow, transition, row.ruleset, row, raw(inputs, drawn.form)), drawn)
    shown: dict[str, Any] = {
        "row": row,
        "workflow": row.workflow,
        "transition": transition,
        "drawn": drawn,
        "heading": i18n.trigger_label(row.workflow, house.catalogue.rulesets_by_name[row.ruleset], http.language(), trigger),
        "inner": reads_inner(row.parts) or sees_everything(actor),
        "seen": seen if request.method == "GET" and seen is not None else row.seq,
        "back": home_of(row),
        "behalf": behalf,
        "more_time": offering.more_time(house, row, transition),
    }
    if sent is None or request.method == "GET" or only_rows_change(sent):
        _, offers = offering.offers(house, actor, row.uid)
        offer = next((o for o in offers if o.transition is transition), None)
        if offer is not None and not offer.mine and not typist:
            raise NotYours(trigger, tuple(transition.who))
        return render_template(
            "act.html",
            **shown,
            key=(sent.get("key") if sent else None) or token_urlsafe(16),
            status=200,
            message=None,
            verdicts=offer.verdicts if offer and not offer.allowed else (),
            follows=_follows(row.workflow, transition, row.ruleset, row, raw(inputs, drawn.form) if sent is not None else None),
        )
    told = raw(inputs, drawn.form)
    shown["follows"] = _follows(row.workflow, transition, row.ruleset, row, told)
    if transition.preview and sent.get("shown") != (as_told := sha256(repr(sorted(told.items())).encode()).hexdigest()):
        return _previewed(shown, drawn, told, as_told)
    data = {k: v for k, v in told.items() if k not in ("occurred_on", "recorded_for")}

    def carry_out() -> Event:
        with files.stored(of_reporter=only_spoke(row.parts)) if attaches else nullcontext() as kept:
            answered = {} if not attaches else kept.told() if kept else {"held_as": "reference"}
            wanted = _act(transition, data | answered, told.get("occurred_on"), told.get("recorded_for"), seen, kept.stored_as if kept else None)
            for_another = behalf[0] if behalf and not told.get("recorded_for") else None
            return casework.fire(house, row.uid, replace(wanted, on_behalf_of=for_another), read=http.read_act, key=repeating.key_of())

    outcome = attempt(drawn, [], carry_out)
    if isinstance(outcome, Event) and any(isinstance(e, Recuse) for e in transition.effects) and outcome.recorded_for is None:
        return redirect(url_for("home.work", recused=row.number), 303)
    if isinstance(outcome, Event):
        return redirect(after(row, outcome), 303)
    happened = meanwhile.since(http.case(uid), seen) if outcome["status"] == 412 else []
    return render_template("act.html", **shown, key=token_urlsafe(16), meanwhile=happened, names={}, **outcome), outcome["status"]


def _follows(workflow: Workflow, transition: Transition, ruleset: str, row: CaseRow | None = None,
             told: dict[str, Any] | None = None) -> list[foreseen.Consequence]:
    """What follows from an act as it stands in its form; a day that is none follows nothing."""
    data = dict(told or {})
    occurred = str(data.pop("occurred_on", "") or "") or None
    try:
        date.fromisoformat(occurred or "2000-01-01")
    except ValueError:
        occurred = None
    rules = http.house().catalogue.rulesets_by_name[ruleset]
    return foreseen.foreseen(http.house(), http.language(), workflow, rules, transition, row, data, occurred)


def _looked(follows: list[foreseen.Consequence], drawn: Drawn) -> str:
    """What follows, and what stands beside fields, alone: the form that asks for it is open, so no file is opened by it and nothing is noted."""
    g.opened = None
    return render_template("follows.html", follows=follows, beside=drawn.beside)


def _previewed(shown: dict[str, Any], drawn: Drawn, told: dict[str, Any], as_told: str) -> tuple[str, int]:
    """The form once more, under the letter as it will be read; nothing is carried out before it was shown as it stands."""
    transition: Transition = shown["transition"]
    data = {k: v for k, v in told.items() if k not in ("occurred_on", "recorded_for")}
    outcome = attempt(drawn, wrong_data(shown["workflow"], transition, _act(transition, data)), lambda: None)
    if outcome is not None:
        return render_template("act.html", **shown, key=token_urlsafe(16), **outcome), outcome["status"]
    papers = letters.preview(http.house(), http.actor(), data)
    return render_template("act.html", **shown, key=token_urlsafe(16), papers=papers, as_told=as_told, status=200, message=None, verdicts=()), 200


def wrong_data(workflow: Workflow, transition: Transition, act: Act) -> list[Problem]:
    """What else is wrong, so that everything is said at once."""
    try:
        read_act(workflow, transition, act)
    except Invalid as error:
        return list(error.problems)
    return []


def names_itself(workflow: Workflow, transition: Transition) -> bool:
    """Whether the act's own words can serve as the title: on the fast track nobody is asked twice."""
    return (workflow.fast and not workflow.learning) or any(i.name == "what" for i in transition.inputs)


def _title(workflow: Workflow, transition: Transition, told: dict[str, Any]) -> str:
    """What a case is called: as it was told, or by what it is about. What is said of a person on the fast track is no title, since titles
    are searched and listed."""
    if workflow.fast and any(i.name == "what" and i.klass is not Klass.PLAIN for i in transition.inputs):
        return i18n.workflow_label(workflow, http.house().catalogue.rulesets_by_name[ruleset_here()], http.language())
    return str(told.get("title") or next((told[n] for n in ("what", "finding") if told.get(n)), ""))[:200]


def places_itself(workflow: Workflow, transition: Transition) -> bool:
    """Whether the unit follows from who or what is named: on the fast track nobody is asked twice."""
    return workflow.fast and not workflow.learning and any(isinstance(i, (Office, Person, Many)) for i in transition.inputs)


def place_of(inputs: Sequence[Input], roles: Sequence[Role], told: dict[str, Any]) -> str | None:
    """The unit of the office or person named, where one may act there; else the topmost unit in which one may."""
    house, actor = http.house(), http.actor()
    named = [directory.unit_of_office(house, str(told[i.name])) if isinstance(i, Office) else directory.unit_of_person(house, str(told[i.name]))
             for i in inputs if isinstance(i, (Office, Person)) and told.get(i.name)]
    mine = {code for code, _ in directory.units(house, actor)}
    return next((code for code in named if code in mine), None) or directory.unit_granted(house, actor, roles)


def asked_on_page(transition: Transition) -> tuple[Input, ...]:
    """The declared inputs, but those of a file, which the file itself answers."""
    return tuple(i for i in transition.asked if transition.trigger != ADD_EVIDENCE.trigger or i.name not in OF_FILE)


def _labels(workflow: Workflow, transition: Transition, inputs: Sequence[Input]) -> dict[str, str]:
    rules = http.house().catalogue.rulesets_by_name[ruleset_here()]
    return {i.name: i18n.input_label(workflow, transition, rules, http.language(), i) for i in inputs}


def ruleset_here() -> str:
    """The ruleset a new case falls under: the house's own, where a pack brings one and the house chose it."""
    return directory.ruleset_of(http.house())


def _act(
    transition: Transition,
    data: dict[str, Any],
    occurred_on: Any = None,
    recorded_for: Any = None,
    seen: int | None = None,
    stored_as: str | None = None,
) -> Act:
    when = read_when(occurred_on, "/occurred_on") if occurred_on else {}
    return Act(transition.trigger, http.actor(), data, seen=seen, recorded_for=recorded_for, stored_as=stored_as, **when)


def attempt(drawn: Drawn, missing: list[Problem], work: Any) -> Any:
    """Carry it out, or put what is wrong beside the field it is about; what was typed stays."""
    verdicts: tuple[Verdict, ...] = ()
    try:
        if missing:
            raise Invalid(tuple(missing))
        return work()
    except Invalid as error:
        drawn.show([Problem(p.pointer, p.code, i18n.problem_words(http.language(), p)) for p in error.problems])
        status, message = 422, i18n.say(http.language(), "form.some_wrong")
    except Refused as error:
        verdicts, status, message = error.verdicts, 422, i18n.say(http.language(), "form.refused")
    except Stale:
        status, message = 412, i18n.say(http.language(), "form.stale")
    return {"status": status, "verdicts": verdicts, "message": message}
