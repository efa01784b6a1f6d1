"""What letters say in inspection, discipline, appeal and redress: a sentence, what the case had said by then, and the rights of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from inspect_app import i18n
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Session
from inspect_app.models import clock, content, event, office, person, unit
from inspect_app.services import setup
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from inspect_app.services.said import newest
from inspect_app.services.telling import told as in_words
from workflows.calendar import day_of
from workflows.inputs import Computed, Many, Office, Person, Unit
from workflows.roles import Role

Paragraphs = tuple[tuple[str, str], ...]


class Form(NamedTuple):
    """A letter: its title and its sentence; the inputs it shows, where they were given; the rights it prints; the time limit that began with it,
    and what is said of its day."""

    title: str
    says: str
    shows: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    limit: tuple[str, str] | None = None


_STATEMENT = ("paper.right_statement", "paper.right_hearing", "letter.companion_says")
_APPEAL = ("paper.right_appeal", "paper.right_not_suspensive")
_FOUND = ("conclusions", "degree", "reasons")

FORMS: Mapping[str, Form] = {
    "allegations": Form("paper.allegations", "paper.allegations_says", ("allegations", "disclosed", "withheld", "level", "body", "decider"),
                        _STATEMENT),
    "reminder": Form("paper.reminder", "paper.reminder_says", ("how",), _STATEMENT),
    "hearing_invitation": Form("paper.invitation", "paper.invitation_says", ("hearing_on", "where"),
                               ("paper.right_hearing", "letter.companion_says")),
    "decision": Form("paper.decision", "paper.decision_says", ("sanction", "posts", "effective_on", "expires_on", *_FOUND, "mitigating",
                                                               "aggravating",
                                                                    "legal_basis"), _APPEAL),
    "cleared": Form("paper.cleared", "paper.cleared_says", _FOUND, ("paper.right_unfrozen",)),
    "exempt": Form("paper.exempt", "paper.exempt_says", ("ground", *_FOUND), ("paper.right_unfrozen",)),
    "not_reached": Form("paper.not_reached", "paper.not_reached_says", _FOUND, ("paper.right_unfrozen",)),
    "time_barred": Form("paper.time_barred", "paper.time_barred_says", _FOUND, ("paper.right_unfrozen",)),
    "spent": Form("paper.spent", "paper.spent_says", ("sanction",), ("paper.right_spent",)),
    "varied": Form("paper.varied", "paper.varied_says", ("sanction", "effective_on", "expires_on", "reasons"), _APPEAL),
    "revoked": Form("paper.revoked", "paper.revoked_says", ("defect", "reasons"), ("paper.right_unfrozen", "paper.right_redress")),
    "earlier_annulled": Form("paper.earlier_annulled", "paper.earlier_annulled_says"),
    "annulment_reviewed": Form("paper.annulment_reviewed", "paper.annulment_reviewed_says", ("review_result", "reasons")),
    "suspension": Form("paper.suspension", "paper.suspension_says", ("until", "review_on", "reason")),
    "suspension_ended": Form("paper.suspension_ended", "paper.suspension_ended_says"),
    "deferral": Form("paper.deferral", "paper.deferral_says", ("review_on",)),
    "referred": Form("paper.referred", "paper.referred_says", ("body", "level", "up_because", "track", "reason")),
    "transferred": Form("paper.transferred", "paper.transferred_says", ("body", "level", "reason")),
    "merged": Form("paper.merged", "paper.merged_says", ("into", "reason")),
    "split": Form("paper.split", "paper.split_says", ("reason",), ("paper.right_statement",)),
    "ended": Form("paper.ended", "paper.ended_says", ("reason",), ("paper.right_unfrozen",)),
    "long_stop": Form("paper.long_stop", "paper.long_stop_says", ("delay_reason",)),
    "appeal_received": Form("paper.appeal_received", "paper.appeal_received_says", (), ("paper.right_not_suspensive", "letter.companion_says")),
    "appeal_accepted": Form("paper.appeal_accepted", "paper.appeal_accepted_says", ("body", "appeal_decider"), ("paper.right_hearing",)),
    "appeal_inadmissible": Form("paper.appeal_inadmissible", "paper.appeal_inadmissible_says", ("ground", "reasons"), ("paper.right_next_level",)),
    "appeal_upheld": Form("paper.appeal_upheld", "paper.appeal_upheld_says", _FOUND, ("paper.right_next_level",)),
    "appeal_varied": Form("paper.appeal_varied", "paper.appeal_varied_says", ("sanction", "effective_on", *_FOUND), ("paper.right_next_level",)),
    "appeal_removed": Form("paper.appeal_removed", "paper.appeal_removed_says", ("defect", *_FOUND), ("paper.right_redress",)),
    "appeal_withdrawn": Form("paper.appeal_withdrawn", "paper.appeal_withdrawn_says"),
    "increase_notice": Form("paper.increase", "paper.increase_says", ("increase_because",), _STATEMENT),
    "redress_opened": Form("paper.redress_opened", "paper.redress_opened_says", ("defect",), ("paper.right_redress",)),
    "redress_scope": Form("paper.redress_scope", "paper.redress_scope_says", ("scope", "reasons")),
    "apology_offered": Form("paper.apology", "paper.apology_says"),
    "redress_done": Form("paper.redress_done", "paper.redress_done_says", ("restored",)),
    "team_changed": Form("paper.team_changed", "paper.team_changed_says", ("reason",)),
    "ineffective": Form("paper.ineffective", "paper.ineffective_says", ("defect",)),
}
"""The letters by kind. Whoever else was told of a matter reads the title and the sentence alone."""
INSPECTION_NAME = "inspection"
INSPECTION: Mapping[str, Form] = {
    "inspection_notice": Form("letter.inspection_notice", "letter.inspection_notice_says",
                              ("office", "team_lead", "team", "period_from", "period_to", "served_on"), ("letter.companion_says",),
                              ("response", "letter.report_by")),
    "reminder": Form("letter.report_reminder", "letter.report_reminder_says", ("reminder",)),
    "draft_findings": Form("letter.draft_findings", "letter.draft_findings_says", ("findings", "checklist", "speaks_for"), (),
                           ("comment", "letter.comment_by")),
    "conclusion": Form("letter.conclusion", "letter.conclusion_says", ("result", "conclusion")),
}
"""Those that are said otherwise, or only, in an inspection."""

WORKFLOWS = frozenset({"discipline", "appeal", "redress", "corrective_action", INSPECTION_NAME})


def form_of(kind: str, workflow: str) -> Form | None:
    """What a letter of this kind says in cases of a workflow; None where it is told elsewhere."""
    if workflow not in WORKFLOWS:
        return None
    return (INSPECTION.get(kind) if workflow == INSPECTION_NAME else None) or FORMS.get(kind)


def act_of(session: Session, house: House, row: CaseRow, seq: int, language: str) -> str:
    """The label of the act by which a letter came, in the words of the case's ruleset."""
    trigger = session.execute(select(event.c.trigger).where(event.c.stream_id == row.id, event.c.seq == seq)).scalar_one()
    return i18n.trigger_label(row.workflow, house.catalogue.rulesets_by_name[row.ruleset], language, trigger)


