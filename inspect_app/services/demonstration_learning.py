"""The yearly programme of a demonstration, lived through: approved, a unit that demonstrates each quarter on a rehearsal, lessons, roll-outs and
what came of them; a pilot unit, and what stands beside it. Days are those of one year; what would lie ahead is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from inspect_app.models import cases, role_grant, unit
from inspect_app.now import now
from inspect_app.services import casework
from inspect_app.services.casework import Opening
from inspect_app.services.demonstration_acts import Matter
from inspect_app.services.demonstration_data import InspectionData, LearningData
from inspect_app.services.demonstration_people import head_office
from inspect_app.services.demonstration_stories import Step
from workflows.acts import Act, Actor
from workflows.calendar import day_of
from workflows.figures import quarter_of
from workflows.roles import Role

SUMMER = 7
"""From this month on the programme is that of the running year: enough of it has passed to be shown."""
BEGINS = (1, 7)
APPROVED, LINKED, CONCLUDED = 8, 4, 62
"""Days after the first on which the programme is approved; and after its own first on which an inspection is linked, a weekend later at most, and
concluded."""
DAYS: tuple[tuple[int, int, str], ...] = (
    (1, 7, "draft"), (1, 9, "submit"), (1, 14, "approve"), (1, 15, "propose_pilot"), (1, 21, "designate"), (1, 22, "mandate"),
    (2, 3, "1.prepare"), (2, 12, "1.hold"), (2, 16, "1.draw_lessons"), (2, 20, "1.roll_out"), (2, 26, "1.answer"), (3, 9, "1.finish"),
    (3, 12, "1.check"), (4, 3, "measure.q1"), (4, 8, "assess"), (4, 14, "answer_assessment"), (4, 21, "confirm"),
    (4, 20, "2.prepare"), (5, 6, "2.hold"), (5, 11, "2.draw_lessons"), (5, 26, "1.review"),
    (6, 2, "training"), (6, 9, "train"), (6, 16, "review_capability"), (6, 18, "say_capability"), (7, 2, "review_round"), (7, 3, "measure.q2"),
    (7, 28, "3.prepare"), (8, 12, "3.hold"), (8, 17, "3.draw_lessons"), (10, 3, "measure.q3"), (11, 10, "4.prepare"))


def begins_on(today: date) -> date:
    """The day on which the programme was drawn up."""
    return date(today.year if today.month >= SUMMER else today.year - 1, *BEGINS)


def life(text: LearningData, inspections: Iterable[InspectionData]) -> list[Step]:
    """Its steps until today, by the day after the first; an inspection of the year is linked when it is there, and held when it is concluded."""
    begun = text.begun
    days = [((date(begun.year, month, day) - begun).days, verb) for month, day, verb in DAYS]
    for n, one in enumerate(of_the_year(text, inspections)):
        there = text.opened - one.opened
        days += [(there + LINKED, f"link.{n}"), *([(there + CONCLUDED, f"held.{n}")] if one.story == "closed" else [])]
    return [Step(day, "", verb) for day, verb in days if 0 <= day < text.opened]


def of_the_year(text: LearningData, inspections: Iterable[InspectionData]) -> list[InspectionData]:
    """The inspections that were opened for the programme after it was approved."""
    return [one for one in inspections if one.source == "programme" and text.opened - one.opened > APPROVED]


def take_learning(m: Matter, text: LearningData, verb: str) -> None:
    """Take one step."""
    number, _, rest = verb.rpartition(".") if verb[:1].isdigit() else ("", "", verb)
    m.acts += 1
    if number:
        _OF_DEMONSTRATIONS[rest](m, text, int(number) - 1)
    else:
        _STEPS[rest.partition(".")[0]](m, text, rest.partition(".")[2])


def _fire(m: Matter, case: str, who: str, trigger: str, **data: Any) -> None:
    casework.fire_in(m.session, m.house, m.cases[case], Act(trigger, m.made.people[who], data))


def _open(m: Matter, called: str, who: str, workflow: str, trigger: str, title: str, at: str, rehearsal: bool = False, **data: Any) -> str:
    opening = Opening(workflow, Act(trigger, m.made.people[who], data), title, at, ruleset=m.made.data.ruleset, rehearsal=rehearsal)
    event = casework.open_in(m.session, m.house, opening)[0]
    m.cases[called] = event.case
    return event.number


def _on(m: Matter, month: int, day: int) -> str:
    return date(m.opened_on.year, month, day).isoformat()


def _below(m: Matter, case: str, workflow: str) -> list[tuple[str, str]]:
    """(case, code of its unit) of those that a case opened, oldest first."""
    parent = select(cases.c.id).where(cases.c.uid == m.cases[case]).scalar_subquery()
    query = select(cases.c.uid, unit.c.code).join(unit, unit.c.id == cases.c.unit_id).where(cases.c.parent_id == parent, cases.c.workflow == workflow)
    return [(uid, code) for uid, code in m.session.execute(query.order_by(cases.c.id))]


def _leads(m: Matter, code: str) -> Actor:
    return m.made.people[m.made.heads[code]]


def _led(m: Matter, code: str) -> bool:
    """Whether who leads a unit today led it then."""
    g = role_grant.c
    there = select(g.id).where(g.person_id == _leads(m, code).person_id, g.role == Role.UNIT_LEAD.value, g.since_on <= day_of(now(), m.house.zone))
    return m.session.execute(there.limit(1)).first() is not None


def _draft(m: Matter, text: LearningData, _: str) -> None:
    """What is planned for the first time is what was inspected in the year, and what lies ahead."""
    officer = m.made.people["officer"].id
    done = of_the_year(text, m.made.data.inspections)
    items = [{"target": i.unit, "quarter": quarter_of(m.made.ago(i.opened))[1], "what": i.title, "kind": "scheduled", "every": "once",
              "officer": officer, "points": text.points} for i in done]
    items += [{"target": one["unit"], "quarter": one["quarter"], "what": one["what"], "kind": "thematic", "every": one.get("every", "once"),
               "officer": officer, "points": text.points} for one in text.planned]
    shown = [{"quarter": f"q{n}", "target": one["unit"], "office": head_office(one["unit"]), "what": one["what"], "aim": one["aim"],
              "officer": officer} for n, one in enumerate(text.shown, 1)]
    _open(m, "", "officer", "programme", "draft", text.what, text.unit, year=m.opened_on.year, what=text.what, legal_basis=text.legal_basis,
          items=items, demonstrations=shown)


def _approve(m: Matter, text: LearningData, _: str) -> None:
    _fire(m, "", "chair", "approve", decision=text.decision, decided_on=day_of(now(), m.house.zone).isoformat())
    for n, (uid, _code) in enumerate(_below(m, "", "demonstration"), 1):
        m.cases[str(n)] = uid


def _item(m: Matter, n: int) -> str:
    m.cases[f"item {n}"] = _below(m, "", "planned_inspection")[n][0]
    return f"item {n}"


def _link(m: Matter, text: LearningData, n: str) -> None:
    title = of_the_year(text, m.made.data.inspections)[int(n)].title
    number = m.session.execute(select(cases.c.number).where(cases.c.title == title, cases.c.workflow == "inspection")).scalar_one()
    _fire(m, _item(m, int(n)), "officer", "link", inspection=number)


def _prepare(m: Matter, text: LearningData, n: int) -> None:
    one = text.shown[n]
    act = Act("prepare", _leads(m, one["unit"]), {"script": one["script"], "participants": one["participants"],
                                                  "watch": [{"point": point} for point in one["watch"]]})
    casework.fire_in(m.session, m.house, m.cases[str(n + 1)], act)


def _hold(m: Matter, text: LearningData, n: int) -> None:
    """The unit shows it on a rehearsal: a shortcoming with invented people, noted and remedied."""
    one = text.shown[n]
    number = _open(m, f"rehearsal {n}", "officer", "shortcoming", "note", text.rehearsed, one["unit"], rehearsal=True, what=text.rehearsed,
                   cause_kind="procedure", cause=text.rehearsed_cause, office=head_office(one["unit"]), measure=text.rehearsed_measure)
    _fire(m, str(n + 1), "officer", "enter_held", held_on=day_of(now(), m.house.zone).isoformat(), rehearsal=number, present=one["present"],
          observed=[{"point": point, "outcome": "yes" if k else "partly"} for k, point in enumerate(one["watch"])])


def _draw_lessons(m: Matter, text: LearningData, n: int) -> None:
    one = text.shown[n]
    due = (day_of(now(), m.house.zone) + timedelta(days=330)).isoformat()
    rows = [{"kind": kind, "what": one[kind], "office": head_office(one["unit"]), "due": due} for kind in ("keep", "fix")]
    _fire(m, str(n + 1), "officer", "draw_lessons", lessons=rows)
    m.cases[f"lesson {n}"] = _below(m, str(n + 1), "lesson")[0][0]


def _roll_out(m: Matter, text: LearningData, n: int) -> None:
    due = (day_of(now(), m.house.zone) + timedelta(days=21)).isoformat()
    _fire(m, str(n + 1), "officer", "roll_out", rolled_out=text.shown[n]["rolled_out"], due=due)
    m.cases[f"rollout {n}"] = _below(m, str(n + 1), "rollout")[0][0]


def _answer(m: Matter, text: LearningData, n: int) -> None:
    """A third of the units have answered."""
    for k, (uid, code) in enumerate(_below(m, f"rollout {n}", "rollout")):
        if code in m.made.heads and k % 3 == 1 and _led(m, code):
            choice = ("adopted", "adopted", "adapted", "waived")[k // 3 % 4]
            act = Act("answer", _leads(m, code), {"choice": choice, "sentence": text.answers[choice]})
            casework.fire_in(m.session, m.house, uid, act)


def _finish(m: Matter, text: LearningData, n: int) -> None:
    act = Act("finish", _leads(m, text.shown[n]["unit"]), {"what_was_done": text.shown[n]["done"]})
    casework.fire_in(m.session, m.house, m.cases[f"lesson {n}"], act)


def _check(m: Matter, text: LearningData, n: int) -> None:
    _fire(m, f"lesson {n}", "officer", "check", what_was_seen=text.shown[n]["seen"])


def _review(m: Matter, text: LearningData, n: int) -> None:
    _fire(m, str(n + 1), "officer", "review", effect="works" if n == 0 else "cannot_tell", conclusion=text.shown[n]["conclusion"])


def _propose_pilot(m: Matter, text: LearningData, _: str) -> None:
    _open(m, "pilot", "officer", "pilot_unit", "propose", text.weakness, text.pilot, what=text.weakness, mentor=m.made.people["lead"].id)


def _assess(m: Matter, text: LearningData, _: str) -> None:
    rows = [{"criterion": c.code, "met": "met" if k % 3 else "cannot_tell", "why": text.why} for k, c in
            enumerate(m.house.catalogue.rulesets_by_name[m.made.data.ruleset].criteria)]
    _open(m, "assessment", "officer", "assessment", "assess", text.assessed, text.pilot, year=m.opened_on.year, quarter="q1", findings=rows)


def _answer_assessment(m: Matter, text: LearningData, _: str) -> None:
    casework.fire_in(m.session, m.house, m.cases["assessment"], Act("answer", _leads(m, text.pilot), {"answer": text.answered}))


def _say_capability(m: Matter, text: LearningData, _: str) -> None:
    act = Act("say", _leads(m, text.pilot), {"own": [{"task": text.tasks[0], "can": "alone"}, {"task": text.tasks[1], "can": "with_help"}]})
    casework.fire_in(m.session, m.house, m.cases["capability"], act)


_OF_DEMONSTRATIONS: dict[str, Callable[[Matter, LearningData, int], None]] = {
    "prepare": _prepare, "hold": _hold, "draw_lessons": _draw_lessons, "roll_out": _roll_out, "answer": _answer, "finish": _finish, "check": _check,
    "review": _review}
_STEPS: dict[str, Callable[[Matter, LearningData, str], object]] = {
    "draft": _draft, "approve": _approve, "propose_pilot": _propose_pilot, "assess": _assess, "answer_assessment": _answer_assessment,
    "say_capability": _say_capability,
    "link": _link,
    "held": lambda m, text, n: _fire(m, _item(m, int(n)), "officer", "finish"),
    "submit": lambda m, text, _: _fire(m, "", "officer", "submit"),
    "designate": lambda m, text, _: _fire(m, "pilot", "chair", "designate", decision=text.decision, decided_on=_on(m, 1, 20)),
    "measure": lambda m, text, quarter: _fire(m, "pilot", "officer", "measure", year=m.opened_on.year, quarter=quarter),
    "confirm": lambda m, text, _: _fire(m, "assessment", "chair", "confirm"),
    "mandate": lambda m, text, _: _open(m, "mandate", "officer", "mandate", "receive", text.mandate, text.unit, what=text.mandate,
                                        given_by=text.given_by, office=head_office(text.pilot), due=_on(m, 12, 20)),
    "training": lambda m, text, _: _open(m, "training", "officer", "training", "plan", text.training, text.unit, what=text.training,
                                         attendees=text.attendees, due=_on(m, 6, 30)),
    "train": lambda m, text, _: _fire(m, "training", "officer", "enter_held", held_on=_on(m, 6, 8), present=24, checked_how=text.checked_how),
    "review_round": lambda m, text, _: _open(m, "round", "officer", "review_round", "call", text.round, text.unit, what=text.round,
                                             due=(day_of(now(), m.house.zone) + timedelta(days=400)).isoformat()),
    "review_capability": lambda m, text, _: _open(m, "capability", "officer", "capability_review", "begin", text.capability, text.pilot,
                                                  person=_leads(m, text.pilot).id, mentor=m.made.people["lead"].id,
                                                  tasks="\n".join(text.tasks)),
}

__all__ = ["begins_on", "life", "take_learning"]
