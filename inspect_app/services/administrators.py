"""Somebody administers: no act of administration lets the house be without an administrator sooner than it would have been."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import exists, or_, select

from inspect_app.db import Session
from inspect_app.models import account, identity, role_grant, unit
from inspect_app.services.administering import refuse
from workflows.acts import Actor
from workflows.roles import Role


class Administered(NamedTuple):
    """The first day from today on that nobody administers: any unit at all, and one at the top; `date.max` where there is none."""

    at_all: date
    at_the_top: date


def administered(session: Session, day: date) -> Administered:
    """How long the house is administered from a day on, by those who can sign in."""
    g = role_grant.c
    can = or_(account.c.password_hash.is_not(None), exists().where(identity.c.person_id == account.c.person_id))
    rows = session.execute(
        select(g.since_on, g.until_on, unit.c.parent_id.is_(None) & ~unit.c.external).join(account, account.c.person_id == g.person_id)
        .join(unit, unit.c.id == g.unit_id)
        .where(g.role == Role.ADMIN.value, account.c.active, can, or_(g.until_on.is_(None), g.until_on >= day)).order_by(g.since_on)).all()
    return Administered(_first_gap(((since, until) for since, until, _ in rows), day),
                        _first_gap(((since, until) for since, until, top in rows if top), day))


def _first_gap(periods: Iterable[tuple[date, date | None]], day: date) -> date:
    """The first day from `day` on in none of the periods, which come in the order of their beginnings."""
    for since, until in periods:
        if since > day:
            break
        if until is None or until == date.max:
            return date.max
        day = max(day, until + timedelta(days=1))
    return day


def look(session: Session, actor: Actor, before: Administered, day: date, field: str) -> None:
    """Whether the house stays administered as long as it would have been before what was written. `day` is today. Raises `Invalid`."""
    after = administered(session, day)
    if after.at_all < before.at_all or after.at_the_top < before.at_the_top:
        refuse(actor, field, "fault.last_administrator")
