"""The log: what an act costs with it, what the sequencer costs for an event, and how fast everything is verified, beside bare SHA-256 calls,
beside the same act where it writes no more than its event, its mirrors and the row of its key, and beside these statements alone."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import count, cycle
from multiprocessing.connection import Connection
from os import urandom
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from threading import Event as Bell
from threading import Thread
from unittest.mock import patch

from sqlalchemy import text
from uuid_utils import uuid7

from benchmarks.clients import REQUEST, SPAWN
from benchmarks.cluster import cluster
from benchmarks.measures import Figure, Plan
from benchmarks.stage import NEXT, OFFICER, WHY, Stage, house_at, set_up
from inspect_app.audit import merkle, whole
from inspect_app.audit.envelope import seal
from inspect_app.db import Fixed, Session
from inspect_app.services import casework, checkpoints, keeping_log, keys, ledger, logs, verifying
from inspect_app.services.conformance import load_mapping
from inspect_app.services.house import House
from inspect_app.services.ledger import Event, Key
from inspect_app.services.sequencing import Sequencer
from inspect_app.services.taken import Taken
from workflows.acts import Act, Actor
from workflows.catalogue import load_catalogue
from workflows.errors import Verdict

EVENTS = 50_000
ROAD_FINES = Path(__file__).resolve().parents[1] / "examples" / "road_fines"
_XES = ('<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2006-07-{:02d}T00:00:00.000+02:00"/>'
        '<string key="org:resource" value="561"/></event>')
FINES = ("Create Fine", "Send Fine", "Insert Fine Notification", "Add penalty", "Payment", "Send for Credit Collection", "Payment")
COST = 50.0
VERIFIED = 15_000
TIMES = {"SQLite": 2.0, "PostgreSQL": 3.0}

_EVENT = """INSERT INTO event (id, stream_id, seq, envelope, leaf, dossier_id, position, "trigger", "before", "after", actor, role, occurred_at, zone,
  late, recorded_at, origin, fits) SELECT :id, :case, c.seq, :envelope, :leaf, c.dossier_id, c.seq, 'go', 'here', 'there', 'u', 'officer', :at, 'Z',
  :no, :at, 'act', :yes FROM cases c WHERE c.id = :case"""
BARE = (
    Fixed("UPDATE cases SET state = 'there', seq = seq + 1, updated_at = :at WHERE id = :case"),
    Fixed("UPDATE stream SET seq = seq + 1, head = :leaf, at = :at WHERE id = :case"),
    Fixed("UPDATE dossier SET position = position + 1 WHERE id = (SELECT dossier_id FROM cases WHERE id = :case)"),
    Fixed(_EVENT),
    Fixed("INSERT INTO answered (actor, key, request, case_id, event, created_at) VALUES ('u', :id, :request, :case, :id, :at)"),
)
"""Statements that only write: an event, its mirrors, the row of its key. They decide nothing, and commit to nothing."""

_VALUES = """:id, :stream, :seq, :envelope, :leaf, :dossier, :position, :trigger, :before, :after, :actor, :role,
  :at, 'Z', :late, :at, 'act', :fits"""
_INTO = """INSERT INTO event (id, stream_id, seq, envelope, leaf, dossier_id, position, "trigger", "before", "after", actor, role, occurred_at, zone,
  late, recorded_at, origin, fits)"""
PLAIN = (
    Fixed("UPDATE stream SET seq = :seq, head = :leaf, at = :at WHERE id = :stream AND seq = :seq - 1"),
    Fixed(f"{_INTO} VALUES ({_VALUES})"),
    Fixed("UPDATE dossier SET position = :position WHERE id = :dossier"),
    Fixed("UPDATE cases SET state = :after, seq = :seq, is_open = :is_open, updated_at = :at WHERE id = :stream"),
    Fixed("INSERT INTO answered (actor, key, request, case_id, event, created_at) VALUES (:actor, :key, :request, :stream, :id, :at)"),
)
PLAIN_AT_ONCE = Fixed("", f"""
WITH s AS (UPDATE stream SET seq = :seq, head = :leaf, at = :at WHERE id = :stream AND seq = :seq - 1 RETURNING id),
 d AS (UPDATE dossier SET position = :position FROM s WHERE dossier.id = :dossier),
 c AS (UPDATE cases SET state = :after, seq = :seq, is_open = :is_open, updated_at = :at FROM s WHERE cases.id = s.id),
 e AS ({_INTO} SELECT {_VALUES} FROM s RETURNING event_id),
 a AS (INSERT INTO answered (actor, key, request, case_id, event, created_at) SELECT :actor, :key, :request, s.id, :id, :at FROM s)
