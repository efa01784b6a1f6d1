"""The one queue of work in a table: each row is done once, by however many workers, and again where one was killed over it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import func, insert, select, update

from inspect_app.models import export_job, mail
from inspect_app.now import now
from inspect_app.services import export_jobs, outbox
from inspect_app.services.house import House
from inspect_app.services.queue import WAITING, Claim, Queue
from tests.services.crashing import killed
from tests.services.organisation import Organisation

ROWS, WORKERS = 24, 4
NEVER = 10**9
DONE = "done"


def mails(org: Organisation) -> Queue:
    with org.house.db.atomic("all") as session:
        session.execute(insert(mail), [{"person_id": org["one"].person_id, "kind": "notice", "made_at": now(), "state": WAITING, "next_at": now()}
                                       for _ in range(ROWS)])
    return outbox._QUEUE


def exports(org: Organisation) -> Queue:
    with org.house.db.atomic("all") as session:
        session.execute(insert(export_job), [{"uid": f"job-{n}", "person_id": org["one"].person_id, "event": f"event-{n}", "asked": "{}",
                                              "state": WAITING, "asked_at": now(), "tries": 0, "at_most": 0, "events": 0, "bytes": 0}
                                             for n in range(ROWS)])
    return export_jobs._QUEUE


def worked(house: House, queue: Queue) -> list[Claim]:
    """What several workers claim and settle at the same time, until nothing waits."""
    done: list[Claim] = []

    def work() -> None:
        while (claim := queue.claim(house)) is not None:
            if queue.settle(house, claim, state=DONE):
                done.append(claim)

    workers = [Thread(target=work) for _ in range(WORKERS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return done


@pytest.mark.parametrize("filled", [mails, exports])
def test_four_workers_do_each_row_once_and_what_a_killed_one_held_once_more(org: Organisation, filled: Callable[[Organisation], Queue]) -> None:
    queue = filled(org)
    t = queue.table.c

    def dies(house: House) -> None:
        assert queue.claim(house) is not None
        os.kill(os.getpid(), signal.SIGKILL)

    assert not killed(org.house, now(), NEVER, dies)
    done = worked(org.house, queue)
    assert len({claim.id for claim in done}) == len(done) == ROWS - 1
    with org.house.db.reading("all") as session:
        left = session.execute(select(t.id, t.tries).where(t.state == queue.working)).all()
    assert len(left) == 1
    assert worked(org.house, queue) == []
    with org.house.db.atomic("all") as session:
        session.execute(update(queue.table).where(t.id == left[0].id).values(lease_until=now() - 1))
    assert worked(org.house, queue) == [(left[0].id, left[0].tries + 1)]
    assert not queue.settle(org.house, Claim(*left[0]), state=DONE), "whoever was taken for dead settles nothing"
    assert worked(org.house, queue) == []
    with org.house.db.reading("all") as session:
        assert session.execute(select(func.count()).where(t.state == DONE)).scalar_one() == ROWS
