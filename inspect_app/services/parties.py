"""Who plays which part in a case, for those who handle it: never the reporter, nor who is protected; everyone else is told their own parts."""

from __future__ import annotations

from sqlalchemy import select

from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import HANDLING
from inspect_app.models import person
from inspect_app.services.facts import everyone_in
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow, today
from inspect_app.services.readings import SHIELDED
from inspect_app.services.taken import look
from workflows.acts import SYSTEM, Actor
from workflows.roles import CONCERNED, PERSONAL, Role


def handles(actor: Actor, row: CaseRow) -> bool:
    """Whether a reader conducts, decides or audits a case that is not about them: then they are told who else has a part in it."""
    return sees_everything(actor) or (bool(row.parts & HANDLING) and not row.parts & set(CONCERNED))


def parties(house: House, actor: Actor, row: CaseRow) -> list[tuple[Role, list[str]]]:
    """(part, names) as this reader may know them, the persons concerned first."""
    if not handles(actor, row):
        return [(role, [actor.name]) for role in Role if role in row.parts]
    with house.db.reading("all") as session:
        found = everyone_in(session, look(session, house, row.uid, SYSTEM, today(house)), today(house))
        uids = {uid for some in found.values() for uid in some}
        names = {uid: name for uid, name in session.execute(select(person.c.uid, person.c.full_name).where(person.c.uid.in_(uids)))}
    order = [*(r for r in Role if r in PERSONAL), *(r for r in Role if r not in PERSONAL)]
    return [(role, sorted(names.get(uid, uid) for uid in found[role.value])) for role in order
            if found.get(role.value) and role.value not in SHIELDED]


__all__ = ["handles", "parties"]
