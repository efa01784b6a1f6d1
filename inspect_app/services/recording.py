"""Recording: histories lived elsewhere are written down, many at a time, through the same envelope as acts.

A recorded event says so (`origin` recorded, its source and row). It starts no clock, letter or responsibility; where
the workflow knows no such move the state stays and the event is marked. A history is written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import urandom
from typing import Any, NamedTuple

from uuid_utils import uuid4, uuid7

from inspect_app.audit.envelope import b64url, seal
from inspect_app.db import Fixed, Session, together
from inspect_app.models import case_search, cases, content, dossier, event, log_pending, stream
from inspect_app.now import now as this_moment
from inspect_app.services import wording
from inspect_app.services.bulk import insert_rows, next_ids, one_at_a_time
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.conform import Law, Move
from workflows.definition import START

RECORDED = "recorded"

Attribute = tuple[str, str, str]
"""Key, kind and text, as the source spelled them."""


class Told(NamedTuple):
    """One event as its source tells it, and what it did under the law."""

    workflow: str
    trigger: str
    move: Move
    actor: str | None
    occurred_at: int
    zone: str
    attributes: tuple[Attribute, ...]
    row: int


@dataclass(frozen=True, slots=True)
class History:
    """The events of one dossier, in their order. `source` names it for ever, `digest` is its content."""

    source: str
    digest: str
    title: str
    reference: str | None
    attributes: tuple[Attribute, ...]
    events: Sequence[Told]


@dataclass(slots=True)
class _Strand:
    """A case that is being written: which one of the batch, and where its stream stands."""

    n: int
    cid: bytes
    uid: str
    workflow: str
    wf: str
    seq: int = 0
    head: bytes = b""
    state: str = START


class _Sealed(NamedTuple):
    """One history, sealed; its rows know each other by their place in it until the database gives numbers."""

    history: History
    uid: str
    cases: list[_Strand]
    parents: list[int | None]
    events: list[tuple[int, tuple[Any, ...], bytes]]


def seal_history(house: House, actor: Actor, law: Law, history: History, at: int) -> _Sealed:
    """Give each event of a history its envelope. Needs no database."""
    uid = str(uuid4())
    ruleset = house.catalogue.rulesets_by_name["generic"].law_hash
    log = house.log
    names = list(dict.fromkeys(told.workflow for told in history.events))
    names.sort(key=lambda name: _depth(law, name))
    strands = {
        name: _Strand(n, urandom(16), str(uuid4()), name, law.workflows[name].law_hash) for n, name in enumerate(names)
    }
    parents = {name: law.parent_of(name) for name in names}
    sealed: list[tuple[int, tuple[Any, ...], bytes]] = []
    for position, told in enumerate(history.events, 1):
        strand, move, who = strands[told.workflow], told.move, told.actor or ""
        strand.seq += 1
        moment = at + strand.seq
        fields: list[tuple[str, Any]] = [
            ("trigger", told.trigger),
            ("before", move.before),
            ("after", move.after),
            ("actor", who),
            ("role", ""),
            ("occurred_at", told.occurred_at),
            ("zone", told.zone),
            ("origin", RECORDED),
            ("dossier", uid),
            ("position", position),
            ("ruleset", ruleset),
            ("guards", move.guards),
            ("source", history.source),
            ("row", told.row),
            ("recorded_by", actor.id),
        ]
        if not move.fits:
            fields.append(("fits", False))
        above = strands.get(parents[told.workflow] or "")
        if strand.seq == 1 and above is not None and above.seq:
            fields.append(("parent", {"cid": b64url(above.cid), "leaf": b64url(above.head)}))
        if position == 1:
            fields += [(f"trace.{key}", (kind, text)) for key, kind, text in history.attributes]
        fields += [(f"x.{key}", (kind, text)) for key, kind, text in told.attributes]
        done = seal(log=log, cid=strand.cid, seq=strand.seq, prev=strand.head, at=moment, wf=strand.wf, fields=fields)
        strand.head, strand.state = done.leaf, move.after
        sealed.append(
            (
                strand.n,
                (
                    str(uuid7()),
                    strand.seq,
                    done.envelope,
                    done.leaf,
                    position,
                    told.trigger,
                    move.before,
                    move.after,
                    who,
                    "",
                    told.occurred_at,
                    told.zone,
                    False,
                    moment,
                    RECORDED,
                    move.fits,
                    told.row,
                ),
                done.body,
            )
        )
    ordered = [strands[name] for name in names]
    return _Sealed(
        history, uid, ordered, [strands[p].n if (p := parents[name]) in strands else None for name in names], sealed
    )


def _depth(law: Law, name: str) -> int:
    depth, above = 0, law.parent_of(name)
    while above is not None and depth < len(law.workflows):
        depth, above = depth + 1, law.parent_of(above)
    return depth


_KNOWN = Fixed("SELECT source, source_digest FROM dossier WHERE source AMONG TEXTS :sources")


def known(session: Session, sources: Iterable[str]) -> dict[str, str]:
    """Of these sources, those that are recorded here, with their digests."""
    return dict(_KNOWN.run(session, {"sources": together(sources)}))


_EVENT_COLUMNS = (
    "event_id",
    "stream_id",
    "dossier_id",
    "id",
    "seq",
    "envelope",
    "leaf",
    "position",
    "trigger",
    "before",
    "after",
    "actor",
    "role",
    "occurred_at",
    "zone",
    "late",
    "recorded_at",
    "origin",
    "fits",
    "source_row",
)


def write(house: House, law: Law, batch: Sequence[_Sealed], at: int, unit_id: int | None = None) -> list[History]:
    """Write sealed histories in one transaction; returns those that were recorded meanwhile, which are left out."""
    with house.db.atomic("all") as session:
        one_at_a_time(session, "recording")
        there = known(session, [one.history.source for one in batch])
        new = [one for one in batch if one.history.source not in there]
        ruleset = house.pin(session, house.catalogue.rulesets_by_name["generic"])
        for workflow in law.workflows.values():
            house.pin(session, workflow)
        _insert(session, house, law, new, at, ruleset, unit_id)
    return [one.history for one in batch if one.history.source in there]


def _insert(
    session: Session, house: House, law: Law, batch: Sequence[_Sealed], at: int, ruleset: str, unit_id: int | None
) -> None:
    dossiers = next_ids(session, dossier, len(batch))
    streams = next_ids(session, stream, sum(len(one.cases) for one in batch))
    events = next_ids(session, event, sum(len(one.events) for one in batch))
    year = datetime.fromtimestamp(at / 1e6, UTC).astimezone(house.zone).year
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: [] for name in ("dossier", "stream", "cases", "search", "event", "content", "pending")
    }
    for one in batch:
        d, history = next(dossiers), one.history
        rows["dossier"].append((d, one.uid, len(one.events), at, history.source, history.digest))
        ids = [next(streams) for _ in one.cases]
        for id_, case, parent in zip(ids, one.cases, one.parents, strict=True):
            workflow, number, updated = law.workflows[case.workflow], f"{year}-{id_:06d}", at + case.seq
            rows["stream"].append((id_, case.cid, "case", case.seq, case.head, updated))
            rows["cases"].append(
                (
                    id_,
                    case.uid,
                    number,
                    history.reference if parent is None else None,
                    d,
                    None if parent is None else ids[parent],
                    workflow.name,
                    case.wf,
                    ruleset,
                    case.state,
                    case.seq,
                    not workflow.is_final(case.state),
                    unit_id,
                    history.title,
                    wording.bits(history.title),
                    at,
                    updated,
                    RECORDED,
                    False,
                    False,
                )
            )
            rows["search"].append((id_, folded(f"{number} {history.title}")))
        for n, values, body in one.events:
            e = next(events)
            rows["event"].append((e, ids[n], d, *values))
            rows["content"].append((e, 0, body))
            rows["pending"].append((e,))
    insert_recorded(session, rows)


def insert_recorded(session: Session, rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Insert what was made ready: new dossiers, streams, cases, words to search for, events with their content, all waiting for the log."""
    insert_rows(session, dossier, ("id", "uid", "position", "opened_at", "source", "source_digest"), rows["dossier"])
    insert_rows(session, stream, ("id", "cid", "kind", "seq", "head", "at"), rows["stream"])
    insert_rows(
        session,
        cases,
        (
            "id",
            "uid",
            "number",
            "reference",
            "dossier_id",
            "parent_id",
            "workflow",
            "definition",
            "ruleset",
            "state",
            "seq",
            "is_open",
            "unit_id",
            "title",
            "title_bits",
            "opened_at",
            "updated_at",
            "origin",
            "paused",
            "rehearsal",
        ),
        rows["cases"],
    )
    insert_rows(session, case_search, ("case_id", "folded"), rows["search"])
    insert_rows(session, event, _EVENT_COLUMNS, rows["event"])
    insert_rows(session, content, ("event_id", "subject_id", "body"), rows["content"])
    insert_rows(session, log_pending, ("event_id",), rows["pending"])


