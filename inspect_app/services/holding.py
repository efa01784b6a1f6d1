"""Who is held responsible, and through which office: effects that give the part of a head, of a superior, of the body that decides."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from inspect_app.access.offices import answerer, first
from inspect_app.db import Fixed, Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import case_role, cases, declared_conflict, office, person, responsibility, unit
from inspect_app.services import absences, standing
from inspect_app.services import facts as facts_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.said import said
from inspect_app.services.taken import Taken
from workflows import effects as fx
from workflows.acts import Act
from workflows.calendar import day_of
from workflows.roles import PERSONAL, Role

_GIVE = Fixed("""INSERT INTO case_role (case_id, person_id, role, since_seq, until_on) VALUES (:case, :person, :role, :seq, :until)
  ON CONFLICT (case_id, person_id, role) DO UPDATE SET until_seq = NULL, until_on = excluded.until_on""")
_PLAYING = Fixed("SELECT person_id FROM case_role WHERE case_id = :case AND role = :role AND until_seq IS NULL ORDER BY person_id")


def person_of(session: Session, uid: str, pointer: str) -> int:
    """A person's number. Raises `Invalid`, naming the field at `pointer`."""
    found = session.execute(select(person.c.id).where(person.c.uid == uid)).scalar()
    if found is None:
        raise Invalid((Problem(pointer, "unknown", "Nobody with this identifier is known; choose a person from the list."),))
    return int(found)


def give(session: Session, taken: Taken, person_id: int, role: Role, seq: int, until: date | None = None) -> None:
    """Somebody plays a part in a case from an event on, perhaps until a day."""
    _GIVE.run(session, {"case": taken.id, "person": person_id, "role": role.value, "seq": seq, "until": until and until.isoformat()})


def dismiss(session: Session, house: House, taken: Taken, effect: fx.Dismiss, act: Act, event: Event) -> None:
    """Somebody's part ends with this event. Raises `Invalid` where they have none."""
    person_id = person_of(session, str(act.data[effect.input]), f"/data/{effect.input}")
    playing = (case_role.c.case_id == taken.id, case_role.c.person_id == person_id, case_role.c.role == effect.role.value,
               case_role.c.until_seq.is_(None))
    if session.execute(update(case_role).where(*playing).values(until_seq=event.seq)).rowcount != 1:
        raise Invalid((Problem(f"/data/{effect.input}", "unknown", "This person has no such part in the case; choose one who has."),))


def recuse(session: Session, house: House, taken: Taken, effect: fx.Recuse, act: Act, event: Event) -> None:
    """The conflict is on record; what this person conducted ends with this event, what the case made of them does not."""
    person_id = person_of(session, act.recorded_for or act.on_behalf_of or act.actor.id, "/recorded_for")
    dialect = postgresql if session.dialect.name == "postgresql" else sqlite
    row = dialect.insert(declared_conflict).values(case_id=taken.id, person_id=person_id, seq=event.seq)
    session.execute(row.on_conflict_do_nothing())
    session.execute(update(case_role).where(case_role.c.case_id == taken.id, case_role.c.person_id == person_id, case_role.c.until_seq.is_(None),
                                            case_role.c.role.not_in(PERSONAL)).values(until_seq=event.seq))


def reinstate(session: Session, house: House, taken: Taken, effect: fx.Reinstate, act: Act, event: Event) -> None:
    """A declared conflict is lifted. Raises `Invalid` where there is none."""
    person_id = person_of(session, str(act.data[effect.input]), f"/data/{effect.input}")
    row = delete(declared_conflict).where(declared_conflict.c.case_id == taken.id, declared_conflict.c.person_id == person_id)
    if session.execute(row).rowcount != 1:
        raise Invalid((Problem(f"/data/{effect.input}", "unknown", "This person declared no conflict here; choose one who did."),))


def owner_of_record(session: Session, number: int, day: date) -> int | None:
    """Who owes what an office has to handle: who acts in it or holds it, before any delegation; of a vacant one, who does above it."""
    found = first(standing.histories(session, (number,)), number, day)
    return found[0] if found is not None else None


def hold(session: Session, house: House, taken: Taken, effect: fx.Hold, act: Act, event: Event) -> None:
    """Give the part to whoever answers for the office; see `effects.Hold`. Raises `Invalid` where nobody does."""
    told = said(session, taken.id) | dict(act.data)
    code, today = told.get(effect.input), day_of(event.recorded_at, house.zone)
    row = session.execute(select(office.c.id).where(office.c.code == code)).scalar() if code else None
    if effect.above:
        if row is not None:
            _above(session, taken, effect.role, int(row), today, event.seq)
        return
    person_id, kept = (None, False) if row is None else answers(session, int(row), told, today)
    if row is None or person_id is None:
        raise Invalid((Problem(f"/data/{effect.input}", "vacant", "Nobody holds this office; name one that is held."),))
    if effect.handling and (kept or (told.get("answerer") and told.get("basis") == "handling")):
        others = (case_role.c.case_id == taken.id, case_role.c.role == effect.role.value, case_role.c.until_seq.is_(None))
        session.execute(update(case_role).where(*others, case_role.c.person_id != person_id).values(until_seq=event.seq))
    if effect.handling and kept:
        session.execute(update(cases).where(cases.c.id == taken.id).values(office_id=int(row)))
        taken.office_id = int(row)
    give(session, taken, person_id, effect.role, event.seq)
    if effect.role is Role.HEAD and told.get("basis"):
        session.execute(delete(responsibility).where(responsibility.c.case_id == taken.id))
        due_on = absences.due_on(session, house, taken.id, told["due"])
        session.execute(insert(responsibility).values(case_id=taken.id, office_id=int(row), person_id=person_id, basis=told["basis"],
                                                      level=told.get("level", "direct"), due_on=due_on))


