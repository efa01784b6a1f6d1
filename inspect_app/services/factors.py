"""The second factor: codes of an app (TOTP, RFC 6238), or a printed sheet of one-time codes. Either is whole."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from secrets import choice

import pyotp
from sqlalchemy import delete, func, insert, select, update

from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem
from inspect_app.models import account, one_time_code
from inspect_app.now import now
from inspect_app.services import chronicle, keys, tries
from inspect_app.services.house import House
from workflows.acts import Actor

STEP = 30_000_000
WINDOW = 1
"""Steps before and after this moment whose code is taken: clocks differ."""

SHEET, GROUPS, GROUP = 10, 4, 4
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of a sheet's codes: no letter that is read as another. A code is 80 random bits."""

ISSUER = "inspect-app"
PENDING = 600_000_000
"""How long an enrolment may take, in µs."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has: an app, and how many codes are left on their sheet."""

    totp: bool
    codes: int

    def __bool__(self) -> bool:
        return self.totp or self.codes > 0


def normal(code: str) -> str:
    """A code as it is checked and as it is remembered: letters and digits alone, whatever was typed between them."""
    return "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isascii() and c.isalnum())


def of(session: Session, person_id: int | None) -> Factors:
    """What second factors a person has."""
    totp = session.execute(select(account.c.totp_secret).where(account.c.person_id == person_id)).scalar()
    codes = session.execute(select(func.count()).where(one_time_code.c.person_id == person_id, one_time_code.c.used_at.is_(None))).scalar_one()
    return Factors(totp is not None, codes)


def has(house: House, person_id: int | None) -> Factors:
    """The same, read on its own."""
    with house.db.reading() as session:
        return of(session, person_id)


def check(house: House, person_id: int, code: str, *, sheet: bool = True) -> bool:
    """Whether this is a good code of this person's app or (with `sheet`) of their sheet; what was good once is used up.

    Raises `TooMany` after five wrong ones within ten minutes."""
    told = normal(code)
    counted = {"factor": tries.hashed(str(person_id))}
    tries.begin(house, counted)
    with house.db.atomic() as session:
        right = _of_app(session, house, person_id, told) if len(told) == 6 else sheet and _of_sheet(session, house, person_id, told)
        if right:
            tries.forgive(session, counted)
    return right


def _of_app(session: Session, house: House, person_id: int, told: str) -> bool:
    sealed = session.execute(select(account.c.totp_secret).where(account.c.person_id == person_id)).scalar()
    secret = keys.unseal(house, sealed, _purpose(person_id)) if sealed else None
    step = _step(secret, told) if secret else None
    if step is None or secret is None:
        return False
    used = session.execute(update(account).where(account.c.person_id == person_id, account.c.totp_step < step).values(totp_step=step))
    if used.rowcount and not keys.is_newest(house, keys.FACTORS, str(sealed).partition(":")[0]):
        session.execute(update(account).where(account.c.person_id == person_id)
                        .values(totp_secret=keys.seal(house, secret, _purpose(person_id))))
    return used.rowcount == 1


def _step(secret: str, told: str) -> int | None:
    """The step of time whose code this is, near enough to now."""
    here, app = now() // STEP, pyotp.TOTP(secret)
    return next((step for step in range(here + WINDOW, here - WINDOW - 1, -1)
                 if hmac.compare_digest(app.generate_otp(step), told)), None)


def _of_sheet(session: Session, house: House, person_id: int, told: str) -> bool:
    found = one_time_code.c.person_id == person_id, one_time_code.c.used_at.is_(None)
    for id_, kept in session.execute(select(one_time_code.c.id, one_time_code.c.code_hash).where(*found)).all():
        if hmac.compare_digest(kept, _code_hash(house, told, kept)):
            return session.execute(update(one_time_code).where(one_time_code.c.id == id_, *found).values(used_at=now())).rowcount == 1
    return False


def _code_hash(house: House, told: str, kept: str | None = None) -> str:
    """A code as it is kept: the pepper's name, and as much of the HMAC as there is room for beside it."""
    told = told.translate(str.maketrans("OIL", "011"))
    name, text = keys.peppered(house, f"code {told}", kept[: keys.NAMED] if kept else None)
    return (name + text)[:64]


def _purpose(person_id: int | None) -> str:
    return f"totp of {person_id}"


def begin_totp(actor: Actor) -> str:
    """A new secret for an app, 160 bits in base32; it counts once a code of it was typed."""
    return pyotp.random_base32(32)


def pending(house: House, actor: Actor, secret: str) -> str:
    """The secret sealed for this person and for ten minutes, to come back with the form that confirms it."""
    return keys.seal(house, f"{now()} {secret}", f"enrolment of {actor.person_id}")


def from_pending(house: House, actor: Actor, sealed: str) -> str:
    """The secret of `pending`. Raises `Invalid` where it is another's, or too old."""
    made_at, _, secret = (keys.unseal(house, sealed, f"enrolment of {actor.person_id}") or "0 ").partition(" ")
    if not secret or now() - int(made_at) > PENDING:
        raise Invalid((Problem("/code", "over", "This took too long; begin again with a new picture."),))
    return secret


def address_of(actor: Actor, login: str, secret: str) -> str:
    """What the picture says to the app (otpauth)."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm_totp(house: House, actor: Actor, sealed: str, code: str) -> None:
    """Take an app as the second factor of the person who is signed in, once it shows the right code. Raises `Invalid`, `TooMany`."""
    secret = from_pending(house, actor, sealed)
    counted = {"factor": tries.hashed("enrolment", str(actor.person_id))}
    tries.begin(house, counted)
    step = _step(secret, normal(code))
    if step is None:
        raise Invalid((Problem("/code", "wrong", "This is not the code of this moment; wait for the next one and type it."),))
    with house.db.atomic() as session:
        tries.forgive(session, counted)
        session.execute(update(account).where(account.c.person_id == actor.person_id)
                        .values(totp_secret=keys.seal(house, secret, _purpose(actor.person_id)), totp_step=step))
        chronicle.note(session, house, actor, "set_up_app", {"person": actor.id})


def new_sheet(house: House, actor: Actor) -> list[str]:
    """A new sheet of ten one-time codes for the person who is signed in, shown once; the sheet of before is void."""
    codes = ["".join(choice(LETTERS) for _ in range(GROUPS * GROUP)) for _ in range(SHEET)]
    moment = now()
    with house.db.atomic() as session:
        session.execute(delete(one_time_code).where(one_time_code.c.person_id == actor.person_id))
        session.execute(insert(one_time_code), [{"person_id": actor.person_id, "code_hash": _code_hash(house, code), "made_at": moment}
                                                for code in codes])
        chronicle.note(session, house, actor, "make_sheet", {"person": actor.id})
    return ["-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP)) for code in codes]


def take_away(house: House, actor: Actor, which: str) -> None:
    """Give up a second factor of one's own: `totp` or `codes`."""
    with house.db.atomic() as session:
        forget(session, actor.person_id, which)
        chronicle.note(session, house, actor, "remove_app" if which == "totp" else "void_sheet", {"person": actor.id})


def forget(session: Session, person_id: int | None, which: str | None = None) -> None:
    """Forget one second factor of a person, or both."""
    if which in (None, "totp"):
        session.execute(update(account).where(account.c.person_id == person_id).values(totp_secret=None, totp_step=0))
    if which in (None, "codes"):
        session.execute(delete(one_time_code).where(one_time_code.c.person_id == person_id))
