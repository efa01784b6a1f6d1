"""The tree: what RFC 9162 says word by word, and that no other leaf, place, size or proof is taken for the true one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.audit import merkle
from inspect_app.audit.merkle import BadProof, Range

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
LEAVES = [merkle.leaf_hash(b"entry %d" % n) for n in range(140)]


def naive(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, as it is written there."""
    if not leaves:
        return merkle.EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return merkle.node_hash(naive(leaves[:k]), naive(leaves[k:]))


ROOTS = [naive(LEAVES[:n]) for n in range(len(LEAVES) + 1)]
NODES = merkle.nodes_of(LEAVES)


def test_known_answers_of_those_who_wrote_the_rfc() -> None:
    """Roots, paths and consistency proofs that the project behind RFC 6962 published; RFC 9162 keeps the tree."""
    told = json.loads((VECTORS / "rfc6962.json").read_text())
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in told["inputs"]]
    nodes, roots = merkle.nodes_of(leaves), [told["empty"], *told["roots"]]
    assert [merkle.root_of(leaves[:size]).hex() for size in range(9)] == roots
    for one in told["paths"]:
        index, size, path = one["leaf"] - 1, one["size"], [bytes.fromhex(value) for value in one["path"]]
        assert merkle.inclusion(index, size, nodes) == path
        merkle.check_inclusion(index, size, leaves[index], path, bytes.fromhex(roots[size]))
    for one in told["proofs"]:
        first, second, proof = one["first"], one["second"], [bytes.fromhex(value) for value in one["proof"]]
        assert merkle.consistency(first, second, nodes) == proof
        merkle.check_consistency(first, second, bytes.fromhex(roots[first]), bytes.fromhex(roots[second]), proof)
    assert (len(told["paths"]), len(told["proofs"])) == (5, 4)


@pytest.mark.parametrize("size", [*range(70), 127, 128, 129, 140])
def test_every_root_is_that_of_the_definition(size: int) -> None:
    assert merkle.root_of(LEAVES[:size]) == ROOTS[size] == merkle.root_at(size, NODES) == Range.read(size, NODES).root()


def test_whole_chunks_make_the_same_root() -> None:
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(2 * merkle.CHUNK + 77)]
    whole = Range()
    whole.extend(leaves[:5])
    whole.extend(leaves[5:])
    assert merkle.root_of(leaves) == whole.root() == naive(leaves)


def test_every_inclusion_proof_is_accepted_for_its_own_leaf_alone() -> None:
    for size in (*range(1, 34), 64, 65, 130):
        for index in range(size):
            proof = merkle.inclusion(index, size, NODES)
            merkle.check_inclusion(index, size, LEAVES[index], proof, ROOTS[size])
            for wrong in ((index + 1, size, LEAVES[index], proof, ROOTS[size]), (index, size, LEAVES[index], [*proof, LEAVES[0]], ROOTS[size]),
                          (index, size, LEAVES[(index + 1) % 140], proof, ROOTS[size]), (index, size, LEAVES[index], proof, ROOTS[size - 1])):
                with pytest.raises(BadProof):
                    merkle.check_inclusion(*wrong)


def test_every_consistency_proof_is_accepted_for_its_own_sizes_alone() -> None:
    for second in (*range(34), 64, 65, 130):
        for first in range(second + 1):
            proof = merkle.consistency(first, second, NODES)
            merkle.check_consistency(first, second, ROOTS[first], ROOTS[second], proof)
            wrong = [(first, second, ROOTS[first], ROOTS[second], [*proof, LEAVES[0]]), (first, second, LEAVES[3], ROOTS[second], proof)]
            if first:
                wrong.append((first, second, ROOTS[first], LEAVES[1] if second > 1 else LEAVES[2], proof))
            if proof:
                wrong.append((first, second, ROOTS[first], ROOTS[second], proof[:-1]))
            for one in wrong:
                with pytest.raises(BadProof):
                    merkle.check_consistency(*one)


@given(st.integers(1, 140).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1), min_size=1, max_size=20))), st.data())
def test_many_leaves_are_proven_at_once(told: tuple[int, set[int]], data: st.DataObject) -> None:
    size, indices = told
    proof = merkle.multiproof(indices, size, NODES)
    leaves = {index: LEAVES[index] for index in indices}
    merkle.check_multiproof(leaves, size, proof, ROOTS[size])
    assert len(proof) <= sum(len(merkle.inclusion(index, size, NODES)) for index in indices)
    spoiled = data.draw(st.sampled_from(sorted(indices)))
    with pytest.raises(BadProof):
        merkle.check_multiproof(leaves | {spoiled: merkle.leaf_hash(b"another")}, size, proof, ROOTS[size])
    with pytest.raises(BadProof):
        merkle.check_multiproof(leaves, size, [*proof, LEAVES[0]], ROOTS[size])
    if proof:
        with pytest.raises(BadProof):
            merkle.check_multiproof(leaves, size, proof[1:], ROOTS[size])


@given(st.lists(st.binary(min_size=0, max_size=40), max_size=200), st.integers(-5, 2**70), st.integers(-5, 2**70))
def test_hostile_proofs_end_in_a_refusal(proof: list[bytes], one: int, other: int) -> None:
    with pytest.raises(BadProof):
        merkle.check_inclusion(one, other, LEAVES[0], [*proof, b"x"], ROOTS[1])
    with pytest.raises(BadProof):
        merkle.check_consistency(one, other, LEAVES[0], LEAVES[1], [*proof, b"x"])
    with pytest.raises(BadProof):
        merkle.check_multiproof({one: LEAVES[0]}, other, [*proof, b"x"], ROOTS[1])
