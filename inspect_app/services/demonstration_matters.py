"""Matters of the fast track, and of discipline, in a demonstration: who takes each step, and what they say, as the data has it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from inspect_app.models import cases, unit
from inspect_app.services import casework
from inspect_app.services.casework import Opening
from inspect_app.services.demonstration_acts import Matter, ran_out
from inspect_app.services.demonstration_data import MatterData
from workflows.acts import SYSTEM, Act, Actor
from workflows.inputs import Klass
from workflows.roles import Role

WHO: dict[str, str | Role] = {
    "see": Role.RESPONDENT, "answer": Role.RESPONDENT, "appeal": Role.RESPONDENT, "hand_in": Role.RESPONDENT, "settle_without": Role.DIRECT_SUPERIOR,
    "keep_no_longer": "system", "answer_lapsed": "system", "appeal_lapsed": "system", "report_lapsed": "system", "spend": "system",
    "records_check.settle": "system",
    "minor_matter.settle": Role.DIRECT_SUPERIOR, "rollout.answer": "leader", "rollout.make_formal": "leader", "records_check.make_formal": "leader",
    "talk.make_formal": Role.RESPONDENT, "minor_matter.make_formal": Role.RESPONDENT, "unit_check.make_formal": Role.RESPONDENT, "annul": "chair",
    "discipline.conclude": "chair", "discipline.impose": "chair", "discipline.decide_alone": Role.DECIDER,
    "discipline.take_effect": "system",
}
"""Who takes a step: a part in the case, the unit's leader, the system, a person's key; everybody else is whoever began it."""


def take_matter(m: Matter, text: MatterData, prefix: str, verb: str) -> None:
    """Take one step. A number as prefix is the case that the first one opened in that place."""
    workflow = m.house.catalogue.by_name[text.workflow]
    data = {name: _value(m, value) for name, value in text.said.get(verb, {}).items()}
    opening = next((t for t in workflow.openings if t.trigger == verb), None)
    m.acts += 1
    if opening is not None:
        if text.person and any(i.name == "person" for i in opening.inputs):
            data["person"] = _key(m, text.person).id
        plain = any(i.name == "what" and i.klass is Klass.PLAIN for i in opening.inputs)
        title = str(data["what"])[:200] if plain else workflow.title.say(m.made.data.language)
        act = Act(verb, _key(m, text.by), data)
        wanted = Opening(text.workflow, act, title, text.unit, ruleset=m.made.data.ruleset)
        m.cases[""] = casework.open_in(m.session, m.house, wanted)[0].case
        return
    case = m.cases[""] if not prefix else _child(m, int(prefix))
    who = WHO.get(f"{text.workflow}.{verb}", WHO.get(verb, text.by))
    actor = SYSTEM if who == "system" else _leader(m, case) if who == "leader" else m.player("", who) if isinstance(who, Role) else _key(m, who)
    clock = ran_out(m, case, verb) if who == "system" else None
    casework.fire_in(m.session, m.house, case, Act(verb, actor, data, clock=clock))


def _key(m: Matter, key: str) -> Actor:
    return m.made.people[m.made.heads.get(key, key)]


def _value(m: Matter, value: Any) -> Any:
    """A value of the data: `day+3` is three days after the step, `person:` leads to a key, months are filled in."""
    if isinstance(value, (list, tuple)):
        return [{name: _value(m, inner) for name, inner in row.items()} if isinstance(row, dict) else row for row in value]
    if isinstance(value, str) and value.startswith("person:"):
        return _key(m, value.removeprefix("person:")).id
    if isinstance(value, str) and value.startswith("day") and value[3:4] in ("+", "-"):
        return m.after(int(value[3:]))
    return m.fill(value) if isinstance(value, str) else value


def _child(m: Matter, number: int) -> str:
    parent = select(cases.c.id).where(cases.c.uid == m.cases[""]).scalar_subquery()
    return str(m.session.execute(select(cases.c.uid).where(cases.c.parent_id == parent).order_by(cases.c.id).offset(number).limit(1)).scalar_one())


def _leader(m: Matter, case: str) -> Actor:
    code = m.session.execute(select(unit.c.code).join(cases, cases.c.unit_id == unit.c.id).where(cases.c.uid == case)).scalar_one()
    return m.made.people[m.made.heads[code]]
