"""The map of heads: one root for one set, proofs of what is there and of what is not, and the proof that a history is whole."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.audit import batches, casemap, histories, merkle
from inspect_app.audit.casemap import NOTHING, Head, Top
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.envelope import seal
from inspect_app.audit.merkle import BadProof
from inspect_app.audit.notes import BadNote, Signer

LOG = Signer("inspect-app/test", bytes(range(32)))
CLOSE = st.binary(min_size=1, max_size=1).map(lambda last: bytes(30) + b"\x01" + last) | st.binary(min_size=32, max_size=32)
HEADS = st.dictionaries(CLOSE, st.tuples(st.integers(1, 99), st.binary(min_size=32, max_size=32)), max_size=12).map(
    lambda told: [Head(key, seq, head) for key, (seq, head) in told.items()])


def naive(heads: list[Head], depth: int = 0) -> bytes:
    """The root, as the module says it, without buckets or arrays."""
    if not heads:
        return NOTHING
    if len(heads) == 1 and depth >= casemap.BUCKET:
        return heads[0].hash()
    zero = [h for h in heads if not h.key[depth // 8] >> (7 - depth % 8) & 1]
    one = [h for h in heads if h not in zero]
    return sha256(b"\x03" + naive(zero, depth + 1) + naive(one, depth + 1)).digest()


@settings(deadline=None, max_examples=50)
@given(HEADS, st.binary(min_size=32, max_size=32), st.data())
def test_what_is_there_and_what_is_not_is_proven(heads: list[Head], absent: bytes, data: st.DataObject) -> None:
    root = casemap.root_of(heads)
    assert root == naive(heads)
    for head in heads:
        assert casemap.check(head.key, casemap.prove_among(head.key, heads), root) == head
    if absent not in {head.key for head in heads}:
        assert casemap.check(absent, casemap.prove_among(absent, heads), root) is None
    if heads:
        head = data.draw(st.sampled_from(heads))
        proof = casemap.prove_among(head.key, heads)
        for wrong in (proof._replace(found=head._replace(seq=head.seq + 1)), proof._replace(found=None), proof._replace(beside=proof.beside[1:]),
                      proof._replace(beside=(*proof.beside, NOTHING)), proof._replace(found=head._replace(head=bytes(32))),
                      proof._replace(found=head._replace(rows=bytes(31) + b"x"))):
            if wrong != proof:
                with pytest.raises(BadProof):
                    casemap.check(head.key, wrong, root)


def test_a_map_that_grows_has_the_root_of_one_made_whole() -> None:
    heads = [Head(sha256(b"%d" % n).digest(), n + 1, sha256(b"head %d" % n).digest()) for n in range(400)]
    top, there = Top(), []
    for n in range(0, 400, 40):
        there += heads[n:n + 40]
        changed = {casemap.bucket_of(head.key) for head in heads[n:n + 40]}
        buckets = casemap.sorted_out(there)
        top.changed((bucket, casemap.bucket_hash(buckets[bucket])) for bucket in changed)
        assert top.root == casemap.root_of(there)


def history(events: int, others: int) -> tuple[histories.HistoryProof, list[bytes]]:
    """The proof of a history of so many events among others, and its envelopes."""
    cid, own, entries, head = sha256(b"own").digest()[:16], [], [b"other %d" % n for n in range(others)], b""
    heads = [Head(casemap.key_of(b"%d" % n), 1, merkle.leaf_hash(b"other %d" % n)) for n in range(others)]
    for seq in range(1, events + 1):
        sealed = seal(log=LOG.name, cid=cid, seq=seq, prev=head, at=seq, wf="", fields=[("trigger", "note")])
        own.append(sealed.envelope)
        entries.insert(seq * 2, sealed.envelope)
        head = sealed.leaf
    if events:
        heads.append(Head(casemap.key_of(cid), events, head))
    batch = batches.write(batches.Batch(LOG.name, len(entries), casemap.root_of(heads), 5))
    leaves = [merkle.leaf_hash(entry) for entry in [*entries, batch]]
    index = tuple(entries.index(envelope) for envelope in own)
    point = Checkpoint(LOG.name, len(leaves), merkle.root_of(leaves))
    hashes = tuple(merkle.multiproof([*index, len(leaves) - 1], len(leaves), merkle.nodes_of(leaves)))
    return histories.HistoryProof(LOG.name, cid, point.signed([LOG]), len(leaves), index, batch, hashes,
                                  casemap.prove_among(casemap.key_of(cid), heads)), own


@pytest.mark.parametrize(("events", "others"), [(1, 0), (7, 30), (40, 200), (0, 30)])
def test_a_history_is_shown_to_be_whole(events: int, others: int) -> None:
    proof, own = history(events, others)
    read = histories.read(proof.to_json())
    assert read == proof
    assert histories.check(read, own, [LOG.verifier]).size == proof.size


def test_a_history_with_an_event_left_out_moved_or_changed_is_refused() -> None:
    proof, own = history(9, 40)
    short = histories.HistoryProof(proof.log, proof.cid, proof.note, proof.size, proof.index[:-1], proof.batch, proof.hashes, proof.place)
    for told, envelopes in ((proof, own[:-1]), (short, own[:-1]), (proof, [own[1], own[0], *own[2:]]), (proof, own[1:]), (short, own),
                            (proof, [*own[:4], own[4].replace(b'"at":5', b'"at":6'), *own[5:]])):
        with pytest.raises(BadProof):
            histories.check(told, envelopes, [LOG.verifier])
    with pytest.raises(BadNote):
        histories.check(proof, own, [Signer(LOG.name, bytes(32)).verifier])


JSON = st.recursive(st.none() | st.booleans() | st.integers(-5, 2**60) | st.text(max_size=50) | st.just("A" * 43),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["key", "seq", "head", "beside", "found"]), inner),
                    max_leaves=8)


@given(st.sampled_from(["log", "cid", "checkpoint", "size", "index", "batch", "proof", "map"]), JSON)
def test_hostile_proofs_of_a_history_end_in_a_refusal(name: str, value: Any) -> None:
    proof, own = PROVEN
    raw: Any = {**proof.to_json(), name: value}
    if raw != proof.to_json():
        with pytest.raises((BadProof, BadNote)):
            histories.check(histories.read(raw), own, [LOG.verifier])


PROVEN = history(3, 5)
