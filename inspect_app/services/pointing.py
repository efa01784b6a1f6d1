"""PostgreSQL points out the next cases on a road past the policy, for which nobody else may look at an index without looking up the case: it says
numbers and places of cases alone. Whoever asks looks up which of them are theirs to see. SQLite asks its indexes itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_app.db import Fixed, Session, array_of
from inspect_app.services import wording

_AHEAD = Fixed("SELECT 1", "SELECT * FROM inspect_ahead(:road, :units, :offices, :state, :workflows, :body, :is_open, :parts, "
                           ":words, :bits, :first, :last, :until, :value, :id, :down, :most)")


def pointed_out(session: Session, words: list[str], asked: Mapping[str, Any], most: int) -> list[tuple[int, int]]:
    """On PostgreSQL: the next cases in whose number and title all these words stand, as number and place in the order of a list, at most so many.
    `asked` says on which road, what else its index tells of them, of which units, offices and workflows they are (of all where none is
    named), and from where on (`services.roads`). Words are worth it where many cases have them."""
    longest = sorted(words, key=len, reverse=True)
    alone = (f"(^|[^a-z0-9]){'0*' if word.isdigit() else ''}{word}($|[^a-z0-9])" for word in longest)
    told = {"parts": array_of(f"%{word}%" for word in longest), "words": array_of(alone), "bits": wording.bits(" ".join(words)) if words else 0}
    among = {kind: f"{{{','.join(map(str, asked[kind]))}}}" if asked[kind] else None for kind in ("units", "offices", "workflows")}
    return [(int(id_), int(value)) for id_, value in _AHEAD.run(session, {**told, **asked, **among, "most": most})]


__all__ = ["pointed_out"]
