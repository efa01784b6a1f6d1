"""Signed notes (C2SP signed-note): a text with signature lines below it, each by a named Ed25519 key. Pure.

A note that was signed by keys one does not know says nothing; signatures of unknown keys are passed over, one of a known key that is
false makes the whole note false. Witnesses' lines (C2SP tlog-cosignature, kind 4) are told apart from the log's own (kind 1)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

OWN, WITNESS = 1, 4
"""Kinds of keys: a log's own, and a witness's, whose signature carries a moment."""
LARGEST = 64 * 1024
MOST_SIGNATURES = 100
_DASH = "— "


class BadNote(ValueError):
    """It is no signed note, or a signature on it is false."""


class Signature(NamedTuple):
    """One line below a note: by whom, the key's number, what was signed."""

    name: str
    number: bytes
    raw: bytes


@dataclass(frozen=True)
class Verifier:
    """The public half of a key, with its name."""

    name: str
    public: bytes
    kind: int = OWN

    @property
    def number(self) -> bytes:
        """What tells keys of one name apart: the beginning of a hash."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def written(self) -> str:
        """The key as one line: name+number+base64 of kind and key."""
        return f"{self.name}+{self.number.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    @staticmethod
    def read(line: str) -> Verifier:
        """The key of such a line. Raises `BadNote`."""
        name, _, rest = line.strip().partition("+")
        number, _, coded = rest.partition("+")
        try:
            raw = b64decode(coded, validate=True)
        except (NotBase64, ValueError):
            raw = b""
        if len(raw) != 33 or raw[0] not in (OWN, WITNESS) or not is_name(name):
            raise BadNote("it is no key of a signed note")
        key = Verifier(name, raw[1:], raw[0])
        if key.number.hex() != number:
            raise BadNote("the number of the key is not that of its bytes")
        return key

    def accepts(self, text: bytes, raw: bytes) -> bool:
        """Whether these bytes are this key's signature of the text."""
        if self.kind == WITNESS:
            if len(raw) != 72:
                return False
            text, raw = b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[:8], "big") + text, raw[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A key that signs."""

    name: str
    secret: bytes = field(repr=False)
    kind: int = OWN

    @property
    def verifier(self) -> Verifier:
        return _halves(self)[1]

    def sign(self, text: str, moment: int | None = None) -> str:
        """The signature line; `moment` (seconds since 1970) is a witness's."""
        key, verifier = _halves(self)
        if self.kind == WITNESS:
            stamp = int(moment or 0)
            raw = stamp.to_bytes(8, "big") + key.sign(b"cosignature/v1\ntime %d\n" % stamp + text.encode())
        else:
            raw = key.sign(text.encode())
        return f"{_DASH}{self.name} {b64encode(verifier.number + raw).decode()}\n"


@lru_cache(maxsize=32)
def _halves(key: Signer) -> tuple[Ed25519PrivateKey, Verifier]:
    private = Ed25519PrivateKey.from_private_bytes(key.secret)
    return private, Verifier(key.name, private.public_key().public_bytes_raw(), key.kind)


@dataclass(frozen=True)
class Note:
    """A note, taken apart; nothing is believed yet."""

    text: str
    signatures: tuple[Signature, ...]


def is_name(name: str) -> bool:
    """Whether a key may be called so: no spaces, no plus."""
    return 0 < len(name) <= 200 and "+" not in name and not any(c.isspace() or not c.isprintable() for c in name)


def write(text: str, lines: Iterable[str]) -> str:
    """A note of a text (which ends its last line) and signature lines."""
    return f"{text}\n{''.join(lines)}"


def read(raw: bytes) -> Note:
    """Take a note apart. Raises `BadNote`."""
    if len(raw) > LARGEST:
        raise BadNote(f"it is longer than {LARGEST} bytes")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadNote("it is not UTF-8") from None
    if any(c < " " and c != "\n" for c in whole):
        raise BadNote("it holds control characters")
    text, gap, below = whole.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise BadNote("there are no signatures below it")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote(f"it has more than {MOST_SIGNATURES} signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, space, coded = line.removeprefix(_DASH).partition(" ")
    try:
        raw = b64decode(coded, validate=True)
    except (NotBase64, ValueError):
        raw = b""
    if not line.startswith(_DASH) or not space or not is_name(name) or len(raw) < 5:
        raise BadNote("a line below it is no signature")
    return Signature(name, raw[:4], raw[4:])


def believed(note: Note, known: Iterable[Verifier]) -> list[Verifier]:
    """The known keys that signed it. Raises `BadNote` where a signature of a known key is false, or where one key signs twice."""
    by_number = {(key.name, key.number): key for key in known}
    found: list[Verifier] = []
    for name, number, raw in note.signatures:
        if (key := by_number.get((name, number))) is None:
            continue
        if key in found:
            raise BadNote(f"the key {name} signs twice")
        if not key.accepts(note.text.encode(), raw):
            raise BadNote(f"the signature of {name} is false")
        found.append(key)
    return found