def answers(session: Session, number: int, told: dict[str, object], today: date) -> tuple[int | None, bool]:
    """Who has to answer, and whether the case stays with the office rather than with that person. A member who answers for themselves is
    followed by whoever was named as the next holder of their seat."""
    if told.get("answerer"):
        return person_of(session, str(told.get("holder") or told["answerer"]), "/data/answerer"), False
    if told.get("basis") == "oversight":
        then = date.fromisoformat(str(told["matter_on"])) if told.get("matter_on") else today
        return next(iter(standing.histories(session, (number,))[number].holders(then)), None), False
    return owner_of_record(session, number, today), True


def _above(session: Session, taken: Taken, role: Role, number: int, today: date, seq: int) -> None:
    """The case is reported to the first office above for which somebody else answers than whoever has to answer in it; where there is none,
    to nobody. Who hears it is resolved from that office each day; the row says who was told."""
    known = standing.histories(session, (number,))
    below = {uid for uid in facts_of.everyone_in(session, taken, today).get(Role.HEAD.value, ())}
    at, seen, hears = known[number].superior, {number}, None
    while at is not None and at not in seen and hears is None:
        seen.add(at)
        found = answerer(known, at, today, taken.workflow.name)
        if found is not None and not facts_of.one_record(session, (found.person,)) & below:
            hears = found.person
        else:
            at = known[at].superior if at in known else None
    told = (case_role.c.case_id == taken.id, case_role.c.role == role.value, case_role.c.until_seq.is_(None))
    session.execute(update(case_role).where(*told).values(until_seq=seq))
    taken.superior_office_id = at if hears is not None else None
    session.execute(update(cases).where(cases.c.id == taken.id).values(superior_office_id=taken.superior_office_id))
    if hears is not None:
        give(session, taken, hears, role, seq)


def seat(session: Session, house: House, taken: Taken, effect: fx.Seat, act: Act, event: Event) -> None:
    """The body decides the case from now on; for a unit whose members meet, nobody is seated. Raises `Invalid` where there is none."""
    if effect.meeting and not act.data.get(effect.input):
        return
    if effect.meeting and session.execute(select(unit.c.kind).where(unit.c.code == act.data[effect.input])).scalar() == "unit":
        session.execute(update(cases).where(cases.c.id == taken.id).values(body_id=None))
        taken.body_id = None
        return
    found = session.execute(select(unit.c.id).where(unit.c.code == act.data.get(effect.input), unit.c.kind == "body")).scalar()
    if found is None:
        raise Invalid((Problem(f"/data/{effect.input}", "unknown", "There is no such body; choose one from the list."),))
    session.execute(update(cases).where(cases.c.id == taken.id).values(body_id=int(found)))
    taken.body_id = int(found)


def move(session: Session, house: House, taken: Taken, effect: fx.Move, act: Act, event: Event) -> None:
    """The case belongs to another unit from now on. Raises `Invalid` where there is none."""
    found = session.execute(select(unit.c.id).where(unit.c.code == act.data.get(effect.input))).scalar()
    if found is None:
        raise Invalid((Problem(f"/data/{effect.input}", "unknown", "There is no such unit; choose one from the list."),))
    session.execute(update(cases).where(cases.c.id == taken.id).values(unit_id=int(found)))
    taken.unit_id = int(found)


def served(session: Session, house: House, taken: Taken, role: Role, today: date) -> list[int]:
    """To whom a letter goes: those who play the part, who answers for the office today, the members of the body that decides; as a superior,
    who answers today for the office it was reported to."""
    found = [row[0] for row in _PLAYING.run(session, {"case": taken.id, "role": role.value})]
    if role is Role.SUPERIOR:
        hears = standing.who_answers(session, taken.superior_office_id, today, taken.workflow.name) if taken.superior_office_id is not None else None
        return [hears.person] if hears is not None else []
    if taken.office_id is not None and role is taken.workflow.held_role:
        answers = standing.who_answers(session, taken.office_id, today, taken.workflow.name)
        found += [answers.person] if answers is not None else []
    if taken.body_id is not None and role is Role.DECIDER:
        found += standing.seated(session, taken.body_id, today)
    return list(dict.fromkeys(found))


def members(session: Session, code: str, told: dict[str, object], today: date) -> tuple[str, ...]:
    """The holders of an office of several seats who answer one by one: those of the day of the matter for oversight, else of today."""
    then = date.fromisoformat(str(told["matter_on"])) if told.get("matter_on") else today
    fact = facts_of.office(session, code, then, today, oversight=told.get("basis") == "oversight")
    return fact.holders if fact is not None else ()