def paragraphs(session: Session, house: House, row: CaseRow, form: Form, seq: int, role: str, language: str) -> Paragraphs:
    """What a letter says, as the case stood at the event that made it."""
    says = [("", i18n.say(language, form.says, title=row.title))]
    if role not in (Role.RESPONDENT, Role.OWNER, Role.SUPERIOR):
        return tuple(says)
    bodies = session.execute(select(content.c.body).join(event, event.c.event_id == content.c.event_id)
                             .where(event.c.stream_id == row.id, event.c.seq <= seq).order_by(event.c.seq)).scalars().all()
    said = newest(bodies)
    trigger = str(disclosed(bodies[-1]).get("trigger")) if bodies else ""
    if row.workflow.name == INSPECTION_NAME:
        says = [(act_of(session, house, row, seq, language), text) for _, text in says]
    shown = _shown(session, house, row, trigger, {name: said[name] for name in form.shows if name in said}, language)
    due = _due(session, house, row, form.limit[0], seq) if form.limit else None
    limit = [("", i18n.say(language, form.limit[1], day=i18n.day(due, language)))] if form.limit and due else []
    return (*says, *shown, *limit, *(("", _right(session, house, row, key, seq, language)) for key in form.rights))


def _shown(session: Session, house: House, row: CaseRow, trigger: str, said: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Label and words of each input, under whichever act of the workflow asks for it."""
    names = _names(session, row, said)
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    found: list[tuple[str, str]] = []
    for name, value in said.items():
        asking = [t for t in (*row.workflow.triggers.get(trigger, ()), *row.workflow.transitions) if any(i.name == name for i in t.inputs)]
        if not asking or value in ("", None):
            continue
        asking.sort(key=lambda t: not any(i.name == name and isinstance(i, Computed) for i in t.inputs))
        for label, words in in_words(row.workflow, rules, language, asking[0].trigger, {name: value}, names):
            found.append((label, words if isinstance(words, str) else "\n".join("; ".join(f"{a}: {b}" for a, b in one) for one in words)))
    return found


def _names(session: Session, row: CaseRow, said: Mapping[str, Any]) -> dict[str, str]:
    """What persons, units and offices are called that stand in these values, rows included."""
    declared = {i.name: i for one in row.workflow.every_input for i in (one.of if isinstance(one, Many) else (one,))}
    values = [*said.items(), *((n, v) for rows in said.values() if isinstance(rows, list) for one in rows if isinstance(one, dict)
                               for n, v in one.items())]
    people, units, offices = ([str(v) for n, v in values if isinstance(declared.get(n), kind)] for kind in (Person, Unit, Office))
    found = {uid: name for uid, name in session.execute(select(person.c.uid, person.c.full_name).where(person.c.uid.in_(people)))}
    found |= {code: title for code, title in session.execute(select(office.c.code, office.c.title).where(office.c.code.in_(offices)))}
    return found | {code: name for code, name in session.execute(select(unit.c.code, unit.c.name).where(unit.c.code.in_(units)))}


def _right(session: Session, house: House, row: CaseRow, key: str, seq: int, language: str) -> str:
    if key not in ("paper.right_appeal", "paper.right_next_level"):
        return i18n.say(language, key)
    named = setup.named_in(session)["appeal_body"]
    body = session.execute(select(unit.c.name).where(unit.c.code == named)).scalar() or "–"
    until = _due(session, house, row, "appeal_window", seq)
    return i18n.say(language, key, body=body, day=i18n.day(until, language) if until else "–")


def _due(session: Session, house: House, row: CaseRow, name: str, seq: int) -> date | None:
    """The day on which a time limit ends that began with an event."""
    due_at = session.execute(select(clock.c.due_at).where(clock.c.case_id == row.id, clock.c.name == name, clock.c.started_seq == seq)).scalar()
    return day_of(due_at, house.zone) if due_at else None
