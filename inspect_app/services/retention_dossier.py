"""Erasing what a case says in every case that took it over: somebody who is named in one is looked for, and proposed, in all of its dossier.

Each case has a proposal and an act of its own, with its own holds and its own second person: what went of a history is told by that history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from inspect_app.errors import Invalid, NotFound, NotNow, NotYours, Refusal, Refused
from inspect_app.models import cases
from inspect_app.services import casework, retention
from inspect_app.services.casework import Reader
from inspect_app.services.house import House
from inspect_app.services.retention import Kept, Piece
from workflows.acts import Act, Actor

CANNOT = (Invalid, NotFound, NotNow, NotYours, Refused)
MOST_PIECES = 50
"""So many pieces one proposal holds."""


@dataclass(frozen=True, slots=True)
class Named:
    """A case of a dossier, and the fields of it in which the words that were looked for stand."""

    kept: Kept
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a proposal or an act in one case: the number of its event, or why there is none; `left` fields had no room in the proposal and
    need another one."""

    number: str
    event: int
    refused: Refusal | None = None
    left: int = 0


def named_in(house: House, actor: Actor, uid: str, words: str) -> list[Named]:
    """The cases of a dossier that this actor keeps and in which these words stand, the one that was asked for first. Raises `NotFound`, `Disposed`
    where that one is not theirs to keep."""
    first = retention.one(house, actor, uid)[0]
    found = []
    for kept in (first, *_others(house, actor, uid)):
        pieces = retention.find(house, actor, kept.uid, words)
        if pieces:
            found.append(Named(kept, pieces))
    return found


def _others(house: House, actor: Actor, uid: str) -> list[Kept]:
    """The other cases of a dossier that this actor keeps, those that were disposed of left out."""
    own = select(cases.c.dossier_id).where(cases.c.uid == uid).scalar_subquery()
    with house.db.reading("all") as session:
        uids = session.execute(select(cases.c.uid).where(cases.c.dossier_id == own, cases.c.uid != uid, cases.c.disposed_at.is_(None))
                               .order_by(cases.c.id)).scalars().all()
    found = []
    for other in uids:
        try:
            found.append(retention.one(house, actor, other)[0])
        except NotFound:
            continue
    return found


def propose(house: House, actor: Actor, uid: str, words: str, told: Mapping[str, Any], instead: str = "", read: Reader | None = None) -> list[Answer]:
    """Propose, in every case of the dossier, to erase each field in which these words stand; `instead` stands in its place, and what a stored file
    says is not searched. What one case forbids is told and keeps no other from it. `told` is the basis. Raises as `named_in` does."""
    answers = []
    for named in named_in(house, actor, uid, words):
        pieces = [{"seq": piece.seq, "field": piece.name} | ({"instead": instead} if instead else {}) for piece in named.pieces[:MOST_PIECES]]
        answer = _fired(house, named.kept, Act("propose_erasure", actor, {**told, "pieces": pieces}), read)
        answers.append(replace(answer, left=len(named.pieces) - len(pieces)))
    return answers


def carry_out(house: House, actor: Actor, uid: str, read: Reader | None = None) -> list[Answer]:
    """Carry out every proposal to erase that waits in the dossier of a case. What one case forbids keeps no other from it. Raises as `named_in`."""
    first = retention.one(house, actor, uid)[0]
    return [_fired(house, kept, Act("erase", actor), read) for kept in (first, *_others(house, actor, uid)) if kept.proposed == "propose_erasure"]


def _fired(house: House, kept: Kept, act: Act, read: Reader | None) -> Answer:
    try:
        return Answer(kept.number, casework.fire(house, kept.uid, act, read=read).seq)
    except CANNOT as error:
        return Answer(kept.number, 0, error)


__all__ = ["Answer", "Named", "carry_out", "named_in", "propose"]
