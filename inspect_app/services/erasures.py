"""The list of what was erased and disposed of, kept outside the database beside the state of the signer: a backup from before an erasure brings
the content back, and this list takes it out again (`services.restoring`). It holds commitments and no value; what was put in place of one it holds
until the case is disposed of."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from inspect_app.audit.envelope import b64url, disclosed
from inspect_app.audit.erased import FORGETTING
from inspect_app.db import Fixed
from inspect_app.models.event import KEEPS
from inspect_app.services import signer
from inspect_app.services.house import House

NAME = "erasures"
_FROM = """SELECT e.leaf, s.cid, e.seq, e."trigger", e.actor, e.recorded_at, x.body FROM event e JOIN cases c ON c.id = e.stream_id
  JOIN stream s ON s.id = e.stream_id JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0"""
_FORGOTTEN = Fixed("""SELECT e.leaf, s.cid, e.seq, e."trigger", e.actor, e.recorded_at, x.body FROM stream s JOIN event e ON e.stream_id = s.id
  JOIN content x ON x.event_id = e.event_id AND x.subject_id = 0 WHERE s.kind = 'organisation'
  AND e."trigger" IN ('forget_person', 'forget_person_again') ORDER BY e.seq""")
_DONE = Fixed(f"""{_FROM} WHERE e.{KEEPS} AND e."trigger" IN ('erase', 'dispose', 'erase_again', 'dispose_again') ORDER BY e.event_id""")


def path_of(house: House) -> Path:
    """Where the list lies."""
    return house.keys / signer.FOLDER / NAME


def read(path: Path) -> list[dict[str, Any]]:
    """The entries, in the order in which they were carried out; none where there is no list."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line] if path.exists() else []


def keep(house: House) -> int:
    """Add what was carried out and is not listed yet; returns how much. Raises `OSError` where the list cannot be written."""
    with house.db.reading("all") as session:
        done = [*_DONE.run(session, {}), *_FORGOTTEN.run(session, {})]
    if not done:
        return 0
    path = path_of(house)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(path):
        listed = read(path)
        there = {entry["leaf"] for entry in listed}
        new = [_entry(*row) for row in done if row[0].hex() not in there]
        if new:
            disposed = {entry["cid"] for entry in (*listed, *new) if entry["act"].startswith("dispose")}
            _write(path, [entry | {"erased": []} if entry["cid"] in disposed else entry for entry in (*listed, *new)])
    return len(new)


def _entry(leaf: bytes, cid: bytes, seq: int, trigger: str, actor: str, at: int, body: bytes) -> dict[str, Any]:
    said = disclosed(body)
    rows = [value for name, value in said.items() if name.startswith("data.erased.")]
    of_person = {"person": said.get("data.person"), "digests": said.get("data.digests") or []} if trigger in FORGETTING else {}
    by: Any = said.get("data.proposed_by") or []
    return {"leaf": leaf.hex(), "cid": b64url(cid), "seq": seq, "act": trigger, "at": at, "rule": said.get("data.rule"), "erased": rows,
            "elsewhere": said.get("data.elsewhere") or [], "proposed_by": "".join(by[:1]) if isinstance(by, list) else str(by),
            "carried_out_by": said.get("data.carried_out_by") or actor, **of_person}


def _write(path: Path, entries: list[dict[str, Any]]) -> None:
    part = path.with_name(f"{path.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.writelines(orjson.dumps(entry) + b"\n" for entry in entries)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    place = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)
