"""The file of a backup: entries one after another, each a header and pieces of data, packed, and sealed for those who hold a key.

It is written and read in pieces of 1 MiB, whatever its size. The content is encrypted with AES-256-GCM under a key of the file's own, piece by
piece (the number of a piece is its nonce, so none is changed, dropped or moved), and that key is sealed for each recipient with X25519 and
HKDF-SHA-256. The house that takes backups needs the public halves only. Whoever reads a file that is not sealed can see that it is whole, not
whom it is from: that is shown by the log, when what is in it is verified."""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from typing import IO, Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from inspect_app.errors import Refusal

MAGIC = b"inspect-app backup 1\n"
PIECE = 1 << 20
"""Bytes of one piece at most, unpacked."""
LARGEST_FRAME = PIECE + 65_536
LARGEST_HEADER = 65_536
MOST_RECIPIENTS = 20
MOST_ENTRIES = 20_000_000
ROOM, MOST_RATIO = 256 << 20, 200
"""Unpacked, a file may be this much, and so many times its own size besides."""
ENTRY, DATA, END = b"E", b"D", b"Z"
SECRET, PUBLIC = "inspect-app-backup-secret:", "inspect-app-backup-public:"
_WRAP = b"inspect-app backup: the key of a file"


class BadArchive(Refusal):
    """The file is no backup, or not a whole one, or it was changed, or another key opens it; the sentence says which."""


