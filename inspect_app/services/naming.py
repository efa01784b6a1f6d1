"""Whether words that somebody searches for are a person's name. Names are kept in the memory of the process, and read again when the organisation
has changed; nothing of them is in the index of cases but what titles and texts say themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from inspect_app.db import Database, Fixed, Session
from inspect_app.models import person
from inspect_app.services.wording import words

LONGEST_NAME = 7
"""Words of a name that are looked at; the last ones where it has more."""

_STANDING = Fixed("SELECT COALESCE(SUM(seq), 0), (SELECT COUNT(*) FROM person), (SELECT COALESCE(MAX(id), 0) FROM person) FROM stream "
                  "WHERE kind = 'organisation' AND kind <> 'case'")


@dataclass
class _Names:
    """Everybody's names: under all words of a name, in the order of the alphabet, and under those parts that are asked about whole."""

    standing: tuple[int, ...] = ()
    whole: dict[str, list[int]] = field(default_factory=dict)
    part: dict[str, list[int]] = field(default_factory=dict)
    marked: dict[int, dict[str, str]] = field(default_factory=dict)
    longest: int = 0


_known: WeakKeyDictionary[Database, _Names] = WeakKeyDictionary()
_one = Lock()


def named(db: Database, session: Session, text: str) -> tuple[int, ...]:
    """The persons whom a question names: all words of their name are in it, in whatever order; or all of it, at least two words, is in their name
    and holds what they are called by, the last word. Whoever types marks over letters means them: “văn phòng” is nobody called Văn Phong."""
    names, asked = _names(db, session), dict.fromkeys(words(text))
    typed = _marked(text)
    found = {id_ for size in range(2, min(len(asked), names.longest) + 1) for some in combinations(sorted(asked), size)
             for id_ in names.whole.get(" ".join(some), ())}
    if len(asked) >= 2:
        found |= set(names.part.get(" ".join(sorted(asked)), ()))
    return tuple(sorted(id_ for id_ in found if _fits(typed, names.marked[id_])))


def _fits(typed: dict[str, str], name: dict[str, str]) -> bool:
    """Whether the marks that were typed are those of a name."""
    return all(typed[word] in (word, marks) for word, marks in name.items() if word in typed)


def _marked(text: str) -> dict[str, str]:
    """Each word with the letters and marks it is written with, however they are put together."""
    told = {}
    for piece in text.casefold().split():
        for word in words(piece):
            told[word] = "".join(sorted(unicodedata.normalize("NFD", piece))) if not piece.isascii() else word
    return told


def _names(db: Database, session: Session) -> _Names:
    standing = tuple(int(n) for n in _STANDING.run(session, {})[0])
    with _one:
        known = _known.get(db)
        if known is None or known.standing != standing:
            rows = session.execute(select(person.c.id, person.c.full_name)).all()
            known = _known[db] = _read(standing, rows)
    return known


def _read(standing: tuple[int, ...], rows: Iterable[Sequence[Any]]) -> _Names:
    names = _Names(standing)
    for id_, name in rows:
        said = list(dict.fromkeys(words(name)))[-LONGEST_NAME:]
        if len(said) < 2:
            continue
        names.marked[id_] = _marked(name)
        names.longest = max(names.longest, len(said))
        names.whole.setdefault(" ".join(sorted(said)), []).append(id_)
        for size in range(1, len(said) - 1):
            for some in combinations(said[:-1], size):
                names.part.setdefault(" ".join(sorted((*some, said[-1]))), []).append(id_)
    return names


__all__ = ["named"]
