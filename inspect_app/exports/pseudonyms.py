"""Pseudonyms: the same person, case or dossier has the same one throughout an export, another one in the next, and none can be traced back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from secrets import token_bytes

from inspect_app.exports.history import Attribute, HistoryEvent

PERSON, CASE, DOSSIER = "p", "c", "d"
_RESOURCE = "org:resource"


class Pseudonyms:
    """Those of one export; `key` (32 random bytes) is kept nowhere. A pseudonym is the kind and the beginning of SHA-256(key, kind, name)."""

    def __init__(self, key: bytes | None = None) -> None:
        self.key = key or token_bytes(32)
        self._of = lru_cache(maxsize=65_536)(self._make)

    def _make(self, kind: str, name: str) -> str:
        return f"{kind}-{sha256(self.key + kind.encode() + name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"

    def of(self, kind: str, name: str) -> str:
        """The pseudonym of a person, a case or a dossier."""
        return self._of(kind, name)

    def each(self, kind: str, names: Iterable[str]) -> list[str]:
        """The pseudonyms of many names that are met once."""
        begin, opening = self.key + kind.encode(), f"{kind}-"
        return [opening + sha256(begin + name.encode("utf-8", "surrogatepass")).hexdigest()[:16] for name in names]

    def person(self, name: str | None) -> str | None:
        """The pseudonym of a person; none for nobody."""
        return self._of(PERSON, name) if name else name

    def event(self, event: HistoryEvent) -> HistoryEvent:
        """The event under pseudonyms: persons, case and dossier, in the facts and, where they stand again, in what was imported. Of the inputs
        there must be none left that names a person or holds free words."""
        (dossier, case, workflow, position, seq, event_id, trigger, before, after, actor, role, on_behalf_of, recorded_for, occurred_at, zone,
         recorded_at, origin, fits, data, attributes, of_trace, unit) = event
        of, named = self._of, actor or on_behalf_of or recorded_for
        known = {name: of(PERSON, name) for name in (actor, on_behalf_of, recorded_for) if name} if named else {}
        dossier = of(DOSSIER, dossier)
        return HistoryEvent(
            dossier, of(CASE, case), workflow, position, seq, event_id, trigger, before, after, known[actor] if actor else actor, role,
            known[on_behalf_of] if on_behalf_of else on_behalf_of, known[recorded_for] if recorded_for else recorded_for, occurred_at, zone,
            recorded_at, origin, fits, data, self._named(attributes, known) if attributes else (),
            tuple([self._of_trace(each, dossier) for each in of_trace]) if of_trace else (), unit)

    def _named(self, attributes: tuple[Attribute, ...], known: dict[str, str]) -> tuple[Attribute, ...]:
        if not known and _RESOURCE not in [key for key, _, _ in attributes]:
            return attributes
        return tuple([(key, kind, known[text]) if kind == "string" and text in known
                      else (key, "string", self._of(PERSON, text)) if key == _RESOURCE else (key, kind, text) for key, kind, text in attributes])

    def _of_trace(self, attribute: Attribute, dossier: str) -> Attribute:
        key, _, text = attribute
        if key in ("concept:name", "identity:id"):
            return key, "string", dossier
        return (key, "string", self._of(PERSON, text)) if key == _RESOURCE else attribute
