"""A meeting of a body: the kit before it, and the one form after it that types everything back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import InSitting, Invalid, NotFound, NotYours, Problem, Refusal
from inspect_app.forms.build import Drawn, draw, only_rows_change, raw
from inspect_app.pages import files
from inspect_app.pages.acts import attempt, lists_for
from inspect_app.pages.keeping import gives_back
from inspect_app.pages.keeping import sent as typed
from inspect_app.pages.repeating import key_of
from inspect_app.schemas.acts import read_inputs
from inspect_app.services import directory, kits, meetings, readings
from inspect_app.services.casework import TYPISTS
from inspect_app.services.kits import Meeting
from inspect_app.services.ledger import Event
from inspect_app.services.meetings import Took
from inspect_app.services.queries import CaseRow
from workflows.definition import Transition
from workflows.inputs import Input, Klass, Many, Person, Yes
from workflows.paper_entries import LANGUAGE, MARKINGS
from workflows.sittings import DAY, SCAN, before_a_body
from workflows.words import LANGUAGES, words

pages = Blueprint("meetings", __name__)

SIGNED = Person(
    name="signed_by", label=words(en="Who chaired and signed the minutes", vi="Người chủ trì đã ký biên bản"), required=False, klass=Klass.PLAIN,
    help=words(en="What is theirs to do and not yours is typed for them; they get a copy.",
               vi="Việc thuộc quyền của người này mà không phải của bạn được nhập thay họ; họ nhận một bản."))
OUTER = (DAY, SCAN, SIGNED)


@dataclass(frozen=True, slots=True)
class Item:
    """A matter in the form: its place, the acts that the meeting may give in it, and its fields."""

    n: int
    row: CaseRow
    acts: tuple[Transition, ...]
    inputs: tuple[Input, ...]
    drawn: Drawn

    def fields(self, act: Transition) -> list[Any]:
        """The fields of one act."""
        start = _prefix(self.n, act)
        return [field for field in self.drawn.form if field.name.startswith(start)]


def _prefix(n: int, act: Transition) -> str:
    return f"m{n}_{act.trigger}__"


@pages.get("/sittings/meeting")
@policy(GET=Policy.SIGNED_IN)
def prepare() -> str:
    """The matters that wait for a body, to choose from."""
    house = http.house()
    rows = kits.waiting(house, http.actor())
    places = directory.units(house) + [one for one in directory.bodies(house) if one not in directory.units(house)]
    return render_template("meeting.html", rows=rows, places=places, markings=MARKINGS, languages=LANGUAGE.options)


@pages.get("/sittings/meeting/kit.pdf")
@policy(GET=Policy.SIGNED_IN)
def kit() -> Answer:
    """The kit as one PDF. That these cases were opened is noted as for any other reading."""
    house, actor, rows = http.house(), http.actor(), _chosen()
    if not rows:
        return redirect(url_for("meetings.prepare"), 303)
    asked = request.args
    language, marking = asked.get("language", ""), asked.get("marking", "")
    meeting = Meeting(asked.get("body", "").replace("\0", ""), _day(asked.get("held_on", "")), asked.get("place", "")[:200],
                      language if language in LANGUAGES else http.language(), marking if marking in dict(MARKINGS) else "none")
    pdf = kits.render_kit(kits.compose(house, actor, rows, meeting))
    for row in rows:
        readings.note(house, actor, row, "page")
    return Response(pdf, 200, {"Content-Disposition": "inline; filename=\"kit.pdf\""}, mimetype="application/pdf")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _chosen() -> list[CaseRow]:
    """The matters that were chosen, as far as they wait for a body and are this reader's to conduct, in the order of the list. Raises `NotFound`
    where none of them is."""
    wanted = set((request.form if request.method == "POST" else request.args).getlist("case")[:kits.MOST_MATTERS])
    found = [row for row in kits.waiting(http.house(), http.actor()) if row.uid in wanted] if wanted else []
    if wanted and not found:
        raise NotFound
    return found


@pages.route("/sittings/meeting/back", methods=["GET", "POST"])
@policy(GET=Policy.SIGNED_IN, POST=Policy.WRITES)
@gives_back
def back() -> Answer | str | tuple[str, int]:
    """The form of everything that the meeting may have given, and its entering."""
    rows, language, sent = _chosen(), http.language(), typed()
    if not rows:
        if request.method == "POST":
            raise Invalid((Problem("/case", "required", i18n.say(language, "meeting.choose")),))
        return redirect(url_for("meetings.prepare"), 303)
    asked = (*OUTER, files.SCAN)
    outer = draw(asked, {i.name: i.label.say(language) for i in asked}, lists_for(None), language, sent)
    items = [_item(n, row, sent) for n, row in enumerate(rows, 1)]
    shown: dict[str, Any] = {"outer": outer, "items": items}
    if request.method != "POST" or only_rows_change(request.form):
        key = (sent.get("key") if sent else None) or token_urlsafe(16)
        return render_template("meeting_back.html", **shown, key=key, status=200, message=None, verdicts=(), at=None)
    took: list[Took] = []
    where: list[str] = []
    outcome = attempt(outer, [], lambda: _enter(outer, items, took, where))
    if isinstance(outcome, Event):
        return redirect(url_for("casefile.show", uid=outcome.case, done=outcome.id), 303)
    return render_template("meeting_back.html", **shown, key=token_urlsafe(16), at=where[0] if where else None, **outcome), outcome["status"]


def _item(n: int, row: CaseRow, sent: Any) -> Item:
    """One matter: a box to tick for each act, and the act's own fields under names that no other matter has."""
    house, language = http.house(), http.language()
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    types = bool(row.parts & set(TYPISTS))
    acts = tuple(t for t in before_a_body(row.workflow, row.state) if types or row.parts & set(t.who))
    inputs: list[Input] = []
    labels: dict[str, str] = {}
    before: dict[str, Any] = {}
    for act in acts:
        start = _prefix(n, act)
        box = Yes(name=f"{start}took_place", label=words(en="-", vi="-"), required=False)
        inputs.append(box)
        labels[box.name] = f"{i18n.trigger_label(row.workflow, rules, language, act.trigger)}: {i18n.say(language, 'meeting.took_place')}"
        for i in (one for one in act.asked if one.name != "paper"):
            own = replace(i, name=f"{start}{i.name}")
            inputs.append(own)
            labels[own.name] = i18n.input_label(row.workflow, act, rules, language, i)
            if isinstance(i, Many) and i.name == "roll" and (known := _roll(row)):
                person = next(c.name for c in i.of if isinstance(c, Person))
                before[own.name] = [{person: uid} for uid in known]
    return Item(n, row, acts, tuple(inputs), draw(tuple(inputs), labels, lists_for(row), language, sent, before))