def record(
    house: House, actor: Actor, law: Law, histories: Sequence[History], unit_id: int | None = None
) -> list[History]:
    """Write histories down, all or none; returns those that were recorded before, which are left alone."""
    at = this_moment()
    return write(house, law, [seal_history(house, actor, law, one, at) for one in histories], at, unit_id)


_OUTSIDE = Fixed(
    "SELECT id, cid, seq, head, at FROM stream WHERE kind = :kind ORDER BY id LIMIT 1",
    "SELECT id, cid, seq, head, at FROM stream WHERE kind = :kind ORDER BY id LIMIT 1 FOR UPDATE",
)
_MIRROR = Fixed("UPDATE stream SET seq = :seq, head = :head, at = :at WHERE id = :id")


def append_outside(
    session: Session, log: str, kind: str, actor: Actor, trigger: str, data: dict[str, Any], now: int
) -> str:
    """Append an event to the installation's one stream of this kind, outside the cases; returns its identifier."""
    one_at_a_time(session, kind)
    found = _OUTSIDE.run(session, {"kind": kind})
    if found:
        id_, cid, seq, head, before = found[0]
    else:
        id_, cid, seq, head, before = next(next_ids(session, stream, 1)), urandom(16), 0, b"", 0
        insert_rows(session, stream, ("id", "cid", "kind", "seq", "head", "at"), [(id_, cid, kind, 0, b"", 0)])
    at, seq, uid = max(now, before + 1), seq + 1, str(uuid7())
    fields = [
        ("trigger", trigger),
        ("actor", actor.id),
        ("occurred_at", now),
        ("zone", "Z"),
        ("origin", "act"),
        *((f"data.{name}", value) for name, value in data.items()),
    ]
    done = seal(log=log, cid=cid, seq=seq, prev=head, at=at, wf="", fields=fields)
    e = next(next_ids(session, event, 1))
    insert_rows(
        session,
        event,
        _EVENT_COLUMNS,
        [
            (
                e,
                id_,
                None,
                uid,
                seq,
                done.envelope,
                done.leaf,
                None,
                trigger,
                "",
                "",
                actor.id,
                "",
                now,
                "Z",
                False,
                at,
                "act",
                True,
                None,
            )
        ],
    )
    insert_rows(session, content, ("event_id", "subject_id", "body"), [(e, 0, done.body)])
    insert_rows(session, log_pending, ("event_id",), [(e,)])
    _MIRROR.run(session, {"id": id_, "seq": seq, "head": done.leaf, "at": at})
    return uid
