"""Beginning a new log: where a backup goes on although the signer has seen more of its log than it holds, and where a copy is used for tests.

The new log has another name. It goes on from the tree of the old one, as far as that is here, and its first leaf is an event that names the old
log, its size and its root. So every checkpoint and every proof from before still holds, and nobody can take the one for the other. The signer
notes, apart from the database, that it was begun here: whoever holds the database alone cannot leave behind what was signed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from secrets import token_hex

import orjson
from sqlalchemy import delete, insert

from inspect_app.audit import merkle
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session
from inspect_app.errors import Refusal
from inspect_app.models import installation
from inspect_app.now import now
from inspect_app.services import checkpoints, sequencing, signer
from inspect_app.services.house import FORMER, LOG, Former, House
from inspect_app.services.recording import append_outside
from workflows.acts import Actor

STREAM = "log"
BEGAN = "begin_log"
"""The event that is the first leaf; data: `origin`, `size`, `root` of the log before."""

_NEWEST = Fixed("SELECT size, root FROM log_checkpoint ORDER BY size DESC LIMIT 1")
_BEGINNINGS = Fixed("""SELECT e.envelope, c.body, l.idx FROM event e JOIN stream s ON s.id = e.stream_id
  LEFT JOIN content c ON c.event_id = e.event_id AND c.subject_id = 0 LEFT JOIN log_leaf l ON l.event_id = e.event_id
  WHERE s.kind = 'log' ORDER BY e.seq""")


class CannotBegin(Refusal):
    """No new log can be begun now; the sentence says why, and what to do. Nothing was changed."""


@dataclass(frozen=True)
class Begun:
    """A log that was begun, and the tree of the one before."""

    log: str
    before: Checkpoint


def begin(house: House, actor: Actor) -> Begun:
    """Begin a new log here. Nothing may serve or work meanwhile: whoever knows the old name would go on writing it.

    Raises `CannotBegin`, `SignerRefuses`."""
    with house.db.leading(sequencing.NAME) as leads:
        if not leads:
            raise CannotBegin("The background work of this installation is running; stop `inspect-app serve` and `inspect-app work` first.")
        sequencer = sequencing.Sequencer(house)
        if house.former and sequencing.size_in(house) == house.begun:
            sequencer.round()
        with house.db.atomic("all") as session:
            begun, former = begin_in(session, house, actor)
        house.rename(begun.log, former)
        sequencing.Sequencer(house).round()
    return begun


def begin_in(session: Session, house: House, actor: Actor) -> tuple[Begun, tuple[Former, ...]]:
    """The same in a transaction of the caller's, who renames the house and puts the first leaf in after it; (what was begun, the former logs)."""
    rows = _NEWEST.run(session, {})
    before = Checkpoint(house.log, int(rows[0][0]), bytes(rows[0][1])) if rows else Checkpoint(house.log, 0, merkle.EMPTY)
    name = f"inspect-app/{token_hex(8)}"
    signer.begin(house.keys, name, before, partial(checkpoints.leaves, session))
    former = (*house.former, Former(before.origin, before.size))
    append_outside(session, name, STREAM, actor, BEGAN,
                   {"origin": before.origin, "size": before.size, "root": b64encode(before.root).decode()}, now())
    session.execute(delete(installation).where(installation.c.name.in_((LOG, FORMER))))
    told = orjson.dumps([list(one) for one in former]).decode()
    session.execute(insert(installation), [{"name": LOG, "value": name}, {"name": FORMER, "value": told}])
    return Begun(name, before), former


def faults(session: Session, house: House) -> Iterator[str]:
    """What is wrong with how the log was begun: each name but the first is given by an event, the first leaf after the tree it names."""
    told = _BEGINNINGS.run(session, {})
    if len(told) != len(house.former):
        yield f"{len(told)} logs were begun, {len(house.former)} are listed"
        return
    nodes = checkpoints.nodes(session)
    for n, ((envelope, body, place), one) in enumerate(zip(told, house.former, strict=True), 1):
        after = house.former[n].log if n < len(house.former) else house.log
        said = disclosed(bytes(body))
        if orjson.loads(bytes(envelope)).get("log") != after or (said.get("data.origin"), said.get("data.size")) != one:
            yield f"the log {after} is listed as begun from {one.size} leaves of {one.log}, and its first event says something else"
        try:
            root = merkle.root_at(one.size, nodes)
        except LookupError:
            root = b""
        if said.get("data.root") != b64encode(root).decode():
            yield f"the tree from which {after} was begun is another one"
        if place is not None and place != one.size:
            yield f"the event that begins {after} is not its first leaf"