def _roll(row: CaseRow) -> list[str]:
    """Who belongs to the body that decides: the roll begins with them."""
    house = http.house()
    return [uid for uid, _ in kits.members_for(house, row)]


def _enter(outer: Drawn, items: Sequence[Item], took: list[Took], where: list[str]) -> Event:
    """Carry it out; what is wrong is shown beside its own field."""
    house, actor, language = http.house(), http.actor(), http.language()
    told = read_inputs(OUTER, raw(OUTER, outer.form))
    for item in items:
        given = raw(item.inputs, item.drawn.form)
        for act in item.acts:
            start = _prefix(item.n, act)
            if given.get(f"{start}took_place"):
                took.append(Took(item.n, item.row, act, {name.removeprefix(start): value for name, value in given.items()
                                                         if name.startswith(start) and name != f"{start}took_place"},
                                 bool(item.row.parts & set(act.who))))
    if not took:
        raise Invalid((Problem("", "required", i18n.say(language, "meeting.nothing")),))
    try:
        with files.stored() as kept:
            events = meetings.enter(house, actor, took, str(told["held_on"]), str(told["scan"]), description=i18n.say(language, "kit.minutes"),
                                    signed_by=told.get("signed_by"), kept=kept, read=http.read_act, key=key_of())
    except InSitting as error:
        raise _inside(error, items, took, where) from None
    return events[-1]


def _inside(error: InSitting, items: Sequence[Item], took: Sequence[Took], where: list[str]) -> Refusal:
    """Why one act of it was refused: beside its field where it is about one, else with the name of the matter and the act."""
    at, reason, language = meetings.place_of(took, error.act), error.reason, http.language()
    if at is None:
        return Invalid(tuple(Problem("", p.code, p.message) for p in reason.problems)) if isinstance(reason, Invalid) else reason
    one = took[at]
    rules = http.house().catalogue.rulesets_by_name[one.row.ruleset]
    label = i18n.trigger_label(one.row.workflow, rules, language, one.transition.trigger)
    where.append(f"{one.row.number}, {label}")
    if isinstance(reason, NotYours):
        return Invalid((Problem("", "not_yours", i18n.say(language, "meeting.not_theirs")),))
    if not isinstance(reason, Invalid):
        return reason
    start = _prefix(one.n, one.transition)
    drawn = next(item for item in items if item.n == one.n).drawn
    drawn.show([Problem(f"/data/{start}{p.pointer.removeprefix('/data/')}", p.code, i18n.problem_words(language, p)) for p in reason.problems])
    return Invalid(tuple(Problem("", "inside", message) for message in drawn.general))
