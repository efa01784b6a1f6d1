"""Work that waits in a table, and is claimed by one worker at a time: each row is in the hands of whoever claimed it last, until it is settled or its
lease has run out. What a worker leaves unfinished is claimed anew; what it says of it afterwards counts no longer. A table of work has the columns
`state`, `lease_until` and `tries`."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Table, update

from inspect_app.db import Fixed
from inspect_app.now import now
from inspect_app.services.house import House

WAITING = "waiting"


class Claim(NamedTuple):
    """A row in hand: its number, and how often it was claimed."""

    id: int
    tries: int


class Queue:
    """The rows of a table that wait, or whose worker says nothing any longer. `working` is the state of what is in hand, `lease` for how long (µs),
    `due` what has to hold for what waits, `order` who comes first, `begun` what is noted when one is claimed."""

    def __init__(self, table: Table, working: str, lease: int, *, due: str = "1 = 1", order: str = "id", begun: str = "") -> None:
        self.table, self.working, self.lease = table, working, lease
        following = (f"SELECT id FROM {table.name} WHERE (state = '{WAITING}' AND {due}) OR (state = '{working}' AND lease_until < :now) "  # noqa: S608
                     f"ORDER BY {order} LIMIT 1")
        take = (f"UPDATE {table.name} SET state = '{working}', lease_until = :lease, tries = tries + 1{begun} "  # noqa: S608 - names of our own
                "WHERE id = ({}) RETURNING id, tries")
        self._waits = Fixed(following)
        self._claim = Fixed(take.format(following), take.format(f"{following} FOR UPDATE SKIP LOCKED"))

    def claim(self, house: House) -> Claim | None:
        """Take the next row in hand; None where nothing waits. Any number of workers may do so at once."""
        with house.db.glance() as session:
            if not self._waits.run(session, {"now": now()}):
                return None
        with house.db.atomic("all") as session:
            rows = self._claim.run(session, {"now": now(), "lease": now() + self.lease})
        return Claim(int(rows[0][0]), int(rows[0][1])) if rows else None

    def settle(self, house: House, claim: Claim, **values: Any) -> bool:
        """Write down what became of a row, and let it go; False where it is not in these hands any longer: then nothing is written."""
        t = self.table.c
        with house.db.atomic("all") as session:
            return session.execute(update(self.table).where(t.id == claim.id, t.tries == claim.tries, t.state == self.working)
                                   .values(lease_until=None, **values)).rowcount == 1


__all__ = ["WAITING", "Claim", "Queue"]
