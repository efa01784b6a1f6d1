"""Who was let into a case because they need to know: from when, until when, by whom and why. For those who handle the case, and for auditors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import readable
from inspect_app.models import case_role, exclusion, person
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.parties import handles
from inspect_app.services.queries import CaseRow, today
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.entries import GRANT
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Given:
    """The grant in force of one person: `who` and `by` are identifiers of persons, `why` is None where this reader may not read it."""

    who: str
    since: date
    until: date
    by: str
    why: str | None


def in_force(house: House, actor: Actor, row: CaseRow, events: Iterable[Event]) -> list[Given]:
    """The newest grant of everyone who has access by one today, the newest first; nothing for readers who do not handle the case. `events` are
    those of the case, oldest first."""
    if not handles(actor, row):
        return []
    newest = {str(e.data["person"]): e for e in events if e.trigger == GRANT.trigger and e.data.get("person") and e.data.get("until")}
    if not newest:
        return []
    parts, having = None if sees_everything(actor) else row.parts, _having(house, row)
    found = []
    for who, e in sorted(newest.items(), key=lambda one: one[1].seq, reverse=True):
        if who in having:
            said, _ = readable(row.workflow, e.trigger, e.data, parts, row.unredacted)
            found.append(Given(who, day_of(e.recorded_at, house.zone), date.fromisoformat(str(e.data["until"])),
                               e.recorded_for or e.on_behalf_of or e.actor, said.get("reason")))
    return found


def _having(house: House, row: CaseRow) -> frozenset[str]:
    """Who has the part that comes by a grant today; nobody whom a wall keeps out."""
    r, x, day = case_role.c, exclusion.c, today(house)
    walled = exists().where(x.case_id == r.case_id, x.person_id == r.person_id, x.since_on <= day, x.part.in_((EVERY_PART, Role.MEMBER.value)))
    with house.db.reading("all") as session:
        return frozenset(session.execute(select(person.c.uid).join(case_role, r.person_id == person.c.id).where(
            r.case_id == row.id, r.role == Role.MEMBER.value, r.until_seq.is_(None), or_(r.until_on.is_(None), r.until_on >= day),
            ~walled)).scalars())


__all__ = ["Given", "in_force"]
