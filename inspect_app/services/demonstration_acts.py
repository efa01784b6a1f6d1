"""The steps of a demonstration as acts: who takes each, and with which data. All of them go through `casework`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, update

from inspect_app.db import Session
from inspect_app.models import case_role, cases, clock, evidence, person
from inspect_app.now import now
from inspect_app.services import casework
from inspect_app.services.casework import Opening
from inspect_app.services.concerns import unsigned
from inspect_app.services.demonstration_data import ConcernData, HeadData, InspectionData, LearningData, MatterData, ShortcomingData
from inspect_app.services.demonstration_people import Organisation, head_office
from inspect_app.services.house import House
from workflows.acts import SYSTEM, Act, Actor
from workflows.roles import Role

KIDS = {
    "r": ("", "responsibility"),
    "s": ("", "shortcoming"),
    "t": ("r", "shortcoming"),
    "m": ("r", "responsibility"),
    "i": ("", "inspection"),
    "j": ("c", "inspection"),
}
"""Which case a prefix speaks of: the case it was opened by, and its workflow."""


@dataclass
class Matter:
    """One matter as it is lived: its text, and where it stands today."""

    session: Session
    house: House
    made: Organisation
    text: InspectionData | ShortcomingData | ConcernData | MatterData | LearningData
    rng: Random
    day: date
    opened_on: date
    cases: dict[str, str] = field(default_factory=dict)
    acts: int = 0

    def say(self, kind: str) -> str:
        """One of the data's sentences of a kind."""
        unit = next(u.name for u in self.made.data.units if u.code == self.text.unit)
        return self.rng.choice(self.made.data.phrases[kind]).format(
            unit=unit, title=self.text.title, day=self.day.strftime("%d/%m/%Y")
        )

    def fill(self, text: str) -> str:
        """A text with its months: `{m1}` is the one before the matter began, `{m2}` the one before that, and so on."""
        months = self.made.data.phrases["months"]
        return text.format(**{f"m{n}": months[self.opened_on.month - 1 - n] for n in range(1, 6)})

    def after(self, days: int) -> str:
        return (self.day + timedelta(days=days)).isoformat()

    def until(self, due: int | None) -> str:
        """A day `due` days from today, or a month from the act."""
        return self.after(30) if due is None else max(self.day, self.made.ago(-due)).isoformat()

    def case(self, prefix: str) -> str:
        if prefix not in self.cases:
            above, workflow = KIDS[prefix]
            parent = select(cases.c.id).where(cases.c.uid == self.case(above)).scalar_subquery()
            self.cases[prefix] = (
                self.session.execute(
                    select(cases.c.uid)
                    .where(cases.c.parent_id == parent, cases.c.workflow == workflow)
                    .order_by(cases.c.id)
                )
                .scalars()
                .first()
                or ""
            )
        return self.cases[prefix]

    def player(self, prefix: str, role: Role) -> Actor:
        """Who plays a part in the case today."""
        uid = (
            self.session.execute(
                select(person.c.uid)
                .join(case_role, case_role.c.person_id == person.c.id)
                .join(cases, cases.c.id == case_role.c.case_id)
                .where(
                    cases.c.uid == self.case(prefix), case_role.c.role == role.value, case_role.c.until_seq.is_(None)
                )
                .order_by(person.c.id)
            )
            .scalars()
            .first()
        )
        return next(actor for actor in self.made.people.values() if actor.id == uid)


def take(m: Matter, prefix: str, verb: str) -> None:
    """Take one step."""
    m.acts += 1
    if verb == "raise_concern" or (verb in ("register", "note") and not prefix):
        m.cases[prefix] = _open(m, verb)
        return
    if verb == "hear_witness":
        m.cases[prefix] = _heard(m, verb)
        return
    who, data = STEPS.get(f"{prefix}.{verb}", STEPS[verb])
    actor = _actor(m, prefix, who)
    act = Act(verb.replace("evidence", "add_evidence"), actor, data(m))
    if isinstance(m.text, InspectionData) and m.text.head and m.text.head.typed and verb == "acknowledge":
        act = Act(verb, m.made.people[m.text.by], data(m) | {"paper": m.say("paper")}, recorded_for=actor.id)
    if actor.is_system:
        act = replace(act, clock=ran_out(m, m.case(prefix), verb))
    casework.fire_in(m.session, m.house, m.case(prefix), act)


