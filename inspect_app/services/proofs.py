"""Proofs handed out: that a history is whole, and that single events are in the log."""

from __future__ import annotations

from typing import Any

from inspect_app.audit import casemap, merkle
from inspect_app.audit.casemap import Head
from inspect_app.audit.envelope import b64url
from inspect_app.audit.histories import HistoryProof
from inspect_app.db import Fixed, Session
from inspect_app.errors import NotFound
from inspect_app.services import checkpoints
from inspect_app.services.house import House

_STREAM = Fixed("SELECT cid FROM stream WHERE id = :stream")
_PLACES = Fixed("""SELECT e.seq, e.envelope, l.idx FROM event e JOIN log_leaf l ON l.event_id = e.event_id
  WHERE e.stream_id = :stream AND l.idx < :size ORDER BY e.seq""")
_BUCKET = Fixed("SELECT key, seq, head, rows FROM log_head WHERE bucket = :bucket ORDER BY key")
_MAP = Fixed("SELECT place, hash FROM log_map WHERE place >= :first AND place <= :last")
_SIZES = Fixed("SELECT MAX(size) FROM log_checkpoint")
NOT_YET = "The log has not been signed up to its end; the proof is there in a moment."


def whole_history(session: Session, house: House, stream_id: int) -> tuple[HistoryProof, list[bytes]]:
    """The proof that a stream's history is whole under the newest checkpoint, and its envelopes in order. `session` is a snapshot.

    Events that were written since are not in it. Raises `NotFound` where there is no stream, or where the newest tree is not signed: the
    map of heads is that of the newest tree alone."""
    found, signed = _STREAM.run(session, {"stream": stream_id}), checkpoints.newest_signed(session, house.log)
    if not found:
        raise NotFound
    if signed is None or _SIZES.run(session, {})[0][0] != signed.point.size:
        raise NotFound(NOT_YET)
    cid, size = bytes(found[0][0]), signed.point.size
    rows = _PLACES.run(session, {"stream": stream_id, "size": size})
    index = tuple(int(place) for _, _, place in rows)
    key = casemap.key_of(cid)
    heads = [Head(bytes(k), seq, bytes(head), bytes(own)) for k, seq, head, own in _BUCKET.run(session, {"bucket": casemap.bucket_of(key)})]
    place = casemap.prove(key, heads, lambda first, last: {p: bytes(h) for p, h in _MAP.run(session, {"first": first, "last": last})})
    hashes = tuple(merkle.multiproof([*index, size - 1], size, checkpoints.nodes(session)))
    former = tuple(one.log for one in house.former)
    return HistoryProof(house.log, cid, signed.note, size, index, signed.entry, hashes, place, former), [bytes(envelope) for _, envelope, _ in rows]


def of_case(house: House, stream_id: int, told: frozenset[int] | None = None) -> dict[str, Any]:
    """What `GET /cases/{id}/proof` answers: the whole history for who handles the case; for a party the events they are told of (`told`, by
    `seq`), each shown to be in the log. Raises `NotFound` as `whole_history` does."""
    with house.db.snapshot("all") as session:
        if told is None:
            proof, envelopes = whole_history(session, house, stream_id)
            return {"complete": True, "events": [{"seq": n, "index": i, "envelope": e.decode()}
                                                 for n, (i, e) in enumerate(zip(proof.index, envelopes, strict=True), 1)],
                    "waiting": _waiting(session, stream_id, len(envelopes)), "proof": proof.to_json()}
        signed = checkpoints.newest_signed(session, house.log)
        if signed is None:
            raise NotFound(NOT_YET)
        rows = [row for row in _PLACES.run(session, {"stream": stream_id, "size": signed.point.size}) if row[0] in told]
        nodes = checkpoints.nodes(session)
        return {"complete": False, "events": [{"seq": seq, "index": index, "envelope": bytes(envelope).decode(),
                                               "inclusion": [b64url(h) for h in merkle.inclusion(index, signed.point.size, nodes)]}
                                              for seq, envelope, index in rows],
                "waiting": len(told) - len(rows), "proof": {"log": house.log, "size": signed.point.size, "checkpoint": signed.note}}


_NEWEST = Fixed("SELECT seq FROM stream WHERE id = :stream")


def _waiting(session: Session, stream_id: int, covered: int) -> int:
    """How many events of a stream are not under the newest signed tree yet."""
    return int(_NEWEST.run(session, {"stream": stream_id})[0][0]) - covered


