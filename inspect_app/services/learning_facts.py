"""The facts that the guards and computations of programmes, demonstrations, pilot units and assessments look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import and_, func, or_, select

from inspect_app.access.parts import visible_to
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import cases, unit
from inspect_app.models import unit_above as above
from inspect_app.services import figures as counting
from inspect_app.services import standing
from inspect_app.services.house import House
from inspect_app.services.said import said
from inspect_app.services.taken import Taken, look
from workflows.acts import Actor, NamedCase
from workflows.figures import Figure, Span

IS_PILOT = ("designated", "ready")
OWED = {"shortcoming": ("noted", "done"), "corrective_action": ("assigned", "in_progress", "implemented", "verified", "ineffective")}
"""Where a remedy stands that a unit still owes."""
UNASSESSED = {"concern": "received", "inspection": "registered"}
"""Where a signal stands that nobody has assessed."""


def is_rehearsal(session: Session, taken: Taken) -> bool:
    """Whether a case is a rehearsal: it is told of rehearsals, and others of what is real."""
    return bool(session.execute(select(cases.c.rehearsal).where(cases.c.id == taken.id)).scalar())


def named_cases(session: Session, house: House, actor: Actor, numbers: Iterable[str], day: date) -> dict[str, NamedCase]:
    """The cases with these numbers, as far as this actor may know of them."""
    found = {}
    for number in numbers:
        row = session.execute(select(cases.c.uid, cases.c.rehearsal).where(cases.c.number == number)).first()
        if row is None:
            continue
        try:
            one = look(session, house, row[0], actor, day)
        except NotFound:
            continue
        over = select(unit.c.code).join(above, above.c.above_id == unit.c.id).where(above.c.unit_id == one.unit_id)
        found[number] = NamedCase(one.workflow.name, one.state, one.workflow.is_final(one.state), one.workflow.is_settled(one.state), bool(row[1]),
                                  frozenset(session.execute(over).scalars()), said(session, one.id).get("source"))
    return found


def unit_above(session: Session, taken: Taken) -> int | None:
    """The unit of the matter that this case stands under, or its own."""
    if taken.parent_id is None:
        return taken.unit_id
    return session.execute(select(cases.c.unit_id).where(cases.c.id == taken.parent_id)).scalar()


def figures(session: Session, house: House, taken: Taken, unit_id: int | None, times: Mapping[str, Span]) -> dict[str, dict[str, Figure]]:
    """The figures of a unit and all below it over each of these times."""
    rehearsal = is_rehearsal(session, taken)
    return {name: counting.counted(session, house, unit_id, span, rehearsal=rehearsal) for name, span in times.items()}


def remedies_owed(session: Session, taken: Taken) -> int:
    """How many remedies the unit of a case and all below it still owe."""
    owed = or_(*(and_(cases.c.workflow == workflow, cases.c.state.in_(states)) for workflow, states in OWED.items()))
    return session.execute(
        select(func.count()).select_from(cases).join(above, and_(above.c.unit_id == cases.c.unit_id, above.c.above_id == taken.unit_id))
        .where(owed, cases.c.rehearsal == is_rehearsal(session, taken), ~cases.c.closed_circle)).scalar_one()


def causes_before(session: Session, taken: Taken) -> frozenset[str]:
    """The causes that the unit of a case named in its earlier plan drafts, in small letters with single blanks."""
    query = select(cases.c.id).where(cases.c.workflow == "plan_draft", cases.c.unit_id == taken.unit_id, cases.c.id < taken.id,
                                     cases.c.rehearsal == is_rehearsal(session, taken))
    earlier = [said(session, case_id) for case_id in list(session.execute(query.order_by(cases.c.id.desc()).limit(4)).scalars())]
    return frozenset(" ".join(str(row.get("cause")).casefold().split()) for told in earlier for row in told.get("tasks") or ())


def pilots(session: Session, taken: Taken) -> frozenset[str]:
    """The units that are pilot units now."""
    return frozenset(session.execute(select(unit.c.code).join(cases, cases.c.unit_id == unit.c.id).where(
        cases.c.workflow == "pilot_unit", cases.c.state.in_(IS_PILOT), cases.c.rehearsal == is_rehearsal(session, taken))).scalars())


def working_units(session: Session, codes: Collection[str]) -> tuple[str, ...]:
    """Of these, the units that go on, inside the house; no bodies."""
    return tuple(session.execute(select(unit.c.code).where(unit.c.code.in_(sorted(codes)), unit.c.kind == "unit", ~unit.c.external,
                                                           unit.c.dissolved_on.is_(None)).order_by(unit.c.path)).scalars())


def signals_waiting(session: Session, house: House, actor: Actor, taken: Taken, day: date) -> int:
    """How many signals that this actor may see nobody has assessed yet."""
    fast = [w.name for w in house.catalogue.workflows if w.fast]
    unassessed = or_(*(and_(cases.c.workflow == workflow, cases.c.state == state) for workflow, state in UNASSESSED.items()))
    seen = visible_to(standing.viewer_of(session, actor, day), fast)
    return session.execute(select(func.count()).select_from(cases).where(
        unassessed, cases.c.rehearsal == is_rehearsal(session, taken), seen)).scalar_one()
