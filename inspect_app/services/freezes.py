"""While a matter about a person is open, some things are not done with them. Nothing is stored: the freeze ends when the matter does."""

from __future__ import annotations

from collections.abc import Iterable

from inspect_app.db import Fixed, Session
from inspect_app.services.administering import records_of, refuse
from inspect_app.services.house import House
from workflows.acts import Actor

_ABOUT = Fixed("""SELECT c.definition, c.ruleset, c.state FROM case_role r JOIN cases c ON c.id = r.case_id
  WHERE r.person_id = :person AND r.role = 'respondent' AND r.until_seq IS NULL AND c.is_open AND NOT c.rehearsal""")


def frozen(session: Session, house: House, person_ids: Iterable[int]) -> frozenset[str]:
    """What may not be done with a person now, by all records of them: the union over open matters that may end in a sanction and are not
    decided yet, of what the ruleset of each names in `freeze.acts`."""
    found: set[str] = set()
    for person_id in person_ids:
        for definition, ruleset, state in _ABOUT.run(session, {"person": person_id}):
            workflow = house.law(definition)
            if any(s.punishes for s in workflow.states) and not workflow.is_settled(state):
                found |= set(house.rules(ruleset).values["freeze.acts"])
    return frozenset(found)


def look(session: Session, house: House, actor: Actor, person_id: int, acts: Iterable[str], field: str) -> None:
    """Raises `Invalid` where one of these acts is frozen for the person. It says no more than that it waits."""
    if frozen(session, house, records_of(session, person_id)) & set(acts):
        refuse(actor, field, "fault.frozen")