def _open(m: Matter, verb: str) -> str:
    t = m.text
    if isinstance(t, InspectionData):
        actor, workflow, data = m.made.people[t.by], "inspection", {"source": t.source, "what": m.fill(t.what)}
    elif isinstance(t, ConcernData):
        actor, workflow, data = _reporter(m), "concern", _concern(m)
    else:
        assert isinstance(t, ShortcomingData)
        actor, workflow, data = m.made.people[m.made.heads.get(t.by, t.by)], "shortcoming", _shortcoming(m)
    opening = Opening(workflow, Act(verb, actor, data), t.title, t.unit, ruleset=m.made.data.ruleset)
    return casework.open_in(m.session, m.house, opening)[0].case


def _heard(m: Matter, verb: str) -> str:
    """Somebody from another part of the house is heard as a witness."""
    data = {"person": m.made.people["data"].id, "heard_on": m.after(0), "about": m.say("testimony")}
    act = Act(verb, m.player("", Role.TEAM_LEAD), data)
    return casework.open_in(m.session, m.house, Opening("testimony", act, "", parent=m.case("")))[0].case


def _actor(m: Matter, prefix: str, who: str | Role) -> Actor:
    if isinstance(who, Role):
        return _reporter(m) if who is Role.REPORTER else m.player(prefix, who)
    if who == "handler":
        return m.player(prefix, Role.DECIDER if _text(m).about else Role.OFFICER)
    if who == "officer" and isinstance(m.text, InspectionData):
        return m.made.people[m.text.by]
    return SYSTEM if who == "system" else m.made.people[who]


def ran_out(m: Matter, case_id: str, trigger: str) -> tuple[str, int, int] | None:
    """The time limit that makes the system act, marked as when it runs out by itself."""
    of_case = select(cases.c.id).where(cases.c.uid == case_id).scalar_subquery()
    first = (
        select(clock.c.id)
        .where(clock.c.case_id == of_case, clock.c.then == trigger, clock.c.status == "running")
        .order_by(clock.c.due_at)
        .limit(1)
    )
    marked = update(clock).where(clock.c.id == first.scalar_subquery()).values(status="fired", ended_at=now())
    found = m.session.execute(marked.returning(clock.c.name, clock.c.started_seq, clock.c.times)).first()
    return (found.name, found.started_seq, found.times) if found else None


def _text(m: Matter) -> ConcernData:
    assert isinstance(m.text, ConcernData)
    return m.text


def _reporter(m: Matter) -> Actor:
    """Who raised the concern; without a name, whoever holds its receipt code."""
    by = _text(m).by
    return m.made.people[m.made.heads.get(by, by)] if by else unsigned(m.made.data.language, m.cases.get("c"))


def _concern(m: Matter) -> dict[str, Any]:
    t = _text(m)
    data: dict[str, Any] = {"what": m.fill(t.what), "conduct": t.conduct, "place": m.fill(t.place),
                            "happened_from": m.after(-m.opened_on.day - 9)}
    if t.about:
        data["named"] = [{"person": m.made.people[m.made.heads.get(key, key)].id} for key in t.about]
    return data | ({"reporter": _reporter(m).id} if t.by else {})


def _told(**inputs: str) -> Callable[[Matter], dict[str, Any]]:
    """Inputs that are texts of the concern itself."""
    return lambda m: {name: m.fill(getattr(_text(m), part)) for name, part in inputs.items()}


def _shortcoming(m: Matter) -> dict[str, Any]:
    t = m.text
    assert not isinstance(t, (ConcernData, MatterData, LearningData))
    office = t.office if isinstance(t, ShortcomingData) and t.office else head_office(t.unit)
    what = t.what if isinstance(t, ShortcomingData) else t.finding
    return {
        "what": m.fill(what),
        "cause_kind": t.cause_kind,
        "cause": t.cause,
        "office": office,
        "due": m.until(t.due),
        "measure": t.measure,
    }


