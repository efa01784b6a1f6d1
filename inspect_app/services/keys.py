"""Keys outside the database: the pepper of passwords, the key under which second factors are encrypted, and those that sign for the log.

Each is a file of its own under `INSPECT_KEYS`, readable by the application alone; one key a line, hexadecimal, the newest first. What
is made with a key names it, so that two may be valid at once while one takes over from the other."""

from __future__ import annotations

import binascii
import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select

from config import BadSetting
from inspect_app.models import account
from inspect_app.services.house import House

PEPPER, FACTORS = "pepper.key", "factors.key"
LOG, RECEIPTS = "log.key", "receipt.key"
FILES = (PEPPER, FACTORS)
OF_LOG = (LOG, RECEIPTS)
"""Keys that sign (Ed25519): checkpoints of the log, and receipts. The first belongs to the signer, and to nobody who serves pages."""
LENGTH = 32
NAMED = 8
"""Letters of a key's name: the beginning of its SHA-256."""
_BARE = "$argon2"
"""How a password's hash begins that was made before there was a pepper."""


def name_of(key: bytes) -> str:
    """What a key is called where it is referred to; it tells nothing of the key."""
    return sha256(b"inspect-app key name" + key).hexdigest()[:NAMED]


def make(folder: Path, files: tuple[str, ...] = (*FILES, *OF_LOG)) -> list[str]:
    """Make the key files that are missing; returns their names. Keys that are there stay."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [name for name in files if not (folder / name).exists()]
    for name in made:
        _write(folder / name, [token_bytes(LENGTH)])
    return made


def rotate(folder: Path, name: str) -> str:
    """Put a new key before the others of a file; returns its name. What was made with an old one stays readable, and is made anew when
    its owner next signs in. Raises `BadSetting`."""
    kept = _read(folder / name)
    new = token_bytes(LENGTH)
    _write(folder / name, [new, *kept])
    return name_of(new)


def _write(path: Path, held: list[bytes]) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="ascii") as file:
        file.writelines(f"{key.hex()}\n" for key in held)
    part.replace(path)


class _Missing(BadSetting):
    """There is no such file."""


_kept: dict[tuple[str, int], list[bytes]] = {}


def _read(path: Path) -> list[bytes]:
    """The keys of a file, newest first. Raises `BadSetting` where there is no file, or a key that is none."""
    try:
        place = str(path), path.stat().st_mtime_ns
    except OSError:
        raise _Missing(f"The key file {path} is missing; bring it back from its safe place, or for a new house run `inspect-app init`.") from None
    if place not in _kept:
        try:
            held = [binascii.unhexlify(line.strip()) for line in path.read_text("ascii").splitlines() if line.strip()]
        except (binascii.Error, UnicodeDecodeError):
            held = []
        if not held or any(len(key) < LENGTH or len(set(key)) < LENGTH // 2 for key in held):
            raise BadSetting(f"The key file {path} holds no key: a line is {LENGTH} random bytes in hexadecimal; `inspect-app key make` makes one.")
        _kept[place] = held
    return _kept[place]


def named(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """The names of the keys in each file, newest first. Raises `BadSetting`."""
    there = [*FILES, *(name for name in OF_LOG if (folder / name).exists())]
    return {name: tuple(name_of(key) for key in _read(folder / name)) for name in there}


def signing(folder: Path, file: str) -> list[bytes]:
    """The keys of a file that sign, newest first; none where there is no file. Raises `BadSetting` where it holds what is no key."""
    path = folder / file
    try:
        return _read(path)
    except _Missing:
        return []


def check(house: House) -> None:
    """That the keys are there, are keys, and are those that the database was written with. Raises `BadSetting` with the remedy."""
    there = named(house.keys)
    with house.db.reading() as session:
        for file, column in ((PEPPER, account.c.password_hash), (FACTORS, account.c.totp_secret)):
            used = session.execute(select(func.substr(column, 1, NAMED)).where(column.is_not(None), ~column.like(f"{_BARE}%")).distinct()).scalars()
            if lost := {name for name in used if len(name) == NAMED} - set(there[file]):
                raise BadSetting(f"The key {', '.join(sorted(lost))} with which accounts were written is not in {house.keys / file}; "
                                 "bring the file back from its safe place.")


def is_newest(house: House, file: str, name: str) -> bool:
    """Whether a key of this name is the one in use."""
    return name == name_of(_read(house.keys / file)[0])


def peppered(house: House, text: str, name: str | None = None) -> tuple[str, str]:
    """(the key's name, HMAC-SHA-256 of a text under it): under the newest key, or the one named. Raises `BadSetting`."""
    for key in _read(house.keys / PEPPER):
        if name is None or name_of(key) == name:
            return name_of(key), hmac.new(key, text.encode("utf-8"), sha256).hexdigest()
    raise BadSetting(f"The key {name} is not in {house.keys / PEPPER}; bring the file back from its safe place.")


def peppered_by_all(house: House, text: str) -> list[str]:
    """HMAC-SHA-256 of a text under every key that is kept, newest first. Raises `BadSetting`."""
    return [hmac.new(key, text.encode("utf-8"), sha256).hexdigest() for key in _read(house.keys / PEPPER)]


def seal(house: House, text: str, what_for: str) -> str:
    """A text encrypted (AES-256-GCM), to be opened for the same purpose only; it begins with the key's name."""
    key, nonce = _read(house.keys / FACTORS)[0], token_bytes(12)
    raw = nonce + AESGCM(key).encrypt(nonce, text.encode("utf-8"), what_for.encode())
    return f"{name_of(key)}:{binascii.b2a_base64(raw, newline=False).decode()}"


def unseal(house: House, sealed: str, what_for: str) -> str | None:
    """What `seal` was given; None where it was changed, or sealed for something else."""
    name, _, rest = sealed.partition(":")
    for key in _read(house.keys / FACTORS):
        if name_of(key) == name:
            try:
                raw = binascii.a2b_base64(rest, strict_mode=True)
                return AESGCM(key).decrypt(raw[:12], raw[12:], what_for.encode()).decode("utf-8")
            except (InvalidTag, ValueError):
                return None
    return None

