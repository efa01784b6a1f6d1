"""What a party is not told yet of its own case: drafts that nobody shared, and evidence that is cited in nothing they may read."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from inspect_app.access.reading import conducts, not_shared, readable
from inspect_app.db import Session
from inspect_app.models import evidence
from inspect_app.services.events import events_of
from inspect_app.services.ledger import Event
from workflows.definition import Workflow
from workflows.entries import ADD_EVIDENCE
from workflows.inputs import Evidence, Many
from workflows.roles import UNNAMED, Role

_SIDE = frozenset({*UNNAMED, Role.RESPONDENT})
"""Parts whose players read what another one of them added: they are on one side, or are never named."""


def untold(session: Session, case_id: int, workflow: Workflow, parts: frozenset[Role] | None, who: str) -> frozenset[int]:
    """The numbers of the events of a case whose words are kept from a reader with these parts (None: the installation itself), known by the
    identifier `who`. Whoever conducts the case is told all that they may read."""
    if parts is None or conducts(parts):
        return frozenset()
    known = list(events_of(session, case_id))
    drafts = not_shared(workflow, ((e.seq, e.trigger) for e in known))
    added = {e.seq for e in known if e.trigger == ADD_EVIDENCE.trigger and not is_own(e, parts, who)}
    if not added:
        return drafts
    numbers = cited(workflow, known, parts)
    rows = session.execute(select(evidence.c.n, evidence.c.seq).where(evidence.c.case_id == case_id))
    return drafts | frozenset(seq for n, seq in rows if seq in added and n not in numbers)


def is_own(event: Event, parts: frozenset[Role], who: str) -> bool:
    """Whether a reader did this, had it recorded, or plays the part in which it was done."""
    return who in (event.actor, event.recorded_for) or event.role in parts & _SIDE


def cited(workflow: Workflow, events: Iterable[Event], parts: frozenset[Role], unredacted: bool = False) -> frozenset[int]:
    """The numbers of the items of evidence that are cited in what a party may read."""
    known, numbers = list(events), set[int]()
    drafts = frozenset() if conducts(parts) else not_shared(workflow, ((e.seq, e.trigger) for e in known))
    for event in known:
        said, _ = readable(workflow, event.trigger, event.data, parts, unredacted, untold=event.seq in drafts)
        for transition in workflow.triggers.get(event.trigger, ()):
            for i in transition.inputs:
                value = said.get(i.name)
                if isinstance(i, Evidence) and isinstance(value, list):
                    numbers.update(value)
                elif isinstance(i, Many) and isinstance(value, list):
                    numbers.update(n for line in value for c in i.of if isinstance(c, Evidence) for n in line.get(c.name) or ())
    return frozenset(numbers)


__all__ = ["cited", "is_own", "untold"]
