"""Concerns as those who raise them meet them: with a receipt code and no account, or signed in; and limits on how often one may try."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from secrets import token_bytes

from sqlalchemy import delete, func, insert, select

from inspect_app.access.parts import reach_of
from inspect_app.access.reading import SPEAKING, is_told
from inspect_app.db import DRIVER_CONFLICTS, Session
from inspect_app.errors import NotFound
from inspect_app.models import case_role, cases, receipt_code, sign_in_try
from inspect_app.now import now
from inspect_app.services import casework, contacts, queries
from inspect_app.services.casework import Opening, Reader
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow, Filter
from workflows.acts import SYSTEM, Actor
from workflows.concern_v1 import CONCERN
from workflows.roles import Role

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is read as another."""
LETTERS, GROUP = 28, 4
"""140 bits, in seven groups that can be copied by hand."""
SECRET = 32
"""Characters of the secret in a form from which its receipt code is made, so that a form sent twice gives one concern and one code."""
_AS_READ = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})

HOUR = 3_600_000_000
MOST = {"concern": 30, "receipt": 60}
"""From one address in an hour: concerns without a name, and codes that nobody was given."""
_PEPPER = token_bytes(32)
"""Made anew by every process and kept nowhere: what is stored of an address cannot be turned back into it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A concern as its reporter sees it: the case, what of its history is theirs, whether a question and a check-in wait for an answer."""

    row: CaseRow
    events: tuple[Event, ...]
    asked: bool
    checked: bool


def unsigned(language: str, holds: str | None = None) -> Actor:
    """A reporter without an account; `holds` is the case whose receipt code they have shown."""
    return Actor(Role.REPORTER.value, Role.REPORTER.value, None, language, holds)


def code_of(secret: str) -> str:
    """The receipt code that a form's secret makes, in groups."""
    number = int.from_bytes(sha256(f"receipt code {secret}".encode()).digest(), "big")
    letters = "".join(ALPHABET[number >> 5 * n & 31] for n in range(LETTERS))
    return "-".join(letters[n:n + GROUP] for n in range(0, LETTERS, GROUP))


def _hash(code: str) -> str:
    """What is kept of a code, however it was copied: blanks, lines and small letters do not matter."""
    letters = "".join(c for c in code.upper().translate(_AS_READ) if c in ALPHABET)
    return sha256(f"receipt {letters}".encode()).hexdigest()


def report_unsigned(house: House, opening: Opening, code: str, *, read: Reader | None = None) -> None:
    """Open a concern to which `code` leads back. Sent again, nothing more happens. Raises as `open_case` does."""
    values = {"code_hash": _hash(code), "language": opening.act.actor.language}
    try:
        with house.db.atomic("all") as session:
            if _case_of(session, code) is not None:
                return
            _, taken = casework.open_in(session, house, opening, read=read)
            session.execute(insert(receipt_code).values(case_id=taken.id, made_at=now(), **values))
    except DRIVER_CONFLICTS:
        with house.db.reading("all") as session:
            if _case_of(session, code) is None:
                raise


def _case_of(session: Session, code: str) -> str | None:
    return session.execute(select(cases.c.uid).join(receipt_code, receipt_code.c.case_id == cases.c.id)
                           .where(receipt_code.c.code_hash == _hash(code))).scalar()


def by_code(house: House, code: str, language: str) -> tuple[Actor, Told]:
    """The concern a receipt code leads back to, and the actor who holds the code. Raises `NotFound`, whatever is wrong with the code."""
    with house.db.reading("all") as session:
        uid = _case_of(session, code)
    if uid is None:
        raise NotFound
    row = replace(queries.case(house, SYSTEM, uid), parts=frozenset(SPEAKING))
    return unsigned(language, uid), _told(house, row)


def own(house: House, actor: Actor, uid: str) -> Told:
    """A concern that this person raised. Raises `NotFound` for every other case."""
    row = queries.case(house, actor, uid)
    if row.workflow.name != CONCERN.name or Role.REPORTER not in row.parts:
        raise NotFound
    return _told(house, replace(row, parts=row.parts & SPEAKING))


def _told(house: House, row: CaseRow) -> Told:
    with house.db.reading("all") as session:
        events = tuple(e for e in events_of(session, row.id) if is_told(row.workflow, e.trigger, e.role, row.parts))
    return Told(row, events, waits(events, ("ask_reporter",), ("add_facts",)),
                waits(events, ("check_in",), ("answer_check_in",)))


def waits(events: Sequence[Event], asks: tuple[str, ...], answers: tuple[str, ...]) -> bool:
    """Whether the newest of these was a question."""
    last = next((e.trigger for e in reversed(events) if e.trigger in (*asks, *answers)), None)
    return last in asks


def mine(house: House, actor: Actor) -> tuple[CaseRow, ...]:
    """The concerns this person raised, newest first."""
    with house.db.reading(reach_of(actor)) as session:
        theirs = set(session.execute(select(cases.c.uid).join(case_role, case_role.c.case_id == cases.c.id).where(
            case_role.c.person_id == actor.person_id, case_role.c.role == Role.REPORTER.value, case_role.c.until_seq.is_(None))).scalars())
    found: list[CaseRow] = []
    cursor: str | None = None
    while theirs:
        page = queries.register(house, actor, Filter(workflow=CONCERN.name), sort="-opened", limit=200, cursor=cursor)
        found += [row for row in page.rows if row.uid in theirs]
        cursor = page.cursor
        if cursor is None:
            break
    return tuple(found)


def way_outside(house: House) -> str | None:
    """The name of the body that hears appeals, where one is named."""
    with house.db.reading() as session:
        body = contacts.appeal_body(session)
    return body[0] if body else None


def may_try(house: House, address: str, kind: str) -> bool:
    """Whether this address has tries left this hour, at concerns without a name (`concern`) or at codes (`receipt`)."""
    with house.db.reading() as session:
        tries = session.execute(select(func.count()).select_from(sign_in_try).where(
            sign_in_try.c.login_hash == _place(address), sign_in_try.c.kind == kind, sign_in_try.c.tried_at > now() - HOUR)).scalar_one()
    return int(tries) < MOST[kind]


def note_try(house: House, address: str, kind: str) -> None:
    """Count a try; what is older than an hour is forgotten."""
    with house.db.atomic() as session:
        session.execute(delete(sign_in_try).where(sign_in_try.c.kind.in_(tuple(MOST)), sign_in_try.c.tried_at <= now() - HOUR))
        session.execute(insert(sign_in_try).values(login_hash=_place(address), tried_at=now(), kind=kind))


def _place(address: str) -> str:
    return hmac.digest(_PEPPER, address.encode("utf-8"), "sha256").hex()
