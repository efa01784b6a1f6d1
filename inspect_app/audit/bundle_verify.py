#!/usr/bin/env python3
"""Verify a bundle of histories, offline: Python 3.11 and the library `cryptography`, nothing else.

    python verify.py BUNDLE.zip [--key KEY] [--checkpoint FILE [--proof FILE]]

It shows that each history is whole (no event was left out, none was added), that what is disclosed is what was committed to, and that no file
was changed. KEY is the line of the log's key, or a file with it, as you got it by another way; without it, compare the key that is printed.
FILE is a checkpoint of the log that you hold; of another size, it needs the proof that `audit consistency` prints.

Exit status: 0 intact, 2 altered or incomplete, 4 cannot tell."""

from __future__ import annotations

import argparse
import json
import struct
import sys
import zlib
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

INTACT, ALTERED, UNKNOWN = 0, 2, 4
MOST_FILES, MOST_EVENTS, MOST_BYTES, MOST_JSON, MOST_ENVELOPE = 20_000, 100_000, 2 << 30, 64 << 20, 1 << 20
BUNDLE, RECEIPTS = "inspect-app/bundle/v1", "/receipts"
NOTHING = bytes(32)
Keys = dict[tuple[str, bytes], bytes]  # by name and number


class Verdict(Exception):
    """It is altered or incomplete (2), or not a bundle that can be judged (4)."""


def altered(why: str) -> NoReturn:
    raise Verdict(ALTERED, why)


def need(holds: object, why: str, status: int = ALTERED) -> None:
    if not holds:
        raise Verdict(status, why)


def hashed(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()


node = partial(hashed, b"\x01")


def text64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def bytes64(text: Any, length: int | None = None) -> bytes:
    """The bytes of base64url without padding, written in its one way."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(text64(raw) == text and length in (None, len(raw)), "a value is not base64url, or of another length")
    return raw


def whole(value: Any, most: int = 2**53) -> int:
    return int(value) if type(value) is int and 0 <= value <= most else altered("a number is out of range")


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(pairs) if len(dict(pairs)) == len(pairs) else altered("an object says one key twice")


def read_json(raw: bytes) -> Any:
    return json.loads(raw.decode(), object_pairs_hook=once, parse_float=altered, parse_constant=altered)


def canonical(raw: bytes) -> dict[str, Any]:
    """An envelope: JSON in the one form in which it is hashed (RFC 8785)."""
    need(len(raw) <= MOST_ENVELOPE, "an envelope is larger than any")
    told = read_json(raw)
    need(isinstance(told, dict) and json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == raw,
         "an envelope is not in canonical form")
    return dict(told)


def root_of(leaves: dict[int, bytes], size: int, proof: list[bytes]) -> bytes:
    """The root over `size` leaves that these leaves, and the proof (depth first, from left to right), make."""
    rest = iter(proof)

    def walk(begin: int, end: int, own: list[int]) -> bytes:
        if not own:
            beside = next(rest, None)
            return altered("the proof of inclusion is too short") if beside is None else beside
        if end - begin == 1:
            return leaves[begin]
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        first = walk(begin, middle, [n for n in own if n < middle])
        return node(first, walk(middle, end, [n for n in own if n >= middle]))

    root = walk(0, size, sorted(leaves))
    need(next(rest, None) is None, "the proof of inclusion is too long")
    return root


def consistent(first: int, old: bytes, second: int, new: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: whether the second tree begins with the first."""
    if first == second or not 0 < first < second or len(proof) > 64:
        return first == second and old == new and not proof
    path = proof if first & (first - 1) else [old, *proof]
    spot, last = first - 1, second - 1
    while spot & 1:
        spot, last = spot >> 1, last >> 1
    if not path:
        return False
    a = b = path[0]
    for beside in path[1:]:
        if not last:
            return False
        if spot & 1 or spot == last:
            a, b = node(beside, a), node(beside, b)
            while spot and not spot & 1:
                spot, last = spot >> 1, last >> 1
        else:
            b = node(b, beside)
        spot, last = spot >> 1, last >> 1
    return not last and a == old and b == new


def key_line(line: str) -> tuple[tuple[str, bytes], bytes]:
    """A key written as name+number+base64 of its kind and its bytes."""
    name, number, coded = line.strip().split("+", 2)
    raw, digits = b64decode(coded, validate=True), bytes.fromhex(number)
    need(len(raw) == 33 and raw[0] == 1 and digits == hashed(name.encode(), b"\n", raw)[:4], "a key is none, or has another number", UNKNOWN)
    return (name, digits), raw[1:]


def opened(note: bytes, name: str, keys: Keys) -> list[str]:
    """The lines of a signed note (C2SP signed-note), if a key of this name signed it."""
    need(len(note) <= 65536, "a note is too long")
    body, gap, below = note.decode("utf-8", "replace").rpartition("\n\n")
    need(gap and below.endswith("\n"), "a note has no signature")
    signed = False
    for line in below[:-1].split("\n")[:100]:
        who, _, coded = line.removeprefix("— ").partition(" ")
        raw = b64decode(coded, validate=True)
        need(line == f"— {who} {b64encode(raw).decode()}", "a signature cannot be read")
        public = keys.get((who, raw[:4]))
        if public is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], f"{body}\n".encode())
        except InvalidSignature:
            altered(f"the signature of {who} is false")
        signed = signed or who == name
    need(signed, f"no known key of {name} signed it")
    return body.split("\n")


