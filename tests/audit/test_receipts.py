"""Receipts: a promise that nobody else can have made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.audit import receipts
from inspect_app.audit.notes import BadNote, Signer
from inspect_app.audit.receipts import Receipt

KEY = Signer(receipts.key_name("log"), bytes(range(32)))
PROMISE = Receipt("log", bytes(range(32)), 1_700_000_000_000_000)
NOTE = receipts.signed(PROMISE, KEY).encode()


def test_a_receipt_says_what_was_promised() -> None:
    assert receipts.opened(NOTE, [KEY.verifier]) == PROMISE


@given(st.integers(0, 400), st.integers(0, 7))
def test_no_flipped_bit_makes_another_promise(spot: int, bit: int) -> None:
    raw = bytearray(NOTE)
    raw[spot % len(raw)] ^= 1 << bit
    try:
        told = receipts.opened(bytes(raw), [KEY.verifier])
    except BadNote:
        return
    assert told == PROMISE


@pytest.mark.parametrize("keys", [[], [Signer("log", bytes(range(32))).verifier], [Signer(KEY.name, bytes(range(1, 33))).verifier]])
def test_another_key_promises_nothing(keys: list[object]) -> None:
    with pytest.raises(BadNote):
        receipts.opened(NOTE, keys)  # type: ignore[arg-type]
