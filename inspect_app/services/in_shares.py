"""Reading one state by several processes, each its share of the dossiers: what they make comes in the order of the dossiers.

They are forked while there is one thread and before anything is read, and open connections of their own (decision 35)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, select

from inspect_app.ahead import KEPT, ahead
from inspect_app.db import Database, Reach, Session, handed_on
from inspect_app.models import cases, dossier, event
from inspect_app.services.house import House
from inspect_app.services.steering import undivided

T = TypeVar("T")
Make = Callable[[Session, House, ColumnElement[bool]], Iterable[T]]
"""What is made of the events of some dossiers, which the condition names by event, case and dossier, in their order."""

BLOCK = 1024
"""Dossiers (by their numbers) that are read together."""
AT_ONCE, ENOUGH = 128, 2**18
"""So many things that were made are handed over together, or fewer, where they are so many bytes."""

@contextmanager
def shared(house: House, reach: Reach, processes: int, make: Make[T], block: int | None = None) -> Iterator[tuple[Session, Iterator[T] | None]]:
    """One snapshot, and what the processes make of all dossiers in it, so many at a time (`BLOCK`; where more are asked for, what comes of them is
    handed over in few large pieces, and no process keeps any); None where there are no processes beside this one."""
    kept, block = 0 if block else KEPT, block or BLOCK
    if processes < 2:
        with house.db.snapshot(reach) as session:
            yield session, None
        return
    house.db.close()  # a process that is forked must find no connection to an embedded database: its locks belong to this process
    with ExitStack() as stack:
        ways = [Pipe() for _ in range(processes)]
        flows = [stack.enter_context(closing(ahead(_share(house, reach, make, theirs, slice(k, None, processes), block), at_once=1, kept=kept)))
                 for k, (_, theirs) in enumerate(ways)]
        for _ in ("it is there", "it is connected"):
            for flow in flows:
                next(flow)
        with house.db.held():
            session = stack.enter_context(house.db.snapshot(reach))
            name = handed_on(session)
            for ours, _ in ways:
                ours.send(name)
            for flow in flows:
                next(flow)
        yield session, _in_order(flows, len(_blocks(session, block)))


def _share(house: House, reach: Reach, make: Make[T], told: Connection, mine: slice, block: int) -> Iterator[Sequence[T] | None]:
    """What one process does: say that it is there, connect, begin to read when told, make what is its own, with None after each block."""
    yield None
    own = replace(house, db=Database(house.db.url.render_as_string(hide_password=False), pool_size=1))
    with own.db.reading(reach):
        yield None
    with own.db.snapshot(reach, of=told.recv()) as session:
        undivided(session)
        yield None
        for n, low in enumerate(_blocks(session, block)[mine]):
            yield from _together(make(session, own, _between(low, low + block)), AT_ONCE if n else 1)
            yield None


def _together(made: Iterable[T], enough: int) -> Iterator[Sequence[T]]:
    """What was made, so many at a time: the first of a share at once, so that nobody waits."""
    many: list[T] = []
    size = 0
    for one in made:
        many.append(one)
        size += _size(one)
        if len(many) >= enough or size >= ENOUGH:
            yield many
            many, size, enough = [], 0, AT_ONCE
    if many:
        yield many


def _size(one: object) -> int:
    """The bytes in it: it is bytes, or has some beside other things."""
    return sum(len(part) for part in (one if isinstance(one, tuple) else (one,)) if isinstance(part, bytes))


def _blocks(session: Session, block: int) -> range:
    """Where portions of so many dossiers begin that follow one another and hold all of them."""
    least, most = session.execute(select(func.min(dossier.c.id), func.max(dossier.c.id))).one()
    return range(0) if least is None else range(least, most + 1, block)


def _between(low: int, high: int) -> ColumnElement[bool]:
    """Some dossiers, said of all three tables that know them: of two the database would else read the whole for every portion."""
    return and_(*(part for column in (event.c.dossier_id, cases.c.dossier_id, dossier.c.id) for part in (column >= low, column < high)))


def _in_order(flows: Sequence[Iterator[Any]], blocks: int) -> Iterator[Any]:
    for n in range(blocks):
        for many in flows[n % len(flows)]:
            if many is None:
                break
            yield from many


__all__ = ["Make", "shared"]
