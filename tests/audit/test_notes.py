"""Signed notes and checkpoints: the example of the specification, and what is no note."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.audit import checkpoint, notes
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.notes import WITNESS, BadNote, Signer, Verifier

LOG = Signer("example.org/log", bytes(range(32)))
OTHER = Signer("example.org/log", bytes(range(1, 33)))
WITNESSED = Signer("example.org/witness", bytes(range(2, 34)), WITNESS)
POINT = Checkpoint("example.org/log", 7, bytes(range(32)))


def test_the_example_of_the_specification_is_accepted() -> None:
    """golang.org/x/mod/sumdb/note, Example_sign: the same key, text and signature as every implementation."""
    key = Verifier.read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = ("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n")
    raw = f"{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    assert notes.believed(notes.read(raw.encode()), [key]) == [key]
    assert key.written() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_checkpoint_is_believed_when_its_log_signed_it() -> None:
    raw = POINT.signed([LOG]).encode()
    assert checkpoint.opened(raw, [LOG.verifier], "example.org/log") == POINT
    for known, origin in (([OTHER.verifier], None), ([], None), ([LOG.verifier], "example.org/other"), ([WITNESSED.verifier], None)):
        with pytest.raises(BadNote):
            checkpoint.opened(raw, known, origin)


def test_a_witness_signs_with_a_moment() -> None:
    raw = notes.write(POINT.text(), [LOG.sign(POINT.text()), WITNESSED.sign(POINT.text(), 1_700_000_000)])
    assert notes.believed(notes.read(raw.encode()), [WITNESSED.verifier, LOG.verifier]) == [LOG.verifier, WITNESSED.verifier]
    assert Verifier.read(WITNESSED.verifier.written()) == WITNESSED.verifier


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_no_flipped_bit_leaves_another_checkpoint_believed(spot: int, bit: int) -> None:
    raw = bytearray(POINT.signed([LOG]).encode())
    raw[spot % len(raw)] ^= 1 << bit
    with suppress(BadNote):
        assert checkpoint.opened(bytes(raw), [LOG.verifier]) == POINT


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode)
       | st.binary(max_size=60).map(lambda b: b"a\n1\n" + b + b"\n\n\xe2\x80\x94 a AAAAAAA=\n"))
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(BadNote):
        checkpoint.opened(raw, [LOG.verifier])


@pytest.mark.parametrize("text", [
    "a\n1\n", "a\n01\nAAAA\n",
    f"a\n-1\n{'A' * 43}=\n", f"a\n1\n{'A' * 42}B=\n", f"a\n{2**53}\n{'A' * 43}=\n", f"\n1\n{'A' * 43}=\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        checkpoint.read(text)


def test_the_code_on_a_paper_is_of_this_root_alone() -> None:
    other = Checkpoint(POINT.origin, POINT.size, bytes(32))
    assert POINT.code != other.code and POINT.code.startswith("7-") and len(POINT.code) == 2 + 19


def test_proofs_are_written_and_read() -> None:
    hashes = [bytes([n] * 32) for n in range(5)]
    assert checkpoint.read_proof(checkpoint.write_proof(hashes)) == hashes
    for wrong in ("AAAA\n", "not base64\n", checkpoint.write_proof(hashes) * 40):
        with pytest.raises(BadNote):
            checkpoint.read_proof(wrong)
