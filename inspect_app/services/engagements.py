"""The engagements of an auditor: their dated grants, each with mandate, unit and end. Reach is only ever within them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from inspect_app.models import role_grant, unit
from inspect_app.services.house import House
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.roles import Role


@dataclass(frozen=True, slots=True)
class Engagement:
    """What an auditor is engaged for: `when` is now, ahead or over."""

    unit: str
    mandate: str | None
    since: date
    until: date | None
    when: str


def engagements(house: House, actor: Actor) -> list[Engagement]:
    """The actor's own, the newest first."""
    g, day = role_grant.c, today(house)
    with house.db.reading() as session:
        rows = session.execute(
            select(unit.c.name, g.reason, g.since_on, g.until_on).join(unit, unit.c.id == g.unit_id)
            .where(g.person_id == actor.person_id, g.role == Role.AUDITOR.value).order_by(g.since_on.desc(), g.id.desc())
        ).all()
    return [Engagement(name, mandate, since, until, "ahead" if since > day else "over" if until is not None and until < day else "now")
            for name, mandate, since, until in rows]