def _older(m: Matter) -> InspectionData | ShortcomingData | ConcernData:
    assert not isinstance(m.text, (MatterData, LearningData))
    return m.text


def _inspection(m: Matter) -> InspectionData:
    assert isinstance(m.text, InspectionData)
    return m.text


def _head(m: Matter) -> HeadData:
    head = _inspection(m).head
    assert head is not None
    return head


def _team(m: Matter) -> dict[str, Any]:
    t = _inspection(m)
    pool = [key for key in ("recorder", "member2", "officer2", "lead") if key not in (t.lead, t.by)]
    team = [{"person": m.made.people[key].id, "declared": "clean"} for key in pool[: 2 + m.rng.randrange(2)]]
    return {
        "team_lead": m.made.people[t.lead].id,
        "lead_declared": "clean",
        "team": team,
        "period_from": m.after(3),
        "period_to": m.after(45),
        "plan": m.say("plan"),
    }


def _finding(m: Matter) -> dict[str, Any]:
    t = _inspection(m)
    items = list(
        m.session.execute(
            select(evidence.c.n)
            .join(cases, cases.c.id == evidence.c.case_id)
            .where(cases.c.uid == m.case(""), evidence.c.withdrawn_seq.is_(None))
            .order_by(evidence.c.n)
        ).scalars()
    )
    committed = m.opened_on - timedelta(days=5 + m.rng.randrange(20))
    return {
        "findings": [
            {"finding": m.fill(t.finding), "norm": t.norm, "committed_on": committed.isoformat(), "evidence": items}
        ],
        "speaks_for": m.say("speaks_for"),
    }


def _assignment(m: Matter) -> dict[str, Any]:
    t, head = _inspection(m), _head(m)
    data = {
        "basis": head.basis,
        "office": head.office or head_office(t.unit),
        "level": head.level,
        "line": head.line,
        "owed": m.say(f"owed_{head.basis}"),
        "due": m.until(head.due),
        "finding": m.fill(t.finding),
        "summary": f"{m.say('summary')} {m.fill(t.finding)}",
        "determiner": m.made.data.determiner,
    }
    if head.matter is not None:
        data["matter_on"] = (m.opened_on - timedelta(days=head.matter)).isoformat()
    return data


def _contest(m: Matter) -> dict[str, Any]:
    return {
        "grounds": m.say("grounds"),
        "reported_on": (m.opened_on - timedelta(days=40)).isoformat(),
        "reported_to": m.say("reported_to"),
        "report_reference": m.say("reference").replace("#", str(m.rng.randrange(11, 380))),
        "reported_before": m.say("reported_before"),
    }


def _evidence(m: Matter) -> dict[str, Any]:
    return {
        "description": m.say("evidence"),
        "held_as": "reference",
        "reference": m.say("reference").replace("#", str(m.rng.randrange(11, 380))),
    }


def _said(**inputs: str) -> Callable[[Matter], dict[str, Any]]:
    """Inputs that are sentences, each of its kind."""
    return lambda m: {name: m.say(kind) for name, kind in inputs.items()}


def _served(**inputs: str) -> Callable[[Matter], dict[str, Any]]:
    return lambda m: {name: m.after(0) for name in inputs}