SELECT event_id FROM e""")
"""What an act would write if there were no log: no commitments, no content, nothing that waits to be sequenced."""


def _entries() -> list[bytes]:
    """Envelopes as acts make them, five in each stream."""
    made = []
    for _ in range(EVENTS // 5):
        cid, head = urandom(16), b""
        for seq in range(1, 6):
            done = seal(log="log", cid=cid, seq=seq, prev=head, at=seq, wf="0" * 64, fields=[(f"data.{n}", n) for n in range(8)])
            made.append(done.envelope)
            head = done.leaf
    return made


def _cpu(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _hashing(rounds: int) -> Iterator[Figure]:
    """Levels of verification in memory, each beside two bare calls for an event."""
    entries = _entries()
    prefixed, node = [b"\x00" + entry for entry in entries], b"\x01" + bytes(64)

    def bare() -> None:
        for one in prefixed:
            sha256(one).digest()
            sha256(node).digest()

    def tree() -> None:
        merkle.root_of([sha256(b"\x00" + entry).digest() for entry in entries])

    limits, leaves, chained = ([_cpu(work) for _ in range(rounds)] for work in (bare, tree, lambda: whole.verify_entries(entries, "log")))
    yield Figure("log", "two bare SHA-256 calls for an event", EVENTS / median(limits), "/s")
    yield Figure("log", "leaf hashes and root, to bare calls", median(a / b for a, b in zip(limits, leaves, strict=True)), "×", ">=", 0.5)
    yield Figure("log", "with JSON, log id and chains, to bare calls", median(a / b for a, b in zip(limits, chained, strict=True)), "×", ">=", 0.2)


@contextmanager
def _kept(stage: Stage) -> Iterator[None]:
    """The log is kept beside, by a process of its own, as the worker does."""
    ours, theirs = SPAWN.Pipe()
    beside = SPAWN.Process(target=_keeper, args=(theirs, stage), daemon=True)
    beside.start()
    ours.recv()
    try:
        yield
    finally:
        ours.send(None)
        beside.join(30)


def _keeper(pipe: Connection, stage: Stage) -> None:
    house, bell = _house(stage), Bell()
    keeping = Thread(target=keeping_log.keep, args=(house, bell))
    keeping.start()
    pipe.send(None)
    pipe.recv()
    bell.set()
    keeping.join()
    house.db.close()


def _house(stage: Stage) -> House:
    """The house with keys of its own, which lie beside its process's temporary files."""
    house = replace(house_at(stage.url, pool_size=3), keys=Path(tempfile.gettempdir()) / "inspect-benchmark-keys")
    keys.make(house.keys)
    return house


def _acts(house: House, stage: Stage, seconds: float, *, log: bool = True) -> float:
    """Seconds for an act with everything: guards, event, commitments, mirrors, key, commit, receipt; or without what the log asks for."""
    states, name = dict.fromkeys(stage.cases, ""), urandom(4).hex()
    with house.db.reading("all") as session:
        states |= {uid: state for uid, state in session.execute(text("SELECT uid, state FROM cases"))}
    turn, numbers = cycle(stage.cases), count()
    done, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        uid = next(turn)
        event = casework.fire(house, uid, Act(NEXT[states[uid]], OFFICER, {"why": WHY}), key=Key(f"{name}-{next(numbers)}", REQUEST))
        if log:
            checkpoints.promise(house, event)
        states[uid] = event.after
        done += 1
    return (time.perf_counter() - begin) / done


def _plain(envelope: bytes) -> Callable[..., Event]:
    """A ledger without the log, for the same acts under the same guards."""

    def append(session: Session, _: str, taken: Taken, act: Act, *, after: str, role: str, now: int, verdicts: Sequence[Verdict], key: Key,
               **_more: object) -> Event:
        uid, at, leaf = str(uuid7()), max(now, taken.at + 1), urandom(32)
        values = {"id": uid, "stream": taken.id, "seq": taken.seq + 1, "envelope": envelope, "leaf": leaf, "dossier": taken.dossier_id,
                  "position": taken.position + 1, "trigger": act.trigger, "before": taken.state, "after": after, "actor": act.actor.id, "role": role,
                  "at": at, "late": False, "fits": True, "is_open": True, "key": key.key, "request": key.request}
        for statement in (PLAIN_AT_ONCE,) if session.dialect.name == "postgresql" else PLAIN:
            statement.run(session, values)
        event = Event(id=uid, case=taken.uid, number=taken.number, seq=taken.seq + 1, position=taken.position + 1, trigger=act.trigger,
                      before=taken.state, after=after, actor=act.actor.id, role=role, occurred_at=at, zone="Z", recorded_at=at, leaf=leaf.hex(),
                      data=dict(act.data), guards=tuple((v.code, bool(v.ok)) for v in verdicts))
        taken.state, taken.seq, taken.position, taken.head, taken.at = after, event.seq, event.position, leaf, at
        return event

    return append


def _bare(house: House, seconds: float) -> float:
    """Seconds for an act that only writes, on a house of its own."""
    with house.db.reading("all") as session:
        numbers = cycle(list(session.execute(text("SELECT id FROM cases ORDER BY id")).scalars()))
    envelope = _entries_of_one()
    done, begin, moment = 0, time.perf_counter(), count(1_800_000_000_000_000)
    while time.perf_counter() - begin < seconds:
        values = {"id": urandom(16).hex(), "case": next(numbers), "envelope": envelope, "leaf": urandom(32), "at": next(moment), "request": REQUEST,
                  "no": False, "yes": True}
        with house.db.atomic("all") as session:
            for statement in BARE:
                statement.run(session, values)
        done += 1
    return (time.perf_counter() - begin) / done


