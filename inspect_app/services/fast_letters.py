"""Letters of the fast track: what was noted, as the person concerned may read it, and what they can do about it."""

from __future__ import annotations

from inspect_app import i18n
from inspect_app.access.reading import readable
from inspect_app.db import Session
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import told
from workflows.roles import Role

TITLES = {
    "talk": "letter.talk", "minor_matter": "letter.minor", "minor_matter_settled": "letter.minor_settled",
    "minor_matter_appeal": "letter.minor_appeal", "minor_matter_spent": "letter.minor_spent", "unit_check": "letter.check",
    "unit_check_draft": "letter.check_draft", "unit_check_conclusion": "letter.check_conclusion",
}
SAYS = {
    "talk": "letter.talk_says", "minor_matter": "letter.minor_says", "minor_matter_settled": "letter.minor_settled_says",
    "minor_matter_appeal": "letter.minor_appeal_says", "minor_matter_spent": "letter.minor_spent_says", "unit_check": "letter.check_says",
    "unit_check_draft": "letter.check_draft_says", "unit_check_conclusion": "letter.check_conclusion_says",
}
"""What each kind says before what was noted."""


def paragraphs(session: Session, house: House, row: CaseRow, kind: str, seq: int, language: str) -> tuple[tuple[str, str], ...]:
    """(heading, text) of a letter that the event `seq` left behind."""
    event = next(events_of(session, row.id, seq - 1, 1))
    data, _ = readable(row.workflow, event.trigger, event.data, frozenset({Role.RESPONDENT}))
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    people = {str(data[name]): "" for name in ("person", "office") if name in data}
    act = i18n.trigger_label(row.workflow, rules, language, event.trigger)
    said = [("", i18n.say(language, SAYS[kind]) if kind in SAYS else i18n.say(language, "letter.other_says", title=row.title, act=act))]
    for label, text in told(row.workflow, rules, language, event.trigger, data, people):
        if isinstance(text, str):
            said += [(label, text)] if text else []
        else:
            said += [(label, "\n".join(", ".join(f"{name}: {value}" for name, value in pairs if value) for pairs in text))]
    return tuple(said)
