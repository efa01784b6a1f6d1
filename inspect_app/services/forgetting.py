"""Forgetting somebody who has left the house: their names go from the rows about them and from the administrative history, when one person has
proposed it and another carries it out. Commitments stay, and with them every proof; what went is named by the act, by its commitments.

It waits until nothing needs the name any more: they belong nowhere and hold nothing, and every case in which they acted or are named was disposed
of. What stays is a record without a name, so that of what they did under their office it is still known that it was one person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import delete, or_, select, update

from inspect_app.access.parts import in_force
from inspect_app.audit.envelope import digest_of
from inspect_app.audit.erased import FORGETTING
from inspect_app.db import Fixed, Session
from inspect_app.models import (
    absence,
    account,
    answered,
    appointment,
    belonging,
    case_comment,
    case_read,
    case_role,
    cases,
    close_tie,
    declared_conflict,
    delegation,
    draft,
    exclusion,
    feed,
    identity,
    kept_form,
    letter,
    mail,
    mail_address,
    named,
    notice,
    notice_choice,
    one_time_code,
    one_time_link,
    person,
    register_look,
    responsibility,
    role_grant,
    sanction,
    saved_view,
    token,
    unit_above,
    unredacted,
)
from inspect_app.models import session as signed_in
from inspect_app.services import checkpoints, erasing
from inspect_app.services.administering import Done, Named, carry_out, may_administer, person_named, refuse
from inspect_app.services.erasing import rewrite
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.retained import records
from workflows.acts import Actor
from workflows.roles import Role

PROPOSED, DECLINED, FORGOTTEN, AGAIN = FORGETTING
NOBODY = "—"
"""What stands where a name stood."""
SAYS = frozenset({"full_name", "full_name_before", "called", "called_before", "login", "reason", "reason_before", "kind", "name", "addresses"})
"""What an administrative event about somebody says of them in words."""
GONE = (mail, notice, signed_in, kept_form, token, one_time_code, one_time_link, identity, mail_address, notice_choice, feed, saved_view,
        register_look, draft, absence, exclusion, account)
"""Tables whose rows about somebody go."""
STAYS = ("belonging", "role_grant", "appointment", "export_job")
"""Tables whose rows about somebody stay, by number: who held what, without a name."""
IN_CASES = (case_role, named, declared_conflict, letter, responsibility, sanction, case_read, unredacted, case_comment)
"""Tables that name somebody because of a case."""

_ORGANISATION = """FROM event e JOIN stream s ON s.id = e.stream_id JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0
  WHERE s.kind = 'organisation'"""
_STEPS = Fixed(f"""SELECT e."trigger", e.actor, x.body {_ORGANISATION}
  AND e."trigger" IN ('{PROPOSED}', '{DECLINED}', '{FORGOTTEN}', '{AGAIN}') ORDER BY e.seq""")
_PAGE = Fixed(f"""SELECT e.event_id, e.seq, e."trigger", x.body {_ORGANISATION} AND e.seq > :after ORDER BY e.seq LIMIT 1000""")
_ACTED = Fixed("""SELECT c.number FROM cases c JOIN event e ON e.stream_id = c.id WHERE c.disposed_at IS NULL
  AND (e.actor = :uid OR e.on_behalf_of = :uid OR e.recorded_for = :uid) LIMIT 1""")


def propose(house: House, actor: Actor, who: str) -> Done:
    """Propose to forget somebody who has left. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone = _mine(session, house, actor, who)
        _look(session, house, actor, someone)
        if someone.code in _waiting(session):
            refuse(actor, "person", "fault.forgetting_waits")
        return PROPOSED, {"person": someone.code}

    return carry_out(house, actor, work)


