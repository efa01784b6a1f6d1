"""Receipts: a signed promise that an event is in the log, given with the answer to the act. Four lines, signed as a note. Pure."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import NamedTuple

from inspect_app.audit import notes
from inspect_app.audit.notes import BadNote, Signer, Verifier

KIND = "inspect-app/receipt/v1"


class Receipt(NamedTuple):
    """The log's name, the leaf hash of the event, when it was recorded (µs since 1970 UTC)."""

    log: str
    leaf: bytes
    at: int


def key_name(log: str) -> str:
    """What the key is called that signs receipts of a log."""
    return f"{log}/receipts"


def signed(receipt: Receipt, key: Signer) -> str:
    """The note of a receipt."""
    text = f"{KIND}\n{receipt.log}\n{b64encode(receipt.leaf).decode()}\n{receipt.at}\n"
    return notes.write(text, [key.sign(text)])


def opened(raw: bytes, known: Sequence[Verifier]) -> Receipt:
    """The receipt of a note, if a known key of its log signed it. Raises `BadNote`."""
    note = notes.read(raw)
    lines = note.text.split("\n")
    if len(lines) != 5 or lines[0] != KIND or lines[4]:
        raise BadNote("it is no receipt")
    try:
        leaf = b64decode(lines[2], validate=True)
    except (NotBase64, ValueError):
        leaf = b""
    if len(leaf) != 32 or not lines[3].isascii() or not lines[3].isdigit() or len(lines[3]) > 17:
        raise BadNote("it is no receipt")
    if not any(key.name == key_name(lines[1]) for key in notes.believed(note, known)):
        raise BadNote("no known key of the log signed it")
    return Receipt(lines[1], leaf, int(lines[3]))
