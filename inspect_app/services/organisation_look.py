"""Looking at an organisation after many rows of it were written at once: each must stand as the verbs would have let it be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import or_, select

from inspect_app.access.offices import Appointed, Delegated, may_not_appoint, may_not_delegate
from inspect_app.db import Session
from inspect_app.models import absence, appointment, belonging, close_tie, delegation, office, person, role_grant
from inspect_app.services import account_keeping, administrators, offices, organisation, persons, setup
from inspect_app.services.administering import day_of_text, refuse
from inspect_app.services.administrators import Administered
from inspect_app.services.house import House
from inspect_app.services.organisation import Tree
from inspect_app.services.queries import today
from inspect_app.services.standing import histories
from workflows.acts import Actor
from workflows.roles import Role


def day(actor: Actor, text: str, field: str) -> date:
    """A day from its text. Raises `Invalid`."""
    found = day_of_text(actor, text, field)
    assert found is not None
    return found


class Look:
    """One look; what many rows need is read once. `before` is how long the house was administered before they were written."""

    def __init__(self, session: Session, house: House, actor: Actor, before: Administered) -> None:
        self.session, self.house, self.actor, self.before = session, house, actor, before
        self.lines: offices.Lines | None = None

    @cached_property
    def tree(self) -> Tree:
        return Tree.read(self.session)

    def at(self, kind: str, number: int, told: Mapping[str, Any]) -> None:
        """Look at one row of a kind, by its number. Raises `Invalid`."""
        getattr(self, f"_{kind}")(number, told)

    def _units(self, number: int, told: Mapping[str, Any]) -> None:
        organisation.look(self.session, self.actor, number, today(self.house), self.tree)
        last = self.tree.rows[number].dissolved_on
        if last is None:
            return
        here = select(office.c.id).where(office.c.unit_id == number)
        for table in (appointment, delegation):
            if self.session.execute(select(table.c.id).where(table.c.office_id.in_(here), or_(table.c.until_on.is_(None), table.c.until_on > last))
                                    ).first():
                refuse(self.actor, "dissolved_on", "fault.offices_held")

    def _people(self, number: int, told: Mapping[str, Any]) -> None:
        if told["closed"]:
            account_keeping.look(self.session, self.house, self.actor, number, self.before, "closed")
        above = self.session.execute(select(person.c.same_as_id).where(person.c.id == number)).scalar()
        if above is not None:
            if above == number or self.session.execute(select(person.c.same_as_id).where(person.c.id == above)).scalar() is not None:
                refuse(self.actor, "same_as", "fault.same_circle")
            persons.look_at_roles(self.session, self.actor, number, "same_as")

    def _belongings(self, number: int, told: Mapping[str, Any]) -> None:
        b = belonging.c
        row = self.session.execute(select(belonging).where(b.id == number)).one()
        self._order(row)
        if self.session.execute(select(b.id).where(b.id != number, b.person_id == row.person_id, *_meets(b, row))).first():
            refuse(self.actor, "since", "fault.belongs_twice")

    def _offices(self, number: int, told: Mapping[str, Any]) -> None:
        self.lines = self.lines or offices.Lines.read(self.session)
        offices.look(self.session, self.actor, number, self.lines)

    def _appointments(self, number: int, told: Mapping[str, Any]) -> None:
        row = self.session.execute(select(appointment, office.c.seats, office.c.unit_id).join(office, office.c.id == appointment.c.office_id)
                                   .where(appointment.c.id == number)).one()
        history = histories(self.session, (row.office_id,))[row.office_id]
        own = Appointed(row.person_id, bool(row.acting), row.since_on, row.until_on)
        rest = offices.but(history, appointed=offices.without(history.appointed, own))
        if (why := may_not_appoint(rest, own, row.seats)) is not None:
            field, sentence = offices.WHY_NOT.get(why, ("person", "fault.appointed_twice"))
            refuse(self.actor, field, sentence)
        offices.unit_lives(self.session, self.actor, row.unit_id, row.until_on)
        self._not_the_contact(row.person_id, "person")

    def _delegations(self, number: int, told: Mapping[str, Any]) -> None:
        row = self.session.execute(select(delegation, office.c.unit_id).join(office, office.c.id == delegation.c.office_id)
                                   .where(delegation.c.id == number)).one()
        history = histories(self.session, (row.office_id,))[row.office_id]
        own = Delegated(row.from_id, row.to_id, row.scope, bool(row.may_pass_on), row.since_on, row.until_on)
        rest = offices.but(history, delegated=offices.without(history.delegated, own))
        if (why := may_not_delegate(rest, own)) is not None:
            field, sentence = offices.WHY_NOT.get(why, ("from", "fault.delegated_twice"))
            refuse(self.actor, field, sentence)
        offices.unit_lives(self.session, self.actor, row.unit_id, row.until_on)
        self._not_the_contact(row.to_id, "to")

    def _grants(self, number: int, told: Mapping[str, Any]) -> None:
        self._order(self.session.execute(select(role_grant).where(role_grant.c.id == number)).one())
        persons.look_at_grant(self.session, self.actor, number)
        if told["role"] == Role.ADMIN.value:
            administrators.look(self.session, self.actor, self.before, today(self.house), "until")

    def _absences(self, number: int, told: Mapping[str, Any]) -> None:
        row = self.session.execute(select(absence).where(absence.c.id == number)).one()
        persons.look_at_absence(self.session, self.actor, row.person_id, row.kind, row.since_on, row.until_on, number)

    def _ties(self, number: int, told: Mapping[str, Any]) -> None:
        t = close_tie.c
        row = self.session.execute(select(close_tie).where(t.id == number)).one()
        self._order(row)
        if self.session.execute(select(t.id).where(t.id != number, t.one_id == row.one_id, t.other_id == row.other_id, *_meets(t, row))).first():
            refuse(self.actor, "other", "fault.tied_twice")

    def _setup(self, number: int, told: Mapping[str, Any]) -> None:
        if told["name"] == "appeal_body":
            setup.appeal_body_of(self.session, self.actor, told["value"], "value")
        else:
            setup.contact_of(self.session, self.house, self.actor, told["value"], "value")

    def _not_the_contact(self, person_id: int, field: str) -> None:
        if setup.is_contact(self.session, person_id):
            setup.look(self.session, self.house, self.actor, field)

    def _order(self, row: Any) -> None:
        if row.until_on is not None and row.until_on < row.since_on:
            refuse(self.actor, "until", "fault.order")


def _meets(column: Any, row: Any) -> list[Any]:
    """The periods of a table that meet this row's."""
    end = [] if row.until_on is None else [column.since_on <= row.until_on]
    return [or_(column.until_on.is_(None), column.until_on >= row.since_on), *end]

