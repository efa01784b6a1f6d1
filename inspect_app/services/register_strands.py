"""Dossiers and cases that a register is written into: new ones, and those that are there already, taken for writing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from os import urandom
from typing import Any

from uuid_utils import uuid4, uuid7

from inspect_app.audit.envelope import b64url, seal
from inspect_app.db import Fixed, Session, together
from inspect_app.services.house import House
from inspect_app.services.recording import RECORDED
from workflows.acts import Actor
from workflows.definition import START, Workflow

Pair = tuple[str, str]
"""The kind of a value, and its text."""


@dataclass(slots=True, eq=False)
class Folder:
    """A dossier: its number once it has one, and where it stands. `moved` is whether something was added to one that was there."""

    id: int | None
    uid: str
    position: int = 0
    moved: bool = False


@dataclass(slots=True, eq=False)
class Strand:
    """A case that is written: its number once it has one, its stream's end, and the events that were added to it now."""

    workflow: Workflow
    folder: Folder
    cid: bytes
    uid: str
    title: str
    reference: str | None
    parent: Strand | None
    unit_id: int | None
    id: int | None = None
    number: str = ""
    at: int = 0
    seq: int = 0
    head: bytes = b""
    state: str = START
    added: list[tuple[tuple[Any, ...], bytes]] = field(default_factory=list)

    def add(self, house: House, actor: Actor, ruleset: str, event: Told, now: int) -> None:
        """Seal one more event at its end. Where the law knows no such move the state stays, and the event is marked."""
        edge = None if self.state == START and self.workflow.needs_parent and self.parent is None else self.workflow.edge(self.state, event.trigger)
        before = self.state
        after = before if edge is None else self.workflow.arrives(before, edge)
        at = max(now + self.seq + 1, self.at + 1)
        self.seq, self.at = self.seq + 1, at
        self.folder.position += 1
        self.folder.moved = True
        fields: list[tuple[str, Any]] = [
            ("trigger", event.trigger), ("before", before), ("after", after), ("actor", event.by), ("role", ""),
            ("occurred_at", event.occurred_at), ("zone", event.zone), ("origin", RECORDED), ("dossier", self.folder.uid),
            ("position", self.folder.position), ("ruleset", ruleset), ("guards", ()), ("source", event.source), ("row", event.row),
            ("recorded_by", actor.id)]
        if edge is None:
            fields.append(("fits", False))
        if self.seq == 1 and self.parent is not None:
            fields.append(("parent", {"cid": b64url(self.parent.cid), "leaf": b64url(self.parent.head)}))
        if event.flags:
            fields.append(("flags", list(event.flags)))
        fields += event.data
        fields += [(f"x.{name}", pair) for name, pair in event.kept]
        done = seal(log=house.log, cid=self.cid, seq=self.seq, prev=self.head, at=at, wf=self.workflow.law_hash, fields=fields)
        self.head, self.state = done.leaf, after
        self.added.append(((str(uuid7()), self.seq, done.envelope, done.leaf, self.folder.position, event.trigger, before, after, event.by, "",
                            event.occurred_at, event.zone, False, at, RECORDED, edge is not None, event.row), done.body))


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a row tells it: `data` are fields of inputs, `kept` what the row says beside them, `flags` what contradicts itself in it."""

    trigger: str
    by: str
    occurred_at: int
    zone: str
    row: int
    source: str
    data: tuple[tuple[str, Any], ...] = ()
    kept: tuple[tuple[str, Pair], ...] = ()
    flags: tuple[str, ...] = ()


def new_strand(workflow: Workflow, folder: Folder, title: str, reference: str | None, parent: Strand | None, unit_id: int | None) -> Strand:
    """A case that is not there yet."""
    return Strand(workflow, folder, urandom(16), str(uuid4()), title, reference, parent, unit_id)


def new_folder() -> Folder:
    """A dossier that is not there yet."""
    return Folder(None, str(uuid4()))


_TAKEN = """
  SELECT r.row_id, r.name, c.id, c.uid, c.number, c.definition, c.state, c.seq, c.title, c.unit_id, c.parent_id, s.cid, s.head, s.at,
  d.id, d.uid, d.position FROM register_case r JOIN cases c ON c.id = r.case_id JOIN stream s ON s.id = c.id
  JOIN dossier d ON d.id = c.dossier_id WHERE r.row_id AMONG :ids ORDER BY d.id, c.id"""
_TAKE = Fixed(_TAKEN, f"{_TAKEN} FOR UPDATE OF d")


def taken(session: Session, house: House, row_ids: Iterable[int]) -> dict[int, dict[str, Strand]]:
    """The cases of these rows, by row and name, for writing: their dossiers are locked."""
    folders: dict[int, Folder] = {}
    found: dict[int, dict[str, Strand]] = {}
    for (row_id, name, id_, uid, number, definition, state, seq, title, unit_id, _, cid, head, at, dossier_id, dossier_uid,
         position) in _TAKE.run(session, {"ids": together(set(row_ids))}):
        folder = folders.setdefault(dossier_id, Folder(dossier_id, dossier_uid, position))
        strand = Strand(house.law(definition), folder, cid, uid, title, None, None, unit_id, id=id_, number=number, at=at, seq=seq, head=head,
                        state=state)
        found.setdefault(row_id, {})[name] = strand
    return found