def checkpoint(note: bytes, log: str, keys: Keys) -> tuple[int, bytes]:
    """Size and root that the log signed."""
    lines = opened(note, log, keys)
    need(len(lines) >= 3 and lines[0] == log, "the checkpoint is of another log")
    need(lines[1].isascii() and lines[1].isdigit() and len(lines[1]) <= 16 and str(int(lines[1])) == lines[1], "the checkpoint has no size")
    root = b64decode(lines[2], validate=True)
    need(len(root) == 32, "the checkpoint has no root")
    return int(lines[1]), root


def in_map(cid: bytes, told: Any, root: bytes) -> tuple[int, bytes] | None:
    """What the map of heads holds for a stream: its newest number and hash; None for nothing."""
    key, beside, found = sha256(cid).digest(), told["beside"], told["found"]
    need(isinstance(beside, list) and 16 <= len(beside) <= 256, "the proof of completeness has no depth that a map has")
    value, held = NOTHING, None
    if found is not None:
        other, seq, head, rows = bytes64(found["key"], 32), whole(found["seq"]), bytes64(found["head"], 32), bytes64(found["rows"], 32)
        alike = int.from_bytes(other) ^ int.from_bytes(key)
        need(alike.bit_length() <= 256 - len(beside), "the proof of completeness is of another place")
        value = hashed(b"\x02", other, seq.to_bytes(8, "big"), head, rows)
        held = (seq, head) if other == key else None
    for above, text in enumerate(beside):
        other = NOTHING if text == "" else bytes64(text, 32)
        depth = len(beside) - 1 - above
        left, right = (other, value) if key[depth >> 3] >> (7 - (depth & 7)) & 1 else (value, other)
        value = NOTHING if left == right == NOTHING else hashed(b"\x03", left, right)
    need(value == root, "the proof of completeness does not lead to the log")
    return held


def history(told: Any, log: str, size: int, root: bytes, note: bytes) -> tuple[int, set[str]]:
    """Check one history; returns how many events it has, and the hashes of files that it names."""
    events, proof = told["events"], told["proof"]
    need(proof["log"] == log and proof["size"] == size and proof["checkpoint"].encode() == note, "a proof is of another checkpoint")
    cid, places = bytes64(proof["cid"], 16), [whole(n, size - 1) for n in proof["index"]]
    need(len(events) == len(places) == len(set(places)) and size - 1 not in places, "events and their places in the log are not as many")
    leaves: dict[int, bytes] = {}
    head, files, logs = b"", set(), (log, *proof.get("former", [])[:100])
    for seq, (event, place) in enumerate(zip(events, places, strict=True), 1):
        raw = event["envelope"].encode()
        env = canonical(raw)
        same = env.get("log") in logs and env.get("cid") == text64(cid) and env.get("seq") == seq and env.get("prev") == text64(head)
        need(same, f"event {seq} does not follow the one before it")
        head = leaves[place] = hashed(b"\x00", raw)
        open_to, names = set(env["_sd"]), set()
        for disclosure in event["disclosures"]:
            digest = text64(sha256(disclosure.encode()).digest())
            need(digest in open_to, f"event {seq} discloses what was not committed to")
            open_to.remove(digest)
            salt, name, value = read_json(bytes64(disclosure))
            need(len(bytes64(salt)) >= 16 and isinstance(name, str) and name not in names, f"event {seq} discloses one field twice")
            names.add(name)
            files |= {value} if name == "data.sha256" else set()
    batch = proof["batch"].encode()
    end = canonical(batch)
    need(end.get("log") == log and end.get("typ") == "batch" and end.get("size") == size - 1, "the end of the log is of another batch")
    hashes = [bytes64(value, 32) for value in proof["proof"]]
    need(root_of(leaves | {size - 1: hashed(b"\x00", batch)}, size, hashes) == root, "an event is not in the log as it stands here")
    need(in_map(cid, proof["map"], bytes64(end["map"], 32)) == ((len(events), head) if events else None), "the history is incomplete")
    return len(events), files