@dataclass(frozen=True)
class Recipient:
    """Somebody for whom backups are sealed: the public half of a key, and the secret one where it is at hand."""

    public: bytes
    secret: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What the key is called in a file; it tells nothing of the secret."""
        return sha256(self.public).hexdigest()[:16]


def make_key() -> tuple[str, str]:
    """A new key: the line of the secret, and the line of the public half."""
    secret = token_bytes(32)
    return f"{SECRET}{secret.hex()}\n", f"{PUBLIC}{_public(secret).hex()}\n"


def _public(secret: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def read_key(path: Path) -> Recipient:
    """The key of a file. Raises `BadArchive`."""
    with path.open("rb") as file:
        line = file.read(1000).decode("ascii", "replace").strip()
    for begin in (SECRET, PUBLIC):
        try:
            raw = bytes.fromhex(line.removeprefix(begin)) if line.startswith(begin) else b""
        except ValueError:
            raw = b""
        if len(raw) == 32:
            return Recipient(_public(raw), raw) if begin == SECRET else Recipient(raw)
    raise BadArchive(f"{path} holds no key of backups; `inspect-app key backup FILE` makes one.")


def _wrapping(shared: bytes, ephemeral: bytes, public: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, ephemeral + public, _WRAP).derive(shared))


def _sealed(key: bytes, one: Recipient) -> dict[str, str]:
    own = X25519PrivateKey.generate()
    ephemeral = own.public_key().public_bytes_raw()
    wrapped = _wrapping(own.exchange(X25519PublicKey.from_public_bytes(one.public)), ephemeral, one.public).encrypt(bytes(12), key, None)
    return {"key": one.name, "ephemeral": b64encode(ephemeral).decode(), "sealed": b64encode(wrapped).decode()}


class Writer:
    """Writes a file of a backup."""

    def __init__(self, file: IO[bytes], recipients: Sequence[Recipient] = ()) -> None:
        self._file, self._digest, self._number = file, sha256(), 0
        key = token_bytes(32)
        head = orjson.dumps({"recipients": [_sealed(key, one) for one in recipients]})
        self._cipher, self._bound = AESGCM(key) if recipients else None, sha256(head).digest()
        file.write(MAGIC + len(head).to_bytes(4, "big") + head)

    def entry(self, header: Mapping[str, Any], pieces: Iterable[bytes] = ()) -> None:
        """One entry. `pieces` may have any length."""
        self._frame(ENTRY, orjson.dumps(header))
        held = bytearray()
        for piece in pieces:
            held += piece
            while len(held) >= PIECE:
                self._frame(DATA, bytes(held[:PIECE]))
                del held[:PIECE]
        if held:
            self._frame(DATA, bytes(held))

    def end(self) -> None:
        """The last: without it a file is not whole."""
        self._frame(END, self._digest.hexdigest().encode())

    def _frame(self, kind: bytes, data: bytes) -> None:
        raw = kind + zlib.compress(data, 1)
        self._digest.update(raw)
        if self._cipher is not None:
            raw = self._cipher.encrypt(self._number.to_bytes(12, "big"), raw, self._bound)
        self._number += 1
        self._file.write(len(raw).to_bytes(4, "big") + raw)


class Reader:
    """Reads a file of a backup, whoever wrote it. Raises `BadArchive` from every method."""

    def __init__(self, path: Path, file: IO[bytes], known: Sequence[Recipient] = ()) -> None:
        self._path, self._file, self._digest, self._number = path, file, sha256(), 0
        if file.read(len(MAGIC)) != MAGIC:
            raise self._bad("is no backup of inspect-app", "Name a file that `inspect-app backup` wrote.")
        head = self._exactly(self._length(LARGEST_HEADER))
        told = self._json(head).get("recipients")
        if not isinstance(told, list) or len(told) > MOST_RECIPIENTS:
            raise self._bad("does not say for whom it is sealed")
        self._bound = sha256(head).digest()
        self._cipher = AESGCM(self._opened(told, known)) if told else None
        self._room = ROOM + MOST_RATIO * path.stat().st_size
        self._next: dict[str, Any] | None = None

    def entries(self) -> Iterator[tuple[dict[str, Any], Iterator[bytes]]]:
        """Every entry: its header, and its data, which is passed over where nobody reads it. At the end the file was whole."""
        count = 0
        frame = self._frame()
        while frame[0] == ENTRY:
            count += 1
            if count > MOST_ENTRIES or len(frame[1]) > LARGEST_HEADER:
                raise self._bad("holds more than any backup does")
            ahead: list[tuple[bytes, bytes]] = []
            pieces = self._pieces(ahead)
            yield self._json(frame[1]), pieces
            for _ in pieces:
                pass
            frame = ahead[0]
        if frame[0] != END or self._file.read(1):
            raise self._bad("does not end as a backup ends")

    def _pieces(self, ahead: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
        """The data of an entry; the frame after it goes to `ahead`."""
        while (frame := self._frame())[0] == DATA:
            yield frame[1]
        ahead.append(frame)

    def _frame(self) -> tuple[bytes, bytes]:
        raw = self._exactly(self._length(LARGEST_FRAME))
        if self._cipher is not None:
            try:
                raw = self._cipher.decrypt(self._number.to_bytes(12, "big"), raw, self._bound)
            except InvalidTag:
                raise self._bad("was changed, or is damaged") from None
        self._number += 1
        so_far = self._digest.hexdigest().encode() if raw[:1] == END else b""
        self._digest.update(raw)
        packed = zlib.decompressobj()
        try:
            data = packed.decompress(raw[1:], PIECE + 1)
        except zlib.error:
            raise self._bad("was changed, or is damaged") from None
        self._room -= len(data)
        if len(data) > PIECE or not packed.eof or packed.unused_data or self._room < 0:
            raise self._bad("holds more than any backup does")
        if raw[:1] == END and data != so_far:
            raise self._bad("was changed, or is damaged")
        return raw[:1], data

    def _opened(self, told: list[Any], known: Sequence[Recipient]) -> bytes:
        """The key of the file, by the first of the known keys that it is sealed for."""
        names = []
        for one in told:
            try:
                name, ephemeral, sealed = str(one["key"])[:16], b64decode(one["ephemeral"], validate=True), b64decode(one["sealed"], validate=True)
            except (KeyError, TypeError, NotBase64, ValueError):
                raise self._bad("does not say for whom it is sealed") from None
            names.append(name if name.isalnum() else "?")
            for own in known:
                if own.name != name or own.secret is None:
                    continue
                try:
                    shared = X25519PrivateKey.from_private_bytes(own.secret).exchange(X25519PublicKey.from_public_bytes(ephemeral))
                    key = _wrapping(shared, ephemeral, own.public).decrypt(bytes(12), sealed, None)
                except (InvalidTag, ValueError):
                    raise self._bad("was changed, or is damaged") from None
                if len(key) == 32:
                    return key
        raise self._bad(f"is sealed for the key {' or '.join(names)}", "Give the file of the secret with --key.")

    def _length(self, most: int) -> int:
        length = int.from_bytes(self._exactly(4), "big")
        if not 0 < length <= most:
            raise self._bad("was changed, or is damaged")
        return length

    def _exactly(self, length: int) -> bytes:
        raw = self._file.read(length)
        if len(raw) != length:
            raise self._bad("ends too early; it was not written to its end, or not copied whole")
        return raw

    def _json(self, raw: bytes) -> dict[str, Any]:
        try:
            told = orjson.loads(raw)
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            raise self._bad("was changed, or is damaged")
        return told

    def _bad(self, what: str, remedy: str = "Take another copy of it.") -> BadArchive:
        return BadArchive(f"{self._path} {what}. {remedy}")
