"""The limit of an import: a script that parses a log, commits to each fact and inserts the same rows, and does nothing else.

`python -m benchmarks.bare_import LOG.xes.gz EMPTY.db [FACTS]` on a database that `inspect-app init` has made. It knows no
workflow, asks no guard, checks nothing, and keeps one case for each trace: its own time is what the engine's is held against."""

from __future__ import annotations

import gzip
import sqlite3
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from os import urandom
from uuid import uuid4
from xml.etree.ElementTree import iterparse

import orjson

AT_ONCE = 1000
FACTS = 15
"""Facts of every event beside its attributes, as the engine commits to them."""


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def traces(path: str) -> Iterator[tuple[str, list[list[tuple[str, str, str]]]]]:
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as stream:
        for _, tag in iterparse(stream):
            if tag.tag.rpartition("}")[2] == "trace":
                name = next(a.get("value", "") for a in tag if a.get("key") == "concept:name")
                yield name, [[(a.get("key", ""), a.tag, a.get("value", "")) for a in e] for e in tag.iter() if e.tag.endswith("event")]
                tag.clear()


def sealed(cid: bytes, seq: int, prev: bytes, at: int, fields: list[tuple[str, object]]) -> tuple[bytes, bytes, bytes]:
    digests, told = [], []
    for name, value in fields:
        plain = orjson.dumps([b64(urandom(16)), name, value])
        told.append(plain)
        digests.append(b64(sha256(b64(plain).encode("ascii")).digest()))
    digests += [b64(urandom(32)) for _ in range(-len(digests) % 4)]
    envelope = orjson.dumps(
        {
            "v": 1,
            "log": "bare",
            "cid": b64(cid),
            "seq": seq,
            "prev": b64(prev),
            "at": at,
            "wf": "0" * 64,
            "_sd": sorted(digests),
            "_sd_alg": "sha-256",
        },
        option=orjson.OPT_SORT_KEYS,
    )
    return envelope, sha256(b"\x00" + envelope).digest(), b"[" + b",".join(told) + b"]"


def main() -> None:
    path, target = sys.argv[1:3]
    db = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-32000"):
        db.execute(f"PRAGMA {pragma}")
    law = "0" * 64
    db.execute("INSERT INTO definition (hash, kind, name, version, law, first_used_at) VALUES (?, 'workflow', 'bare', 1, x'', 0)", (law,))
    began, at, events, d = time.perf_counter(), time.time_ns() // 1000, 0, 0
    rows: dict[str, list[tuple[object, ...]]] = {}

    def put(table: str, *row: object) -> None:
        rows.setdefault(table, []).append(row)

    def flush() -> None:
        db.execute("BEGIN IMMEDIATE")
        for table, columns in COLUMNS.items():
            named = ", ".join(f'"{c}"' for c in columns.split())
            db.executemany(f"INSERT INTO {table} ({named}) VALUES ({', '.join('?' * len(columns.split()))})", rows.pop(table))
        db.execute("COMMIT")

    for name, history in traces(path):
        d += 1
        cid, head, uid = urandom(16), b"", str(uuid4())
        put("dossier", d, uid, len(history), at, f"bare:{name}", sha256(name.encode()).hexdigest())
        for seq, attributes in enumerate(history, 1):
            events += 1
            said = {key: text for key, _, text in attributes}
            when = int(datetime.fromisoformat(said["time:timestamp"]).timestamp() * 1_000_000)
            activity, who = said["concept:name"], said.get("org:resource", "")
            fields: list[tuple[str, object]] = [(f"fact_{n}", activity) for n in range(FACTS)]
            fields += [(f"x.{key}", (kind, text)) for key, kind, text in attributes]
            envelope, leaf, body = sealed(cid, seq, head, at + seq, fields)
            head = leaf
            put(
                "event",
                events,
                d,
                d,
                str(uuid4()),
                seq,
                envelope,
                leaf,
                seq,
                activity,
                "a",
                "b",
                who,
                "",
                when,
                "Z",
                0,
                at + seq,
                "recorded",
                1,
                events,
            )
            put("content", events, 0, body)
            put("log_pending", events)
        put("stream", d, cid, "case", len(history), head, at)
        number = f"2026-{d:06d}"
        put("cases", d, str(uuid4()), number, name, d, "bare", law, law, "b", len(history), 1, name, at, at, "recorded", 0, 0)
        put("case_search", d, f"{number} {name}".casefold())
        if len(rows["event"]) >= AT_ONCE:
            flush()
    if rows:
        flush()
    took = time.perf_counter() - began
    print(f"{d} traces, {events} events, {took:.1f} s, {events / took:.0f} events/s")


COLUMNS = {
    "dossier": "id uid position opened_at source source_digest",
    "stream": "id cid kind seq head at",
    "cases": "id uid number reference dossier_id workflow definition ruleset state seq is_open title opened_at updated_at origin paused rehearsal",
    "case_search": "case_id folded",
    "event": "event_id stream_id dossier_id id seq envelope leaf position trigger before after actor role occurred_at zone late recorded_at "
    "origin fits source_row",
    "content": "event_id subject_id body",
    "log_pending": "event_id",
}

if __name__ == "__main__":
    main()