def decline(house: House, actor: Actor, who: str) -> Done:
    """Decline, or withdraw, what was proposed. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone = _mine(session, house, actor, who)
        _proposed(session, actor, someone)
        return DECLINED, {"person": someone.code}

    return carry_out(house, actor, work)


def forget(house: House, actor: Actor, who: str) -> Done:
    """Carry out what another person proposed. It cannot be undone. Raises `Invalid`, `NotYours`."""

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        someone = _mine(session, house, actor, who)
        proposer = _proposed(session, actor, someone)
        if actor.id in records(session, proposer):
            refuse(actor, "person", "fault.forgetting_alone")
        _look(session, house, actor, someone)
        name = session.execute(select(person.c.full_name).where(person.c.id == someone.id)).scalar_one()
        erasing.overwrite(session)
        digests = take_out(session, _spoken_of(someone.code, folded(name)))
        blank(session, someone.id, someone.code)
        return FORGOTTEN, {"person": someone.code, "proposed_by": proposer, "digests": digests}

    done = carry_out(house, actor, work)
    erasing.settle(house)
    return done


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who has left: identifier, name, why they cannot be forgotten yet (None: nothing speaks against it, or it was not looked at), who
    proposed it, and whether that was the reader."""

    uid: str
    name: str
    needed_by: str | None
    proposed_by: str | None
    mine: bool


def left(house: House, actor: Actor, *, look: bool = True) -> list[Left]:
    """Who has left and was not forgotten, for those who may forget them; `look` says of each what still needs the name, which reads every event."""
    found = []
    with house.db.reading("all") as session:
        day, b, waits = today(house), belonging.c, _waiting(session)
        here = select(b.person_id).where(or_(b.until_on.is_(None), b.until_on >= day))
        rows = session.execute(select(person.c.id, person.c.uid, person.c.full_name, person.c.unit_id).where(
            person.c.id.not_in(here), person.c.full_name != NOBODY).order_by(person.c.full_name, person.c.id)).all()
        allowed = {unit_id: _may(session, house, actor, unit_id) for unit_id in {row.unit_id for row in rows}}
        for id_, uid, name, unit_id in rows:
            if allowed[unit_id]:
                stands = next(_obstacles(session, id_, uid, day), None) if look else None
                proposer = waits.get(uid)
                found.append(Left(uid, name, stands and stands[1].get("number", stands[0].partition(".")[2]), proposer,
                                  proposer is not None and actor.id in records(session, proposer)))
    return found


def _mine(session: Session, house: House, actor: Actor, who: str) -> Named:
    """Somebody whom this actor may forget; the console itself plays no part, because two persons have to agree."""
    someone = person_named(session, actor, who)
    if actor.person_id is None:
        refuse(actor, "person", "fault.forgetting_person")
    if not _may(session, house, actor, someone.unit_id):
        may_administer(session, house, actor, someone.unit_id)
    return someone


def _may(session: Session, house: House, actor: Actor, unit_id: int | None) -> bool:
    if actor.person_id is None:
        return True
    g = role_grant.c
    above = select(unit_above.c.above_id).where(unit_above.c.unit_id == unit_id)
    return session.execute(select(g.id).where(g.person_id == actor.person_id, g.role.in_((Role.DATA_OFFICER.value, Role.ADMIN.value)),
                                              g.unit_id.in_(above), in_force(role_grant, today(house))).limit(1)).first() is not None


def _look(session: Session, house: House, actor: Actor, someone: Named) -> None:
    for key, values in _obstacles(session, someone.id, someone.code, today(house)):
        refuse(actor, "person", key, **values)


def _obstacles(session: Session, id_: int, uid: str, day: date) -> Iterator[tuple[str, dict[str, str]]]:
    """What still needs the name."""
    held: tuple[tuple[Any, Any], ...] = (
        (belonging, belonging.c.person_id == id_), (role_grant, role_grant.c.person_id == id_), (appointment, appointment.c.person_id == id_),
        (delegation, or_(delegation.c.from_id == id_, delegation.c.to_id == id_)))
    for table, theirs in held:
        if session.execute(select(table.c.id).where(theirs, or_(table.c.until_on.is_(None), table.c.until_on >= day)).limit(1)).first():
            yield "fault.forgetting_here", {}
    for table in IN_CASES:
        number = session.execute(select(cases.c.number).join(table, table.c.case_id == cases.c.id).where(
            table.c.person_id == id_, cases.c.disposed_at.is_(None)).limit(1)).scalar()
        if number is not None:
            yield "fault.forgetting_cases", {"number": number}
    for (number,) in _ACTED.run(session, {"uid": uid}):
        yield "fault.forgetting_cases", {"number": number}


