"""The proof that no act is lost and none is done twice: eight processes send conflicting acts to the same cases at the same moment.

Two of the eight send the same request with the same key, as a client that never heard its answer would.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.clients import REQUEST, SPAWN
from benchmarks.cluster import cluster
from benchmarks.measures import Figure, Plan
from benchmarks.stage import OFFICER, WHY, Stage, house_at, set_up
from inspect_app.errors import Stale
from inspect_app.models import answered, cases, dossier, event, log_pending, stream
from inspect_app.services import casework
from inspect_app.services.ledger import Key
from workflows.acts import Act

PROCESSES = 8
TWINS = (6, 7)
STALE = ""


def _contend(pipe: Connection, barrier: Barrier, stage: Stage, number: int) -> None:
    """One act on every case, having seen its first event; reports the event it got for each, or that it came too late."""
    house = house_at(stage.url)
    key = f"contender-{TWINS[0] if number in TWINS else number}"
    got: list[str] = []
    for uid in stage.cases:
        barrier.wait(120)
        try:
            got.append(casework.fire(house, uid, Act("go", OFFICER, {"why": WHY}, seen=1), key=Key(f"{key}-{uid}", REQUEST)).id)
        except Stale:
            got.append(STALE)
    pipe.send(got)
    house.db.close()


def _contest(stage: Stage) -> list[list[str]]:
    barrier = SPAWN.Barrier(PROCESSES)
    pairs = [SPAWN.Pipe() for _ in range(PROCESSES)]
    started = [SPAWN.Process(target=_contend, args=(theirs, barrier, stage, n), daemon=True) for n, (_, theirs) in enumerate(pairs)]
    for process, (_, theirs) in zip(started, pairs, strict=True):
        process.start()
        theirs.close()
    found = [ours.recv() for ours, _ in pairs]
    for process in started:
        process.join(10)
    return found


def _judge(name: str, stage: Stage, got: list[list[str]]) -> Iterator[Figure]:
    """Counts over what the processes were told, and over what the database holds."""
    rounds = list(zip(*got, strict=True))
    one = sum(len(set(told) - {STALE}) == 1 for told in rounds)
    answers = Counter(len([t for t in told if t != STALE]) for told in rounds)
    twins = sum(told[TWINS[0]] != told[TWINS[1]] for told in rounds)
    stale = sum(t == STALE for told in rounds for t in told)
    house = house_at(stage.url)
    with house.db.reading("all") as session:
        of_cases = select(func.count()).where(event.c.dossier_id.is_not(None))
        events = session.execute(of_cases).scalar_one()
        waiting = session.execute(of_cases.where(log_pending.c.event_id == event.c.event_id)).scalar_one()
        remembered = session.execute(select(func.count()).select_from(answered)).scalar_one()
        wrong = session.execute(select(func.count()).select_from(
            cases.join(stream, stream.c.id == cases.c.id).join(dossier, dossier.c.id == cases.c.dossier_id)).where(
            (cases.c.seq != 2) | (stream.c.seq != 2) | (dossier.c.position != 2) | (cases.c.state != "there"))).scalar_one()
    house.db.close()
    number = len(stage.cases)
    yield Figure("conflict", f"{name}: cases with one winner, of {number}", one, "", "==", number)
    yield Figure("conflict", f"{name}: acts told that the case has moved on", stale, "", ">=", number * (PROCESSES - 2))
    yield Figure("conflict", f"{name}: requests answered a second time with the same event", answers[2], "")
    yield Figure("conflict", f"{name}: repeated requests told two different things", twins, "", "==", 0)
    yield Figure("conflict", f"{name}: events of cases written", events, "", "==", 2 * number)
    yield Figure("conflict", f"{name}: of them, those that wait for the log", waiting, "", "==", 2 * number)
    yield Figure("conflict", f"{name}: answers kept", remembered, "", "==", number)
    yield Figure("conflict", f"{name}: cases whose mirrors do not say event 2", wrong, "", "==", 0)


def run(plan: Plan) -> Iterator[Figure]:
    """The contest on both databases."""
    number = min(plan.cases, 1000)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stage = set_up(f"sqlite:///{folder / 'conflict.db'}", number)
        yield from _judge("SQLite", stage, _contest(stage))
        server = stack.enter_context(cluster())
        stage = set_up(server.create("conflict"), number, server.application("conflict"))
        yield from _judge("PostgreSQL", stage, _contest(stage))