def verify(file: Path, pinned: Keys | None = None, held: bytes | None = None, proof: list[bytes] | None = None) -> str:
    """One line about an intact bundle. Raises `Verdict`."""
    digests: dict[str, str] = {}
    texts: dict[str, bytes] = {}
    with ZipFile(file) as archive:
        entries, left = archive.infolist(), MOST_BYTES
        need(len({entry.filename for entry in entries}) == len(entries) <= MOST_FILES, "it holds too much, or one file twice", UNKNOWN)
        for entry in entries:
            need(not entry.flag_bits & 1 and entry.compress_type in (ZIP_STORED, ZIP_DEFLATED), "no bundle is packed so", UNKNOWN)
            name, digest, kept = entry.filename, sha256(), bytearray()
            is_text = name.endswith((".json", ".txt")) and not name.startswith(("tables/", "evidence/"))
            with archive.open(entry) as stream:
                while piece := stream.read(1 << 20):
                    digest.update(piece)
                    kept += piece if is_text else b""
                    left -= len(piece)
                    need(left >= 0 and len(kept) <= MOST_JSON, "a file in it is larger than any", UNKNOWN)
            digests[name], texts[name] = digest.hexdigest(), bytes(kept)
    need({"manifest.json", "manifest.txt", "checkpoint.txt", "keys.txt"} <= set(texts), "it is no bundle, or its manifest is missing", UNKNOWN)
    keys = dict(map(key_line, texts["keys.txt"].decode().splitlines()[:20]))
    manifest = read_json(texts["manifest.json"])
    log = manifest["log"]
    if pinned is not None:
        need(any(name == log and keys.get((name, n)) == public for (name, n), public in pinned.items()), "it is signed by another key than yours")
    note = texts["checkpoint.txt"]
    size, root = checkpoint(note, log, keys)
    told = opened(texts["manifest.txt"], log + RECEIPTS, keys)
    need(told[:2] == [BUNDLE, log] and told[2:] == [digests["manifest.json"]], "the manifest was changed")
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    others = {"manifest.json", "manifest.txt"}
    need(set(listed) | others == set(digests), f"files are missing or added: {sorted(set(listed) ^ (set(digests) - others))[:3]}")
    wrong = sorted(name for name, value in listed.items() if digests[name] != value)
    need(not wrong, f"files were changed: {wrong[:3]}")
    events, named = 0, set[str]()
    for path in manifest["cases"]:
        count, files = history(read_json(texts[path]), log, size, root, note)
        events, named = events + count, named | files
        need(events <= MOST_EVENTS, "it holds more events than any bundle", UNKNOWN)
    for name in digests:
        need(not name.startswith("evidence/") or digests[name] in named, "a file of evidence is not one that the history names")
    if held is not None:
        before, old = checkpoint(held, log, keys)
        need(before == size or proof is not None, f"your checkpoint has size {before}, the bundle {size}: get the proof between them", UNKNOWN)
        small_first = (before, old, size, root) if before <= size else (size, root, before, old)
        need(consistent(*small_first, proof or []), "the bundle is not of the log that your checkpoint is of")
    shown = ", ".join(f"{name}+{number.hex()}" for name, number in keys if name == log)
    return f"Intact: {len(manifest['cases'])} whole histories, {events} events, audience {manifest['audience']}; log size {size}, signed by {shown}."


def judge(file: Path, key: str | None = None, held: str | None = None, proof: str | None = None) -> tuple[int, str]:
    """The exit status for a bundle, and a sentence."""
    try:
        lines = ([key] if "+" in key else Path(key).read_text("utf-8").splitlines()) if key else []
        hashes = [b64decode(line, validate=True) for line in Path(proof).read_text("ascii").splitlines()[:100]] if proof else None
        return INTACT, verify(file, dict(map(key_line, lines)) if lines else None, Path(held).read_bytes() if held else None, hashes)
    except Verdict as verdict:
        status, why = verdict.args
        return status, f"{'Altered or incomplete' if status == ALTERED else 'Cannot tell'}: {why}."
    except (KeyError, TypeError, AttributeError, IndexError, UnicodeDecodeError, json.JSONDecodeError) as error:
        return ALTERED, f"Altered or incomplete: it does not say what a bundle says ({type(error).__name__})."
    except (OSError, BadZipFile, zlib.error, struct.error, ValueError, MemoryError, EOFError, RuntimeError) as error:
        return UNKNOWN, f"Cannot tell: it is damaged, or no bundle ({type(error).__name__})."


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a bundle of histories, offline.")
    parser.add_argument("bundle", type=Path)
    for name in ("--key", "--checkpoint", "--proof"):
        parser.add_argument(name)
    args = parser.parse_args()
    status, said = judge(args.bundle, args.key, args.checkpoint, args.proof)
    print(said, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