STEPS: dict[str, tuple[str | Role, Callable[[Matter], dict[str, Any]]]] = {
    "assess": (Role.OFFICER, lambda m: {"assessment": m.say("assessment"), "no_duplicate": True}),
    "propose_no_case": (
        "officer",
        lambda m: {"ground": m.rng.choice(("unfounded", "settled")), "sentence": m.say("no_case")},
    ),
    "close_no_case": ("chair", _said(reason="no_case_agreed")),
    "propose": ("officer", lambda m: {"work_type": _inspection(m).work, "why": m.say("proposal")}),
    "issue": ("chair", _team),
    "launch": (
        Role.TEAM_LEAD,
        lambda m: {"office": head_office(m.text.unit), "served_on": m.after(0), "rights_notice": True},
    ),
    "remind": ("officer", _said(reminder="reminder")),
    "report": (Role.RESPONDENT, lambda m: {"explanation": m.fill(_inspection(m).reply)}),
    "response_lapsed": ("system", lambda m: {}),
    "evidence": (Role.TEAM_LEAD, _evidence),
    "note_for_record": ("officer", _said(note="note")),
    "draft": (Role.TEAM_LEAD, _finding),
    "share_draft": (Role.TEAM_LEAD, lambda m: {"shared_on": m.after(0)}),
    "comment": (Role.RESPONDENT, _said(views="views")),
    "consult": (Role.TEAM_LEAD, lambda m: {}),
    "submit": (Role.TEAM_LEAD, _said(final_report="final_report", answers="answers")),
    "return": ("chair", _said(reason="return")),
    "conclude": (
        "chair",
        lambda m: {
            "entitled": 7,
            "present": 6 + m.rng.randrange(2),
            "result": _inspection(m).result,
            "conclusion": m.say("conclusion_" + _inspection(m).result),
        },
    ),
    "follow_up": ("officer", lambda m: {"served_on": m.after(0), "shortcomings": [_shortcoming(m)]}),
    "close": ("chair", lambda m: {"lessons": m.say("lessons"), "file_complete": True}),
    "pause": ("chair", lambda m: {"ground": m.rng.choice(("illness", "force")), "reason": m.say("pause")}),
    "resume": ("chair", lambda m: {}),
    "end_with_reasons": ("chair", _said(reason="ended")),
    "transfer": ("chair", _said(to_body="to_body", reason="transfer")),
    "grant_access": (
        "chair",
        lambda m: {"person": m.made.people["member"].id, "until": m.until(180), "reason": m.say("grant")},
    ),
    "hold_responsible": ("officer", _assignment),
    "notify": ("officer", lambda m: {"served_on": m.after(0)}),
    "receive": (Role.HEAD, lambda m: {}),
    "acknowledge": (Role.HEAD, _said(statement="statement")),
    "acknowledge_with_reservation": (Role.HEAD, _said(statement="statement", reservation="reservation")),
    "contest": (Role.HEAD, _contest),
    "misdirect": (Role.HEAD, lambda m: {"right_office": _head(m).right or "", "explanation": m.say("misdirected")}),
    "answer_lapsed": ("system", lambda m: {}),
    "remind_automatically": ("system", lambda m: {}),
    "escalate_silence": ("system", lambda m: {}),
    "escalate": ("officer", _said(reason="escalated")),
    "determine": (
        "member",
        lambda m: {"outcome": _head(m).outcome, "reasons": m.say("determined_" + _head(m).outcome)},
    ),
    "r.close": ("officer", lambda m: {}),
    "link": ("officer", lambda m: {"shortcomings": [_shortcoming(m)]}),
    "finish": (Role.OWNER, lambda m: {"what_was_done": m.fill(_older(m).done)}),
    "check": (Role.OFFICER, _said(what_was_seen="seen")),
    "send_back": (Role.OFFICER, lambda m: {"why": m.say("send_back"), "due": m.until(_older(m).due)}),
    "drop": (Role.OFFICER, _said(why="drop")),
    "make_formal": (Role.OFFICER, lambda m: {}),
    "c.assess": ("handler", lambda m: {"assessment": m.say("assessment"), "told": m.fill(_text(m).told)}),
    "ask_reporter": ("handler", _told(question="question")),
    "add_facts": (Role.REPORTER, _told(facts="answer")),
    "c.propose_no_case": ("handler", lambda m: {"ground": "unfounded", "sentence": m.say("no_case")}),
    "c.close_no_case": ("chair", _told(reason="reason")),
    "hand_over": ("chair", _told(to_body="to", reason="reason")),
    "entrust_handling": (Role.DECIDER, lambda m: {"person": m.made.people[_text(m).to].id, "reason": m.fill(_text(m).reason)}),
    "c.follow_up": (Role.OFFICER, _told(matter="matter", feedback="told")),
    "j.propose": (Role.OFFICER, lambda m: {"work_type": "suspicion", "why": m.say("proposal")}),
    "c.close": (Role.OFFICER, _told(outcome="done")),
}
"""Who takes a step, by the key of a person or by the part they play in the case, and what they say.

A prefix tells homonyms apart."""