def _waiting(session: Session) -> dict[str, str]:
    """Whom it is proposed to forget, and by whom."""
    found: dict[str, str] = {}
    for trigger, actor, body in _STEPS.run(session, {}):
        who = next((str(value) for _, name, value in orjson.loads(body) if name == "data.person"), "")
        if trigger == PROPOSED:
            found[who] = str(actor)
        else:
            found.pop(who, None)
    return found


def _proposed(session: Session, actor: Actor, someone: Named) -> str:
    found = _waiting(session).get(someone.code)
    if found is None:
        refuse(actor, "person", "fault.forgetting_unproposed")
    return found


def _spoken_of(uid: str, name: str) -> Callable[[list[Any]], set[str]]:
    """The fields of an administrative event that say something of somebody in words: what it says of them, and wherever their whole name stands."""

    def fields(told: list[Any]) -> set[str]:
        facts = {field: value for _, field, value in told if field.startswith("data.")}
        about = uid in facts.values()
        return {field for field, value in facts.items() if (about and field.removeprefix("data.") in SAYS and value not in (None, ""))
                or (isinstance(value, str) and " " in name and name in folded(value))}

    return fields


def by_commitment(digests: Iterable[str]) -> Callable[[list[Any]], set[str]]:
    """The fields with these commitments."""
    wanted = frozenset(digests)
    return lambda told: {name for salt, name, value in told if digest_of(salt, name, value) in wanted}


def take_out(session: Session, which: Callable[[list[Any]], set[str]]) -> list[str]:
    """Take fields out of the administrative history, and return their commitments."""
    digests: list[str] = []
    after = 0
    while rows := _PAGE.run(session, {"after": after}):
        after = rows[-1][1]
        for event_id, _, trigger, body in rows:
            if trigger in FORGETTING or trigger == checkpoints.ANNOUNCED:
                continue
            told = orjson.loads(body)
            went = which(told)
            if went:
                digests += [digest_of(*one) for one in told if one[1] in went]
                rewrite(session, event_id, [one for one in told if one[1] not in went])
    return digests


def blank(session: Session, id_: int, uid: str) -> None:
    """Let the rows about somebody say nothing of them, nor why somebody else has a role or an office where that names them."""
    name = folded(session.execute(select(person.c.full_name).where(person.c.id == id_)).scalar_one())
    for table in GONE:
        session.execute(delete(table).where(table.c.person_id == id_))
    session.execute(delete(close_tie).where(or_(close_tie.c.one_id == id_, close_tie.c.other_id == id_)))
    session.execute(delete(answered).where(answered.c.actor == uid))
    session.execute(update(role_grant).where(role_grant.c.person_id == id_).values(reason=None))
    session.execute(update(delegation).where(or_(delegation.c.from_id == id_, delegation.c.to_id == id_)).values(reason=""))
    for table, nothing in ((role_grant, None), (delegation, "")) if " " in name else ():
        said = session.execute(select(table.c.id, table.c.reason).where(table.c.reason.is_not(None), table.c.reason != "")).all()
        named_in = [row.id for row in said if name in folded(row.reason)]
        session.execute(update(table).where(table.c.id.in_(named_in)).values(reason=nothing))
    session.execute(update(person).where(person.c.id == id_).values(full_name=NOBODY, called=NOBODY))


__all__ = ["AGAIN", "DECLINED", "FORGOTTEN", "PROPOSED", "Left", "blank", "by_commitment", "decline", "forget", "left", "propose", "take_out"]
