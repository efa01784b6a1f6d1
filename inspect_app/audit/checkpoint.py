"""Checkpoints (C2SP tlog-checkpoint): what a log was, in three lines: its name, how many leaves, the root over them; signed as a note. Pure."""

from __future__ import annotations

from base64 import b32encode, b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from inspect_app.audit import notes
from inspect_app.audit.merkle import LARGEST_SIZE, MOST_HASHES
from inspect_app.audit.notes import BadNote, Signer, Verifier

CODE = 16
"""Letters of a code that is printed: 80 bits of a hash over the three lines."""


@dataclass(frozen=True)
class Checkpoint:
    """A log's name, its size in leaves, its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def signed(self, keys: Iterable[Signer]) -> str:
        """The note, signed by each key."""
        text = self.text()
        return notes.write(text, [key.sign(text) for key in keys])

    @property
    def code(self) -> str:
        """What is printed on a paper: the size, and letters that only this root gives, in groups of four."""
        letters = b32encode(sha256(self.text().encode()).digest()).decode()[:CODE]
        return f"{self.size}-" + "-".join(letters[n:n + 4] for n in range(0, CODE, 4))


def read(text: str) -> Checkpoint:
    """The checkpoint in the text of a note; lines after the third are extensions, and are passed over. Raises `BadNote`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or any(not line for line in lines[:-1]):
        raise BadNote("a checkpoint has three lines: name, size, root")
    try:
        root = b64decode(lines[2], validate=True)
    except (NotBase64, ValueError):
        root = b""
    if not _is_number(lines[1]) or len(root) != 32 or b64encode(root).decode() != lines[2]:
        raise BadNote("its size is no number, or its root no hash")
    return Checkpoint(lines[0], int(lines[1]), root)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 16 and str(int(text)) == text and int(text) <= LARGEST_SIZE


def opened(raw: bytes, known: Sequence[Verifier], origin: str | None = None) -> Checkpoint:
    """The checkpoint of a signed note, if its log itself signed it with a known key. Raises `BadNote`."""
    note = notes.read(raw)
    told = read(note.text)
    if origin is not None and told.origin != origin:
        raise BadNote(f"it is of another log, “{told.origin}”")
    if not any(key.kind == notes.OWN and key.name == told.origin for key in notes.believed(note, known)):
        raise BadNote("no known key of the log signed it")
    return told


def write_proof(hashes: Sequence[bytes]) -> str:
    """A consistency proof as witnesses take it (C2SP tlog-witness): one hash a line."""
    return "".join(f"{b64encode(value).decode()}\n" for value in hashes)


def read_proof(text: str) -> list[bytes]:
    """The hashes of such lines. Raises `BadNote`."""
    lines = text.splitlines()
    if len(lines) > MOST_HASHES:
        raise BadNote("the proof is larger than any proof need be")
    try:
        found = [b64decode(line, validate=True) for line in lines]
    except (NotBase64, ValueError):
        raise BadNote("a line of the proof is no hash") from None
    if any(len(value) != 32 for value in found):
        raise BadNote("a line of the proof is no hash")
    return found