def _entries_of_one() -> bytes:
    return seal(log="log", cid=bytes(16), seq=1, prev=b"", at=1, wf="0" * 64, fields=[(f"data.{n}", n) for n in range(15)]).envelope


def _import(house: House, traces: int) -> None:
    """So many histories of seven events, recorded."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.xes"
        with log.open("w", encoding="utf-8") as file:
            file.write('<log xes.version="1.0"><extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>\n')
            for trace in range(traces):
                file.write(f'<trace><string key="concept:name" value="A{trace}"/>')
                file.writelines(_XES.format(activity, day) for day, activity in enumerate(FINES, 1))
                file.write("</trace>\n")
            file.write("</log>\n")
        logs.import_log(house, Actor("console:benchmark", "benchmark"), log, "road_fine", load_mapping(ROAD_FINES / "mapping.toml"))


def _recorded(name: str, url: str, traces: int) -> Iterator[Figure]:
    """Sequencing and verifying histories that were recorded."""
    stage = set_up(url, 1)
    house = replace(_house(stage), catalogue=load_catalogue((ROAD_FINES,)))
    _import(house, traces)
    checkpoints.announce(house)
    waiting, sequencer = checkpoints.standing(house).waiting, Sequencer(house)
    spent = _cpu(lambda: keeping_log.round_of(house, sequencer))
    yield Figure("log", f"sequencer and signer on {name}, CPU for each of {waiting} recorded events", spent / waiting * 1e6, "µs", "<=", COST)
    yield from _verified(name, "recorded", house)
    house.db.close()


def _spent() -> float:
    """CPU seconds of this process and of those it has ended."""
    return sum(sum(getrusage(who)[:2]) for who in (RUSAGE_SELF, RUSAGE_CHILDREN))


def _verified(name: str, what: str, house: House) -> Iterator[Figure]:
    """Verification by as many processes as it takes by itself, and by one."""
    for processes, how in ((None, f"on {len(os.sched_getaffinity(0))} cores"), (1, "in one process")):
        begin, spent = time.perf_counter(), _spent()
        done = verifying.verify(house, processes=processes)
        spent, lasted = _spent() - spent, time.perf_counter() - begin
        yield Figure("log", f"verification on {name} {how}, findings", done.found, "", "==", 0)
        yield Figure("log", f"verification on {name} {how}, {done.events} {what} events, by CPU of the application", done.events / spent, "/s")
        yield Figure("log", f"verification on {name} {how}, {done.events} {what} events", done.events / lasted, "/s").aimed(
            ">=", VERIFIED, here=what == "recorded" and processes is None)


def _database(name: str, stage: Stage, spare: Stage, plan: Plan) -> Iterator[Figure]:
    """The figures of one database; `spare` is a second house on it, for the acts that only write."""
    house, other = _house(stage), _house(spare)
    waiting = checkpoints.standing(house).waiting
    sequencer = Sequencer(house)
    checkpoints.announce(house)
    spent = _cpu(lambda: keeping_log.round_of(house, sequencer))
    yield Figure("log", f"sequencer and signer on {name}, CPU for an event of a case of its own", spent / waiting * 1e6, "µs")
    full, plain, bare = [], [], []
    with _kept(stage):
        for _ in range(plan.rounds):
            full.append(_acts(house, stage, plan.seconds))
            with patch.object(ledger, "append", _plain(_entries_of_one())):
                plain.append(_acts(other, spare, plan.seconds, log=False))
            bare.append(_bare(other, plan.seconds))
    keeping_log.round_of(house)
    yield Figure("log", f"act on {name} with log and receipt", 1 / median(full), "/s")
    yield Figure("log", f"act on {name} to the same without the log", median(a / b for a, b in zip(full, plain, strict=True)), "×", "<=", TIMES[name])
    yield Figure("log", f"act on {name} to its bare statements", median(a / b for a, b in zip(full, bare, strict=True)), "×")
    yield from _verified(name, "acted", house)
    house.db.close()
    other.db.close()


def run(plan: Plan) -> Iterator[Figure]:
    """Hashing in memory, then both databases."""
    yield from _hashing(plan.rounds)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        traces = 7_000 if plan.seconds > 1 else 700
        yield from _recorded("SQLite", f"sqlite:///{folder}/recorded.db", traces)
        full, bare = (set_up(f"sqlite:///{folder}/{name}.db", plan.cases) for name in ("log_full", "log_bare"))
        yield from _database("SQLite", full, bare, plan)
        server = stack.enter_context(cluster())
        yield from _recorded("PostgreSQL", server.create("log_recorded"), traces)
        full, bare = (set_up(server.create(name), plan.cases) for name in ("log_full", "log_bare"))
        yield from _database("PostgreSQL", full, bare, plan)
