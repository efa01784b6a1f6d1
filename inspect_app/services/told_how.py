"""How somebody wants to be told: where their mail goes, and which kinds go there at once, once a day, or not at all."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from config import MAIL_ADDRESS
from inspect_app import i18n
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.models import mail, mail_address, notice_choice
from inspect_app.now import now
from inspect_app.services import chronicle, keys, observed
from inspect_app.services.house import House
from inspect_app.services.notices import KINDS, LETTER, PART, REMINDER
from workflows.acts import Actor

AT_ONCE, DIGEST, HERE = "at_once", "digest", "here"
WAYS = (AT_ONCE, DIGEST, HERE)
USUAL: Mapping[str, str] = {LETTER: AT_ONCE, PART: AT_ONCE, REMINDER: DIGEST, observed.KIND: AT_ONCE}
"""How people are told who chose nothing."""
ADDRESS = "address"
"""The kind of mail that asks whether an address is right."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How one person wants to be told; `address` is None where they gave none."""

    address: str | None
    confirmed: bool
    ways: Mapping[str, str]


def chosen(house: House, actor: Actor) -> Chosen:
    """This person's choice."""
    with house.db.reading() as session:
        a = mail_address.c
        found = session.execute(select(a.address, a.confirmed_at).where(a.person_id == actor.person_id)).first()
        rows = session.execute(select(notice_choice.c.kind, notice_choice.c.way).where(notice_choice.c.person_id == actor.person_id))
        return Chosen(found[0] if found else None, bool(found and found[1] is not None), dict(USUAL) | {kind: way for kind, way in rows})


def choose(house: House, actor: Actor, ways: Mapping[str, str]) -> None:
    """From now on this person is told so. Raises `Invalid`."""
    wrong = [kind for kind, way in ways.items() if kind not in KINDS or way not in WAYS]
    if wrong:
        raise Invalid(tuple(Problem(f"/{kind}", "choice", f"Choose one of: {', '.join(WAYS)}.") for kind in wrong))
    with house.db.atomic() as session:
        session.execute(delete(notice_choice).where(notice_choice.c.person_id == actor.person_id, notice_choice.c.kind.in_(list(ways))))
        if ways:
            session.execute(insert(notice_choice), [{"person_id": actor.person_id, "kind": kind, "way": way} for kind, way in ways.items()])


def set_address(house: House, actor: Actor, address: str) -> None:
    """Mail goes there once the person has confirmed it; without an address they are told in the application alone. The address that stands
    already is asked for again. Raises `Invalid`."""
    told = address.strip()
    if told and not MAIL_ADDRESS.fullmatch(told):
        raise Invalid((Problem("/address", "address", i18n.say(actor.language, "notices.address_wrong")),))
    with house.db.atomic() as session:
        session.execute(delete(mail_address).where(mail_address.c.person_id == actor.person_id))
        if told:
            session.execute(insert(mail_address).values(person_id=actor.person_id, address=told, set_at=now()))
            ask(session, actor.person_id)
        chronicle.note(session, house, actor, "set_mail_address" if told else "remove_mail_address", {"person": actor.id})


def ask(session: Session, person_id: int | None) -> None:
    """Put the question whether an address is right into the outbox; an earlier one that was not sent is dropped."""
    session.execute(update(mail).where(mail.c.person_id == person_id, mail.c.kind == ADDRESS, mail.c.state.in_(("waiting", "dead")))
                    .values(state="dropped", ended_at=now()))
    session.execute(insert(mail).values(person_id=person_id, kind=ADDRESS, made_at=now(), state="waiting", next_at=now()))


def _marked(uid: str, address: str) -> str:
    return f"mail {uid} {address}"


def secret_of(house: House, uid: str, address: str) -> str:
    """What stands in the link that confirms an address: kept nowhere, and good for this person and address alone. Raises `BadSetting`."""
    return keys.peppered(house, _marked(uid, address))[1]


def confirm(house: House, actor: Actor, secret: str, *, only_look: bool = False) -> str:
    """The address is this person's, who came with the link that was sent there; returns it. Raises `NotFound`."""
    with house.db.atomic() as session:
        found = session.execute(select(mail_address.c.address).where(mail_address.c.person_id == actor.person_id)).scalar()
        good = keys.peppered_by_all(house, _marked(actor.id, str(found))) if found is not None else []
        if not any(hmac.compare_digest(one.encode(), secret.encode()) for one in good):
            raise NotFound("This link is for another address, or for somebody else.")
        if not only_look:
            session.execute(update(mail_address).where(mail_address.c.person_id == actor.person_id, mail_address.c.confirmed_at.is_(None))
                            .values(confirmed_at=now()))
        return str(found)
