"""A bundle that somebody brings to the house it came from: judged as anybody can judge it offline, and held against the log as it is here."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from inspect_app.audit import bundle_verify
from inspect_app.audit.checkpoint import Checkpoint, write_proof
from inspect_app.audit.notes import LARGEST, BadNote
from inspect_app.errors import NotFound
from inspect_app.imports.archives import DAMAGED
from inspect_app.services import checkpoints
from inspect_app.services.house import House


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a bundle: the verifier's exit status and its sentence, and the checkpoint of this house it was held against (None for a
    bundle of another log, which only its own key speaks for)."""

    status: int
    said: str
    against: Checkpoint | None = None


def judge(house: House, bundle: Path, folder: Path) -> Judged:
    """Judge a bundle in a file, with room for the verifier's own files in an empty folder. What is of this log must be signed by a key that it
    announced, and its tree must be one that the newest signed tree goes on from."""
    ours = _ours(house, bundle)
    if ours is None:
        return Judged(*bundle_verify.judge(bundle))
    try:
        newest = checkpoints.newest(house)
        small, large = sorted((ours, newest.point), key=lambda point: point.size)
        between = checkpoints.consistent(house, small, large) if small.size < large.size else []
    except NotFound as error:
        return Judged(bundle_verify.ALTERED, str(error))
    with house.db.reading() as session:
        keys = [key.written() for key in checkpoints.known(session)]
    for name, text in (("keys", "\n".join(keys)), ("held", newest.note), ("proof", write_proof(between))):
        (folder / name).write_bytes(text.encode())
    status, said = bundle_verify.judge(bundle, str(folder / "keys"), str(folder / "held"), str(folder / "proof"))
    return Judged(status, said, newest.point)


def _ours(house: House, bundle: Path) -> Checkpoint | None:
    """The checkpoint in a bundle, where this log signed it; None where another did, or where there is none to read."""
    with suppress(BadNote, KeyError, *DAMAGED), ZipFile(bundle) as archive, archive.open("checkpoint.txt") as note:
        return checkpoints.opened(house, note.read(LARGEST + 1))
    return None


__all__ = ["Judged", "judge"]
