"""Half-typed forms, kept while their writer proves who they are, and given back to nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_urlsafe

import orjson
from sqlalchemy import delete, insert, select

from inspect_app.models import kept_form
from inspect_app.now import now
from inspect_app.services import keys
from inspect_app.services.house import House
from inspect_app.services.sessions import MINUTE

KEPT = 60 * MINUTE
MOST = 20
"""Forms of one person; the oldest goes."""

LONGEST = 4 * 2**20
"""Bytes of a form's fields."""

NEVER = frozenset({"csrf_token", "password", "again", "code"})
"""Fields that are never kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form: where it was sent, what was typed, and whether files came with it, which are not kept."""

    id: str
    path: str
    fields: list[tuple[str, str]]
    files: bool


def keep(house: House, person_id: int, path: str, fields: Iterable[tuple[str, str]], *, files: bool) -> str | None:
    """Keep a form, sealed, for its writer; returns its name, or None where it is too long to be kept."""
    told = orjson.dumps({"fields": [[name, value] for name, value in fields if name not in NEVER], "files": files}).decode("utf-8")
    if len(path) > 300 or len(told.encode("utf-8")) > LONGEST:
        return None
    id_ = token_urlsafe(18)
    with house.db.atomic() as session:
        session.execute(delete(kept_form).where(kept_form.c.made_at < now() - KEPT))
        mine = select(kept_form.c.id).where(kept_form.c.person_id == person_id).order_by(kept_form.c.made_at.desc(), kept_form.c.id)
        for old in session.execute(mine.offset(MOST - 1)).scalars().all():
            session.execute(delete(kept_form).where(kept_form.c.id == old))
        session.execute(insert(kept_form).values(id=id_, person_id=person_id, path=path, fields=keys.seal(house, told, f"form {id_}"), made_at=now()))
    return id_


def given_back(house: House, person_id: int | None, id_: str) -> Kept | None:
    """A form of this person by its name; None where it is gone, or another's."""
    with house.db.reading() as session:
        row = session.execute(select(kept_form.c.path, kept_form.c.fields).where(
            kept_form.c.id == id_, kept_form.c.person_id == person_id, kept_form.c.made_at > now() - KEPT)).first()
    told = keys.unseal(house, row.fields, f"form {id_}") if row else None
    if row is None or told is None:
        return None
    read = orjson.loads(told)
    return Kept(id_, row.path, [(name, value) for name, value in read["fields"]], bool(read["files"]))

