"""The proof of one history: that every one of its events is in the log under a signed checkpoint, and that there is none besides. Pure.

As JSON it holds `log`, `cid`, `checkpoint` (the signed note), `size`, `index` (where each event stands, in the order of `seq`), `batch` (the
entry that ends the log there), `proof` (hashes of the multiproof of all of these) and `map` (`beside`, and `found`: what stands there).
Where the log was begun from another, `former` lists the names under which its first leaves were written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_app.audit import batches, casemap, checkpoint, merkle, notes
from inspect_app.audit.batches import unb64url
from inspect_app.audit.canonical import NotCanonical, strict
from inspect_app.audit.casemap import Head
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.envelope import b64url
from inspect_app.audit.merkle import BadProof
from inspect_app.audit.notes import Verifier

VERSION = 1
LARGEST_ENVELOPE = 2**20
MOST_FORMER = 100
_KEYS = {"v", "log", "cid", "checkpoint", "size", "index", "batch", "proof", "map"}


@dataclass(frozen=True)
class HistoryProof:
    """What shows one history to be whole."""

    log: str
    cid: bytes
    note: str
    size: int
    index: tuple[int, ...]
    batch: bytes
    hashes: tuple[bytes, ...]
    place: casemap.Proof
    former: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it is handed out."""
        found = self.place.found
        return {"v": VERSION, "log": self.log, "cid": b64url(self.cid), "checkpoint": self.note, "size": self.size, "index": list(self.index),
                "batch": self.batch.decode(), "proof": [b64url(value) for value in self.hashes],
                "map": {"beside": ["" if value == casemap.NOTHING else b64url(value) for value in self.place.beside],
                        "found": None if found is None else {"key": b64url(found.key), "seq": found.seq, "head": b64url(found.head),
                                                       "rows": b64url(found.rows)}}} | ({"former": list(self.former)} if self.former else {})


def read(raw: Any) -> HistoryProof:
    """The proof of such JSON. Raises `BadProof`."""
    if not isinstance(raw, Mapping) or set(raw) - {"former"} != _KEYS or raw["v"] != VERSION or not isinstance(raw["map"], Mapping):
        raise BadProof("it is no proof of a history")
    index, hashes, beside, found = raw["index"], raw["proof"], raw["map"].get("beside"), raw["map"].get("found")
    if not all(isinstance(text, str) and len(text) <= notes.LARGEST for text in (raw["log"], raw["checkpoint"], raw["batch"])):
        raise BadProof("its texts are no texts")
    if not isinstance(index, list) or len(index) > merkle.MOST_LEAVES or not all(_is_size(n) for n in (*index, raw["size"])):
        raise BadProof("its places in the log are none")
    if not isinstance(hashes, list) or len(hashes) > 64 * (len(index) + 1) or not isinstance(beside, list) or len(beside) > casemap.DEEPEST:
        raise BadProof("it is larger than any proof need be")
    former = raw.get("former", [])
    if not isinstance(former, list) or len(former) > MOST_FORMER or not all(isinstance(name, str) and len(name) <= 200 for name in former):
        raise BadProof("its former logs are none")
    cid = unb64url(raw["cid"], 16)
    if cid is None:
        raise BadProof("it names no stream of events")
    return HistoryProof(raw["log"], cid, raw["checkpoint"], raw["size"], tuple(index), raw["batch"].encode(), tuple(_hash(h) for h in hashes),
                        casemap.Proof(tuple(casemap.NOTHING if value == "" else _hash(value) for value in beside), _found(found)), tuple(former))


def _is_size(value: object) -> bool:
    return type(value) is int and 0 <= value <= merkle.LARGEST_SIZE


def _hash(text: object) -> bytes:
    if (value := unb64url(text, 32)) is None:
        raise BadProof("it holds what is no hash")
    return value


def _found(raw: Any) -> Head | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or set(raw) != {"key", "seq", "head", "rows"} or not _is_size(raw["seq"]):
        raise BadProof("an entry of the map has a key, a number and a hash")
    return Head(_hash(raw["key"]), raw["seq"], _hash(raw["head"]), _hash(raw["rows"]))


def check(told: HistoryProof, envelopes: Sequence[bytes], known: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint under which these envelopes, in order, are the whole history of their stream. No envelopes: that there is none.

    Raises `BadProof` where the proof does not show it, `BadNote` where the checkpoint is not signed by a known key of the log."""
    point = checkpoint.opened(told.note.encode(), known, told.log)
    if point.size != told.size or not point.size:
        raise BadProof("the checkpoint is of another size")
    if len(envelopes) != len(told.index) or len(set(told.index)) != len(told.index) or told.size - 1 in told.index:
        raise BadProof(f"{len(envelopes)} events are there, {len(told.index)} are shown to be in the log")
    leaves = {index: merkle.leaf_hash(envelope) for index, envelope in zip(told.index, envelopes, strict=True)}
    head = check_chain((told.log, *told.former), told.cid, envelopes)
    merkle.check_multiproof(leaves | {told.size - 1: merkle.leaf_hash(told.batch)}, told.size, told.hashes, point.root)
    batch = batches.read(told.batch)
    if batch.log != told.log or batch.size != told.size - 1:
        raise BadProof("the entry that ends the log is of another batch")
    key = casemap.key_of(told.cid)
    found = casemap.check(key, told.place, batch.map_root)
    if not envelopes:
        if found is not None:
            raise BadProof(f"there are {found.seq} events of it")
    elif found is None or (found.seq, found.head) != (len(envelopes), head):
        raise BadProof(f"its history has {found.seq if found else 0} events, {len(envelopes)} are there")
    return point


def check_chain(logs: Sequence[str], cid: bytes, envelopes: Sequence[bytes]) -> bytes:
    """The newest leaf hash of envelopes, of logs of these names, that follow one another from the first.

    Raises `BadProof`, naming the first that does not."""
    head, name = b"", b64url(cid)
    for seq, envelope in enumerate(envelopes, 1):
        if len(envelope) > LARGEST_ENVELOPE:
            raise BadProof(f"event {seq} is larger than any envelope")
        try:
            env = strict(envelope)
        except NotCanonical as error:
            raise BadProof(f"event {seq} is {error}") from error
        expected = {"cid": name, "seq": seq, "prev": b64url(head)}
        if not isinstance(env, dict) or env.get("log") not in logs or any(env.get(key) != value for key, value in expected.items()):
            raise BadProof(f"event {seq} does not follow the one before it")
        head = merkle.leaf_hash(envelope)
    return head
