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
        known = {name: self._of(PERSON, name) for name in (event.actor, event.on_behalf_of, event.recorded_for) if name}
        dossier = self._of(DOSSIER, event.dossier)
        return event._replace(
            dossier=dossier, case_number=self._of(CASE, event.case_number), actor=self.person(event.actor),
            on_behalf_of=self.person(event.on_behalf_of), recorded_for=self.person(event.recorded_for),
            attributes=tuple([self._attribute(each, known) for each in event.attributes]) if event.attributes else (),
            trace_attributes=tuple([self._of_trace(each, dossier) for each in event.trace_attributes]) if event.trace_attributes else ())

    def _attribute(self, attribute: Attribute, known: dict[str, str]) -> Attribute:
        key, kind, text = attribute
        if kind == "string" and text in known:
            return key, kind, known[text]
        return (key, "string", self._of(PERSON, text)) if key == _RESOURCE else attribute

    def _of_trace(self, attribute: Attribute, dossier: str) -> Attribute:
        key, _, text = attribute
        if key in ("concept:name", "identity:id"):
            return key, "string", dossier
        return (key, "string", self._of(PERSON, text)) if key == _RESOURCE else attribute
