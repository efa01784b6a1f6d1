"""Verifying a stream of events byte by byte: leaf, canonical form, chain, commitments, and the columns that stand beside the envelope. Pure.

What was committed to and is not disclosed cannot be told from noise: a field that was taken out of a content row that stays is found where the
column beside it says something else, or where more noise is left than an envelope has."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from inspect_app.audit.envelope import VERSION, b64url
from inspect_app.audit.erased import BARE, KEEPING, KEPT_OF_KEEPING, NOTHING, WHO, Erased, canonical
from inspect_app.audit.merkle import BadProof, Range

_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_SORTED = orjson.OPT_SORT_KEYS
_KEYS = {"v", "log", "cid", "seq", "prev", "at", "wf", "_sd", "_sd_alg"}


class StoredEvent(NamedTuple):
    """An event as it is stored, with what it discloses, its dossier's name, and its place in the log (None: it waits)."""

    event_id: int
    stream_id: int
    seq: int
    envelope: bytes
    leaf: bytes
    trigger: str
    before: str
    after: str
    actor: str
    role: str
    on_behalf_of: str | None
    recorded_for: str | None
    occurred_at: int
    zone: str
    late: bool
    recorded_at: int
    origin: str
    fits: bool
    source_row: int | None
    position: int | None
    dossier: str | None
    body: bytes | None
    place: int | None


COLUMNS = ("trigger", "before", "after", "actor", "role", "on_behalf_of", "recorded_for", "occurred_at", "zone", "late", "origin", "fits",
           "source_row", "position", "dossier")
_FIELD = {"source_row": "row"}
_DEFAULTS: dict[str, Any] = {"before": "", "after": "", "role": "", "late": False, "fits": True}
_LOOKED_UP = tuple((name, _FIELD.get(name, name), _DEFAULTS.get(name), StoredEvent._fields.index(name)) for name in COLUMNS)
_NAMES, _OTHERWISE, _BESIDE = tuple(row[1] for row in _LOOKED_UP), tuple(row[2] for row in _LOOKED_UP), itemgetter(*(row[3] for row in _LOOKED_UP))


def event_faults(event: StoredEvent, seq: int, prev: bytes, logs: Collection[str], cid: str, wf: str, erased: Erased = NOTHING) -> Iterator[str]:
    """Everything that is wrong with an event that should be number `seq` of its stream, after the leaf `prev`, in a log of one of these names;
    `erased` is what recorded acts took out."""
    if event.seq != seq:
        yield f"event {seq} is missing; the next there is {event.seq}"
    if sha256(b"\x00" + event.envelope).digest() != event.leaf:
        yield "its hash is not that of its bytes"
    try:
        env = orjson.loads(event.envelope)
    except orjson.JSONDecodeError:
        env = None
    if not isinstance(env, dict) or env.keys() != _KEYS:
        yield "its envelope cannot be read"
        return
    if orjson.dumps(env, option=_SORTED) != event.envelope:
        yield "its envelope is not written canonically"
    if (env["seq"], env["cid"], env["wf"]) != (event.seq, cid, wf) or env["log"] not in logs or env["v"] != VERSION or env["_sd_alg"] != "sha-256":
        log = env["log"] if env["log"] in logs else " or ".join(logs)
        expected = {"seq": event.seq, "log": log, "cid": cid, "wf": wf, "v": VERSION, "_sd_alg": "sha-256"}
        for name, value in expected.items():
            if env[name] != value:
                yield f"its envelope says {name} {env[name]!r}, not {value!r}"
    if env["prev"] != b64url(prev):
        yield "it does not follow the event before it"
    if env["at"] != event.recorded_at:
        yield f"recorded_at is {event.recorded_at}, its envelope says {env['at']}"
    yield from _content_faults(event, env["_sd"], erased)


def _content_faults(event: StoredEvent, digests: Any, erased: Erased) -> Iterator[str]:
    if not isinstance(digests, list):
        yield "its envelope cannot be read"
        return
    if event.body is None:
        yield "its content is missing"
        return
    try:
        told = orjson.loads(event.body)
        fields = {name: value for _, name, value in told}
        committed = set(("=\n".join(digests) + "=\n").encode().translate(_FROM_URL).splitlines(True))
        dumps, base64, hashed = orjson.dumps, b2a_base64, sha256
        asked = b"".join([base64(dumps(one, option=_SORTED)) for one in told]).translate(_URL, b"=").split()
        made = {base64(hashed(one).digest()) for one in asked}
    except (orjson.JSONDecodeError, ValueError, TypeError):
        yield "its content cannot be read"
        return
    if event.stream_id in erased.disposed or event.stream_id in erased.streams or erased.digests:
        faults = _as_erased(event, told, digests, made, committed, erased)
        if faults is not None:
            yield from faults
            return
    if not made <= committed or len(made) != len(told):
        yield "its content holds what it did not commit to"
        return
    if len(committed) - len(made) > 3 or len(committed) != len(digests) or len(digests) % 4:
        yield "a field it committed to is missing"
    if tuple(map(fields.get, _NAMES, _OTHERWISE)) != _BESIDE(event):
        for name, field, default, n in _LOOKED_UP:
            if event[n] != fields.get(field, default):
                yield f"{name} is {event[n]!r}, it committed to {fields.get(field, default)!r}"


def _as_erased(event: StoredEvent, told: list[Any], digests: list[str], made: set[bytes], committed: set[bytes],
               erased: Erased) -> list[str] | None:
    """The faults of content from which recorded acts took something; None where they took nothing from this event."""
    gone, went = erased.is_gone(event.stream_id, event.seq), erased.digests.intersection(digests)
    if not gone and not went:
        return None
    found = []
    put = [(name, value) for salt, name, value in told if salt == ""]
    real = len(told) - len(put)
    kept = made & committed
    if len(kept) != real or len(committed) != len(digests) or len(digests) % 4:
        found.append("its content holds what it did not commit to")
    if any(gone or canonical(value) != erased.put.get((event.stream_id, event.seq, name)) for name, value in put):
        found.append("other words stand in place of what was erased than the act of erasure gave")
    if gone:
        stays = KEPT_OF_KEEPING if event.trigger in KEEPING else BARE
        if any(name not in stays for _, name, _ in told):
            found.append("its case was disposed of, and it holds more than the bare course")
    elif len(committed) - len(kept) - len(went) > 3:
        found.append("a field it committed to is missing, and no act of erasure names it")
    fields = {name: value for salt, name, value in told if salt}
    for name, field, default, n in _LOOKED_UP:
        if event[n] != fields.get(field, default) and not (name in WHO and field not in fields and event[n] in (None, "")):
            found.append(f"{name} is {event[n]!r}, it committed to {fields.get(field, default)!r}")
    return found


def stream_faults(events: Iterable[StoredEvent], logs: Collection[str], cid: bytes, wf: str,
                  erased: Erased = NOTHING) -> Iterator[tuple[StoredEvent, str]]:
    """The faults of a stream's events, in their order, each with its event; `erased` is what recorded acts took out."""
    name, prev, place = b64url(cid), b"", -1
    waits: StoredEvent | None = None
    for seq, event in enumerate(events, 1):
        if waits is not None and event.place is not None:
            yield waits, "it is not in the log, and the event after it is"
        for fault in event_faults(event, seq, prev, logs, name, wf, erased):
            yield event, fault
        if event.place is not None:
            if event.place <= place:
                yield event, "it stands in the log before the event it follows"
            place = event.place
        waits = event if event.place is None else None
        prev = event.leaf


def verify_entries(entries: Sequence[bytes], log: str) -> tuple[Range, dict[str, tuple[int, bytes]]]:
    """The tree over entries in the order of the log, and where each stream ends, by its identifier: what anybody can work out who has fetched
    the entries and nothing else. Raises `BadProof`, naming the first that does not follow."""
    heads: dict[str, tuple[int, bytes]] = {}
    leaves: list[bytes] = []
    nothing = (0, b"")
    for place, entry in enumerate(entries):
        leaf = sha256(b"\x00" + entry).digest()
        leaves.append(leaf)
        env = orjson.loads(entry)
        if env["log"] != log:
            raise BadProof(f"the entry {place} is of another log")
        cid = env.get("cid")
        if cid is None:
            continue
        seq, head = heads.get(cid, nothing)
        if env["seq"] != seq + 1 or env["prev"] != b2a_base64(head, newline=False).translate(_URL, b"=").decode():
            raise BadProof(f"the entry {place} does not follow the one before it in its stream")
        heads[cid] = (seq + 1, leaf)
    tree = Range()
    tree.extend(leaves)
    return tree, heads
